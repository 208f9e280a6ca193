"""The cold vault of the demonstration in this very process, so that its window can be played by a test.

    vault = NearVault(tmp_path / "cold", lambda: stage.officer)
    stage.vault = vault                 # before `stage.open()`
    …the story is founded…
    console = vault.session()           # a new session of the machine: its clock is not confirmed yet

Token, profile, history and courier are the real ones. What another process adds (no network, no shared memory) is proved in
tests/journeys.
"""

import secrets
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from countersign.bootstrap.machine import CLOCK, ENTROPY, answer
from countersign.bootstrap.tokens import DEMONSTRATION_COST, TOKEN_DEADLINE, fill_token
from countersign.couriers.carrier import Carrier
from countersign.demonstration import cast
from countersign.demonstration.cold import COLD_OFFICER
from countersign.desk import enrolment
from countersign.desk.anchor import Anchor
from countersign.desk.author import Author, Scribe
from countersign.desk.ceremony import Keyring
from countersign.desk.console import OfficerConsole
from countersign.desk.embedded import EmbeddedDesk
from countersign.desk.signing import Hand
from countersign.desk.vault_console import Vault
from countersign.signers.provision import provisioner_for
from countersign.store import profile as profiles
from countersign.store.profile import Kind

PIN, PASSPHRASE = "907351", "a passphrase of tests"


class NearVault:
    """Operator C's machine without walls."""

    def __init__(self, folder: Path, console: Callable[[], OfficerConsole | None]) -> None:
        self._folder = folder
        self._console = console
        self._holds = AsyncExitStack()
        self.carrier = Carrier()

    async def start(self) -> None:
        """Nothing to start."""

    async def ceremony(self, labels: Sequence[str]) -> Keyring:
        self._provisioner = await self._holds.enter_async_context(
            provisioner_for(None, self._folder / "tokens", deadline=TOKEN_DEADLINE, random_bytes=secrets.token_bytes)
        )
        facts = await self._provisioner.initialise(cast.OFFICER_C.id, answer(PIN))
        keys = await fill_token(self._provisioner, facts.identity, labels, answer(PIN))
        self._signer = self._provisioner.signer(facts.identity)
        self._keys = {key.label: key.public for key in keys}
        await self._signer.lock()
        return Keyring(facts.serial, facts.label, facts.model, self._keys, online=False)

    async def enrol(self, desk: EmbeddedDesk, anchor: Anchor) -> None:
        handed = await enrolment.history(desk, insiders=anchor.insiders)
        history = enrolment.History.parse(handed)
        store = profiles.create(
            self._folder / "profile", Kind.CONSOLE, secrets.token_bytes, lambda: PASSPHRASE, {}, DEMONSTRATION_COST
        )
        self._holds.callback(store.close)
        self._replica = enrolment.enrol(store, CLOCK, history.anchor, history.records, history.checkpoint)
        self._origin = history.anchor.origin
        console = self._console()
        assert console is not None
        enrolment.remember(console, COLD_OFFICER, handed)

    async def confirm_clock(self) -> None:
        """Left to whoever sits at the window."""

    def session(self) -> Vault:
        """The machine switched on."""
        author = Author(cast.OFFICER_C.id, self._keys["identity"], self._signer)
        hand = Hand(cast.OFFICER_C.id, self._signer, author)
        scribe = Scribe(self._origin, CLOCK, ENTROPY)
        return Vault(self._replica, hand, CLOCK, scribe, self.carrier, lambda: ())

    async def aclose(self) -> None:
        await self._holds.aclose()
        self.carrier.close()
