"""Rules of holds: full amounts are earmarked on both sides before anything is instructed.

- The hold of a leg is exactly its amount, and the fee cap in the coin of its chain where the deliverer bears the fee.
- `held` begins with the hold of the last leg (rule 2). Between endorsement and cycle the desk may end a hold again.
- The rules of the cycles that close over held contracts stand in `cycling.py`.
"""

from dataclasses import replace

from countersign.errors import Refused
from countersign.settlement import ledger, lending, stops
from countersign.settlement.bodies import HoldPlaced, HoldReleased, Short
from countersign.settlement.case import Case, Rule, demand_state, with_contracts
from countersign.settlement.contract import Leg, Terms
from countersign.settlement.ending import released
from countersign.settlement.ledger import Account, Place, Pocket, insufficient
from countersign.settlement.records import ContractRecord, ContractState, HoldRecord
from countersign.settlement.state import State


def needed(terms: Terms, position: int, index: int = 0) -> HoldRecord:
    """What must be held for the leg at `position`. Raises `Refused` if there is no such leg."""
    leg = _leg(terms, position)
    fee = terms.fee(position)
    return HoldRecord(leg.asset, leg.amount, fee[0] if fee else None, fee[1] if fee else 0, index)


def _leg(terms: Terms, position: int) -> Leg:
    if position >= len(terms.legs):
        raise Refused("settlement.unknown-leg", leg=position)
    return terms.legs[position]


def _judge_placed(case: Case, body: HoldPlaced) -> None:
    record = case.state.contract(body.contract)
    demand_state(record, ContractState.ENDORSED)
    stops.check_free(case.state, record)
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


def wanted(record: ContractRecord) -> dict[Account, int]:
    """What the legs of a contract that are not held yet ask of each account, fee caps included."""
    sums: dict[Account, int] = {}
    for position in range(len(record.terms.legs)):
        if position not in record.holds:
            for account, units in _sums(record, needed(record.terms, position), position).items():
                sums[account] = sums.get(account, 0) + units
    return sums


def shortfall(state: State, record: ContractRecord) -> tuple[Short, ...]:
    """What the deliverers of a contract lack for the legs that are not held yet, ascending by account."""
    missing = {account: units - stops.balance(state, account).available for account, units in wanted(record).items()}
    return tuple(
        Short(record.hash, account.lei, account.book, account.asset, units)
        for account, units in sorted(missing.items())
        if units > 0
    )


def _sums(record: ContractRecord, hold: HoldRecord, position: int) -> dict[Account, int]:
    owner = record.terms.payer(record.terms.legs[position])
    sums = {Account(owner.lei, owner.book, hold.asset): hold.amount}
    if hold.fee_asset is not None:
        account = Account(owner.lei, owner.book, hold.fee_asset)
        sums[account] = sums.get(account, 0) + hold.fee_amount
    return sums


def _check_covered(case: Case, record: ContractRecord, hold: HoldRecord, position: int) -> None:
    for account, units in _sums(record, hold, position).items():
        balance = case.state.ledger.balance(account)
        if balance.available < units:
            lending.require_recalled(case.state, account)
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
    stops.check_may_end(case.state, record.hash)


def _fold_released(case: Case, body: HoldReleased) -> State:
    record = case.state.contract(body.contract)
    owner = record.terms.payer(record.terms.legs[body.leg])
    postings = released(owner, record.holds[body.leg])
    causes = record.causes
    if record.state is ContractState.HELD:
        causes = causes.delete(ContractState.HELD.value)
    holds = record.holds.delete(body.leg)
    record = case.touched(record, state=ContractState.ENDORSED, causes=causes, holds=holds)
    return with_contracts(replace(case.state, ledger=case.state.ledger.post(postings)), [record])


PLACED = Rule(_judge_placed, _fold_placed)
RELEASED = Rule(_judge_released, _fold_released)
