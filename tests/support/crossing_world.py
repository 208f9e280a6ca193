"""A desk, an online officer and a cold vault with real stores: everything that an air-gap crossing needs, in software.

    world = CrossingWorld(tmp_path)                 # founded; officer A online, officer C cold and enrolled
    psbt, safe = world.prepare()                    # contract to both instructions, logged; officer A has taken it in
    request = await world.crossing.request(psbt, "officer-c", Channel.QR)

- `CrossingWorld` is the mailbox too: it adds the desk's signature to shares and publishes a witnessed head.
- The clock is the desk's own; `world.vault_clock.ahead` sets the cold machine's wrong.
- Tokens are software keys that count what they signed (`token.signed`).
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from countersign.airgap import envelope as envelopes
from countersign.airgap import ur
from countersign.airgap.request import ProvenEvent
from countersign.audit.checkpoint import Checkpoint, SignedCheckpoint
from countersign.audit.leaf import Opening
from countersign.audit.log import Log
from countersign.desk.anchor import Anchor
from countersign.desk.author import Author, Scribe
from countersign.desk.crossing import Crossing
from countersign.desk.enrolment import enrol
from countersign.desk.ports import AskSecret, Receipt, Record
from countersign.desk.records import PeerHead
from countersign.desk.replica import Replica
from countersign.desk.signing import Hand
from countersign.desk.vault_console import Vault
from countersign.desk.views import VaultRequestView
from countersign.errors import Refused, Unavailable
from countersign.keys import jws as jose
from countersign.keys.public_key import PublicKey
from countersign.keys.wrapping import Cost
from countersign.rails import bitcoin, ethereum
from countersign.review.case import Channel
from countersign.settlement import attesting, builder, events, netting
from countersign.settlement.contract import Contract
from countersign.settlement.machine import Entry
from countersign.settlement.roster import SafeVault
from countersign.store.profile import Kind, Profile, create, open_profile
from support import owner_cases, safe_snapshots
from support import settlement_world as settlement
from support.review_cases import built_psbt, quorum, signed_head, spends
from support.settlement_world import Desk, Trade
from support.software_keys import SoftwareKey

PASSPHRASE = "a passphrase of tests"


@cache
def _founded() -> Desk:
    """Founded under the log's real key, with a policy that names the witnesses; prices and deposits."""
    desk, keys = Desk(), quorum()
    desk.log("desk.founded", ["desk", "compliance", "officer-d"], settlement.founding_body() | {"log": str(keys.log)})
    adopt(desk, 1)
    for asset, price in ((settlement.BTC, "80000"), (settlement.USDC, "1")):
        desk.log("price.published", ["desk"], {"asset": asset, "price": price, "source": "Northgate reference"})
    desk.deposit("meridian", settlement.BTC, 30_000_000_000, 1)
    desk.deposit("harbour", settlement.USDC, 25_000_000_000_000, 1)
    return desk


def adopt(desk: Desk, version: int, **changes: object) -> None:
    """Adopt the policy of this world, changed."""
    keys = quorum()
    witnesses = {"quorum": keys.k, "keys": sorted(str(key) for key in keys.witnesses)}
    policy = settlement.policy_document(version=version, witnesses=witnesses, **changes)
    desk.log("policy.adopted", ["compliance", "officer-d"], {"policy": policy})


@dataclass
class SetClock:
    """The desk's clock, `ahead` seconds wrong."""

    desk: Desk
    ahead: int = 0

    def now_ms(self) -> int:
        return self.desk.now_ms + 1_000 * self.ahead


@dataclass
class CountedEntropy:
    """Bytes that look random, never repeat, and are the same in every run."""

    seed: str
    taken: int = 0

    def random_bytes(self, count: int) -> bytes:
        self.taken += 1
        return hashlib.shake_256(f"{self.seed} {self.taken}".encode()).digest(count)


@dataclass
class SoftwareToken:
    """An officer's keys in software. `signed` lists the digests that its vault keys signed."""

    officer: str
    unlocked: bool = True
    signed: list[bytes] = field(default_factory=list)
    pin_count_low: bool = False
    pin_final_try: bool = False
    pin_locked: bool = False
    model: str = "SoftHSM v2"

    @property
    def serial(self) -> str:
        return f"serial-{self.officer}"

    @property
    def label(self) -> str:
        return f"token {self.officer}"

    async def token(self) -> "SoftwareToken":
        return self

    async def keys(self) -> Sequence["Held"]:
        return [Held(key.public) for key in self._vault_keys()]

    async def unlock(self, ask: AskSecret, *, last_try: bool = False) -> None:
        if self.pin_final_try and not last_try:
            raise Refused("H5.final-try", token=self.label)
        await ask("signers.ask-pin")
        self.unlocked = True

    async def lock(self) -> None:
        self.unlocked = False

    async def sign_digest(self, key: PublicKey, digest: bytes) -> bytes:
        for held in self._vault_keys():
            if held.public == key:
                self.signed.append(digest)
                return held.sign_digest(digest)
        raise Unavailable("signers.no-key")

    async def sign_message(self, key: PublicKey, message: bytes) -> bytes:
        return settlement.identity(self.officer).sign(message)

    def _vault_keys(self) -> list[SoftwareKey]:
        return _vault_keys(self.officer)


@cache
def _vault_keys(officer: str) -> list[SoftwareKey]:
    slots = [
        settlement.vault_key(officer, "bip122", owner, slot)
        for owner in settlement.OWNERS
        for slot in range(settlement.SLOTS)
    ]
    return slots + [settlement.vault_key(officer, "eip155", owner) for owner in settlement.OWNERS]


@dataclass(frozen=True)
class Held:
    """A key pair in the token, its attributes in order."""

    public: PublicKey
    findings: Sequence[object] = ()


@dataclass
class MemoryCourier:
    """Frames as texts, files as bytes by path; pictures hold one text each."""

    files: dict[Path, bytes] = field(default_factory=dict)

    def frames(self, message: ur.Message, density: int = 27) -> Sequence[str]:
        parts = ur.Parts(message, 400)
        return [parts.text(number).upper() for number in range(1, 2 * parts.seq_len + 13)]

    async def read_pictures(
        self, pictures: Sequence[Path], scan: ur.Scan, now: int, progress: Callable[[int, int], None]
    ) -> Sequence[str]:
        for number, picture in enumerate(pictures):
            scan.receive(self.files[picture].decode(), now)
            progress(number + 1, len(pictures))
        return ()

    async def read_file(self, file: Path) -> bytes:
        return self.files[file]

    async def write_file(self, folder: Path, name: str, data: bytes) -> Path:
        self.files[folder / name] = data
        return folder / name


class CrossingWorld:
    """One desk, officer A's online machine, officer C's cold one."""

    def __init__(self, folder: Path, *, enrolled: int | None = None) -> None:
        self.folder = folder
        self.desk = _founded().copy()
        self.artefacts: dict[bytes, bytes] = {}
        self.published: list[SignedCheckpoint] = []
        self.courier = MemoryCourier()
        self.entropy = CountedEntropy("world")
        self.clock = SetClock(self.desk)
        self.vault_clock = SetClock(self.desk)
        self.publish()
        self.tokens = {name: SoftwareToken(name) for name in ("officer-a", "officer-c")}
        self.online = self._enrolled("online", len(self.desk.entries), self.clock)
        self.cold = self._enrolled("cold", enrolled or len(self.desk.entries), self.vault_clock)
        self.crossing = Crossing(self.online, self, self.author("officer-a"), self.entropy)
        self.crossing.remember("officer-c", self.head(self.cold.log.size))
        self.vault = self.vault_of(self.cold)

    def vault_of(self, replica: Replica) -> Vault:
        """A vault console over a replica: a new session of the same machine."""
        token = self.tokens["officer-c"]
        hand = Hand("officer-c", token, self.author("officer-c"))
        scribe = Scribe(settlement.ORIGIN, self.vault_clock, self.entropy)
        return Vault(replica, hand, self.vault_clock, scribe, self.courier, lambda: ())

    def author(self, officer: str) -> Author:
        """An officer with the identity key in their token."""
        token = self.tokens.get(officer) or SoftwareToken(officer)
        return Author(officer, settlement.identity(officer).public, token)

    def profile(self, name: str) -> Profile:
        """A new profile."""
        cost = Cost(memory=64, passes=1, lanes=1)
        return create(self.folder / name, Kind.CONSOLE, self.entropy.random_bytes, lambda: PASSPHRASE, {}, cost)

    def reopened(self, replica: Replica, name: str, clock: SetClock) -> Replica:
        """The same profile closed and opened again."""
        replica.profile.close()  # type: ignore[attr-defined]
        return Replica(open_profile(self.folder / name, lambda: PASSPHRASE), clock)

    def _enrolled(self, name: str, size: int, clock: SetClock) -> Replica:
        records = self.all_records()[:size]
        return enrol(self.profile(name), clock, Anchor(quorum()), records, self.head(size))

    def prepare(self, *, attested: bool = True, **changes: object) -> tuple[str, str]:
        """The story up to both prepared instructions, attested for a QR crossing; their hashes, the PSBT's first.

        `changes` are of the terms.
        """
        trade = self.desk.trade(**changes)
        self.desk.log("contract.affirmed", ["operations"], builder.contract_body(trade.contract))
        self.desk.log("contract.endorsed", ["compliance"], {"contract": trade.hash})
        for leg in (0, 1):
            self.desk.log("hold.placed", ["desk"], builder.hold_body(trade.contract.terms, trade.hash, leg))
        self.desk.log("cycle.closed", ["desk"], builder.cycle_body(trade.cycle, [trade.hash], settlement.START))
        names = self.prepare_instructions(trade)
        self.publish()
        self.take_in()
        if attested:
            self.attest()
        return names

    def prepare_instructions(self, trade: Trade) -> tuple[str, str]:
        """Both instructions of a closed cycle."""
        cycle = self.desk.state.cycle(trade.cycle)
        for group in cycle.groups:
            owed = netting.owed_by(cycle.obligations, group)
            if group.kind == "psbt":
                psbt = built_psbt(self.desk, group, owed)
                data = bitcoin.serialise(psbt)
                coins = spends(self.desk, group, psbt)
                body = builder.psbt_instruction_body(cycle.id, [trade.hash], group.chain, self._keep(data), coins)
            else:
                vault = self.desk.state.roster.vault(group.vaults[0])
                assert isinstance(vault, SafeVault)
                data = ethereum.serialise(ethereum.build(owed, vault, 0))
                body = builder.safe_instruction_body(cycle.id, [trade.hash], group.chain, vault.id, self._keep(data), 0)
            self.desk.log("instruction.prepared", ["operations"], body)
        return self.desk.instructions(trade)

    def order_owners(
        self, order: owner_cases.Order = owner_cases.GOES, *, attested: bool = True, **changes: object
    ) -> str:
        """The administrators' order of a Safe's owners, attested for a cold machine; officer A has taken it in. Its name."""
        data = ethereum.serialise(owner_cases.built(self.desk, order))
        self._keep(data)
        name = owner_cases.logged(self.desk, order, data, **changes)
        self.publish()
        self.take_in()
        if attested:
            self.attest(name, ("operations", "officer-d"))
        return name

    def attest(
        self, cycle: str = "", officers: Sequence[str] = ("compliance", "operations"), **changes: object
    ) -> None:
        """Two officers attest a cycle (the newest one's) at the newest checkpoint; officer A takes it in."""
        size = len(self.desk.entries)
        name = cycle or f"cycle-{self.desk.trades}"
        chains = safe_snapshots.of_cycle(self.desk.state, name, self.desk.now_ms // 1_000)
        body = {**attesting.body(self.desk.state, name, size, self.log(size).tree.root().hex(), chains), **changes}
        self.desk.log("state.attested", officers, body)
        self.publish()
        self.take_in()

    def publish(self) -> None:
        """Sign and cosign the newest head, now."""
        self.published.append(self.head(len(self.desk.entries)))

    def take_in(self) -> None:
        """Officer A's machine takes in what was logged."""
        self.online.advance(self.all_records()[self.online.log.size :], self.published[-1])

    def head(self, size: int) -> SignedCheckpoint:
        """A witnessed head of `size` entries, cosigned now."""
        now = self.desk.now_ms // 1_000
        log = self.log(size)
        return signed_head(log.checkpoint(), [now, now])

    def log(self, size: int) -> Log:
        """The log of the first entries."""
        log = Log(settlement.ORIGIN)
        log.extend(_opening(entry).entry(entry.event) for entry in self.desk.entries[:size])
        return log

    def wait(self, seconds: int) -> None:
        """Time passes."""
        self.desk.now_ms += 1_000 * seconds

    def peer(self, head: Checkpoint) -> PeerHead:
        """A head as the journal keeps it."""
        return PeerHead(head.size, head.root)

    def desk_contract(self) -> Contract:
        """The first settlement's contract."""
        return settlement.signed_contract(settlement.terms(1))

    def proven(self, index: int, log: Log) -> ProvenEvent:
        """An entry as a request carries it by QR, proved to `log`'s head."""
        entry = self.desk.entries[index]
        proof = tuple(log.tree.inclusion_proof(index, log.size))
        return ProvenEvent(entry.event, index, entry.time_ms, _opening(entry).salt, proof)

    def all_records(self) -> list[Record]:
        """Every entry with its opening."""
        return [Record(each.index, each.time_ms, _opening(each).salt, each.event) for each in self.desk.entries]

    def _keep(self, data: bytes) -> str:
        digest = hashlib.sha256(data).digest()
        self.artefacts[digest] = data
        return digest.hex()

    # the mailbox of officer A's console

    async def submit(self, event: bytes) -> Receipt:
        parsed = events.parse(event)
        if parsed.type == "share.added":
            if bytes.fromhex(parsed.body.artefact) not in self.artefacts:  # type: ignore[union-attr]
                raise Refused("desk.share-absent")
            event = jose.serialise(jose.merge(parsed.jws, settlement.sign(parsed.jws.payload, events.TYP, ["desk"])))
        entry = self.desk.append(Entry(len(self.desk.entries), self.desk.now_ms, event))
        self.publish()
        return Receipt(entry.index, entry.time_ms, parsed.hash)

    async def checkpoint(self) -> bytes:
        return self.published[-1].serialise()

    async def records(self, start: int) -> Sequence[Record]:
        return self.all_records()[start : self.published[-1].checkpoint.size]

    async def artefact(self, digest: bytes) -> bytes:
        return self.artefacts[digest]

    async def put_artefact(self, data: bytes) -> bytes:
        return bytes.fromhex(self._keep(data))


def _opening(entry: Entry) -> Opening:
    return Opening(entry.index, entry.time_ms, hashlib.sha256(f"salt {entry.index}".encode()).digest())


def no_progress(done: int, total: int) -> None:
    """Nobody watches."""


async def show(world: CrossingWorld, request: bytes, channel: Channel) -> VaultRequestView:
    """Carry a request to the vault, by file or by frames; what the vault shows."""
    if channel is Channel.USB:
        file = Path("/drive/request.countersign")
        world.courier.files[file] = request
        return await world.vault.take_from_usb(file)
    for text in world.courier.frames(ur.Message("countersign", request)):
        _, _, complete = await world.vault.take_frame(text)
        if complete:
            break
    view = await world.vault.request()
    assert view is not None
    return view


def resealed(world: CrossingWorld, data: bytes, signer: str, **changes: object) -> bytes:
    """The envelope with `changes`, signed by `signer`'s identity key."""
    message = replace(envelopes.peek(data), **changes)  # type: ignore[arg-type]
    key = settlement.identity(signer)
    return envelopes.seal(message, key.public, key.sign(envelopes.unsigned(message, key.public)))
