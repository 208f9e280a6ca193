"""The stage of the demonstration without devices: software keys, embedded chains, in-process witnesses, real stores.

    table = Table.at(tmp_path)
    await table.until("step-prepare")      # every step up to and with that one
    await table.stage.aclose()

- Desk, sequencer, witnesses, replicas, consoles and the cold vault are the product's own; only tokens, couriers and clock are
  doubles. The vault is in this process here: that it is another one is proved in tests/journeys.
- The clock stands unless a test sets it forward; tokens count what they sign and can be told to fail.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from hashlib import shake_256
from pathlib import Path
from typing import Any, Self

from countersign.airgap import ur
from countersign.audit import note
from countersign.audit.note import ED25519, VerifierKey
from countersign.audit.quorum import Quorum
from countersign.chains.busy_bitcoin import BusyBitcoin
from countersign.chains.embedded_bitcoin import EmbeddedBitcoin
from countersign.chains.embedded_ethereum import EmbeddedEthereum
from countersign.chains.outside import Outside
from countersign.demonstration import cast
from countersign.demonstration.stage import Bearer
from countersign.demonstration.story import Story
from countersign.desk import anchor as anchors
from countersign.desk import enrolment, founding
from countersign.desk.anchor import Anchor
from countersign.desk.author import Author, Scribe
from countersign.desk.ceremony import Keyring
from countersign.desk.console import OfficerConsole
from countersign.desk.embedded import EmbeddedDesk
from countersign.desk.ports import AskSecret
from countersign.desk.proposal_box import ProposalBox
from countersign.desk.replica import Replica
from countersign.desk.sequencer import Sequencer, Watcher
from countersign.desk.signing import Hand
from countersign.desk.vault_console import Vault
from countersign.desk.vouching import Nodes
from countersign.errors import Refused, Unavailable
from countersign.keys.public_key import Curve, PublicKey
from countersign.keys.wrapping import Cost
from countersign.resources.location import data_path
from countersign.settlement.records import Instruction
from countersign.store import auditor
from countersign.store import profile as profiles
from countersign.store.profile import Kind, Profile
from countersign.store.tile_files import TileFiles
from countersign.sync.witness import Witness
from support import settlement_world
from support.software_keys import SoftwareKey

START = 1_795_338_000  # 2026-11-22T09:00:00Z
CHEAP = Cost(memory=64, passes=1, lanes=1)
PASSPHRASE = "a passphrase of tests"


@dataclass
class SetClock:
    """A clock that a test sets forward."""

    seconds: int = START

    def now_ms(self) -> int:
        return self.seconds * 1_000


@dataclass
class CountedEntropy:
    """Bytes that look random, never repeat, and are the same in every run."""

    seed: str = "stage"
    taken: int = 0

    def random_bytes(self, count: int) -> bytes:
        self.taken += 1
        return shake_256(f"{self.seed} {self.taken}".encode()).digest(count)


@dataclass(frozen=True)
class Held:
    """A key pair in a token; its attributes are in order."""

    public: PublicKey
    findings: Sequence[object] | None = ()


@dataclass
class SoftwareToken:
    """A token of software keys by label. `before` is called with each digest before it is signed, and may raise."""

    name: str
    labels: Mapping[str, SoftwareKey]
    unlocked: bool = True
    signed: list[bytes] = field(default_factory=list)
    before: Callable[[PublicKey, bytes], None] | None = None
    answer: Callable[[SoftwareKey, bytes], bytes] | None = None
    pin_count_low: bool = False
    pin_final_try: bool = False
    pin_locked: bool = False
    model: str = "SoftHSM v2"

    @property
    def serial(self) -> str:
        return f"serial-{self.name}"

    @property
    def label(self) -> str:
        return self.name

    @property
    def public(self) -> dict[str, PublicKey]:
        return {label: key.public for label, key in self.labels.items()}

    async def token(self) -> Self:
        return self

    async def keys(self) -> Sequence[Held]:
        return [Held(key.public, () if self.unlocked else None) for key in self.labels.values()]

    async def unlock(self, ask: AskSecret, *, last_try: bool = False) -> None:
        if self.pin_final_try and not last_try:
            raise Refused("H5.final-try", token=self.label)
        await ask("signers.ask-pin")
        self.unlocked = True

    async def lock(self) -> None:
        self.unlocked = False

    async def sign_digest(self, key: PublicKey, digest: bytes) -> bytes:
        held = self._find(key)
        if self.before is not None:
            self.before(key, digest)
        self.signed.append(digest)
        return self.answer(held, digest) if self.answer is not None else held.sign_digest(digest)

    async def sign_message(self, key: PublicKey, message: bytes) -> bytes:
        return self._find(key).sign(message)

    def _find(self, key: PublicKey) -> SoftwareKey:
        if not self.unlocked:
            raise Unavailable("signers.locked", token=self.label)
        found = [held for held in self.labels.values() if held.public == key]
        if not found:
            raise Unavailable("signers.no-key", token=self.label)
        return found[0]


def software_token(name: str, labels: Sequence[str]) -> SoftwareToken:
    """A token with an identity key and vault keys of these labels, the same in every run."""
    keys = {label: SoftwareKey.generate(Curve.SECP256K1, f"{name} {label}") for label in labels}
    return SoftwareToken(name, {"identity": SoftwareKey.generate(Curve.P256, f"{name} identity"), **keys})


@dataclass
class Memory:
    """What a witness remembers."""

    data: bytes | None = None

    def load(self) -> bytes | None:
        return self.data

    def save(self, data: bytes) -> None:
        self.data = data


class FileCourier:
    """Pictures hold their QR text as it is; a drive is a folder."""

    def frames(self, message: ur.Message, density: int = 27) -> Sequence[str]:
        parts = ur.Parts(message, 400)
        return [parts.text(number).upper() for number in range(1, 3 * parts.seq_len + 25)]

    async def read_pictures(
        self, pictures: Sequence[Path], scan: ur.Scan, now: int, progress: Callable[[int, int], None]
    ) -> Sequence[str]:
        for number, picture in enumerate(pictures):
            scan.receive(picture.read_text("utf-8"), now)
            progress(number + 1, len(pictures))
        return ()

    async def read_file(self, file: Path) -> bytes:
        return file.read_bytes()

    async def read_chosen(self, file: Path) -> bytes:
        return file.read_bytes()

    async def write_file(self, folder: Path, name: str, data: bytes) -> Path:
        (folder / name).write_bytes(data)
        return folder / name


class TextPictures:
    """Writes what `FileCourier` reads."""

    def write(self, folder: Path, name: str, texts: Sequence[str]) -> Sequence[Path]:
        folder.mkdir(parents=True, exist_ok=True)
        places = [folder / f"{name}-{number:04d}.png" for number in range(1, len(texts) + 1)]
        for place, text in zip(places, texts, strict=True):
            place.write_text(text, "utf-8")
        return places


class NearVault:
    """Operator C's machine in this process: `demonstration.stage.ColdVault`."""

    def __init__(self, stage: "SoftwareStage") -> None:
        self._stage = stage
        self._courier = FileCourier()
        self.token = SoftwareToken("officer-c", {})

    async def ceremony(self, labels: Sequence[str]) -> Keyring:
        self.token = software_token("officer-c", labels)
        return Keyring(self.token.serial, self.token.label, self.token.model, self.token.public, online=False)

    async def enrol(self, desk: EmbeddedDesk, anchor: Anchor) -> None:
        handed = enrolment.History.parse(await enrolment.history(desk, insiders=anchor.insiders))
        known, head = handed.anchor, handed.checkpoint
        self.profile = self._stage.bare_profile("vault", {})
        self.replica = enrolment.enrol(self.profile, self._stage.clock, known, handed.records, head)
        author = Author("officer-c", self.token.public["identity"], self.token)
        hand = Hand("officer-c", self.token, author)
        scribe = Scribe(known.origin, self._stage.clock, self._stage.entropy)
        self.console = Vault(self.replica, hand, self._stage.clock, scribe, self._courier, lambda: ())
        if self._stage.officer is not None:
            self._stage.officer.remember_vault("officer-c", head)

    async def confirm_clock(self) -> None:
        await self.console.confirm_clock(True)

    async def take_pictures(self, pictures: Sequence[Path]) -> Mapping[str, object]:
        return _seen(await self.console.take_pictures(pictures, silent))

    async def take_from_usb(self, file: Path) -> Mapping[str, object]:
        return _seen(await self.console.take_from_usb(file))

    async def sign(self) -> Mapping[str, object]:
        await self.console.unlock(_pin)
        return _seen(await self.console.sign(silent))

    async def answer_pictures(self, folder: Path) -> Mapping[str, object]:
        written = self._stage.pictures.write(folder, "answer", await self.console.answer_frames())
        return {"count": len(written), **self.console.answer_facts()}

    async def answer_to_usb(self, folder: Path) -> Path:
        return await self.console.answer_to_usb(folder)

    async def grab(self, theme: str, picture: Path, texts: Path) -> None:
        """No window here."""

    async def isolation(self) -> Mapping[str, object]:
        return {}


def _seen(view: Any) -> dict[str, object]:
    verdict = view.instruction.verdict
    return {
        "may_sign": verdict.may_sign,
        "against": [finding.check for finding in verdict.against],
        "answered": view.answered,
    }


class SoftwareStage:
    """`demonstration.stage.Stage` in one folder. Fields are public: a test may put a double in any place before `Story.found`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = SetClock()
        self.entropy = CountedEntropy()
        self.ask_pin: AskSecret = _pin
        self.legal_text = data_path("demonstration/legal-text.pdf").read_bytes()
        self.bitcoin = EmbeddedBitcoin()
        self.pool: BusyBitcoin | None = None  # before the chain, where a test wants transactions to wait
        self.ethereum = EmbeddedEthereum(31337, seconds=lambda: self.clock.seconds)
        self.outside = Outside(self.bitcoin, self.ethereum)
        self.pictures = TextPictures()
        self.vault = NearVault(self)
        self.holds = ExitStack()
        self.seed = b"\x07" * 32
        self.log_verifier = note.verifier_key(self.seed, cast.ORIGIN, ED25519)
        logs: dict[str, Sequence[VerifierKey]] = {cast.ORIGIN: (self.log_verifier,)}
        self.witnesses = [
            Witness(f"witness-{at}.example", bytes([at]) * 32, logs, Memory(), lambda: self.clock.seconds)
            for at in (1, 2)
        ]
        self.quorum = Quorum(self.log_verifier, tuple(each.key for each in self.witnesses), 2)
        self.anchor = Anchor(self.quorum, insiders=True)
        self.watchers = [Watcher(each.key, each) for each in self.witnesses]
        self.bearers: dict[str, SoftwareToken] = {}
        self.officer: OfficerConsole | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    @property
    def witness_keys(self) -> Sequence[str]:
        return [str(key) for key in self.quorum.witnesses]

    @property
    def log_key(self) -> str:
        return str(self.log_verifier)

    def fill_blocks(self, rate: int) -> None:
        """What is sent from now on waits, unless it pays as much."""
        assert self.pool is not None
        self.pool.least = rate

    @property
    def nodes(self) -> Nodes:
        """One node a chain, the desk's and every officer's."""
        return Nodes({cast.BITCOIN: self.pool or self.bitcoin}, {cast.ETHEREUM: self.ethereum})

    def sign_head(self, text: str) -> note.Signature:
        """The log's own signature line."""
        return note.sign(self.seed, cast.ORIGIN, text)

    def bare_profile(self, name: str, settings: Mapping[str, bytes]) -> Profile:
        """A new store."""
        store = profiles.create(
            self.folder / name, Kind.CONSOLE, self.entropy.random_bytes, lambda: PASSPHRASE, dict(settings), CHEAP
        )
        self.holds.callback(store.close)
        return store

    def profile(self, name: str) -> Profile:
        """A new store enrolled with this desk."""
        return self.bare_profile(name, {anchors.SETTING: self.anchor.serialise()})

    def sequencer(self, store: Profile, tiles: object | None = None) -> Sequencer:
        """The desk's hand over a store's archive."""
        return Sequencer(
            quorum=self.quorum,
            archive=store.archive,
            tiles=tiles or TileFiles(self.folder / "log"),  # type: ignore[arg-type]
            watchers=self.watchers,
            clock=self.clock,
            entropy=self.entropy,
            sign_head=self.sign_head,
        )

    async def tokens(self, people: Mapping[str, Sequence[str]]) -> Mapping[str, Bearer]:
        found = {}
        for name, labels in {"desk": (), **people}.items():
            token = self.bearers[name] = software_token(name, labels)
            token.unlocked = name != cast.OFFICER_A.id
            ring = Keyring(token.serial, token.label, token.model, token.public, online=name != cast.OFFICER_D.id)
            found[name] = Bearer(Author(name, token.public["identity"], token), ring, token)
        self.store = self.profile("desk")
        sequencer = self.sequencer(self.store)
        await sequencer.open()
        self.desk = self.desk_over(sequencer, found.pop("desk").author)
        return found

    def desk_over(self, sequencer: Sequencer, author: Author) -> EmbeddedDesk:
        """An embedded desk over the desk's store."""
        scribe = Scribe(cast.ORIGIN, self.clock, self.entropy)
        store, box = self.store, ProposalBox(self.store.journal)
        return EmbeddedDesk(sequencer, store.archive, store.artefacts, author, scribe, self.nodes, store.journal, box)

    async def console(self, officer: str, bearer: Bearer) -> OfficerConsole:
        store = self.profile(officer)
        replica = Replica(store, self.clock)
        hand = Hand(officer, bearer.token, bearer.author)
        scribe = Scribe(cast.ORIGIN, self.clock, self.entropy)
        console = OfficerConsole(
            replica, self.desk, hand, self.clock, scribe, self.entropy, FileCourier(), nodes=self.nodes
        )
        if officer == cast.OFFICER_A.id:
            self.officer_store, self.officer = store, console
        return console

    async def wait_until(self, seconds: int) -> None:
        self.clock.seconds = max(self.clock.seconds, seconds)

    async def confirmed(self) -> None:
        """The embedded chains mine at once."""

    def publish_profile(self, folder: Path) -> None:
        settings = {anchors.SETTING: self.anchor.serialise()}
        auditor.publish(self.officer_store, folder, self.entropy.random_bytes, settings)

    async def aclose(self) -> None:
        self.holds.close()


@dataclass
class Table:
    """A story on a software stage, played as far as a test needs it."""

    stage: SoftwareStage
    story: Story
    played: list[str] = field(default_factory=list)

    @classmethod
    def at(cls, folder: Path) -> Self:
        """A story that has not begun."""
        stage = SoftwareStage(folder)
        return cls(stage, Story(stage, folder / "out"))

    @property
    def desk(self) -> EmbeddedDesk:
        return self.stage.desk

    @property
    def officer(self) -> OfficerConsole:
        return self.story.console()

    def author(self, who: str) -> Author:
        return self.story.people[who].author

    def live(self, kind: str) -> Instruction:
        """The cycle's live instruction of a kind."""
        state = self.desk.state
        return next(each for each in state.live(state.cycle(self.story.cycle)) if each.group.kind == kind)

    def artefact(self, kind: str) -> bytes:
        """Its unsigned bytes."""
        return self.desk.artefacts.get(bytes.fromhex(self.live(kind).artefact))

    @property
    def contract_state(self) -> str:
        return self.desk.state.contract(self.story.contract).state.value

    async def until(self, last: str) -> Self:
        """Play every step up to and with `last` that was not played yet, but for the drill."""
        for _, key, step in self.story.steps:
            if key not in self.played and key != "step-drill":
                await step()
                self.played.append(key)
            if key == last:
                return self
        raise AssertionError(f"the story has no step {last}")


async def _pin(_code: str) -> str:
    return cast.PIN


def silent(_done: int, _total: int) -> None:
    """Nobody watches."""


async def admit_ether(table: Table) -> None:
    """The administrators admit ether to the registry."""
    body = settlement_world.no_entries() | {"assets": [{"id": cast.ETHER, "symbol": "ETH", "decimals": 18}]}
    await founding.change_roster(table.desk, [table.author("compliance"), table.author("officer-d")], body)
