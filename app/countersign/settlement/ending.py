"""How a contract ends without delivery, or steps aside: its holds return, and its cycle gives way.

- Before the first share anything can end; after it a settlement ends without delivery only by being voided (rule 10).
- A cycle that loses a contract is called off: its instructions claim nothing any more, and the other contracts are held
  again, free for another cycle.

    >>> ended(case, record, ContractState.CANCELLED)
"""

from dataclasses import replace

from immutables import Map

from countersign.errors import Refused
from countersign.settlement import ledger, spending
from countersign.settlement.case import Case, with_contracts
from countersign.settlement.ledger import Cause, Pocket, Posting
from countersign.settlement.records import (
    BEFORE_SHARES,
    ContractRecord,
    ContractState,
    Cycle,
    HoldRecord,
    Instruction,
    SafeUse,
)
from countersign.settlement.roster import Party
from countersign.settlement.state import State

OPEN = (ContractState.PROPOSED, *BEFORE_SHARES, ContractState.SIGNED)
"""The states from which a contract may still end without a void; *signed* is one where everything cancelled out: there
nobody signs for a chain. Where somebody did, `check_unsigned` refuses."""


def check_unsigned(state: State, record: ContractRecord) -> None:
    """Nobody has signed for the contract's cycle; else `Refused` settlement.share-exists."""
    if record.cycle is None:
        return
    if signed(state, state.cycle(record.cycle)):
        raise Refused("settlement.share-exists", contract=record.hash)


def signed(state: State, cycle: Cycle) -> bool:
    """Whether somebody has signed for a cycle: what is being voided has shares, though nothing that counts in it may."""
    return cycle.voiding or any(each.shares for each in state.live(cycle))


def ended(case: Case, record: ContractRecord, to: ContractState, **changes: object) -> State:
    """The state in which a contract has gone to `to`, without holds and out of its cycle."""
    state = replace(case.state, ledger=case.state.ledger.post(returned(record)))
    state = without_cycle(state, record)
    record = remembering(case.state, record)
    return with_contracts(state, [case.moved(record, to, holds=Map(), cycle=None, **changes)])


def returned(record: ContractRecord) -> tuple[Posting, ...]:
    """Every hold of a contract back to its owner."""
    disputed = record.state is ContractState.DISPUTED
    found: list[Posting] = []
    for leg, held in sorted(record.holds.items()):
        owner = record.terms.payer(record.terms.legs[leg])
        found += thawed(owner, held) if disputed else released(owner, held)
    return ledger.belonging(record.hash, found)


def released(owner: Party, held: HoldRecord) -> tuple[Posting, ...]:
    """One hold back to its owner, with its fee cap."""
    found = ledger.release(owner, held.asset, held.amount)
    return found if held.fee_asset is None else found + ledger.release(owner, held.fee_asset, held.fee_amount)


def thawed(owner: Party, held: HoldRecord, to: Pocket = Pocket.AVAILABLE) -> tuple[Posting, ...]:
    """One frozen hold to another pocket of its owner, with its fee cap."""
    found = ledger.move(owner, held.asset, held.amount, Pocket.FROZEN, to, Cause.UNFREEZE)
    if held.fee_asset is None:
        return found
    return found + ledger.move(owner, held.fee_asset, held.fee_amount, Pocket.FROZEN, to, Cause.UNFREEZE)


def without_cycle(state: State, record: ContractRecord) -> State:
    """The contract's cycle called off, if it is in one: coins and nonces are free, its contracts are held again."""
    if record.cycle is None:
        return state
    return call_off(state, state.cycle(record.cycle))


def call_off(state: State, cycle: Cycle) -> State:
    """A cycle in which nobody signed comes to nothing: its contracts are held again, free for another one."""
    for instruction in state.live(cycle):
        state = freed(state, instruction)
    state = replace(state, cycles=state.cycles.set(cycle.id, replace(cycle, called_off=True)))
    records = (remembering(state, state.contract(contract)) for contract in cycle.contracts)
    return with_contracts(state, [_held_again(each) for each in records])


def remembering(state: State, record: ContractRecord) -> ContractRecord:
    """The record that leaves its cycle: what concerned the cycle so far concerned it too."""
    return replace(record, concerns=state.concerns(record))


def _held_again(record: ContractRecord) -> ContractRecord:
    causes = record.causes
    for state in (ContractState.INSTRUCTED, ContractState.SIGNED):
        if state.value in causes:
            causes = causes.delete(state.value)
    return replace(record, state=ContractState.HELD, causes=causes, cycle=None)


def freed(state: State, instruction: Instruction) -> State:
    """The state in which an instruction claims no coin and no Safe any more, nor counts for caps; others' stay theirs."""
    state = spending.given_back(state, instruction)
    taken, safes = state.spending, state.safes
    for spend in instruction.spends:
        if taken.get(spend.outpoint) == instruction.hash:
            taken = taken.delete(spend.outpoint)
    vault = instruction.group.vaults[0]
    if instruction.nonce is not None and (use := safes.get(vault, SafeUse())).pending == instruction.hash:
        safes = safes.set(vault, replace(use, pending=None))
    return replace(state, spending=taken, safes=safes)
