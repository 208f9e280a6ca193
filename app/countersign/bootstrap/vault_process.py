"""The cold vault's process: walls first, then its own token, profile and console, driven by orders (`cli.vault_lines`)."""

import os
import secrets
import socket
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from countersign.bootstrap.instruments import instruments
from countersign.bootstrap.machine import CLOCK, ENTROPY, answer
from countersign.bootstrap.tokens import DEMONSTRATION_COST, TOKEN_DEADLINE, fill_token
from countersign.cli.vault_lines import Order, serve
from countersign.couriers import isolation
from countersign.couriers.carrier import Carrier, PictureFolder
from countersign.couriers.isolation import Isolation, interfaces_up
from countersign.demonstration import cast
from countersign.desk import enrolment
from countersign.desk.author import Author, Scribe
from countersign.desk.ceremony import Keyring
from countersign.desk.signing import Hand
from countersign.desk.vault_console import Vault
from countersign.desk.views import VaultRequestView
from countersign.errors import Refused
from countersign.signers.provision import provisioner_for
from countersign.signers.token import TokenSigner
from countersign.store import profile as profiles
from countersign.store.profile import Kind
from countersign.ui.application import VaultWindow, open_vault, run, screens
from countersign.ui.presenters.banner import BannerFacts, Mode
from countersign.ui.strings import label
from countersign.ui.views.vault_wizard import TAKE


class VaultHands:
    """The cold vault's process: everything behind the orders of `cli.vault_lines`, in one folder of its own."""

    def __init__(self, folder: Path, walls: Isolation) -> None:
        self.folder = folder
        self.walls = walls
        self._pin = secrets.token_hex(8)
        self._holds = AsyncExitStack()
        self._carrier = Carrier()
        self._pictures = PictureFolder()
        self._signer: TokenSigner | None = None
        self._vault: Vault | None = None
        self._window: VaultWindow | None = None

    def orders(self) -> dict[str, Order]:
        """What the operator can be told to do."""
        return {
            "ceremony": self.ceremony,
            "enrol": self.enrol,
            "confirm-clock": self.confirm_clock,
            "isolation": self.isolation,
            "take-pictures": self.take_pictures,
            "take-from-usb": self.take_from_usb,
            "sign": self.sign,
            "answer-pictures": self.answer_pictures,
            "answer-to-usb": self.answer_to_usb,
            "grab": self.grab,
        }

    async def ceremony(self, order: Mapping[str, Any]) -> Mapping[str, object]:
        """Make the operator's token and its keys; the PIN is drawn here and never leaves."""
        provisioner = await self._holds.enter_async_context(
            provisioner_for(None, self.folder / "tokens", deadline=TOKEN_DEADLINE, random_bytes=secrets.token_bytes)
        )
        facts = await provisioner.initialise(cast.OFFICER_C.id, answer(self._pin))
        keys = await fill_token(provisioner, facts.identity, order["labels"], answer(self._pin))
        self._signer = provisioner.signer(facts.identity)
        self._keys = {key.label: key.public for key in keys}
        return enrolment.keyring_fields(Keyring(facts.serial, facts.label, facts.model, self._keys, online=False))

    async def enrol(self, order: Mapping[str, Any]) -> Mapping[str, object]:
        """Make the profile, trust the desk, take in its history."""
        handed = enrolment.History.parse(order["history"].encode())
        passphrase = secrets.token_hex(16)
        store = profiles.create(
            self.folder / "profile", Kind.CONSOLE, secrets.token_bytes, lambda: passphrase, {}, DEMONSTRATION_COST
        )
        self._holds.callback(store.close)
        replica = enrolment.enrol(store, CLOCK, handed.anchor, handed.records, handed.checkpoint)
        signer = self._require_signer()
        author = Author(cast.OFFICER_C.id, self._keys["identity"], signer)
        hand, scribe = Hand(cast.OFFICER_C.id, signer, author), Scribe(handed.anchor.origin, CLOCK, ENTROPY)
        self._vault = Vault(replica, hand, CLOCK, scribe, self._carrier, interfaces_up)
        return {"phrase": enrolment.phrase_of(handed.anchor)}

    async def confirm_clock(self, _order: Mapping[str, Any]) -> Mapping[str, object]:
        """The operator compared the clock."""
        await self._console().confirm_clock(True)
        return {}

    async def isolation(self, _order: Mapping[str, Any]) -> Mapping[str, object]:
        """The walls, and both internet families tried in this very process."""
        tried = {family.name: isolation.opens(family) for family in (socket.AF_INET, socket.AF_INET6)}
        return {"namespace": self.walls.namespace, "filter": self.walls.filter, "opened": tried}

    async def take_pictures(self, order: Mapping[str, Any]) -> Mapping[str, object]:
        """A request from pictures."""
        return seen(await self._console().take_pictures([Path(each) for each in order["pictures"]], silent))

    async def take_from_usb(self, order: Mapping[str, Any]) -> Mapping[str, object]:
        """A request from a file."""
        return seen(await self._console().take_from_usb(Path(order["file"])))

    async def sign(self, _order: Mapping[str, Any]) -> Mapping[str, object]:
        """Unlock, then sign what is open."""
        await self._console().unlock(answer(self._pin))
        return seen(await self._console().sign(silent))

    async def answer_pictures(self, order: Mapping[str, Any]) -> Mapping[str, object]:
        """The answer as pictures."""
        texts = await self._console().answer_frames()
        written = self._pictures.write(Path(order["folder"]), "answer", texts)
        return {"count": len(written), **self._console().answer_facts()}

    async def answer_to_usb(self, order: Mapping[str, Any]) -> Mapping[str, object]:
        """The answer as a file."""
        return {"file": str(await self._console().answer_to_usb(Path(order["folder"])))}

    async def grab(self, order: Mapping[str, Any]) -> Mapping[str, object]:
        """The operator's own window as it stands, as a picture, with its accessible texts."""
        if self._window is None:
            banner = BannerFacts(Mode.VAULT, (label("demo.note-chains"),))
            self._window = open_vault(self._console(), banner, instruments(self._carrier))
            self._window.vault.go(TAKE)
        await self._window.refresh()
        Path(order["picture"]).write_bytes(screens.grab(self._window, "vault", order["theme"]))
        Path(order["texts"]).write_text(screens.texts(self._window), "utf-8")
        return {}

    async def aclose(self) -> None:
        """Store, token process, picture reader."""
        await self._holds.aclose()
        self._carrier.close()

    def _require_signer(self) -> TokenSigner:
        if self._signer is None:
            raise Refused("demonstration.not-founded")
        return self._signer

    def _console(self) -> Vault:
        if self._vault is None:
            raise Refused("demonstration.not-founded")
        return self._vault


def seen(view: VaultRequestView) -> dict[str, object]:
    """What the operator reads off the screen."""
    verdict = view.instruction.verdict
    return {
        "may_sign": verdict.may_sign,
        "against": [finding.check for finding in verdict.against],
        "answered": view.answered,
        "phrase": view.crossing.phrase,
        "channel": view.crossing.channel,
        "later_cancellation_checked": view.crossing.later_cancellation_checked,
        "attested_by": list(view.crossing.attested_by),
    }


def silent(_done: int, _total: int) -> None:
    """Progress that nobody watches."""


def vault_lines(folder: Path) -> None:
    """The cold vault's process: walls first, then orders until the input ends. Its window is drawn, never shown."""
    walls = isolation.enter()
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ["QT_LOGGING_RULES"] = "default.warning=false"  # the offscreen platform complains of every size hint
    run(lambda: _serve(folder, walls))


async def _serve(folder: Path, walls: Isolation) -> None:
    hands = VaultHands(folder, walls)
    try:
        await serve(hands.orders())
    finally:
        await hands.aclose()
