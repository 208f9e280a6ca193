"""The rule by which a settlement ends without delivery after its first share (rule 10).

- Every instruction that had shares was voided, and every void has the policy's confirmations.
- Holds return, less the network fee that the voids cost: each vault's part is charged to its owner's fee cap and leaves
  through the custodian's network-fees account.
- What is disputed does not return: it is frozen again, and the dispute goes on (`disputing.py`). What an order names by
  itself stays held until the order is lifted.

    {"cycle":"cycle-1"}
"""

from dataclasses import replace

from immutables import Map

from countersign.errors import Refused
from countersign.settlement import disputing, ledger, stops
from countersign.settlement.case import Case, Rule, with_contracts
from countersign.settlement.contract import Leg, Terms
from countersign.settlement.delivery import postings
from countersign.settlement.instructing import demand_cycle, records_of
from countersign.settlement.ledger import Posting
from countersign.settlement.records import ContractState
from countersign.settlement.state import State
from countersign.settlement.trouble_bodies import SettlementVoided


def _judge(case: Case, body: SettlementVoided) -> None:
    state = case.state
    cycle = state.cycle(body.cycle)
    demand_cycle(state, cycle, ContractState.SETTLING)
    for record in records_of(state, cycle):
        stops.check_may_end(state, record.hash)
    if not cycle.voiding:
        raise Refused("settlement.not-voiding", cycle=cycle.id)
    for each in state.live(cycle):
        found = each.observed.confirmations if each.void and each.observed else 0
        needed = state.adopted().confirmations_on(each.group.chain)
        if found < needed:
            raise Refused("settlement.void-unconfirmed", instruction=each.hash, confirmations=found, needed=needed)


def _fold(case: Case, body: SettlementVoided) -> State:
    state = case.state
    cycle = state.cycle(body.cycle)
    state = replace(
        state,
        ledger=state.ledger.post(postings(state, cycle, _returned)),
        cycles=state.cycles.set(cycle.id, replace(cycle, voided=case.index)),
    )
    for record in records_of(state, cycle):
        if disputing.outlasts_void(record):
            state = disputing.after_void(case, state, record)
        else:
            state = with_contracts(state, [case.moved(record, ContractState.VOIDED, holds=Map())])
    return state


def _returned(terms: Terms, leg: Leg) -> tuple[Posting, ...]:
    return ledger.release(terms.payer(leg), leg.asset, leg.amount)


VOIDED = Rule(_judge, _fold)
"""`settlement.voided`."""
