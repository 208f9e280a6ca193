"""The rule of observation: what a node says of a transaction, in a block, in another, or in none any more.

- A transaction is observed as it was broadcast; the fee that each vault bears is within the agreed cap and stays.
- Before the settlement is final, another block, fewer confirmations or no block are taken as they are: finality loses
  its ground, and a party's word that it received counts no longer once the transaction is in no block.
- After it nothing is reversed (rules 6 and 9): what was received may not be spent on chain until it is confirmed again,
  and the custodian's break says what it owes meanwhile.
- Whoever has a Safe's finished transaction may send it (`carrying.py`): it is observed under the name it then has, and counts.
- A child (`lifting.py`) delivers nothing: what is observed of it is its fee. With its parent's it is within the same cap.
- What nobody released and what a void was to prevent (released before or not) may be mined all the same. What a chain did is
  the truth: the instruction counts again, and the settlement has failed until its other legs are delivered too.
- A void whose leg was prepared anew stays what it was, however often it is looked at: what it cost is of the same fee caps.
"""

from dataclasses import replace

from countersign.errors import Refused
from countersign.settlement import carrying, lifting, netting, spending
from countersign.settlement.assets import require_spelling
from countersign.settlement.bodies import TransactionObserved
from countersign.settlement.breaks import closed, opened
from countersign.settlement.case import Case, Rule, noted, with_contracts
from countersign.settlement.ending import freed
from countersign.settlement.instructing import claimed, demand_cycle, records_of
from countersign.settlement.receipts import confirmed, received
from countersign.settlement.records import BreakCause, ContractState, Cycle, Instruction, Observed, SafeUse
from countersign.settlement.state import State

ENDED = (ContractState.FINAL, ContractState.VOIDED)
UNSENT = (ContractState.PARTLY_SIGNED, ContractState.SIGNED, ContractState.RELEASED)


def _judge(case: Case, body: TransactionObserved) -> None:
    state = case.state
    instruction = state.instruction(body.instruction)
    cycle = state.cycle(instruction.cycle)
    demand_cycle(state, cycle, *UNSENT, ContractState.SETTLING, ContractState.FAILED, *ENDED)
    _check_transaction(state, instruction, body)
    if body.block is not None:
        require_spelling(instruction.group.chain, body.block)
    before = instruction.observed
    nothing_new = (
        body.block is None if before is None else _said(before) == (body.block, body.height, body.confirmations)
    )
    if nothing_new:
        raise Refused("settlement.observation-late", transaction=body.transaction, confirmations=body.confirmations)
    if before is not None and body.fees != before.fees:
        raise Refused("settlement.fee-changed", transaction=body.transaction)
    _check_fees(state, cycle, instruction, dict(body.fees))


def _said(seen: Observed) -> tuple[str | None, int | None, int]:
    return seen.block, seen.height, seen.confirmations


def _check_transaction(state: State, instruction: Instruction, body: TransactionObserved) -> None:
    """It is one that was broadcast for the instruction, or one that nobody here sent and that is on the chain all the same."""
    if body.transaction in (instruction.transaction, *instruction.others):
        return
    if instruction.superseded_by is not None and not _rivals(state, instruction):
        raise Refused("settlement.superseded", instruction=instruction.hash)
    unsent = instruction.transaction is None and not instruction.to_send
    elsewhere = carrying.anybody_may_send(instruction) and body.block is not None
    known = _rivals(state, instruction) or quorum_over(state, instruction)
    if not ((unsent or elsewhere) and known):
        raise Refused("settlement.not-broadcast", transaction=body.transaction, instruction=instruction.hash)
    carrying.check_free(state, instruction, body.transaction)


def quorum_over(state: State, instruction: Instruction) -> bool:
    """Whether its quorum is there, by whichever request over the very same bytes the shares came (`renewing.py`)."""
    shares = set[tuple[str, str]]()
    for each in (instruction, *_before(state, instruction)):
        shares |= {(share.vault, share.officer) for share in each.shares}
    return bool(shares) and all(
        sum(vault == name for name, _ in shares) >= state.roster.vault(vault).threshold
        for vault in instruction.group.vaults
    )


def _before(state: State, instruction: Instruction) -> list[Instruction]:
    """The requests over the very same bytes whose place it took."""
    same = [each for each in state.instructions.values() if each.artefact == instruction.artefact]
    return [each for each in same if each.cycle == instruction.cycle and each.superseded_by is not None]


def _rivals(state: State, instruction: Instruction) -> bool:
    """Whether one over other bytes took the place of what somebody signed: either may be mined."""
    if instruction.superseded_by is None:
        return False
    over = state.instruction(instruction.superseded_by).artefact
    return over != instruction.artefact and (bool(instruction.shares) or quorum_over(state, instruction))


def _check_fees(state: State, cycle: Cycle, instruction: Instruction, fees: dict[str, int]) -> None:
    payers = instruction.group.vaults if instruction.group.kind == "psbt" else ()
    if set(fees) != set(payers):
        raise Refused("settlement.fee-vaults", instruction=instruction.hash)
    terms, beside = [record.terms for record in records_of(state, cycle)], lifting.borne_beside(state, instruction)
    for cap in netting.fee_caps(state.roster, terms, state.sunk(cycle, instruction.hash)):
        both = fees.get(cap.vault, 0) + beside.get(cap.vault, 0)
        if cap.vault in fees and both > cap.cap:
            raise Refused("settlement.fee-cap", vault=cap.vault, fee=str(both), cap=str(cap.cap))


def _fold(case: Case, body: TransactionObserved) -> State:
    state = case.state
    before = state.instruction(body.instruction)
    state = _recorded(case, body)
    name, cycle = before.cycle, state.cycle(before.cycle)
    if before.child:  # it delivers nothing: its fee alone is what the settlement looks at
        return noted(case, state, name)
    if records_of(state, cycle)[0].state in ENDED:
        state = _after_the_end(case, state, before, body)
    elif body.block is None:
        state = _unconfirmed_again(state, cycle)
    elif state.instruction(before.hash).delivers and _out_of_order(state, cycle, before):
        state = _delivered_anyway(case, state, cycle)
    elif state.instruction(before.hash).delivers and records_of(state, cycle)[0].state is ContractState.RELEASED:
        state = with_contracts(state, [case.moved(each, ContractState.SETTLING) for each in records_of(state, cycle)])
    if body.block is not None and body.confirmations >= state.adopted().confirmations_on(before.group.chain):
        state = closed(confirmed(state, before.hash), name, case.index, BreakCause.REORGANISED, before.group)
    return noted(case, _moved_on(case, state, state.cycle(name)), name)


def _recorded(case: Case, body: TransactionObserved) -> State:
    """What was said, of which of its transactions; in a block it counts, and its Safe has used the nonce."""
    state, known = case.state, case.state.instruction(body.instruction)
    all_of_them = tuple(each for each in (known.transaction, *known.others) if each is not None)
    instruction = replace(
        known,
        stranger=known.stranger if body.transaction in all_of_them else body.transaction,
        transaction=body.transaction,
        others=tuple(each for each in all_of_them if each != body.transaction),
        observed=Observed(body.block, body.height, body.confirmations, body.fees, case.index, case.time_ms),
    )
    state = replace(
        state,
        instructions=state.instructions.set(known.hash, instruction),
        transactions=state.transactions.set(body.transaction, known.hash),
    )
    if body.block is None:
        return _unexecuted(state, instruction)
    if known.superseded_by is not None and known.hash not in state.cycle(known.cycle).sunk:
        state = lifting.counts_again(state, instruction) if known.child else _counts_again(state, instruction)
    return _executed(state, instruction)


def _counts_again(state: State, instruction: Instruction) -> State:
    """The state in which an instruction counts in its group, and what had taken its place does not."""
    cycle = state.cycle(instruction.cycle)
    usurper = cycle.instructions.get(instruction.group)
    if usurper is not None:
        state = freed(state, state.instruction(usurper))
        beaten = replace(state.instruction(usurper), superseded_by=instruction.hash)
        state = replace(state, instructions=state.instructions.set(usurper, beaten))
    instruction = replace(state.instruction(instruction.hash), superseded_by=None)
    cycle = replace(cycle, instructions=cycle.instructions.set(instruction.group, instruction.hash))
    state = replace(
        state,
        instructions=state.instructions.set(instruction.hash, instruction),
        cycles=state.cycles.set(cycle.id, cycle),
    )
    return spending.counted(state, instruction) if _passed(state, instruction) else claimed(state, instruction)


def _passed(state: State, instruction: Instruction) -> bool:
    """Whether its Safe has used that nonce already, or another settlement's instruction waits there: it stays so."""
    use = state.safes.get(instruction.group.vaults[0], SafeUse())
    used = use.executed is not None and instruction.nonce is not None and instruction.nonce <= use.executed
    return instruction.nonce is not None and (used or use.pending is not None)


def _executed(state: State, instruction: Instruction) -> State:
    """The Safe is free for its next instruction; a later look at an earlier one changes nothing."""
    vault = instruction.group.vaults[0]
    if instruction.nonce is None or state.safes.get(vault, SafeUse()).pending != instruction.hash:
        return state
    return replace(state, safes=state.safes.set(vault, SafeUse(None, instruction.nonce)))


def _unexecuted(state: State, instruction: Instruction) -> State:
    """The nonce is not used up after all, unless another instruction follows it already."""
    vault, nonce = instruction.group.vaults[0], instruction.nonce
    if nonce is None or state.safes.get(vault, SafeUse()) != SafeUse(None, nonce):
        return state
    return replace(state, safes=state.safes.set(vault, SafeUse(instruction.hash, nonce - 1 if nonce else None)))


def _unconfirmed_again(state: State, cycle: Cycle) -> State:
    """Nobody's word that it received counts while a transaction is in no block."""
    return with_contracts(state, [replace(record, confirmed=()) for record in records_of(state, cycle)])


def _out_of_order(state: State, cycle: Cycle, instruction: Instruction) -> bool:
    """Whether a delivery is on the chain although it was not released, or is being voided."""
    unsent = records_of(state, cycle)[0].state in UNSENT
    return cycle.voiding or (unsent and instruction.released is None)


def _delivered_anyway(case: Case, state: State, cycle: Cycle) -> State:
    """No void any more: the other legs are owed. Their own instructions count again where no void was mined."""
    for each in state.live(cycle):
        if each.void and not each.seen:
            first = next((one for one in state.replaced_by(each) if not one.void), None)
            state = state if first is None else _counts_again(state, first)
    cycle = replace(state.cycle(cycle.id), voiding=False, failed=case.index)
    state = replace(state, cycles=state.cycles.set(cycle.id, cycle))
    there = {each.group for each in state.live(cycle) if each.delivers}
    for group in cycle.groups:
        if group not in there:
            state = opened(case, state, cycle, group, BreakCause.FAILED)
    return with_contracts(state, [case.moved(each, ContractState.FAILED) for each in records_of(state, cycle)])


def _moved_on(case: Case, state: State, cycle: Cycle) -> State:
    """A failed settlement goes on as soon as every leg is on its chain."""
    there = {each.group for each in state.live(cycle) if each.delivers}
    records = records_of(state, cycle)
    if records[0].state is not ContractState.FAILED or there != set(cycle.groups):
        return state
    settling = ContractState.SETTLING
    return with_contracts(
        state, [replace(each, state=settling, causes=each.causes.set(settling.value, case.index)) for each in records]
    )


def _after_the_end(case: Case, state: State, before: Instruction, body: TransactionObserved) -> State:
    """Nothing is reversed. What steps back below the policy's confirmations is the custodian's break until it is there."""
    last, cycle = before.observed, state.cycle(before.cycle)
    enough = body.confirmations >= state.adopted().confirmations_on(before.group.chain)
    back = last is not None and (last.block != body.block or body.confirmations < last.confirmations)
    if enough or not back:
        return state
    state = received(state, state.instruction(before.hash))
    return opened(case, state, cycle, before.group, BreakCause.REORGANISED, void=before.void)


OBSERVED = Rule(_judge, _fold)
