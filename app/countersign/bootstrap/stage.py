"""The demonstration's stage: SoftHSM tokens, an embedded desk with its log and two in-process witnesses, embedded chains,
officer A's profile, the cold vault's process. Everything lies in one folder that is thrown away.
"""

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from countersign.audit import note
from countersign.audit.note import ED25519, VerifierKey
from countersign.audit.quorum import Quorum
from countersign.bootstrap.machine import CLOCK, ENTROPY, answer
from countersign.bootstrap.tokens import DEMONSTRATION_COST, TOKEN_DEADLINE, fill_token
from countersign.chains.busy_bitcoin import BusyBitcoin
from countersign.chains.embedded_bitcoin import EmbeddedBitcoin
from countersign.chains.embedded_ethereum import EmbeddedEthereum
from countersign.chains.outside import Outside
from countersign.couriers.carrier import Carrier, PictureFolder
from countersign.demonstration import cast
from countersign.demonstration.cold import ColdVault
from countersign.demonstration.stage import Bearer
from countersign.desk import anchor as anchors
from countersign.desk.anchor import Anchor
from countersign.desk.author import Author, Scribe
from countersign.desk.ceremony import Keyring
from countersign.desk.console import OfficerConsole
from countersign.desk.embedded import EmbeddedDesk
from countersign.desk.proposal_box import ProposalBox
from countersign.desk.replica import Replica
from countersign.desk.sequencer import Sequencer, Watcher
from countersign.desk.signing import Hand
from countersign.desk.vouching import Nodes
from countersign.resources.location import data_path
from countersign.signers.provision import provisioner_for
from countersign.store import auditor
from countersign.store import profile as profiles
from countersign.store.profile import Kind, Profile
from countersign.store.tile_files import TileFiles
from countersign.sync.memory_file import FileMemory
from countersign.sync.witness import Witness

LEGAL_TEXT = "demonstration/legal-text.pdf"
WITNESSES = ("witness-one.example", "witness-two.example")


class DemonstrationStage:
    """`demonstration.stage.Stage`: everything the story is played on, in one folder that is thrown away."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = CLOCK
        self.ask_pin = answer(cast.PIN)
        self.legal_text = data_path(LEGAL_TEXT).read_bytes()
        self._pins: dict[str, str] = {}
        self._consoles: dict[str, OfficerConsole] = {}
        self._holds = AsyncExitStack()
        self.bitcoin = EmbeddedBitcoin()
        self.pool = BusyBitcoin(self.bitcoin)
        self.ethereum = EmbeddedEthereum(31337, seconds=lambda: CLOCK.now_ms() // 1_000)
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
    def nodes(self) -> Nodes:
        """One node a chain: here the desk's and every officer's are the same."""
        return Nodes({cast.BITCOIN: self.pool}, {cast.ETHEREUM: self.ethereum})

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
        scribe = Scribe(cast.ORIGIN, CLOCK, ENTROPY)
        box = ProposalBox(store.journal)
        self._desk = EmbeddedDesk(
            sequencer, store.archive, store.artefacts, author, scribe, self.nodes, store.journal, box
        )

    def pin_of(self, officer: str) -> str:
        """The PIN of an officer's token."""
        return self._pins[officer]

    async def console(self, officer: str, bearer: Bearer) -> OfficerConsole:
        """The officer's console on a profile of its own enrolled with this desk, the same whenever it is asked for."""
        if officer in self._consoles:
            return self._consoles[officer]
        store = self._profile(officer)
        replica = Replica(store, CLOCK)
        hand = Hand(officer, bearer.token, bearer.author)
        scribe = Scribe(cast.ORIGIN, CLOCK, ENTROPY)
        box = self.desk.proposals
        console = OfficerConsole(replica, self.desk, hand, CLOCK, scribe, ENTROPY, self.carrier, box, self.nodes)
        if officer == cast.OFFICER_A.id:
            self._replica, self._officer_profile, self._officer = replica, store, console
        self._consoles[officer] = console
        return console

    def _online(self) -> OfficerConsole | None:
        """The online console that keeps what the cold machine was enrolled with."""
        return self._officer

    async def wait_until(self, seconds: int) -> None:
        """Sleep until this machine's clock has reached a moment."""
        while (left := seconds * 1_000 - CLOCK.now_ms()) > 0:
            await asyncio.sleep(left / 1_000)

    def fill_blocks(self, rate: int) -> None:
        """What is sent from now on waits, unless it pays as much."""
        self.pool.least = rate

    async def confirmed(self) -> None:
        """The embedded chains mine what they accept at once."""

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
