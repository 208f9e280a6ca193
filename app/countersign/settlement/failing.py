"""Rules of failure after the release: one chain accepted, the other did not (rule 3).

- A settlement has failed when at least one of its transactions is in a block and this one is not. Nothing moves: what
  its payers owe stays held, and the custodian's break says who waits for what.
- The ways out: the same transaction sent again; on Ethereum the same call in another outer transaction that pays more
  gas (`transaction.replaced`); on Bitcoin a declared replacement; and once this one can never execute, another.
- Whatever of an instruction's transactions a node then sees is the one that counts. Several Safes that were sent in one call
  may be sent again in one.

    {"cycle":"cycle-1","instruction":"3ff5f6e7…","executable":true,"reason":"The node refused it: gas too low."}
"""

from dataclasses import replace

from countersign.errors import Refused
from countersign.settlement import carrying
from countersign.settlement.breaks import opened
from countersign.settlement.case import Case, Rule, noted, with_contracts
from countersign.settlement.ending import freed
from countersign.settlement.instructing import demand_cycle, records_of
from countersign.settlement.records import BreakCause, ContractState, Instruction, SafeUse
from countersign.settlement.state import State
from countersign.settlement.trouble_bodies import SettlementFailed, TransactionReplaced


def _waiting(state: State, name: str) -> Instruction:
    """The instruction that counts, was released and is in no block; else `Refused`."""
    instruction = state.instruction(name)
    if instruction.superseded_by is not None:
        raise Refused("settlement.superseded", instruction=name)
    demand_cycle(state, state.cycle(instruction.cycle), ContractState.SETTLING, ContractState.FAILED)
    if instruction.child:
        raise Refused("settlement.child-no-leg", instruction=name)
    if instruction.released is None:
        raise Refused("settlement.not-released", instruction=name)
    if instruction.seen:
        raise Refused("settlement.already-executed", instruction=name, transaction=instruction.transaction or "")
    return instruction


def _judge_failed(case: Case, body: SettlementFailed) -> None:
    state = case.state
    cycle, instruction = state.cycle(body.cycle), _waiting(state, body.instruction)
    if instruction.cycle != cycle.id:
        raise Refused("settlement.other-cycle", cycle=cycle.id, instruction=instruction.hash)
    if cycle.voiding:
        raise Refused("settlement.voiding", cycle=cycle.id)
    if not any(each.delivers for each in state.live(cycle)):
        raise Refused("settlement.nothing-delivered", cycle=cycle.id)
    known = any(each.group == instruction.group and each.closed is None for each in state.breaks.get(cycle.id, ()))
    if not instruction.executable or (known and body.executable):
        raise Refused("settlement.failed-already", instruction=instruction.hash)


def _fold_failed(case: Case, body: SettlementFailed) -> State:
    state = case.state
    instruction = state.instruction(body.instruction)
    cycle = replace(state.cycle(body.cycle), failed=case.index)
    state = replace(state, cycles=state.cycles.set(cycle.id, cycle))
    if not body.executable:
        state = _dead(state, instruction, case.time_ms)
    state = opened(case, state, cycle, instruction.group, BreakCause.FAILED)
    records = records_of(state, cycle)
    if records[0].state is ContractState.FAILED:
        return noted(case, state, cycle.id)
    return with_contracts(state, [case.moved(record, ContractState.FAILED) for record in records])


def _dead(state: State, instruction: Instruction, time_ms: int) -> State:
    """It claims nothing any more; its Safe has gone past its nonce."""
    state = freed(state, instruction)
    if instruction.nonce is not None:
        vault = instruction.group.vaults[0]
        state = replace(state, safes=state.safes.set(vault, SafeUse(None, instruction.nonce)))
    dead = replace(instruction, executable=False, dead_ms=time_ms)
    return replace(state, instructions=state.instructions.set(instruction.hash, dead))


def _judge_replaced(case: Case, body: TransactionReplaced) -> None:
    instruction = _waiting(case.state, body.instruction)
    if instruction.group.kind != "safe-tx":
        raise Refused("settlement.replaced-kind", instruction=instruction.hash)
    if not instruction.executable:
        raise Refused("settlement.failed-already", instruction=instruction.hash)
    if instruction.transaction is None or body.transaction != instruction.transaction:
        raise Refused("settlement.not-broadcast", transaction=body.transaction, instruction=instruction.hash)
    carrying.check_together(case.state, instruction, body.replacement)


def _fold_replaced(case: Case, body: TransactionReplaced) -> State:
    state, known = case.state, case.state.instruction(body.instruction)
    instruction = replace(
        known, transaction=body.replacement, finished=body.artefact, others=(body.transaction, *known.others)
    )
    state = replace(
        state,
        instructions=state.instructions.set(instruction.hash, instruction),
        transactions=state.transactions.set(body.replacement, instruction.hash),
    )
    return noted(case, state, instruction.cycle)


FAILED = Rule(_judge_failed, _fold_failed)
REPLACED = Rule(_judge_replaced, _fold_replaced)
