"""Rules of a child that pays for its parent: a Bitcoin transaction that waits in the pool, lifted by one that spends its change.

Child pays for parent: a miner takes both for the fee of both. Where a replacement would not do (or would cost more), the
change comes home once more, less a fee for two.

- *Dual*, like whatever is declared: operations and compliance sign the `instruction.prepared` that names what it `lifts`.
  It takes nobody's place and delivers nothing: the settlement stands where it stood.
- The parent counts, delivers, was sent, and stands in no block. One coin of each vault, of the parent's own transaction:
  the only coins that are spent before they are confirmed.
- One child for each parent. Another takes its place over the same coins, with a higher fee, once the first was sent (or
  while it lacks shares, for then nobody can send it).
- A child counts as long as its parent does. A parent that is replaced takes its child along; mined all the same, both
  count again. Once the parent is in a block no child is begun, and none without a replaced one before it is signed.
- What may be mined costs what it costs: the settlement is not final before such a child is in a block, so that its fee is
  charged with its parent's, together within each vault's agreed cap. What nobody can send is dropped, and its coins are free.

    {"purpose":"child","lifts":"60c7f4a8…","replaces":null,"spends":[{"outpoint":"<the parent's>:1",…}],…}
"""

from dataclasses import replace

from countersign.errors import Refused
from countersign.settlement import stops
from countersign.settlement.bodies import InstructionPrepared
from countersign.settlement.case import Case, noted
from countersign.settlement.ending import freed
from countersign.settlement.instructing import (
    check_counts,
    check_spends,
    claimed,
    demand_cycle,
    instruction_of,
    superseded,
)
from countersign.settlement.records import ContractState, Cycle, Instruction
from countersign.settlement.state import State

UNDER_WAY = (ContractState.SETTLING, ContractState.FAILED)


def judge(case: Case, body: InstructionPrepared) -> None:
    """A declared child may take its place in the log; else `Refused`."""
    state = case.state
    cycle = state.cycle(body.cycle)
    check_counts(cycle)
    if body.contracts != cycle.contracts:
        raise Refused("settlement.instruction-contracts", cycle=cycle.id)
    parent = state.instruction(body.lifts or "")
    _check_parent(cycle, parent)
    stops.check_cycle(state, cycle)
    demand_cycle(state, cycle, *UNDER_WAY)
    _check_first(state, body, parent)
    if not set(body.vaults) <= set(parent.group.vaults) or body.chain != parent.group.chain:
        raise Refused("settlement.not-owed", cycle=cycle.id, chain=body.chain, vaults=", ".join(body.vaults))
    made = {spend.outpoint.split(":")[0] for spend in body.spends}
    if made != {parent.transaction} or len(body.spends) != len(body.vaults):
        raise Refused("settlement.child-coins", instruction=parent.hash, transaction=parent.transaction or "")
    check_spends(state, body, body.replaces)


def _check_parent(cycle: Cycle, parent: Instruction) -> None:
    if parent.cycle != cycle.id:
        raise Refused("settlement.other-cycle", cycle=cycle.id, instruction=parent.hash)
    if parent.superseded_by is not None:
        raise Refused("settlement.superseded", instruction=parent.hash)
    if parent.group.kind != "psbt" or parent.returns or not parent.executable:
        raise Refused("settlement.child-parent", instruction=parent.hash)
    if parent.transaction is None:
        raise Refused("settlement.child-parent-unsent", instruction=parent.hash)
    if parent.seen:
        raise Refused("settlement.already-executed", instruction=parent.hash, transaction=parent.transaction)


def _check_first(state: State, body: InstructionPrepared, parent: Instruction) -> None:
    """It is the parent's only child, or takes the place of the one that counts, over the same coins."""
    before = state.child(parent)
    if before is None and body.replaces is None:
        return
    if before is None or before.hash != body.replaces:
        live = "" if before is None else before.hash
        raise Refused("settlement.child-already", instruction=parent.hash, child=live)
    if before.transaction is None and state.missing(before) == 0:
        raise Refused("settlement.child-unsent", instruction=before.hash)
    if before.seen:
        raise Refused("settlement.already-executed", instruction=before.hash, transaction=before.transaction or "")
    if {spend.outpoint for spend in before.spends} != {spend.outpoint for spend in body.spends}:
        raise Refused("settlement.replacement-coins", instruction=before.hash)


def fold(case: Case, body: InstructionPrepared) -> State:
    """The child claims its coins and counts beside its parent, in the place of the one before it."""
    state, name, parent = case.state, case.event.hash, body.lifts or ""
    if body.replaces is not None:
        state = superseded(state, body.replaces, name)
    instruction = instruction_of(case, body)
    state = claimed(_counting(state, instruction), instruction)
    state = replace(state, artefacts=state.artefacts.set(body.artefact, name))
    assert parent in state.cycle(body.cycle).children
    return noted(case, state, body.cycle)


def _counting(state: State, child: Instruction) -> State:
    cycle = state.cycle(child.cycle)
    cycle = replace(cycle, children=cycle.children.set(child.lifts or "", child.hash))
    return replace(
        state,
        instructions=state.instructions.set(child.hash, child),
        cycles=state.cycles.set(cycle.id, cycle),
    )


def check_signable(state: State, child: Instruction) -> None:
    """A share of a child still serves its parent, which counts and waits; else `Refused`."""
    parent = _parent(state, child)
    if parent.superseded_by is not None:
        raise Refused("settlement.superseded", instruction=parent.hash)
    if idle(state, child):
        raise Refused("settlement.already-executed", instruction=parent.hash, transaction=parent.transaction or "")


def idle(state: State, child: Instruction) -> bool:
    """Whether it is a child that nobody need sign any more: its parent is in a block without it."""
    return child.child and bool(state.missing(child)) and child.replaces is None and _parent(state, child).seen


def waiting(state: State, cycle: Cycle) -> tuple[Instruction, ...]:
    """The instructions of a cycle that count, each with its child, but for a child that nobody need sign any more."""
    return tuple(each for each in state.under_way(cycle) if not idle(state, each))


def check_sendable(state: State, child: Instruction) -> None:
    """A child is sent only after a parent that counts; else `Refused`."""
    parent = _parent(state, child)
    if parent.superseded_by is not None:
        raise Refused("settlement.superseded", instruction=parent.hash)


def _parent(state: State, child: Instruction) -> Instruction:
    return state.instruction(child.lifts or "")


def counts_again(state: State, child: Instruction) -> State:
    """The state in which a child that is on the chain counts, and what had taken its place does not."""
    usurper = state.child(_parent(state, child))
    if usurper is not None and usurper.hash != child.hash:
        state = freed(state, usurper)
        beaten = replace(usurper, superseded_by=child.hash)
        state = replace(state, instructions=state.instructions.set(usurper.hash, beaten))
    again = replace(child, superseded_by=None)
    return claimed(_counting(state, again), again)


def borne_beside(state: State, instruction: Instruction) -> dict[str, int]:
    """The fees by vault that a transaction's parent or child bears, as far as a node said: one cap is for both."""
    other = state.instruction(instruction.lifts) if instruction.lifts is not None else state.child(instruction)
    return dict(other.observed.fees) if other is not None and other.observed is not None else {}


def children(state: State, cycle: Cycle) -> tuple[Instruction, ...]:
    """The children that count in a cycle."""
    return tuple(each for each in state.under_way(cycle) if each.child)


def open_child(state: State, cycle: Cycle) -> Instruction | None:
    """A child that stands in no block and may yet be mined, itself or one before it; None where there is none."""
    for each in children(state, cycle):
        row = (each, *(one for one in state.replaced_by(each) if one.child))
        if not each.seen and any(state.missing(one) == 0 for one in row):
            return each
    return None


def dropped(state: State, cycle: Cycle) -> State:
    """The state in which what nobody can send claims no coin any more."""
    for each in children(state, cycle):
        if not each.seen:
            state = freed(state, each)
    return state
