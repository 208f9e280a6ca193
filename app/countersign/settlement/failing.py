"""Rules of failure after the release: one chain accepted, the other did not (rule 3).

- A settlement has failed when at least one of its transactions is in a block and this one is not. Nothing moves: what
  its payers owe stays held, and the custodian's break says who waits for what.
- The ways out: the same transaction sent again; on Ethereum the same call in another outer transaction that pays more
  gas (`transaction.replaced`); on Bitcoin a declared replacement; and once this one can execute no more, another.
- A chain may go back. What stands in its way *for good* has the policy's confirmations. A Safe's number counts as used then
  and not before, for nothing else keeps its next number from paying as well. A Bitcoin transaction of which a coin is gone is
  followed by one over another coin of it at once, or by any one once it is gone for good (`rivalry.py`).
- That it is gone for good may be added later, for each request of the leg that somebody signed, in whosever place.
- Whatever of an instruction's transactions a node then sees is the one that counts. Several Safes that were sent in one call
  may be sent again in one.

    {"cycle":"cycle-1","instruction":"3ff5f6e7…","executable":true,"for_good":false,"reason":"The node refused it: gas too low."}
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


def _waiting(state: State, name: str, *, dead: bool = False) -> Instruction:
    """The instruction that counts, was released (or, after a failure, is `dead` before that) and is in no block; else `Refused`."""
    instruction = state.instruction(name)
    if instruction.superseded_by is not None:
        raise Refused("settlement.superseded", instruction=name)
    cycle = state.cycle(instruction.cycle)
    demand_cycle(state, cycle, ContractState.SETTLING, ContractState.FAILED)
    if instruction.child:
        raise Refused("settlement.child-no-leg", instruction=name)
    if instruction.released is None and not (dead and cycle.failed is not None):
        raise Refused("settlement.not-released", instruction=name)
    if instruction.seen:
        raise Refused("settlement.already-executed", instruction=name, transaction=instruction.transaction or "")
    return instruction


def check_said(state: State, body: SettlementFailed) -> None:
    """It does not contradict itself, and a Safe's number is used up for good or not at all; else `Refused`."""
    if body.executable and body.for_good:
        raise Refused("settlement.failed-contradicts", instruction=body.instruction)
    if state.instruction(body.instruction).nonce is not None and not body.executable and not body.for_good:
        raise Refused("settlement.not-for-good", instruction=body.instruction)


def _judge_failed(case: Case, body: SettlementFailed) -> None:
    state = case.state
    cycle = state.cycle(body.cycle)
    check_said(state, body)
    if _late(state, body):
        demand_cycle(state, cycle, ContractState.FAILED)
        return
    instruction = _waiting(state, body.instruction, dead=not body.executable)
    if instruction.cycle != cycle.id:
        raise Refused("settlement.other-cycle", cycle=cycle.id, instruction=instruction.hash)
    if cycle.voiding:
        raise Refused("settlement.voiding", cycle=cycle.id)
    if not any(each.delivers for each in state.live(cycle)):
        raise Refused("settlement.nothing-delivered", cycle=cycle.id)
    known = any(each.group == instruction.group and each.closed is None for each in state.breaks.get(cycle.id, ()))
    if not instruction.executable or (known and body.executable):
        raise Refused("settlement.failed-already", instruction=instruction.hash)


def _late(state: State, body: SettlementFailed) -> bool:
    """Whether it only adds that a Bitcoin transaction is gone for good, which is dead already or in whose place another stands."""
    known = state.instruction(body.instruction)
    if not body.for_good or known.for_good or known.cycle != body.cycle or known.nonce is not None:
        return False
    over = not known.executable or known.superseded_by is not None
    return over and bool(known.shares) and not known.returns and not known.seen


def _fold_failed(case: Case, body: SettlementFailed) -> State:
    state = case.state
    instruction = state.instruction(body.instruction)
    if _late(state, body):
        return noted(case, gone(state, instruction, case.time_ms, for_good=True), body.cycle)
    cycle = replace(state.cycle(body.cycle), failed=case.index)
    state = replace(state, cycles=state.cycles.set(cycle.id, cycle))
    if not body.executable:
        state = dead(state, instruction, case.time_ms, for_good=body.for_good)
    state = opened(case, state, cycle, instruction.group, BreakCause.FAILED)
    records = records_of(state, cycle)
    if records[0].state is ContractState.FAILED:
        return noted(case, state, cycle.id)
    return with_contracts(state, [case.moved(record, ContractState.FAILED) for record in records])


def dead(state: State, instruction: Instruction, time_ms: int, *, for_good: bool) -> State:
    """It claims nothing any more; its Safe has gone past its nonce."""
    state = freed(state, instruction)
    if instruction.nonce is not None:
        vault = instruction.group.vaults[0]
        state = replace(state, safes=state.safes.set(vault, SafeUse(None, instruction.nonce)))
    return gone(state, instruction, time_ms, for_good=for_good)


def gone(state: State, instruction: Instruction, time_ms: int, *, for_good: bool) -> State:
    """It can execute no more, and what it claimed is another's already, or given back."""
    since = time_ms if instruction.dead_ms is None else instruction.dead_ms
    known = replace(instruction, executable=False, dead_ms=since, for_good=for_good)
    return replace(state, instructions=state.instructions.set(instruction.hash, known))


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
