"""Everything that the desk could log by itself now, in one order, each with its reason; and what waits for an officer beside it.

- Ends come first, for they free units: settlements that are final or voided, the interest of days that are over, contracts
  past their time. Then holds that return, holds that are placed, and the cycles of the cut-off that has passed.
- Each event was put to the machine's own rules in the state that those before it lead to: nothing is planned that they would
  refuse, and nothing twice.
- A contract is held once both sides cover it, all legs or none, in the order of endorsement, for the next cut-off. What is
  held in part only and is not covered in time for one returns.
- Loans that are lacking are recalled by an officer; until the time to top up is over, what waits for one keeps its place.
- What has ended is not looked at: a plan costs what is open, and nothing where nothing changed since (`until`).
- Nothing here asks a node: what a transaction weighs (`fits`) is an argument, and without it no cycle is planned. Prices come
  from whoever publishes them, never from here.

    plan = due(state, now_ms, moment_of, scribe, everything_fits)
    [each.kind for each in plan.steps]      # ['contract.expired', 'hold.placed', 'hold.placed', 'cycle.closed']
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from countersign.desk import closing as closings
from countersign.desk import cycle_plan, lending, waiting
from countersign.desk.author import Scribe
from countersign.desk.closing import Closing
from countersign.desk.cycle_plan import Fits
from countersign.desk.questions import Question
from countersign.desk.waiting import Wait
from countersign.errors import CountersignError
from countersign.formats import times
from countersign.settlement import builder, cut_off, netting
from countersign.settlement.cut_off import Gathered, MomentOf
from countersign.settlement.ending import OPEN
from countersign.settlement.netting import MULTILATERAL
from countersign.settlement.records import ContractRecord, ContractState
from countersign.settlement.saying import Said, said
from countersign.settlement.state import State
from countersign.settlement.stops import stopping

MOST = 500
"""How many events one plan holds; what is left is planned again. All holds of one contract are planned together."""
AGAIN_SECONDS = 600
"""How long a plan that found nothing is believed at most."""
IN_PART = "Held in part only, and not covered."


@dataclass(frozen=True, slots=True)
class Due:
    """One event that the desk alone signs, and why it is due."""

    kind: str
    body: Mapping[str, object]
    why: Said


@dataclass(frozen=True, slots=True)
class Plan:
    """`steps`: what may be logged, in this order; `waits`: what an officer does with the desk beside; `obstacles`: why a
    cycle that is due cannot be closed. `until`: unix seconds; before it the same state has nothing else due.
    """

    steps: tuple[Due, ...]
    waits: tuple[Wait, ...]
    obstacles: tuple[CountersignError, ...]
    until: int = 0


def due(
    state: State,
    now_ms: int,
    moment_of: MomentOf,
    scribe: Scribe,
    fits: Fits | None = None,
    mode: str = MULTILATERAL,
    most: int = MOST,
) -> Plan:
    """What is due at `now_ms` (or at the last entry's moment if that is later). `moment_of`: an entry's moment, ms."""
    if state.policy is None:
        return Plan((), (), ())
    plan = _Planner(state, scribe, max(now_ms, state.time_ms), most)
    _plan_ends(plan)
    _plan_accruals(plan)
    _plan_expiries(plan)
    last = closings.closing(plan.state, plan.seconds, moment_of)
    upcoming = cut_off.gather(plan.state, cut_off.next_cut_off(state.policy, plan.seconds + 1), plan.seconds, moment_of)
    _plan_holds(plan, (last.gathered, upcoming) if last.first else (upcoming,))
    if plan.steps:
        last = closings.closing(plan.state, plan.seconds, moment_of)
    if fits is not None and not plan.full:
        _plan_cycles(plan, last, mode, fits)
    until = _until(plan.state, plan.seconds, last, upcoming)
    return Plan(tuple(plan.steps), waiting.waits(plan.state, last, upcoming), tuple(plan.obstacles), until)


def _until(state: State, seconds: int, last: Closing, upcoming: Gathered) -> int:
    """The first moment (unix seconds) at which time alone may make something else due.

    A cut-off, the end of the time to top up, the end of a day with loans out, a contract's `settle_by` or `not_before`; and
    `AGAIN_SECONDS` at the latest, for what rules judge by the hour themselves (certifications, cooling periods, caps).
    """
    moments = [upcoming.cut_off, seconds + AGAIN_SECONDS]
    if last.waits:
        moments.append(last.until)
    if state.lent:
        moments.append(seconds - seconds % times.DAY + times.DAY)
    moments += [each + 1 for each in state.unended.values() if each >= seconds]
    records = (state.contract(each.contract) for each in upcoming.aside if each.reason == "not-open")
    moments += [each.terms.not_before for each in records if each.terms.not_before > seconds]
    return min(moments)


class _Planner:
    """How far it was planned; `state` is what it would be by then."""

    def __init__(self, state: State, scribe: Scribe, now_ms: int, most: int) -> None:
        self.state, self._scribe, self._now_ms, self._most = state, scribe, now_ms, most
        self.seconds = now_ms // 1_000
        self.steps: list[Due] = []
        self.obstacles: list[CountersignError] = []
        self.full = most <= 0

    def add(self, *steps: Due) -> CountersignError | None:
        """Plan all of these, or none; why not. A full plan takes nothing more."""
        state = self.state
        if self.full:
            return None
        for each in steps:
            try:
                state = Question(state, self._scribe, self._now_ms).after(each.kind, each.body)
            except CountersignError as objection:
                return objection
        if self.steps and len(self.steps) + len(steps) > self._most:
            self.full = True
            return None
        self.state = state
        self.steps += steps
        self.full = len(self.steps) >= self._most
        return None


def _plan_ends(plan: _Planner) -> None:
    """Settlements whose chains have done what they waited for, in the order in which they were closed."""
    under_way = (
        each
        for each in plan.state.open_cycles()
        if each.released is not None and each.final is None and each.voided is None and not each.called_off
    )
    for cycle in under_way:
        kind, code = ("voided", "round.voided") if cycle.voiding else ("final", "round.final")
        plan.add(Due(f"settlement.{kind}", {"cycle": cycle.id}, said(code, cycle=cycle.id)))


def _plan_accruals(plan: _Planner) -> None:
    for body in lending.accruals(plan.state, plan.seconds):
        unit = waiting.symbol(plan.state, str(body["asset"]))
        plan.add(Due("lending.accrued", body, said("round.accrued", asset=unit, date=str(body["date"]))))


def _plan_expiries(plan: _Planner) -> None:
    passed = (
        plan.state.contract(name)
        for name, settle_by in plan.state.unended.items()
        if settle_by < plan.seconds and plan.state.contract(name).state in OPEN
    )
    for record in sorted(passed, key=lambda each: (each.terms.settle_by, each.hash)):
        why = said("round.expired", contract=record.terms.id, settle_by=times.text(record.terms.settle_by))
        plan.add(Due("contract.expired", {"contract": record.hash}, why))


def _plan_holds(plan: _Planner, gathered: Sequence[Gathered]) -> None:
    """What is held in part and not to be held whole returns first, for it frees units; then whatever is covered is held."""
    wanted = dict.fromkeys(each for one in gathered for each in one.place)
    _plan_returns(plan, (each for each in cut_off.waiting(plan.state) if each.hash not in wanted))
    for contract in wanted:
        if plan.full:
            return
        record = plan.state.contract(contract)
        why = said("round.held", contract=record.terms.id)
        legs = (each for each in range(len(record.terms.legs)) if each not in record.holds)
        plan.add(*(Due("hold.placed", builder.hold_body(record.terms, contract, leg), why) for leg in legs))
    _plan_returns(plan, (plan.state.contract(each) for each in wanted))


def _plan_returns(plan: _Planner, records: Iterable[ContractRecord]) -> None:
    """The holds of those of these contracts that are held in part and that no order stops."""
    for record in records:
        if record.state is ContractState.ENDORSED and record.holds and stopping(plan.state, record) is None:
            for leg in sorted(record.holds):
                body = {"contract": record.hash, "leg": leg, "reason": IN_PART}
                plan.add(Due("hold.released", body, said("round.returned", contract=record.terms.id)))


def _plan_cycles(plan: _Planner, last: Closing, mode: str, fits: Fits) -> None:
    """The cycles of the last cut-off; what is short is named once, by the first of them."""
    moment, short = last.gathered.cut_off, last.short
    gathered = replace(last.gathered, ready=tuple(_payable(plan, last.contracts)))
    try:
        for cycle in cycle_plan.plan(plan.state, gathered, mode, fits):
            body = builder.cycle_body(cycle.id, cycle.contracts, moment, netting=cycle.netting, short=short)
            why = said("round.closed", cycle=cycle.id, cut_off=times.text(moment), count=len(cycle.contracts))
            objection = plan.add(Due("cycle.closed", body, why))
            if objection is not None:
                plan.obstacles.append(objection)
            else:
                short = ()
    except CountersignError as obstacle:
        plan.obstacles.append(obstacle)


def _payable(plan: _Planner, contracts: Sequence[str]) -> list[str]:
    """The contracts whose every payer has a vault: one that has none keeps nobody else waiting."""
    found = []
    for each in contracts:
        try:
            netting.obligations(plan.state.roster, [plan.state.contract(each).terms])
        except CountersignError as obstacle:
            plan.obstacles.append(obstacle)
        else:
            found.append(each)
    return found
