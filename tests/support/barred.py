"""A request of another cycle, over the coins or the number of one at hand, that the log says is gone for good."""

from dataclasses import replace

from immutables import Map

from countersign.settlement.records import Instruction
from countersign.settlement.state import State
from support import settlement_world as world

CYCLE = "cycle-before"
NAME = world.digest("a request of another cycle")
OTHER = world.digest("another contract")


def barred(state: State, like: Instruction, *, same: bool) -> State:
    """The state with it. `same`: it was for the same contracts, in a cycle that was called off; else for another settlement's."""
    (contract,) = state.cycle(like.cycle).contracts
    record = state.contract(contract)
    other = replace(record, hash=OTHER, terms=replace(record.terms, id="T-OTHER", replaces=None))
    settles = contract if same else OTHER
    cycle = replace(
        state.cycle(like.cycle),
        id=CYCLE,
        contracts=(settles,),
        instructions=Map(),
        requested=(NAME,),
        called_off=True,
    )
    gone = replace(
        like,
        hash=NAME,
        cycle=CYCLE,
        artefact=world.digest("other bytes"),
        shares=(),
        executable=False,
        for_good=True,
        superseded_by=None,
    )
    return replace(
        state,
        contracts=state.contracts.set(OTHER, other),
        cycles=state.cycles.set(CYCLE, cycle),
        instructions=state.instructions.set(NAME, gone),
    )
