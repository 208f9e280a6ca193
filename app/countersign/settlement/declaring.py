"""Declared instructions: those that operations and compliance together put in the place of one that has shares, or beside it.

- *Dual*: both sign the same `instruction.prepared`, which names what it `replaces`. Neither signs it as an officer.
- A **void** (rule 10) spends exactly the same outpoints back to the same vaults, or uses up the same Safe nonce. It may
  be declared from the first share on, and after a release as long as nothing was sent. Every instruction of the cycle
  that has shares needs one; those without are freed at once. Meanwhile none of the others takes shares.
- Where something outside the log used that nonce, the void names the Safe's next one (`numbers.py`), also after it was sent: what
  it voids can be mined no more.
- An order stops no void, nor does a dispute: units come home and stay frozen there.
- A **replacement** pays the same with a higher fee and spends every same coin, and further ones where the fee needs them:
  so only one of the two, and of a whole row of replacements, can ever be mined. It is declared after the release, where
  the first was not taken into a block. On Ethereum the outer transaction is replaced instead: what the owners signed
  stays.
- A **child** takes nobody's place: it lifts what waits for a block, by the rules of `lifting.py`.
- A replacement keeps the policy's caps like what it takes the place of; a void pays nobody.
- What the artefact does is judged by every console that signs it (B8, B9, B12, E4, E8).

    {"purpose":"void","replaces":"60c7f4a8…","spends":[…the same…],…}
"""

from dataclasses import replace

from countersign.errors import Refused
from countersign.settlement import disputing, lifting, numbers, spending, stops
from countersign.settlement.bodies import CHILD, REPLACEMENT, SETTLEMENT, InstructionPrepared
from countersign.settlement.case import Case, Rule, with_contracts
from countersign.settlement.instructing import (
    check_spends,
    check_subject,
    demand_cycle,
    fold_prepared,
    group_of,
    judge_settlement,
    records_of,
    superseded,
)
from countersign.settlement.records import ContractState, Cycle, Instruction, SafeUse
from countersign.settlement.state import State

SIGNING = (ContractState.PARTLY_SIGNED, ContractState.SIGNED, ContractState.RELEASED)


def _judge(case: Case, body: InstructionPrepared) -> None:
    if body.purpose == SETTLEMENT:
        judge_settlement(case, body)
        return
    if len(case.officers) != 2:
        raise Refused("settlement.declared-alone", purpose=body.purpose)
    if body.purpose == CHILD:
        lifting.judge(case, body)
        return
    state = case.state
    cycle = state.cycle(body.cycle)
    check_subject(state, cycle, body)
    old = _replaced(state, cycle, body)
    if body.purpose == REPLACEMENT:
        stops.check_cycle(state, cycle)
        _judge_replacement(state, cycle, body, old)
        spending.check_group(state, cycle, group_of(body), case.seconds)
    else:
        _judge_void(state, cycle, body, old)


def _replaced(state: State, cycle: Cycle, body: InstructionPrepared) -> Instruction:
    """The live instruction of the same vaults, which the event must name; it stands in no block yet."""
    name = cycle.instructions.get(group_of(body))
    if name is None and body.replaces is not None:
        raise Refused("settlement.replaces-nothing", instruction=body.replaces)
    if name is None or name != body.replaces:
        raise Refused("settlement.replaces", instruction=body.replaces or "", live=name or "")
    old = state.instruction(name)
    if old.seen:
        raise Refused("settlement.already-executed", instruction=name, transaction=old.transaction or "")
    return old


def _judge_void(state: State, cycle: Cycle, body: InstructionPrepared, old: Instruction) -> None:
    signing = (*SIGNING, ContractState.DISPUTED)
    late = body.nonce != old.nonce and numbers.later(body.nonce, _voided(state, old).nonce, or_same=True)
    in_block = any(each.seen for each in state.live(cycle))
    sent = old.void or ((late or cycle.voiding) and not in_block)
    demand_cycle(state, cycle, *((*signing, ContractState.SETTLING) if sent else signing))
    if not old.shares and not old.void:
        raise Refused("settlement.void-unshared", instruction=old.hash)
    if body.spends != old.spends or (body.nonce != old.nonce and not late):
        raise Refused("settlement.void-coins", instruction=old.hash)
    waits = state.safes.get(body.vaults[0], SafeUse()).pending
    taken = waits in state.orders or (late and waits not in (None, old.hash))
    if body.nonce is not None and taken:  # a change of owners that its chain took back goes first
        raise Refused("settlement.safe-busy", vault=body.vaults[0], instruction=waits or "")
    if late:
        numbers.require_not_used(state, body.vaults[0], body.nonce or 0)


def _voided(state: State, old: Instruction) -> Instruction:
    """What a void ends in the end, past the voids between."""
    return next((each for each in (old, *state.replaced_by(old)) if not each.void), old)


def _judge_replacement(state: State, cycle: Cycle, body: InstructionPrepared, old: Instruction) -> None:
    demand_cycle(state, cycle, ContractState.SETTLING, ContractState.FAILED)
    if cycle.voiding or old.void:
        raise Refused("settlement.voiding", cycle=cycle.id)
    if body.kind != "psbt":
        raise Refused("settlement.replacement-kind", instruction=old.hash)
    check_spends(state, body, old.hash)
    if not {spend.outpoint for spend in old.spends} <= {spend.outpoint for spend in body.spends}:
        raise Refused("settlement.replacement-coins", instruction=old.hash)


def _fold(case: Case, body: InstructionPrepared) -> State:
    if body.purpose == CHILD:
        return lifting.fold(case, body)
    state = fold_prepared(case, body)
    if body.purpose in (SETTLEMENT, REPLACEMENT):
        return state
    cycle = state.cycle(body.cycle)
    for each in state.live(cycle):
        if not each.shares and not each.void:
            state = superseded(state, each.hash, case.event.hash)
            cycle = replace(cycle, instructions=cycle.instructions.delete(each.group))
    state = replace(state, cycles=state.cycles.set(cycle.id, replace(cycle, voiding=True)))
    for record in records_of(state, cycle):
        state = disputing.let_void(state, record)
    return _signing_again(state, cycle)


def _signing_again(state: State, cycle: Cycle) -> State:
    """The contracts wait for signatures again; where a void was sent already they stay where they are."""
    moved = []
    for record in records_of(state, cycle):
        if record.state in SIGNING:
            causes = record.causes
            for passed in (ContractState.SIGNED, ContractState.RELEASED):
                causes = causes.delete(passed.value) if passed.value in causes else causes
            moved.append(replace(record, state=ContractState.PARTLY_SIGNED, causes=causes))
    return with_contracts(state, moved)


PREPARED = Rule(_judge, _fold)
