"""How an excerpt takes in that a leg failed: whose shares, release and blocks a QR crossing does not carry.

- Judged: who says it (the desk and operations, with a node each), of which instruction, and that it does not contradict
  itself or what this machine replayed. That it was released, and that another transaction stands in a block, is their word.
- From then on the settlement has failed here too, and what is prepared for a leg of it once more is judged as after a failure.
- What it says of an earlier request for the leg (dead, dead for good) is what B12 asks on a machine that signed that request.
- A break is opened by nobody here: what the custodian owes is no part of an excerpt.

    >>> FOLDED["settlement.failed"].judge(case, body)
"""

from collections.abc import Mapping
from dataclasses import replace

from countersign.errors import Refused
from countersign.settlement import failing
from countersign.settlement.case import Case, Rule, noted, with_contracts
from countersign.settlement.instructing import demand_cycle, records_of
from countersign.settlement.records import ContractState
from countersign.settlement.state import State
from countersign.settlement.trouble_bodies import SettlementFailed

_BEFORE = (
    ContractState.HELD, ContractState.INSTRUCTED, ContractState.PARTLY_SIGNED, ContractState.SIGNED,
    ContractState.RELEASED, ContractState.SETTLING, ContractState.FAILED,
)  # fmt: skip
"""Where a contract may stand, as far as this machine knows, whose settlement failed."""


def _judge(case: Case, body: SettlementFailed) -> None:
    """The log's own rule, as far as what it rests on is carried."""
    failing.check_said(case.state, body)
    cycle = case.state.cycle(body.cycle)
    demand_cycle(case.state, cycle, *_BEFORE)
    known = case.state.instruction(body.instruction)
    if known.cycle != cycle.id:
        raise Refused("settlement.other-cycle", cycle=cycle.id, instruction=known.hash)
    if known.child:
        raise Refused("settlement.child-no-leg", instruction=known.hash)
    if known.seen:
        raise Refused("settlement.already-executed", instruction=known.hash, transaction=known.transaction or "")


def _failed(case: Case, body: SettlementFailed) -> State:
    state, known = case.state, case.state.instruction(body.instruction)
    over = known.superseded_by is not None or not known.executable  # this only adds that it is gone for good
    if not body.executable:
        state = (failing.gone if over else failing.dead)(state, known, case.time_ms, for_good=body.for_good)
    cycle = state.cycle(body.cycle)
    if cycle.failed is None or not over:
        state = replace(state, cycles=state.cycles.set(cycle.id, replace(cycle, failed=case.index)))
    standing = [each for each in records_of(state, cycle) if each.state is not ContractState.FAILED]
    if not standing:
        return noted(case, state, cycle.id)
    return with_contracts(state, [case.moved(each, ContractState.FAILED) for each in standing])


FOLDED: Mapping[str, Rule] = {"settlement.failed": Rule(_judge, _failed)}  # type: ignore[type-arg]
"""Types whose folding here is the whole of it: the machine's own would open a break."""
