"""What goes into the cycles of a cut-off: in the order of endorsement, whatever both sides can cover, and nothing else.

- A policy's cut-offs are minutes of the UTC day. What was endorsed before one is in time for it.
- Holds are placed greedily in the order of endorsement. A contract that its deliverers cannot cover is short, what it
  has held in part returns, and the next one is looked at: only what cannot settle is dropped.
- Where an owner's own loans are what is lacking, they are recalled first (rule 11).
- A contract that an order stops, whose window is not open at the cut-off, or is over by now, is left aside with the
  reason, and keeps the holds that it has.
- Pure: the same state, cut-off and moment give the same plan on every machine; what the desk does is what was shown.

    >>> gather(state, next_cut_off(policy, now), now, moment_of).short
    ()
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from immutables import Map

from countersign.formats import times
from countersign.settlement import ledger, lending
from countersign.settlement.bodies import Short
from countersign.settlement.ending import released
from countersign.settlement.holding import needed, shortfall, wanted
from countersign.settlement.ledger import Account, Cause, Ledger, Pocket
from countersign.settlement.policy import Policy
from countersign.settlement.records import ContractRecord, ContractState
from countersign.settlement.state import State
from countersign.settlement.stops import stopping

MomentOf = Callable[[int], int]
"""The moment (ms) at which the entry of an index was sequenced."""


def next_cut_off(policy: Policy, seconds: int) -> int:
    """The first cut-off at or after a moment, unix seconds."""
    day = seconds - seconds % times.DAY
    moments = [day + 60 * minute for minute in policy.cycles.cut_offs]
    return next((each for each in moments if each >= seconds), moments[0] + times.DAY)


def last_cut_off(policy: Policy, seconds: int) -> int:
    """The last cut-off at or before a moment, unix seconds."""
    day = seconds - seconds % times.DAY
    moments = [day + 60 * minute for minute in policy.cycles.cut_offs]
    return next((each for each in reversed(moments) if each <= seconds), moments[-1] - times.DAY)


@dataclass(frozen=True, slots=True)
class Aside:
    """A contract that this cut-off leaves alone, and why: `late`, `not-open`, `expired`, or `stopped` by an order."""

    contract: str
    reason: str


@dataclass(frozen=True, slots=True)
class Gathered:
    """The plan of a cut-off. Contracts are hashes in the order of their endorsement.

    `ready` go in, once the loans in `recalls` are back and the holds of `place` stand; `release` are the holds
    (contract, leg) of what is short; `short` is named in the cycle, `aside` is not. `lacking`: what has to come in, by
    account, for all that is short to settle too.
    """

    cut_off: int
    ready: tuple[str, ...]
    place: tuple[str, ...]
    release: tuple[tuple[str, int], ...]
    recalls: tuple[str, ...]
    short: tuple[Short, ...]
    lacking: tuple[tuple[Account, int], ...]
    aside: tuple[Aside, ...]


@dataclass(slots=True)
class _Plan:
    """How far the contracts were looked at; `state` is what it would be by then."""

    state: State
    ready: list[str]
    place: list[str]
    release: list[tuple[str, int]]
    recalls: list[str]
    dropped: list[ContractRecord]
    aside: list[Aside]


def gather(state: State, cut_off: int, seconds: int, moment_of: MomentOf, *, recalling: bool = True) -> Gathered:
    """What would go into the cycles of a cut-off if they were closed at `seconds`; without `recalling` nobody recalls a loan."""
    plan = _Plan(_returned(state), [], [], [], [], [], [])
    for record in waiting(state):
        reason = "stopped" if stopping(state, record) else _aside(record, cut_off, seconds, moment_of)
        if reason is not None:
            plan.aside.append(Aside(record.hash, reason))
        elif record.state is ContractState.HELD:
            plan.ready.append(record.hash)
        else:
            _look_at(plan, record, recalling)
    short = tuple(each for record in plan.dropped for each in shortfall(plan.state, _bare(record)))
    return Gathered(
        cut_off,
        tuple(plan.ready),
        tuple(plan.place),
        tuple(plan.release),
        tuple(plan.recalls),
        short,
        _lacking(plan),
        tuple(plan.aside),
    )


def _lacking(plan: _Plan) -> tuple[tuple[Account, int], ...]:
    sums: dict[Account, int] = {}
    for record in plan.dropped:
        for account, units in wanted(_bare(record)).items():
            sums[account] = sums.get(account, 0) + units
    missing = {account: units - plan.state.ledger.balance(account).available for account, units in sums.items()}
    return tuple((account, units) for account, units in sorted(missing.items()) if units > 0)


def waiting(state: State) -> list[ContractRecord]:
    """The endorsed and held contracts that are in no cycle, in the order of their endorsement."""
    found = (
        record
        for record in state.open_contracts()
        if record.state in (ContractState.ENDORSED, ContractState.HELD) and record.cycle is None
    )
    return sorted(found, key=_endorsed)


def _endorsed(record: ContractRecord) -> int:
    return record.cause(ContractState.ENDORSED) or 0


def _aside(record: ContractRecord, cut_off: int, seconds: int, moment_of: MomentOf) -> str | None:
    if moment_of(_endorsed(record)) >= cut_off * 1_000:
        return "late"
    if record.terms.not_before > max(cut_off, seconds):
        return "not-open"
    return "expired" if record.terms.settle_by < max(cut_off, seconds) else None


def _returned(state: State) -> State:
    """The state with every hold back that is not both sides': who comes first may need what a later one has."""
    for record in waiting(state):
        if record.state is ContractState.ENDORSED and stopping(state, record) is None:
            for leg, held in record.holds.items():
                back = released(record.terms.payer(record.terms.legs[leg]), held)
                state = _with(state, state.ledger.post(back))
    return state


def _look_at(plan: _Plan, record: ContractRecord, recalling: bool) -> None:
    """Hold it, recalling loans where they are what is lacking; or drop it and give back the holds that it has."""
    state, recalls = _recalled(plan.state, _bare(record)) if recalling else (plan.state, [])
    if shortfall(state, _bare(record)):
        plan.dropped.append(record)
        plan.release += [(record.hash, leg) for leg in sorted(record.holds)]
        return
    plan.state = _held(state, _bare(record))
    plan.recalls += recalls
    plan.ready.append(record.hash)
    plan.place.append(record.hash)


def _recalled(state: State, record: ContractRecord) -> tuple[State, list[str]]:
    """The state with those loans back whose units the contract lacks, and their ids."""
    found: list[str] = []
    for short in shortfall(state, record):
        missing = short.missing
        for loan in lending.loans_of(state, Account(short.lei, short.book, short.asset)):
            if missing <= 0 or loan.id in found:
                continue
            back = ledger.move(loan.owner, loan.asset, loan.principal, Pocket.LENT, Pocket.AVAILABLE, Cause.RECALL)
            rest = tuple(each for each in state.lent.get(loan.asset, ()) if each != loan.id)
            state = replace(_with(state, state.ledger.post(back)), lent=state.lent.set(loan.asset, rest))
            found.append(loan.id)
            missing -= loan.principal
    return state, found


def _held(state: State, record: ContractRecord) -> State:
    book = state.ledger
    for position, leg in enumerate(record.terms.legs):
        owner, hold = record.terms.payer(leg), needed(record.terms, position)
        book = book.post(ledger.hold(owner, hold.asset, hold.amount))
        if hold.fee_asset is not None:
            book = book.post(ledger.hold(owner, hold.fee_asset, hold.fee_amount))
    return _with(state, book)


def _with(state: State, book: Ledger) -> State:
    return replace(state, ledger=book.settled())


def _bare(record: ContractRecord) -> ContractRecord:
    """The contract without a hold: nothing counts for it before its turn comes."""
    return replace(record, holds=Map())
