"""Two officers attest a settlement: nothing revoked it up to a checkpoint, and this much was given in the last 24 hours.

- For a cold machine that is reached by QR (DESIGN.md §3): it proves what it was shown, and is told the rest by two
  people whose consoles replayed the whole log. It never passes for proof.
- Two officers of any roles sign one event; who signs on the cold machine must not be one of them (check L8).
- The checkpoint lies behind every instruction of the cycle, and before the event itself. A later attestation takes the
  place of an earlier one.

    >>> body(state, "cycle-1", 23, root)["instructions"]
    ['3f…', '9a…']
"""

from collections.abc import Mapping
from dataclasses import replace
from math import ceil

from countersign.errors import Refused
from countersign.formats import ids
from countersign.settlement import stops
from countersign.settlement.attest_bodies import Given, StateAttested
from countersign.settlement.case import Case, Rule, demand_state, noted
from countersign.settlement.instructing import records_of
from countersign.settlement.records import Attestation, ContractState, Cycle, Instruction
from countersign.settlement.state import State
from countersign.settlement.usage import Usage


def given(state: State, cycle: Cycle) -> tuple[Given, ...]:
    """What the cycle's payers gave whom in the 24 hours before the state's newest entry, beside the cycle's own."""
    besides = [each.hash for each in state.live(cycle)]
    found = []
    for payer in sorted({each.payer.lei for each in cycle.obligations}):
        usage = state.spent.get(payer, Usage()).without(besides).at(state.time_ms // 1_000)
        found += [Given(payer, receiver, ceil(usage.to(receiver))) for receiver in sorted(usage.sums)]
    return tuple(found)


def body(state: State, cycle: str, size: int, root: str) -> Mapping[str, object]:
    """What an officer's console attests of a cycle in the state that it replayed to a checkpoint. Raises `Refused`."""
    found = state.cycle(cycle)
    live = _attestable(state, found)
    return {
        "cycle": cycle,
        "instructions": sorted(each.hash for each in live),
        "size": size,
        "root": root,
        "used": [
            {"payer": each.payer, "receiver": each.receiver, "usd": ids.amount_text(each.usd)}
            for each in given(state, found)
        ],
    }


def _attestable(state: State, cycle: Cycle) -> tuple[Instruction, ...]:
    """The instructions of a cycle that waits for shares and still stands. Raises `Refused`."""
    if cycle.called_off:
        raise Refused("settlement.attested-called-off", cycle=cycle.id)
    stops.check_cycle(state, cycle)
    for record in records_of(state, cycle):
        demand_state(record, ContractState.INSTRUCTED, ContractState.PARTLY_SIGNED)
    return state.live(cycle)


def _judge(case: Case, event: StateAttested) -> None:
    cycle = case.state.cycle(event.cycle)
    live = _attestable(case.state, cycle)
    if event.instructions != tuple(sorted(each.hash for each in live)):
        raise Refused("settlement.attested-instructions", cycle=cycle.id)
    least = max(each.index for each in live) + 1
    if not least <= event.size <= case.index:
        raise Refused("settlement.attested-size", size=event.size, least=least, most=case.index)
    payers = {each.payer.lei for each in cycle.obligations}
    for each in event.used:
        if each.payer not in payers:
            raise Refused("settlement.attested-payer", lei=each.payer, cycle=cycle.id)


def _fold(case: Case, event: StateAttested) -> State:
    officers = tuple(sorted(case.officers))
    found = Attestation(
        event.cycle, event.instructions, event.size, event.root, event.used, officers, case.index, case.time_ms
    )
    state = replace(case.state, attestations=case.state.attestations.set(event.cycle, found))
    return noted(case, state, event.cycle)


ATTESTED = Rule(_judge, _fold)
