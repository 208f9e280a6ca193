"""One machine's own copy of the history: taken in, proved against the witnessed log, replayed, pinned.

DESIGN.md §3, CHECKS.md L1–L6. In this order: the log's signature (L2) → consistency with the pin (L4) → the entries
lead to the head's root → witnesses (L5) → archive, durable → pin, durable (L6) → replay → use.

- The desk is believed in nothing: every entry is rebuilt from its opening, and `decide` runs again over all of it.
- The log's key may have changed among the new entries (`log.rotated`): they are replayed first, kept nowhere, to know by
  the administrators' word which key must have signed the head. A head without its entries is never under a new key.
- A head that lies (same size, other root) freezes signing on this machine and keeps both notes as evidence.
- A start replays only what is new since the state that was kept (`resuming`); every entry is still rebuilt from its
  opening and the root compared. Who audits resumes from nothing.
- The pin is the newest head this machine accepted; the archive leads to `replayed`. They are the same, but on a
  machine that took in a head by QR (`look_ahead`): no entries came with it, so the archive stays where it was and the
  pin goes ahead. A rollback behind that head is refused like any other, and the next whole bundle (`advance`) must
  lead through it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from countersign.audit import pin as pinning
from countersign.audit.checkpoint import SignedCheckpoint
from countersign.audit.leaf import Opening
from countersign.audit.log import Log
from countersign.audit.pin import Equivocation, Pin
from countersign.audit.quorum import MAX_AHEAD, AsOf, Fresh, Witnessed
from countersign.desk import anchor as anchors
from countersign.desk import collector, resuming
from countersign.desk.anchor import Anchor
from countersign.desk.passed import Passed
from countersign.desk.ports import Clock, Mailbox, Profile, Record
from countersign.errors import Refused
from countersign.formats import jcs
from countersign.settlement import machine
from countersign.settlement.machine import Entry
from countersign.settlement.state import State

BATCH = 1_024
"""How many records are read at once: a long history is never held whole."""

REPLAYED = "replayed"
"""The setting that holds the pin of the archive where the accepted head is ahead of it; empty elsewhere."""


@dataclass(frozen=True, slots=True)
class Held:
    """What is replayed and proved: the state at `size` entries, and the witnessed head it stands under."""

    state: State
    signed: SignedCheckpoint | None


class Moment(Protocol):
    """A place in the log and the moment that it claims (Unix ms)."""

    @property
    def index(self) -> int: ...

    @property
    def time_ms(self) -> int: ...


class Replica:
    """The history of one desk in one profile. `read_only` profiles (an auditor's) only look.

    `resume`: whether a start may begin from the state kept in the profile. `resumed`: how many entries that state knew.
    """

    def __init__(self, profile: Profile, clock: Clock, *, resume: bool = True) -> None:
        self.profile = profile
        self.clock = clock
        self.anchor: Anchor = anchors.require(profile.journal.setting(anchors.SETTING))
        self.log = Log(self.anchor.origin)
        self.state = State()
        self.resumed = 0
        self._passed = Passed(lambda start, stop: map(_entry, self.records(start, stop)))
        with collector.spared():
            self._load(resume=resume)

    @property
    def pin(self) -> Pin | None:
        """The pinned head."""
        return self.profile.journal.pin(self.anchor.origin)

    @property
    def replayed(self) -> Pin | None:
        """The head that the archive leads to: the pin, but where a head was accepted without its entries."""
        kept = self.profile.journal.setting(REPLAYED)
        return Pin.parse(kept) if kept else self.pin

    @property
    def outside_pin(self) -> Pin | None:
        """The copy of the pin kept outside the database."""
        return next((pin for pin in self.profile.outside_pins() if pin.checkpoint.origin == self.anchor.origin), None)

    def record(self, index: int) -> Record:
        """One archived event with its opening."""
        return self.profile.archive.record(index)

    def records(self, start: int, stop: int) -> Iterator[Record]:
        """The archived events with their openings, from `start` to before `stop`."""
        for first in range(start, stop, BATCH):
            yield from self.profile.archive.records(first, min(first + BATCH, stop))

    def state_before(self, index: int) -> State:
        """The state that this machine replays from the entries before `index`."""
        return self._passed.before(index)

    def near(self, index: int) -> State:
        """The nearest state at or before `index` that this machine remembers: where to begin replaying on a thread."""
        return self._passed.near(index)

    async def take_in(self, mailbox: Mailbox) -> None:
        """Fetch what the desk has logged since, prove it, keep it.

        Refused: L2.*, L4.*, L5.*, desk.entries-differ, desk.entries-ahead.
        """
        signed = SignedCheckpoint.parse(await mailbox.checkpoint())
        if self.replayed is not None and signed.serialise() == self.replayed.signed.serialise():
            return
        self.advance(await mailbox.records(self.log.size), signed)

    def advance(self, records: Sequence[Record], signed: SignedCheckpoint) -> None:
        """Prove that `records` continue this history up to the head, then keep both. Raises as `take_in`."""
        wanted = records[: max(0, signed.checkpoint.size - self.log.size)]
        if any(record.index != place for place, record in enumerate(wanted, self.log.size)):
            raise Refused("desk.entries-differ", size=signed.checkpoint.size, entries=self.log.size + len(wanted))
        # Entries beyond the pin may lie in the archive after a crash; they count only once a head has proved them.
        grown = self.log.copy()
        grown.extend(_commitment(record) for record in wanted)
        with collector.spared():
            after = machine.replay(map(_entry, wanted), self.state)
        witnessed = self.judge(signed, grown, after)
        if grown.size != signed.checkpoint.size or grown.tree.root() != signed.checkpoint.root:
            raise Refused("desk.entries-differ", size=signed.checkpoint.size, entries=grown.size)
        require_not_ahead(wanted, witnessed.times())
        old = self.pin
        proof = grown.tree.consistency_proof(old.size, grown.size) if old is not None and old.size else ()
        new = pinning.advance(old, witnessed, proof, self.clock.now_ms() // 1000)
        self.profile.archive.extend(wanted)
        self.profile.journal.advance_pin(old, new)
        if self.profile.journal.setting(REPLAYED):
            self.profile.journal.set_setting(REPLAYED, b"")
        self.log = grown
        self._passed.remember(self.state)
        self.state = after
        self.profile.journal.raise_clock(self.state.time_ms // 1000)
        if len(wanted) >= resuming.LEAST:  # whoever takes in so much is waiting anyway; a few entries wait for a start
            resuming.keep(self.profile, self.log, self.state)

    def look_ahead(self, signed: SignedCheckpoint, proof: Sequence[bytes]) -> None:
        """Accept a head without its entries, as a QR crossing brings it: L2, L4 by `proof`, L5, then pinned.

        The archive stays behind and is remembered as `replayed`. Raises as `advance`; Refused("desk.nothing-pinned").
        """
        old = self.pin
        if old is None:
            raise Refused("desk.nothing-pinned")
        quorum, now = self.anchor.now(self.state), self.clock.now_ms() // 1000
        quorum.verify_log(signed)
        self.require_consistent(signed, proof)
        new = pinning.advance(old, quorum.verify(signed, Fresh(now, old.witness_times)), proof, now)
        if old.size == self.log.size and new.size > old.size:
            self.profile.journal.set_setting(REPLAYED, old.serialise())
        self.profile.journal.advance_pin(old, new)

    def meet(self, signed: SignedCheckpoint, proof: Sequence[bytes] = ()) -> None:
        """L7: a head that a correspondent showed, signed by our log (L2), is held against our own history.

        Refused("L4.equivocation"), with signing frozen and both notes kept; Refused("L2.…", "L4.…").
        """
        pin, head = self.pin, signed.checkpoint
        self.anchor.of_size(self.state, head.size).verify_log(signed)
        if pin is None or head.size >= pin.size:
            self.require_consistent(signed, proof)
        elif head.size <= self.log.size and self.log.tree.root(head.size) != head.root:
            found = Equivocation(pin.signed.serialise(), signed.serialise())
            self._freeze(found)
            raise Refused("L4.equivocation", (found,), size=head.size)

    def judge(self, signed: SignedCheckpoint, grown: Log, after: State) -> Witnessed:
        """L2, L4, L5 of a head, with consistency taken from `grown`'s own hashes. A lie freezes signing.

        `after`: the state that the new entries lead to; it says which log key must have signed, and nothing else.
        """
        old, size = self.pin, signed.checkpoint.size
        quorum = self.anchor.now(self.state)
        if after.former_logs != self.state.former_logs:
            quorum = replace(quorum, log=self.anchor.key(after, size))
        quorum.verify_log(signed)
        if size > grown.size:
            raise Refused("desk.entries-differ", size=size, entries=grown.size)
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

    def _load(self, *, resume: bool) -> None:
        """Rebuild the log as far as its head reaches, which must lead to that root; then replay what no kept state knows.

        Refused("S2.archive-differs").
        """
        pin = self.replayed
        size = pin.size if pin else 0
        self.log.extend(map(_commitment, self.records(0, size)))
        if pin is not None and (self.log.size != size or self.log.tree.root() != pin.root):
            raise Refused("S2.archive-differs", size=size)
        known = resuming.resume(self.profile, self.log) if resume else State()
        self.resumed = known.size
        self._passed.remember(known)
        self.state = self._passed.before(size)
        if resume:
            resuming.keep(self.profile, self.log, self.state)

    def witnessed_as_of(self, entry_ms: int) -> Witnessed:
        """The pinned head, judged as history for an entry of that moment (Unix ms)."""
        if self.pin is None:
            raise Refused("desk.nothing-pinned")
        return self.anchor.now(self.state).verify(self.pin.signed, AsOf(entry_ms))


def require_not_ahead(entries: Iterable[Moment], cosigned: Mapping[str, int]) -> None:
    """No entry claims a moment after its head was cosigned (DESIGN.md §3, Time). Refused("desk.entries-ahead")."""
    newest = max(cosigned.values(), default=0)
    for each in entries:
        if each.time_ms // 1000 > newest + MAX_AHEAD:
            raise Refused("desk.entries-ahead", index=each.index)


def _commitment(record: Record) -> bytes:
    return Opening(record.index, record.time_ms, record.salt).entry(record.event)


def _entry(record: Record) -> Entry:
    return Entry(record.index, record.time_ms, record.event)
