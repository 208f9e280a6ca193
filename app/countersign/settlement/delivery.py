"""Rules of delivery: release, broadcast, observation, confirmation, finality.

- Nothing is released unless every instruction of the cycle has its quorum; maker and checker are two persons, within
  officers' hours; under strict four eyes neither signed a share of the cycle, nor endorsed a contract in it.
- Nothing disputed or frozen is released; what a chain has executed becomes final all the same.
- What is prepared after a release (a replacement, a leg that failed, a void's further try) is released by itself.
- What a chain did is the rule of `observing.py`.
- A party's confirmation counts only after release, where the contract has the clause, and once every transaction of the
  settlement has been observed (rule 9).
- Final needs every transaction observed, a child that may be mined among them (`lifting.py`), and for each contract both
  parties' word, or the confirmations that contract and policy ask for. The held amounts move to the receivers, the
  network's fee leaves by the custodian's account (with that of a void whose leg was prepared anew), the rest of the fee cap
  returns.
"""

from collections.abc import Callable
from dataclasses import replace

from countersign.errors import Refused
from countersign.settlement import carrying, ledger, lifting, netting, stops, templates
from countersign.settlement.assets import chain_of
from countersign.settlement.bodies import (
    DeliveryConfirmed,
    ReleaseAuthorised,
    SettlementFinal,
    TransactionBroadcast,
)
from countersign.settlement.breaks import closed
from countersign.settlement.case import Case, Rule, demand_state, noted, with_contracts
from countersign.settlement.contract import Leg, Terms
from countersign.settlement.instructing import check_hours, check_window, completes, demand_cycle, records_of
from countersign.settlement.ledger import Posting
from countersign.settlement.policy import STRICT
from countersign.settlement.receipts import received
from countersign.settlement.records import BreakCause, ContractRecord, ContractState, Cycle, Instruction
from countersign.settlement.roster import Role
from countersign.settlement.state import State


def _judge_released(case: Case, body: ReleaseAuthorised) -> None:
    state = case.state
    cycle = state.cycle(body.cycle)
    if not cycle.voiding:
        stops.check_cycle(state, cycle)
    unsent = waiting(state, cycle)
    later = (ContractState.SETTLING, ContractState.FAILED) if unsent else ()
    demand_cycle(state, cycle, ContractState.SIGNED, *later)
    if body.instructions != tuple(sorted(each.hash for each in unsent)):
        raise Refused("settlement.release-instructions", cycle=cycle.id)
    for each in unsent:
        if state.missing(each):
            raise Refused("settlement.no-quorum", instruction=each.hash, missing=state.missing(each))
    if not unsent or not all(completes(cycle, each) for each in unsent):
        check_window(case, cycle)
    check_hours(case)
    if body.maker == body.checker or set(case.officers) != {body.maker, body.checker}:
        raise Refused("settlement.maker-checker", maker=body.maker, checker=body.checker)
    for officer, role in ((body.maker, Role.OPERATIONS), (body.checker, Role.COMPLIANCE)):
        if role not in state.roster.officer(officer).roles:
            raise Refused("settlement.officer-role", officer=officer, role=role.value)
    if state.adopted().four_eyes == STRICT:
        _check_strict(state, cycle, (body.maker, body.checker))


def _check_strict(state: State, cycle: Cycle, officers: tuple[str, ...]) -> None:
    """Neither maker nor checker had a hand in the cycle before."""
    signed = {share.officer for each in state.under_way(cycle) for share in each.shares}
    endorsed = {record.endorser for record in records_of(state, cycle)}
    for officer in officers:
        if officer in signed:
            raise Refused("settlement.strict-signer", officer=officer, cycle=cycle.id)
        if officer in endorsed:
            raise Refused("settlement.strict-endorser", officer=officer, cycle=cycle.id)


def waiting(state: State, cycle: Cycle) -> tuple[Instruction, ...]:
    """The instructions that nobody released yet; a child without its quorum keeps nobody waiting."""
    found = (each for each in state.under_way(cycle) if each.released is None)
    return tuple(each for each in found if not each.child or not state.missing(each))


def _fold_released(case: Case, body: ReleaseAuthorised) -> State:
    state = case.state
    cycle = state.cycle(body.cycle)
    instructions = state.instructions
    for each in waiting(state, cycle):
        instructions = instructions.set(each.hash, replace(each, released=case.index))
    first = case.index if cycle.released is None else cycle.released
    cycle = replace(cycle, released=first)
    state = replace(state, instructions=instructions, cycles=state.cycles.set(cycle.id, cycle))
    if records_of(state, cycle)[0].state is not ContractState.SIGNED:
        return noted(case, state, cycle.id)
    to = ContractState.RELEASED if cycle.groups else ContractState.SETTLING
    return with_contracts(state, [case.moved(each, to) for each in records_of(state, cycle)])


def _judge_broadcast(case: Case, body: TransactionBroadcast) -> None:
    instruction = case.state.instruction(body.instruction)
    if instruction.superseded_by is not None:
        raise Refused("settlement.superseded", instruction=instruction.hash)
    demand_cycle(
        case.state,
        case.state.cycle(instruction.cycle),
        ContractState.RELEASED,
        ContractState.SETTLING,
        ContractState.FAILED,
    )
    if instruction.released is None:
        raise Refused("settlement.not-released", instruction=instruction.hash)
    if instruction.transaction is not None:
        raise Refused("settlement.broadcast-already", instruction=instruction.hash, transaction=instruction.transaction)
    if instruction.child:
        lifting.check_sendable(case.state, instruction)
    carrying.check_together(case.state, instruction, body.transaction)


def _fold_broadcast(case: Case, body: TransactionBroadcast) -> State:
    state = case.state
    instruction = replace(state.instruction(body.instruction), transaction=body.transaction, finished=body.artefact)
    cycle = state.cycle(instruction.cycle)
    state = replace(
        state,
        instructions=state.instructions.set(instruction.hash, instruction),
        transactions=state.transactions.set(body.transaction, instruction.hash),
    )
    records = records_of(state, cycle)
    if records[0].state is ContractState.RELEASED:
        return with_contracts(state, [case.moved(record, ContractState.SETTLING) for record in records])
    return noted(case, state, cycle.id)


def _judge_confirmed(case: Case, body: DeliveryConfirmed) -> None:
    state = case.state
    record = state.contract(body.contract)
    demand_state(record, ContractState.SETTLING)
    if state.cycle(record.cycle or "").voiding:
        raise Refused("settlement.voiding", cycle=record.cycle or "")
    lei = case.leis[0]
    if lei not in record.leis:
        raise Refused("settlement.not-a-party", lei=lei, contract=record.hash)
    if not record.terms.finality.mutual:
        raise Refused("settlement.no-mutual-clause", contract=record.hash)
    if lei in record.confirmed:
        raise Refused("settlement.confirmed-already", lei=lei, contract=record.hash)
    _check_observed(state, state.cycle(record.cycle or ""))


def _check_observed(state: State, cycle: Cycle) -> None:
    for instruction in state.live(cycle):
        if not instruction.seen:
            raise Refused("settlement.not-observed", instruction=instruction.hash)


def _fold_confirmed(case: Case, body: DeliveryConfirmed) -> State:
    record = case.state.contract(body.contract)
    confirmed = tuple(sorted((*record.confirmed, case.leis[0])))
    return with_contracts(case.state, [case.touched(record, confirmed=confirmed)])


def lacking(state: State, record: ContractRecord, leg: Leg) -> int:
    """How many confirmations a leg still lacks to be final without the parties' confirmation; 0 or less: none."""
    cycle, chain = state.cycle(record.cycle or ""), chain_of(leg.asset)
    needed = max(dict(record.terms.finality.confirmations)[leg.asset], state.adopted().confirmations_on(chain))
    moving = [each for each in state.live(cycle) if _moves(cycle, each, leg.asset)]
    return max((needed - (each.observed.confirmations if each.observed else 0) for each in moving), default=0)


def _moves(cycle: Cycle, instruction: Instruction, asset: str) -> bool:
    """Whether an instruction discharges an obligation in the asset; after netting a leg may need none at all."""
    return any(owed.asset == asset for owed in netting.owed_by(cycle.obligations, instruction.group))


def delivered(state: State, record: ContractRecord) -> bool:
    """Whether both parties confirmed where the clause allows it, or every leg has its confirmations."""
    if record.terms.finality.mutual and set(record.confirmed) == set(record.leis):
        return True
    return all(lacking(state, record, leg) <= 0 for leg in record.terms.legs)


def _judge_final(case: Case, body: SettlementFinal) -> None:
    state = case.state
    cycle = state.cycle(body.cycle)
    demand_cycle(state, cycle, ContractState.SETTLING)
    if cycle.voiding:
        raise Refused("settlement.voiding", cycle=cycle.id)
    _check_observed(state, cycle)
    if (child := lifting.open_child(state, cycle)) is not None:
        raise Refused("settlement.child-open", instruction=child.hash)
    for record in records_of(state, cycle):
        if not delivered(state, record):
            raise Refused("settlement.not-delivered", contract=record.hash)


def postings(state: State, cycle: Cycle, settled: Callable[[Terms, Leg], tuple[Posting, ...]]) -> tuple[Posting, ...]:
    """What the end of a cycle moves in the ledger: each hold as `settled` says, network fees, the rest of each fee cap back."""
    fees = state.sunk(cycle)
    for instruction in state.under_way(cycle):
        for vault, fee in instruction.observed.fees if instruction.observed else ():
            fees[vault] = fees.get(vault, 0) + fee
    found: list[Posting] = []
    for record in records_of(state, cycle):
        own: list[Posting] = []
        for position, hold in sorted(record.holds.items()):
            leg = record.terms.legs[position]
            payer = record.terms.payer(leg)
            own += settled(record.terms, leg)
            if hold.fee_asset is None:
                continue
            vault = state.roster.paying_vault(payer, leg.asset).id
            charged = min(fees.get(vault, 0), hold.fee_amount)
            fees[vault] = fees.get(vault, 0) - charged
            own += ledger.network_fee(payer, state.roster.custodian.lei, hold.fee_asset, charged)
            own += ledger.release(payer, hold.fee_asset, hold.fee_amount - charged)
        found += ledger.belonging(record.hash, own)
    return tuple(found)


def _delivered(terms: Terms, leg: Leg) -> tuple[Posting, ...]:
    """One leg's hold to its receiver, or for a withdrawal out of this custody."""
    if terms.template == templates.WITHDRAWAL:
        return ledger.withdraw(terms.payer(leg), leg.asset, leg.amount)
    return ledger.deliver(terms.payer(leg), terms.receiver(leg), leg.asset, leg.amount)


def _fold_final(case: Case, body: SettlementFinal) -> State:
    state = case.state
    cycle = state.cycle(body.cycle)
    state = replace(
        state,
        ledger=state.ledger.post(postings(state, cycle, _delivered)),
        cycles=state.cycles.set(cycle.id, replace(cycle, final=case.index)),
    )
    for instruction in state.live(cycle):
        state = received(state, instruction)
    state = lifting.dropped(state, cycle)
    state = closed(state, cycle.id, case.index, BreakCause.FAILED)
    return with_contracts(
        state, [case.moved(each, ContractState.FINAL, final_ms=case.time_ms) for each in records_of(state, cycle)]
    )


RELEASED = Rule(_judge_released, _fold_released)
BROADCAST = Rule(_judge_broadcast, _fold_broadcast)
CONFIRMED = Rule(_judge_confirmed, _fold_confirmed)
FINAL = Rule(_judge_final, _fold_final)
