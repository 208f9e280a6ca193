"""By when a proposal must be signed and logged, and why: its kind's patience, or what it is about, whichever ends first.

- A draft counts no longer than its kind may wait (`machine.PATIENCE_MS`), from the moment it was drafted.
- A release, an instruction that wants two officers and an award are refused after their contracts' time to settle, but for
  what only brings home or completes.

    >>> act_by(state, event).reason
    'desk.act-by-proposal'
"""

from collections.abc import Iterator

from countersign.errors import CountersignError
from countersign.settlement import machine
from countersign.settlement.bodies import SETTLEMENT, InstructionPrepared, ReleaseAuthorised
from countersign.settlement.deadlines import RELEASE, SETTLE, Deadline
from countersign.settlement.events import Event
from countersign.settlement.instructing import completes
from countersign.settlement.state import State
from countersign.settlement.stop_bodies import AwardMade

PROPOSAL = "desk.act-by-proposal"


def act_by(state: State, event: Event) -> Deadline:
    """The deadline of a proposal that is open, unix seconds."""
    patience = Deadline(event.at + machine.PATIENCE_MS[event.type] // 1_000, PROPOSAL)
    return min((patience, *_subjects(state, event)), key=lambda each: each.at)


def _subjects(state: State, event: Event) -> Iterator[Deadline]:
    """What ends with the contracts that it is about; nothing where the log does not know them."""
    body = event.body
    try:
        match body:
            case ReleaseAuthorised():
                waiting = [state.instruction(each) for each in body.instructions]
                bound = not waiting or not all(completes(state.cycle(body.cycle), each) for each in waiting)
                yield from _settle_by(state, body.cycle, RELEASE) if bound else ()
            case InstructionPrepared() if body.purpose == SETTLEMENT and state.cycle(body.cycle).failed is None:
                yield from _settle_by(state, body.cycle, SETTLE)
            case AwardMade():
                yield Deadline(body.contract.terms.settle_by, SETTLE)
    except CountersignError:
        return  # the rules refuse it under the name of what is not there


def _settle_by(state: State, cycle: str, reason: str) -> Iterator[Deadline]:
    for contract in state.cycle(cycle).contracts:
        yield Deadline(state.contract(contract).terms.settle_by, reason)
