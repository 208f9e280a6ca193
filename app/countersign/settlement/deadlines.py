"""By when somebody must act on a contract, and why: every deadline that still bites, the first first.

- Deadlines are moments of the log (unix seconds); they are judged by entry time, so `now` is never before the last entry.
- `settle-by` bites until the release. A prepared request bites while its quorum lacks shares, and says what it keeps
  waiting: coins of a vault, or a Safe's next number.
- `cut-off` is the policy's next one for a contract that waits for a cycle; `top-up` the end of the time in which a
  deliverer may still bring what it lacks; `certification` the last moment at which compliance can endorse the parties;
  `dispute` the end of the window after finality.

    >>> act_by(state, record, now)
    Deadline(at=1795363200, reason='settlement.act-by-cut-off', values={})
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

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
    return min(deadlines(state, record, now), key=lambda each: each.at, default=None)


def deadlines(state: State, record: ContractRecord, now: int) -> tuple[Deadline, ...]:
    """Every deadline of a contract, the first first; one that has passed still stands until something is done."""
    found = (
        *_of_terms(state, record),
        *_of_cycle(state, record, now),
        *_of_requests(state, record),
        *_of_dispute(record, now),
    )
    return tuple(sorted(found, key=lambda each: each.at))


def _of_terms(state: State, record: ContractRecord) -> Iterator[Deadline]:
    if record.state in _UNTIL_RELEASE:
        yield Deadline(record.terms.settle_by, SETTLE)
    if record.state in _BEFORE_ENDORSEMENT:
        for lei in record.leis:
            participant = state.roster.participants.get(lei)
            if participant is not None:
                last = (times.parse_date(participant.certified_until) + 1) * times.DAY - 1
                yield Deadline(last, CERTIFICATION, {"name": participant.name})


def _of_cycle(state: State, record: ContractRecord, now: int) -> Iterator[Deadline]:
    if record.state not in _WAITING or record.cycle is not None or state.policy is None:
        return
    short = shortfall(state, record) if record.state is ContractState.ENDORSED else ()
    top_up_ends = last_cut_off(state.policy, now) + state.policy.cycles.top_up_seconds
    if short and now <= top_up_ends:
        lei = short[0].lei
        yield Deadline(top_up_ends, TOP_UP, {"name": state.roster.participant(lei).name, "asset": short[0].asset})
    else:
        yield Deadline(next_cut_off(state.policy, now), CUT_OFF)


def _of_dispute(record: ContractRecord, now: int) -> Iterator[Deadline]:
    """What is final may be disputed for a while; once the window is over nothing bites any more."""
    ends = window_ends(record)
    if ends is not None and record.terms.sale and now <= ends:
        yield Deadline(ends, DISPUTE)


def _of_requests(state: State, record: ContractRecord) -> Iterator[Deadline]:
    cycle = state.cycles.get(record.cycle or "")
    if cycle is None or state.policy is None or record.state not in _SIGNING:
        return
    for each in state.live(cycle):
        if state.missing(each):
            at = each.time_ms // 1_000 + state.policy.request_lifetime_seconds
            values: Values = {"vault": each.group.vaults[0]}
            yield Deadline(at, COINS, values) if each.nonce is None else Deadline(at, NONCE, values)
