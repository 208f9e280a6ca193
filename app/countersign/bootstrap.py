"""The one place that knows every room: it makes adapters, hands them to use cases, and use cases to surfaces.

- `demonstration` builds the stage of the demonstration in a folder of its own: SoftHSM tokens, an embedded desk with its log
  and two in-process witnesses, embedded chains, officer A's profile, the cold vault's process.
- Nothing here decides anything; a rule found here is in the wrong room.
"""

import secrets
import socket
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from countersign.audit import note
from countersign.audit.note import ED25519, VerifierKey
from countersign.audit.quorum import Quorum
from countersign.chains.embedded_bitcoin import EmbeddedBitcoin
from countersign.chains.embedded_ethereum import EmbeddedEthereum
from countersign.chains.outside import Outside
from countersign.cli.vault_lines import Order, serve
from countersign.couriers import isolation
from countersign.couriers.carrier import Carrier, PictureFolder
from countersign.couriers.isolation import Isolation, interfaces_up
from countersign.demonstration import cast
from countersign.demonstration.cold import ColdVault
from countersign.demonstration.stage import Bearer
from countersign.desk import anchor as anchors
from countersign.desk import enrolment, handover
from countersign.desk.anchor import Anchor
from countersign.desk.author import Author, Scribe
from countersign.desk.ceremony import Keyring
from countersign.desk.console import OfficerConsole
from countersign.desk.embedded import EmbeddedDesk
from countersign.desk.ports import AskSecret
from countersign.desk.replica import Replica
from countersign.desk.sequencer import Sequencer, Watcher
from countersign.desk.signing import Hand
from countersign.desk.vault_console import Vault
from countersign.desk.views import VaultRequestView
from countersign.desk.vouching import Nodes
from countersign.errors import Refused
from countersign.keys.public_key import Curve
from countersign.keys.wrapping import Cost
from countersign.signers.facts import TokenIdentity, TokenKey
from countersign.signers.provision import Provisioner, provisioner_for
from countersign.signers.token import TokenSigner
from countersign.store import auditor
from countersign.store import profile as profiles
from countersign.store.profile import Kind, Profile
from countersign.store.tile_files import TileFiles
from countersign.sync.memory_file import FileMemory
from countersign.sync.witness import Witness

TOKEN_DEADLINE = 30.0
DEMONSTRATION_COST = Cost(memory=19_456, passes=2, lanes=1)
WITNESSES = ("witness-one.example", "witness-two.example")


class SystemClock:
    """The machine's clock."""

    def now_ms(self) -> int:
        """Milliseconds since 1970."""
        return time.time_ns() // 1_000_000


class SystemEntropy:
    """The machine's randomness."""

    def random_bytes(self, count: int) -> bytes:
        """Fresh bytes from the kernel."""
        return secrets.token_bytes(count)


CLOCK, ENTROPY = SystemClock(), SystemEntropy()


def answer(secret: str) -> AskSecret:
    """A person who knows one secret."""

    async def ask(_code: str) -> str:
        return secret

    return ask


class DemonstrationStage:
    """`demonstration.stage.Stage`: everything the story is played on, in one folder that is thrown away."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = CLOCK
        self.ask_pin = answer(cast.PIN)
        self._pins: dict[str, str] = {}
        self._holds = AsyncExitStack()
        self.bitcoin = EmbeddedBitcoin()
        self.ethereum = EmbeddedEthereum(31337)
        self.outside = Outside(self.bitcoin, self.ethereum)
        self.carrier = Carrier()
        self.pictures = PictureFolder()
        self.vault = ColdVault(folder / "vault", self._online)
        self._seed = secrets.token_bytes(32)
        self._log = note.verifier_key(self._seed, cast.ORIGIN, ED25519)
        self._witnesses = tuple(self._witness(name) for name in WITNESSES)
        self.quorum = Quorum(self._log, tuple(each.key for each in self._witnesses), len(self._witnesses))
        self.anchor = Anchor(self.quorum, insiders=True)
        self._desk: EmbeddedDesk | None = None
        self._officer: OfficerConsole | None = None

    @property
    def desk(self) -> EmbeddedDesk:
        """The embedded desk."""
        if self._desk is None:
            raise AssertionError("the desk is opened before the story begins")
        return self._desk

    @property
    def witness_keys(self) -> Sequence[str]:
        """The witnesses' vkeys."""
        return [str(key) for key in self.quorum.witnesses]

    @property
    def log_key(self) -> str:
        """The log's vkey."""
        return str(self._log)

    async def open(self) -> None:
        """Tokens' process, the desk's store and its own token, the cold vault's process."""
        self._holds.callback(self.carrier.close)
        self._provisioner = await self._holds.enter_async_context(
            provisioner_for(None, self.folder / "tokens", deadline=TOKEN_DEADLINE, random_bytes=secrets.token_bytes)
        )
        await self.vault.start()
        self._holds.push_async_callback(self.vault.aclose)

    async def tokens(self, people: Mapping[str, Sequence[str]]) -> Mapping[str, Bearer]:
        """A token for each name, initialised one after another, then filled; and the desk, with a token of its own."""
        everyone = {"desk": (), **people}
        facts = {}
        for name in everyone:
            self._pins[name] = cast.PIN if name == cast.OFFICER_A.id else secrets.token_hex(8)
            facts[name] = await self._provisioner.initialise(name, answer(self._pins[name]))
        bearers = {}
        for name, labels in everyone.items():
            keys = await fill_token(self._provisioner, facts[name].identity, labels, answer(self._pins[name]))
            signer = self._provisioner.signer(facts[name].identity)
            if name == cast.OFFICER_A.id:
                await signer.lock()
            else:
                await signer.unlock(answer(self._pins[name]))
            ring = Keyring(
                facts[name].serial,
                facts[name].label,
                facts[name].model,
                {key.label: key.public for key in keys},
                online=name != cast.OFFICER_D.id,
            )
            bearers[name] = Bearer(Author(name, ring.key("identity"), signer), ring, signer)
        await self._open_desk(bearers.pop("desk").author)
        return bearers

    async def _open_desk(self, author: Author) -> None:
        store = self._profile("desk")
        sequencer = Sequencer(
            quorum=self.quorum,
            archive=store.archive,
            tiles=TileFiles(self.folder / "log"),
            watchers=[Watcher(each.key, each) for each in self._witnesses],
            clock=CLOCK,
            entropy=ENTROPY,
            sign_head=lambda text: note.sign(self._seed, cast.ORIGIN, text),
        )
        await sequencer.open()
        nodes = Nodes({cast.BITCOIN: self.bitcoin}, {cast.ETHEREUM: self.ethereum})
        scribe = Scribe(cast.ORIGIN, CLOCK, ENTROPY)
        self._desk = EmbeddedDesk(sequencer, store.archive, store.artefacts, author, scribe, nodes)

    async def console(self, officer: str, bearer: Bearer) -> OfficerConsole:
        """The officer's console on a new profile enrolled with this desk."""
        store = self._profile(officer)
        self._replica = Replica(store, CLOCK)
        self._officer_profile = store
        hand = Hand(officer, bearer.token, bearer.author)
        scribe = Scribe(cast.ORIGIN, CLOCK, ENTROPY)
        self._officer = OfficerConsole(self._replica, self.desk, hand, CLOCK, scribe, ENTROPY, self.carrier)
        return self._officer

    def _online(self) -> OfficerConsole | None:
        """The online console that keeps what the cold machine was enrolled with."""
        return self._officer

    def publish_profile(self, folder: Path) -> None:
        """A read-only copy of officer A's history for auditors."""
        settings = {anchors.SETTING: self.anchor.serialise()}
        auditor.publish(self._officer_profile, folder, secrets.token_bytes, settings)

    async def aclose(self) -> None:
        """Everything that was opened, in reverse."""
        await self._holds.aclose()

    def _profile(self, name: str) -> Profile:
        passphrase = secrets.token_hex(16)
        settings = {anchors.SETTING: self.anchor.serialise()}
        store = profiles.create(
            self.folder / name, Kind.CONSOLE, secrets.token_bytes, lambda: passphrase, settings, DEMONSTRATION_COST
        )
        self._holds.callback(store.close)
        return store

    def _witness(self, name: str) -> Witness:
        memory = FileMemory(self.folder / f"{name}.json")
        logs: dict[str, Sequence[VerifierKey]] = {cast.ORIGIN: (self._log,)}
        return Witness(name, secrets.token_bytes(32), logs, memory, lambda: CLOCK.now_ms() // 1000)


async def fill_token(
    provisioner: Provisioner, identity: TokenIdentity, labels: Sequence[str], ask: AskSecret
) -> tuple[TokenKey, ...]:
    """An identity key and the vault keys of these labels."""
    made = [await provisioner.generate(identity, "identity", Curve.P256, ask)]
    for label in labels:
        made.append(await provisioner.generate(identity, label, Curve.SECP256K1, ask))
    return tuple(made)


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
        return handover.keyring_fields(Keyring(facts.serial, facts.label, facts.model, self._keys, online=False))

    async def enrol(self, order: Mapping[str, Any]) -> Mapping[str, object]:
        """Make the profile, trust the desk, take in its history."""
        anchor, records, head = handover.read_history(order["history"].encode())
        passphrase = secrets.token_hex(16)
        store = profiles.create(
            self.folder / "profile", Kind.CONSOLE, secrets.token_bytes, lambda: passphrase, {}, DEMONSTRATION_COST
        )
        self._holds.callback(store.close)
        replica = enrolment.enrol(store, CLOCK, anchor, records, head)
        signer = self._require_signer()
        author = Author(cast.OFFICER_C.id, self._keys["identity"], signer)
        hand, scribe = Hand(cast.OFFICER_C.id, signer, author), Scribe(anchor.origin, CLOCK, ENTROPY)
        self._vault = Vault(replica, hand, CLOCK, scribe, self._carrier, interfaces_up)
        return {"phrase": enrolment.phrase_of(anchor)}

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
    }


def silent(_done: int, _total: int) -> None:
    """Progress that nobody watches."""


async def vault_lines(folder: Path) -> None:
    """The cold vault's process: walls first, then orders until the input ends."""
    hands = VaultHands(folder, isolation.enter())
    try:
        await serve(hands.orders())
    finally:
        await hands.aclose()
