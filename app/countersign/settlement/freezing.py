"""Rules of freezes: two officers, at least one of them of compliance, stop what an order names, and lift it again.

- An order's id is used once, for ever. Its scope names what this desk knows. Orders overlap freely.
- An order moves no contract and no unit: what it stops follows from the orders that stand (`stops.py`).
- A netted cycle in which nobody signed is called off where it holds stopped contracts beside free ones, so that the
  others can settle.

    >>> state.freezes["HC-2026-114"].scope.kind
    'book'
"""

from dataclasses import replace

from countersign.errors import Refused
from countersign.settlement import netting, stops
from countersign.settlement.case import Case, Rule
from countersign.settlement.ending import call_off, signed
from countersign.settlement.records import Cycle, Freeze
from countersign.settlement.state import State
from countersign.settlement.stop_bodies import FreezeLifted, FreezeOrdered, Scope


def _judge_ordered(case: Case, body: FreezeOrdered) -> None:
    state = case.state
    if body.order in state.freezes or body.order in state.lifted:
        raise Refused("settlement.order-taken", order=body.order)
    _check_scope(state, body.scope)


def _check_scope(state: State, scope: Scope) -> None:
    """What the scope names is known here. Raises `Refused`."""
    if scope.lei is not None:
        state.roster.participant(scope.lei)
        if scope.book is not None:
            state.roster.party(scope.lei, scope.book)
    if scope.contract is not None:
        state.contract(scope.contract)
    if scope.asset is not None:
        state.roster.asset(scope.asset)


def _fold_ordered(case: Case, body: FreezeOrdered) -> State:
    freeze = Freeze(body.order, body.scope, body.document_sha256, body.reason, tuple(sorted(case.officers)), case.index)
    state = replace(case.state, freezes=case.state.freezes.set(body.order, freeze))
    # Orders are rare: looking at every cycle is cheaper than an index that every other event would have to keep.
    for cycle in case.state.cycles.values():
        if _holds_others_up(state, cycle):
            state = call_off(state, cycle)
    return state


def _holds_others_up(state: State, cycle: Cycle) -> bool:
    if cycle.netting == netting.GROSS or cycle.called_off or cycle.released is not None:
        return False
    if signed(state, cycle):
        return False
    stopped = [stops.stopping(state, state.contract(each)) is not None for each in cycle.contracts]
    return any(stopped) and not all(stopped)


def _judge_lifted(case: Case, body: FreezeLifted) -> None:
    if body.order in case.state.lifted:
        raise Refused("settlement.order-lifted", order=body.order)
    if body.order not in case.state.freezes:
        raise Refused("settlement.order-unknown", order=body.order)


def _fold_lifted(case: Case, body: FreezeLifted) -> State:
    state = case.state
    freeze = replace(state.freezes[body.order], lifted=case.index, lifted_by=body.document_sha256)
    return replace(state, freezes=state.freezes.delete(body.order), lifted=state.lifted.set(body.order, freeze))


ORDERED = Rule(_judge_ordered, _fold_ordered)
LIFTED = Rule(_judge_lifted, _fold_lifted)
