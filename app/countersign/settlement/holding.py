"""Rules of holds and cycles: full amounts are earmarked on both sides before anything is instructed.

- The hold of a leg is exactly its amount, and the fee cap in the coin of its chain where the deliverer bears the fee.
- `held` begins with the hold of the last leg (rule 2). Between endorsement and cycle the desk may end a hold again.
- A cycle closes over held contracts that are in no other cycle; count and RFC 6962 root of their hashes must be right.
- Cycles are gross, of one contract; more are refused by name until netting nets them to one transaction a chain.
"""

from dataclasses import replace

from immutables import Map

from countersign.errors import Refused
from countersign.formats import merkle
from countersign.settlement import ledger, netting
from countersign.settlement.bodies import CycleClosed, HoldPlaced, HoldReleased
from countersign.settlement.case import Case, Rule, demand_state, with_contracts
from countersign.settlement.contract import Leg, Terms
from countersign.settlement.ledger import Account, Place, Pocket, insufficient
from countersign.settlement.records import ContractRecord, ContractState, Cycle, HoldRecord
from countersign.settlement.roster import Roster
from countersign.settlement.state import State


def needed(terms: Terms, position: int, index: int = 0) -> HoldRecord:
    """What must be held for the leg at `position`. Raises `Refused` if there is no such leg."""
    leg = _leg(terms, position)
    fee = terms.fee(leg)
    return HoldRecord(leg.asset, leg.amount, fee[0] if fee else None, fee[1] if fee else 0, index)


def cycle_root(contracts: tuple[str, ...]) -> str:
    """The RFC 6962 root over the contracts' 32-byte hashes in ascending order, hex."""
    return merkle.root([merkle.leaf_hash(bytes.fromhex(contract)) for contract in sorted(contracts)]).hex()


def open_cycle(roster: Roster, name: str, terms: tuple[Terms, ...], contracts: tuple[str, ...], index: int) -> Cycle:
    """The cycle over these contracts: what they owe, and the instructions that must be prepared."""
    owed = netting.obligations(roster, terms)
    return Cycle(name, contracts, owed, netting.groups(owed), Map(), index)


def _leg(terms: Terms, position: int) -> Leg:
    if position >= len(terms.legs):
        raise Refused("settlement.unknown-leg", leg=position)
    return terms.legs[position]


def _judge_placed(case: Case, body: HoldPlaced) -> None:
    record = case.state.contract(body.contract)
    demand_state(record, ContractState.ENDORSED)
    expected = needed(record.terms, body.leg)
    if body.leg in record.holds:
        raise Refused("settlement.hold-twice", contract=record.hash, leg=body.leg)
    if (body.asset, body.amount) != (expected.asset, expected.amount):
        raise Refused("settlement.hold-amount", contract=record.hash, leg=body.leg, expected=str(expected.amount))
    if (body.fee_asset, body.fee_amount) != (expected.fee_asset, expected.fee_amount):
        raise Refused("settlement.hold-fee", contract=record.hash, leg=body.leg, expected=str(expected.fee_amount))
    if case.seconds > record.terms.settle_by:
        raise Refused("C4.expired", contract=record.hash)
    _check_covered(case, record, expected, body.leg)


def _check_covered(case: Case, record: ContractRecord, hold: HoldRecord, position: int) -> None:
    owner = record.terms.payer(record.terms.legs[position])
    sums = {hold.asset: hold.amount}
    if hold.fee_asset is not None:
        sums[hold.fee_asset] = sums.get(hold.fee_asset, 0) + hold.fee_amount
    for asset, units in sums.items():
        account = Account(owner.lei, owner.book, asset)
        balance = case.state.ledger.balance(account)
        if balance.available < units:
            raise insufficient(Place(account, Pocket.AVAILABLE), units, balance)


def _fold_placed(case: Case, body: HoldPlaced) -> State:
    record = case.state.contract(body.contract)
    owner = record.terms.payer(record.terms.legs[body.leg])
    hold = needed(record.terms, body.leg, case.index)
    postings = ledger.hold(owner, hold.asset, hold.amount)
    if hold.fee_asset is not None:
        postings += ledger.hold(owner, hold.fee_asset, hold.fee_amount)
    holds = record.holds.set(body.leg, hold)
    if len(holds) == len(record.terms.legs):
        record = case.moved(record, ContractState.HELD, holds=holds)
    else:
        record = case.touched(record, holds=holds)
    return with_contracts(replace(case.state, ledger=case.state.ledger.post(postings)), [record])


def _judge_released(case: Case, body: HoldReleased) -> None:
    record = case.state.contract(body.contract)
    demand_state(record, ContractState.ENDORSED, ContractState.HELD)
    if record.cycle is not None:
        raise Refused("settlement.in-cycle", contract=record.hash, cycle=record.cycle)
    if body.leg not in record.holds:
        raise Refused("settlement.no-hold", contract=record.hash, leg=body.leg)


def _fold_released(case: Case, body: HoldReleased) -> State:
    record = case.state.contract(body.contract)
    owner, hold = record.terms.payer(record.terms.legs[body.leg]), record.holds[body.leg]
    postings = ledger.release(owner, hold.asset, hold.amount)
    if hold.fee_asset is not None:
        postings += ledger.release(owner, hold.fee_asset, hold.fee_amount)
    causes = record.causes
    if record.state is ContractState.HELD:
        causes = causes.delete(ContractState.HELD.value)
    holds = record.holds.delete(body.leg)
    record = case.touched(record, state=ContractState.ENDORSED, causes=causes, holds=holds)
    return with_contracts(replace(case.state, ledger=case.state.ledger.post(postings)), [record])


def _judge_cycle(case: Case, body: CycleClosed) -> None:
    state = case.state
    if body.cycle in state.cycles:
        raise Refused("settlement.cycle-taken", cycle=body.cycle)
    if body.count != len(body.contracts):
        raise Refused("settlement.cycle-count", count=body.count, found=len(body.contracts))
    if body.root != cycle_root(body.contracts):
        raise Refused("settlement.cycle-root", cycle=body.cycle)
    if len(body.contracts) > 1:
        raise Refused("settlement.cycle-gross", cycle=body.cycle, count=body.count)
    for contract in body.contracts:
        record = state.contract(contract)
        demand_state(record, ContractState.HELD)
        if record.cycle is not None:
            raise Refused("settlement.in-cycle", contract=record.hash, cycle=record.cycle)
        if case.seconds > record.terms.settle_by:
            raise Refused("C4.expired", contract=record.hash)


def _fold_cycle(case: Case, body: CycleClosed) -> State:
    state = case.state
    records = [state.contract(contract) for contract in body.contracts]
    terms = tuple(record.terms for record in records)
    cycle = open_cycle(state.roster, body.cycle, terms, body.contracts, case.index)
    state = replace(state, cycles=state.cycles.set(body.cycle, cycle))
    return with_contracts(state, [case.touched(record, cycle=body.cycle) for record in records])


PLACED = Rule(_judge_placed, _fold_placed)
RELEASED = Rule(_judge_released, _fold_released)
CYCLE = Rule(_judge_cycle, _fold_cycle)
