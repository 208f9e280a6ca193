"""One machine's own copy of the history: taken in, proved against the witnessed log, replayed, pinned.

DESIGN.md §3, CHECKS.md L1–L6. In this order: the log's signature (L2) → consistency with the pin (L4) → the entries lead to
the head's root → witnesses (L5) → archive, durable → pin, durable (L6) → replay → use.

- The desk is believed in nothing: every entry is rebuilt from its opening, and `decide` runs again over all of it.
- A head that lies (same size, other root) freezes signing on this machine and keeps both notes as evidence.
- `excerpt` is what a QR crossing allows: some entries with inclusion proofs, under a head that extends the pinned one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from countersign.audit import pin as pinning
from countersign.audit.checkpoint import SignedCheckpoint
from countersign.audit.leaf import Opening
from countersign.audit.log import Log
from countersign.audit.pin import Equivocation, Pin
from countersign.audit.quorum import AsOf, Fresh, Witnessed
from countersign.desk import anchor as anchors
from countersign.desk.anchor import Anchor
from countersign.desk.ports import Clock, Mailbox, Profile, Record
from countersign.errors import Refused
from countersign.formats import jcs
from countersign.settlement import machine
from countersign.settlement.machine import Entry
from countersign.settlement.state import State


@dataclass(frozen=True, slots=True)
class Held:
    """What is replayed and proved: the state at `size` entries, and the witnessed head it stands under."""

    state: State
    signed: SignedCheckpoint | None


class Replica:
    """The history of one desk in one profile. `read_only` profiles (an auditor's) only look."""

    def __init__(self, profile: Profile, clock: Clock) -> None:
        self.profile = profile
        self.clock = clock
        self.anchor: Anchor = anchors.require(profile.journal.setting(anchors.SETTING))
        self.log = Log(self.anchor.origin)
        self.state = State()
        self._load()

    @property
    def pin(self) -> Pin | None:
        """The pinned head."""
        return self.profile.journal.pin(self.anchor.origin)

    @property
    def outside_pin(self) -> Pin | None:
        """The copy of the pin kept outside the database."""
        return next((pin for pin in self.profile.outside_pins() if pin.checkpoint.origin == self.anchor.origin), None)

    def record(self, index: int) -> Record:
        """One archived event with its opening."""
        return self.profile.archive.record(index)

    def state_before(self, index: int) -> State:
        """The state that this machine replays from the entries before `index`."""
        return machine.replay(_entries(self.profile.archive.records(0, index)))

    async def take_in(self, mailbox: Mailbox) -> None:
        """Fetch what the desk has logged since, prove it, keep it. Refused: L2.*, L4.*, L5.*, desk.entries-differ."""
        signed = SignedCheckpoint.parse(await mailbox.checkpoint())
        if self.pin is not None and signed.serialise() == self.pin.signed.serialise():
            return
        self.advance(await mailbox.records(self.log.size), signed)

    def advance(self, records: Sequence[Record], signed: SignedCheckpoint) -> None:
        """Prove that `records` continue this history up to the head, then keep both. Raises as `take_in`."""
        wanted = records[: max(0, signed.checkpoint.size - self.log.size)]
        grown = Log(self.anchor.origin)
        grown.extend(_commitment(record) for record in self.profile.archive.records())
        grown.extend(_commitment(record) for record in wanted)
        witnessed = self.judge(signed, grown)
        if grown.size != signed.checkpoint.size or grown.tree.root() != signed.checkpoint.root:
            raise Refused("desk.entries-differ", size=signed.checkpoint.size, entries=grown.size)
        old = self.pin
        proof = grown.tree.consistency_proof(old.size, grown.size) if old is not None and old.size else ()
        new = pinning.advance(old, witnessed, proof, self.clock.now_ms() // 1000)
        for record in wanted:
            self.profile.archive.append(record)
        self.profile.journal.advance_pin(old, new)
        self.log = grown
        self.state = machine.replay(_entries(wanted), self.state)
        self.profile.journal.raise_clock(self.state.time_ms // 1000)

    def judge(self, signed: SignedCheckpoint, grown: Log) -> Witnessed:
        """L2, L4, L5 of a head, with consistency taken from `grown`'s own hashes. A lie freezes signing."""
        quorum = self.anchor.now(self.state)
        quorum.verify_log(signed)
        old, size = self.pin, signed.checkpoint.size
        proof = grown.tree.consistency_proof(old.size, size) if old and 0 < old.size <= size <= grown.size else ()
        self.require_consistent(signed, proof)
        seen = old.witness_times if old else {}
        return quorum.verify(signed, Fresh(self.clock.now_ms() // 1000, seen))

    def require_consistent(self, signed: SignedCheckpoint, proof: Sequence[bytes]) -> None:
        """L4; on equivocation both notes are kept and signing is frozen before the refusal goes on."""
        try:
            pinning.judge(self.pin, signed, proof)
        except Refused as refusal:
            for finding in refusal.findings:
                if isinstance(finding, Equivocation):
                    self._freeze(finding)
            raise

    def _freeze(self, found: Equivocation) -> None:
        notes = jcs.encode({"offered": found.offered.decode(), "pinned": found.pinned.decode()})
        evidence = self.profile.artefacts.put(notes)
        self.profile.journal.freeze_signing(self.anchor.origin, evidence)

    def _load(self) -> None:
        """Replay the archive as far as the pin reaches; it must lead to the pinned root. Refused("S2.archive-differs")."""
        pin = self.pin
        records = self.profile.archive.records(0, pin.size if pin else 0)
        self.log.extend(_commitment(record) for record in records)
        if pin is not None and (self.log.size != pin.size or self.log.tree.root() != pin.root):
            raise Refused("S2.archive-differs", size=pin.size)
        self.state = machine.replay(_entries(records))

    def witnessed_as_of(self, entry_ms: int) -> Witnessed:
        """The pinned head, judged as history for an entry of that moment (Unix ms)."""
        if self.pin is None:
            raise Refused("desk.nothing-pinned")
        return self.anchor.now(self.state).verify(self.pin.signed, AsOf(entry_ms))


def _commitment(record: Record) -> bytes:
    return Opening(record.index, record.time_ms, record.salt).entry(record.event)


def _entries(records: Sequence[Record]) -> list[Entry]:
    return [Entry(each.index, each.time_ms, each.event) for each in records]
