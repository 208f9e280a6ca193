"""A leg that is prepared once more, by QR: what of its earlier requests is carried, and whether that is enough over there.

- A machine that signed an earlier request for the leg signs the new one only where no chain can take both (B12): it has to see
  that request give way in the log, and where the two share no coin, that the first is gone for good.
- Carried beside the rest: those requests, and the `settlement.failed` of each that is known over there. What was declared
  (a void, a replacement) and what nodes observed is not carried (`settlement.excerpt`).
- Who exports knows the whole history and makes the excerpt as the other machine will. Where that would refuse what the whole
  history allows, it says so before a code is filmed: by USB it crosses.

    >>> beside(state, live, parsed)
    {41, 57}
"""

from collections.abc import Callable, Iterable, Mapping

from countersign.airgap.request import ProvenEvent
from countersign.desk.replica import Replica
from countersign.errors import Refused
from countersign.settlement import rivalry
from countersign.settlement.events import Event
from countersign.settlement.excerpt import excerpt
from countersign.settlement.machine import Entry
from countersign.settlement.records import Instruction
from countersign.settlement.state import State
from countersign.settlement.trouble_bodies import SettlementFailed

Signed = Callable[[Instruction], bool]


def beside(state: State, live: Iterable[Instruction], since: Mapping[int, Event]) -> set[int]:
    """The entries that show what became of earlier requests for these legs. `since`: what the recipient has not replayed, by
    index."""
    before = {each.hash: each for one in live for each in _earlier(state, one)}
    cycles, first = {each.cycle for each in live}, min(since, default=0)
    failures = {index: event.body for index, event in since.items() if isinstance(event.body, SettlementFailed)}
    failures = {index: body for index, body in failures.items() if body.cycle in cycles}
    dead = (state.instruction(body.instruction) for body in failures.values())
    before |= {
        each.hash: each for each in dead if not each.declared
    }  # of other legs, too: two officers attest all of them
    told = {*before, *(each.hash for each in live)}
    failed = {
        index
        for index, body in failures.items()
        if body.instruction in told or state.instruction(body.instruction).index < first
    }
    return failed | {each.index for each in before.values()}


def _earlier(state: State, instruction: Instruction) -> tuple[Instruction, ...]:
    """What was prepared for the same leg before, but for what two persons declared."""
    found = state.prepared_for(instruction.cycle, instruction.group)
    return tuple(each for each in found if not each.declared and each.index < instruction.index)


def require_told(
    replica: Replica, instruction: Instruction, signed: Signed, replayed: int, carried: Iterable[ProvenEvent]
) -> None:
    """These events tell a machine that replayed so many entries why the leg is made afresh; else Refused("desk.only-by-usb").

    `signed`: whether it may have signed an instruction. What was prepared once, in a cycle that goes well, is not asked.
    """
    state = replica.state
    if instruction.hash in state.orders or not _anew(state, instruction):
        return
    later = [Entry(each.index, each.time_ms, each.event) for each in carried if each.index >= replayed]
    try:
        there = excerpt(later, replica.state_before(replayed))
    except Refused as error:
        raise Refused("desk.only-by-usb", instruction=instruction.hash, why=error.code) from None
    for each in rivalry.requests(state, instruction.cycle, instruction.group):
        if _only_here(state, there, each, instruction) and signed(each):
            raise Refused("desk.only-by-usb", instruction=instruction.hash, why="B12.paid-before")


def _anew(state: State, instruction: Instruction) -> bool:
    """Whether anything of its cycle was declared, failed, or prepared more than once."""
    cycle = state.cycle(instruction.cycle)
    live = state.live(cycle)
    return cycle.failed is not None or any(each.declared for each in live) or len(cycle.requested) > len(live)


def _only_here(state: State, there: State, earlier: Instruction, instruction: Instruction) -> bool:
    """Whether an earlier request for the leg is apart from this one by the whole history, and not by what is told there."""
    if earlier.nonce is not None or earlier.artefact == instruction.artefact:
        return False
    coins = {spend.outpoint for spend in instruction.spends}
    if not rivalry.apart(state, earlier, coins, None):
        return False  # by USB it is refused as well
    known = there.instructions.get(earlier.hash)
    if known is None or known.superseded_by is None:
        return True
    return not rivalry.apart(there, known, coins, None)
