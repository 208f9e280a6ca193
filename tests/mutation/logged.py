"""A case in which operations prepared and logged whatever bytes there are: nothing but their content speaks against them."""

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256

from countersign.review.case import Case
from countersign.review.checks import verdict


def prepared(case: Case, data: bytes) -> Case:
    """The case about these bytes, which the log's `instruction.prepared` names."""
    assert case.instruction is not None
    assert case.state is not None
    name, artefact, state = case.instruction.prepared, sha256(data).hexdigest(), case.state
    assert name is not None
    record = replace(state.instructions[name], artefact=artefact)
    state = replace(
        state, instructions=state.instructions.set(name, record), artefacts=state.artefacts.set(artefact, name)
    )
    return replace(case, state=state, instruction=replace(case.instruction, data=data, original=data))


def received(case: Case, data: bytes) -> Case:
    """The case in which these bytes came in the place of those that the log names."""
    assert case.instruction is not None
    return replace(case, instruction=replace(case.instruction, data=data))


def accepting(case: Case, change: Callable[[Case, bytes], Case]) -> Callable[[bytes], bool]:
    """Whether the case, so changed, may be signed."""
    assert verdict(case).may_sign

    def accepted(data: bytes) -> bool:
        return verdict(change(case, data)).may_sign

    return accepted
