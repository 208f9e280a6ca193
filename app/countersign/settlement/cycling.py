"""Rules of cycles: which contracts settle together, and what they owe after netting.

- A cycle closes over held contracts that are in no other cycle; count and RFC 6962 root of their hashes must be right.
- It closes at or after its cut-off; with a shortfall named, not before the time to top up has passed. What is named as
  short is endorsed, not held, and its deliverer lacks at least what is named: only what cannot settle is left out.
- Gross is a cycle of one. Withdrawals and awards settle gross: they are no trade to be set against others.
- A cycle that needs cold shares holds at most as many contracts as the policy says.
- A cycle in which everything cancels out owes nothing on chain: it is signed as it closes.
"""

from collections.abc import Iterable
from dataclasses import replace

from immutables import Map

from countersign.errors import Refused
from countersign.formats import merkle
from countersign.settlement import netting, stops
from countersign.settlement.bodies import CycleClosed, Short
from countersign.settlement.case import Case, Rule, demand_state, with_contracts
from countersign.settlement.contract import Terms
from countersign.settlement.holding import shortfall
from countersign.settlement.netting import Obligation
from countersign.settlement.records import ContractState, Cycle
from countersign.settlement.roster import Roster
from countersign.settlement.state import State


def cycle_root(contracts: tuple[str, ...]) -> str:
    """The RFC 6962 root over the contracts' 32-byte hashes in ascending order, hex."""
    return merkle.root([merkle.leaf_hash(bytes.fromhex(contract)) for contract in sorted(contracts)]).hex()


def open_cycle(roster: Roster, body: CycleClosed, terms: tuple[Terms, ...], index: int) -> Cycle:
    """The cycle over these contracts: what they owe, and the instructions that must be prepared."""
    owed = netting.obligations(roster, terms, body.netting)
    return Cycle(
        body.cycle, body.contracts, body.netting, body.cut_off, body.short, owed, netting.groups(owed), Map(), index
    )


def _judge(case: Case, body: CycleClosed) -> None:
    check_shape(case.state, body)
    _check_moment(case, body)
    for contract in body.contracts:
        record = case.state.contract(contract)
        demand_state(record, ContractState.HELD)
        stops.check_free(case.state, record)
        if record.cycle is not None:
            raise Refused("settlement.in-cycle", contract=record.hash, cycle=record.cycle)
        if case.seconds > record.terms.settle_by:
            raise Refused("C4.expired", contract=record.hash)
    for short in body.short:
        _check_short(case.state, body, short)
    check_cold(case.state, body)


def check_shape(state: State, body: CycleClosed) -> None:
    """What the event says of itself: its name is free, count and root fit, gross is one, the rest are sales."""
    if body.cycle in state.cycles:
        raise Refused("settlement.cycle-taken", cycle=body.cycle)
    if body.count != len(body.contracts):
        raise Refused("settlement.cycle-count", count=body.count, found=len(body.contracts))
    if body.root != cycle_root(body.contracts):
        raise Refused("settlement.cycle-root", cycle=body.cycle)
    if body.netting == netting.GROSS and body.count > 1:
        raise Refused("settlement.cycle-gross", cycle=body.cycle, count=body.count)
    if body.netting != netting.GROSS:
        for contract in body.contracts:
            if not state.contract(contract).terms.sale:
                raise Refused("settlement.cycle-gross-only", cycle=body.cycle, contract=contract)


def _check_moment(case: Case, body: CycleClosed) -> None:
    top_up = case.state.adopted().cycles.top_up_seconds if body.short else 0
    if case.seconds < body.cut_off + top_up:
        raise Refused("settlement.cycle-early", cycle=body.cycle, seconds=body.cut_off + top_up - case.seconds)


def _check_short(state: State, body: CycleClosed, short: Short) -> None:
    record = state.contract(short.contract)
    demand_state(record, ContractState.ENDORSED)
    if short not in shortfall(state, record):
        raise Refused("settlement.cycle-short", cycle=body.cycle, contract=short.contract, lei=short.lei)


def check_cold(state: State, body: CycleClosed) -> None:
    """A cycle that needs a cold vault's shares is small enough to be carried there; else `Refused`."""
    limit = state.adopted().cycles.cold_contracts
    if body.count <= limit:
        return
    terms = [state.contract(contract).terms for contract in body.contracts]
    if needs_cold(state.roster, netting.obligations(state.roster, terms, body.netting)):
        raise Refused("settlement.cycle-cold", cycle=body.cycle, count=body.count, limit=limit)


def needs_cold(roster: Roster, owed: Iterable[Obligation]) -> bool:
    """Whether any vault that pays these obligations is cold."""
    return any(roster.cold(roster.vault(vault)) for vault in sorted({each.vault for each in owed}))


def _fold(case: Case, body: CycleClosed) -> State:
    state = case.state
    records = [state.contract(contract) for contract in body.contracts]
    cycle = open_cycle(state.roster, body, tuple(record.terms for record in records), case.index)
    cut_offs = state.cut_offs if body.cut_off in state.cut_offs else state.cut_offs.set(body.cut_off, case.index)
    state = replace(state, cycles=state.cycles.set(body.cycle, cycle), cut_offs=cut_offs)
    if cycle.groups:
        return with_contracts(state, [case.touched(record, cycle=body.cycle) for record in records])
    return with_contracts(state, [case.moved(record, ContractState.SIGNED, cycle=body.cycle) for record in records])


CLOSED = Rule(_judge, _fold)
