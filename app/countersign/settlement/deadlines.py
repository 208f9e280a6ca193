"""By when somebody must act on a contract, and why: every deadline that still bites, the first first.

- Deadlines are moments of the log (unix seconds); they are judged by entry time, so `now` is never before the last entry.
- `settle-by` bites until the release. A prepared request bites while its quorum lacks shares, and says what it keeps
  waiting: coins of a vault, or a Safe's next number.
- `cut-off` is the policy's next one for a contract that waits for a cycle; `top-up` the end of the time in which a
  deliverer may still bring what it lacks; `certification` the last moment at which compliance can endorse the parties;
  `dispute` the end of the window after finality.

- `Deadlines` is for many contracts of one state: what they share (cut-offs, certifications) is worked out once.

    >>> act_by(state, record, now)
    Deadline(at=1795363200, reason='settlement.act-by-cut-off', values={})
"""

from dataclasses import dataclass, field
from operator import itemgetter

from countersign.errors import Values
from countersign.formats import times
from countersign.settlement.cut_off import last_cut_off, next_cut_off
from countersign.settlement.disputing import window_ends
from countersign.settlement.holding import shortfall
from countersign.settlement.records import ContractRecord, ContractState
from countersign.settlement.state import State

SETTLE = "settlement.act-by-settle"
CUT_OFF = "settlement.act-by-cut-off"
TOP_UP = "settlement.act-by-top-up"
COINS = "settlement.act-by-coins"
NONCE = "settlement.act-by-nonce"
CERTIFICATION = "settlement.act-by-certification"
DISPUTE = "settlement.act-by-dispute"
REASONS = (SETTLE, CUT_OFF, TOP_UP, COINS, NONCE, CERTIFICATION, DISPUTE)
"""Why a moment matters: codes of sentences, each with a short label beside."""

_BEFORE_ENDORSEMENT = (ContractState.PROPOSED, ContractState.AGREED)
_WAITING = (ContractState.ENDORSED, ContractState.HELD)
_SIGNING = (ContractState.INSTRUCTED, ContractState.PARTLY_SIGNED)
_UNTIL_RELEASE = (*_BEFORE_ENDORSEMENT, *_WAITING, *_SIGNING, ContractState.SIGNED)


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment (unix seconds), why it bites, and the values of its sentence."""

    at: int
    reason: str
    values: Values = field(default_factory=dict)


def act_by(state: State, record: ContractRecord, now: int) -> Deadline | None:
    """The deadline that bites first; None where nothing waits for anybody."""
    return Deadlines(state, now).first(record)


def deadlines(state: State, record: ContractRecord, now: int) -> tuple[Deadline, ...]:
    """Every deadline of a contract, the first first; one that has passed still stands until something is done."""
    return Deadlines(state, now).all(record)


_Bite = tuple[int, str, str]
"""A moment, why it bites, and whose it is: a LEI, an asset that somebody lacks, a vault. Made for every contract, so light."""
_moment = itemgetter(0)


class Deadlines:
    """The deadlines of one state's contracts at `now` (unix seconds)."""

    def __init__(self, state: State, now: int) -> None:
        self._state, self._now = state, now
        self._certified: dict[str, tuple[_Bite, ...]] = {}  # by LEI
        self._top_up_ends, self._cut_off = 0, (0, CUT_OFF, "")
        if state.policy is not None:
            self._top_up_ends = last_cut_off(state.policy, now) + state.policy.cycles.top_up_seconds
            self._cut_off = (next_cut_off(state.policy, now), CUT_OFF, "")

    def moment(self, record: ContractRecord) -> int | None:
        """The moment (unix seconds) of the deadline that bites first."""
        found = self._bites(record)
        return min(found)[0] if found else None

    def first(self, record: ContractRecord) -> Deadline | None:
        """The deadline that bites first; None where nothing waits for anybody."""
        found = self._bites(record)
        return self._said(record, min(found, key=_moment)) if found else None

    def all(self, record: ContractRecord) -> tuple[Deadline, ...]:
        """Every deadline, the first first."""
        return tuple(self._said(record, each) for each in sorted(self._bites(record), key=_moment))

    def _said(self, record: ContractRecord, bite: _Bite) -> Deadline:
        at, reason, whose = bite
        match reason:
            case kind if kind == CERTIFICATION:
                return Deadline(at, reason, {"name": self._state.roster.participant(whose).name})
            case kind if kind == TOP_UP:
                name = self._state.roster.participant(shortfall(self._state, record)[0].lei).name
                return Deadline(at, reason, {"name": name, "asset": whose})
            case kind if kind in (COINS, NONCE):
                return Deadline(at, reason, {"vault": whose})
        return Deadline(at, reason)

    def _bites(self, record: ContractRecord) -> list[_Bite]:
        state, found = record.state, list[_Bite]()
        if state in _UNTIL_RELEASE:
            found.append((record.terms.settle_by, SETTLE, ""))
            if state in _BEFORE_ENDORSEMENT:
                for party in record.terms.parties:
                    for each in self._certification(party.lei):
                        if each not in found:
                            found.append(each)
            elif state in _WAITING:
                self._of_cycle(record, found)
            elif state in _SIGNING:
                self._of_requests(record, found)
        if record.final_ms is not None and record.terms.sale and (ends := window_ends(record)) and self._now <= ends:
            found.append((ends, DISPUTE, ""))  # what is final may be disputed for a while; then nothing bites any more
        return found

    def _certification(self, lei: str) -> tuple[_Bite, ...]:
        known = self._certified.get(lei)
        if known is None:
            found = self._state.roster.participants.get(lei)
            last = None if found is None else (times.parse_date(found.certified_until) + 1) * times.DAY - 1
            known = self._certified[lei] = () if last is None else ((last, CERTIFICATION, lei),)
        return known

    def _of_cycle(self, record: ContractRecord, found: list[_Bite]) -> None:
        if record.cycle is not None or self._state.policy is None:
            return
        if record.state is ContractState.ENDORSED and self._now <= self._top_up_ends:
            short = shortfall(self._state, record)
            if short:
                found.append((self._top_up_ends, TOP_UP, short[0].asset))
                return
        found.append(self._cut_off)

    def _of_requests(self, record: ContractRecord, found: list[_Bite]) -> None:
        state, cycle = self._state, self._state.cycles.get(record.cycle or "")
        if cycle is None or state.policy is None:
            return
        for each in state.live(cycle):
            if state.missing(each):
                ends = each.time_ms // 1_000 + state.policy.request_lifetime_seconds
                found.append((ends, COINS if each.nonce is None else NONCE, each.group.vaults[0]))
