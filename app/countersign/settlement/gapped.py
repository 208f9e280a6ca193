"""A history with gaps: an evidence pack holds one settlement, not the others that used its Safes in between.

- The rules are the machine's own. Only one thing is not held against what is told: a Safe whose number went on further than
  the told transactions took it, for those in between are not in the file: other settlements' or, which no pack can tell, used
  outside the log. A number that is used up already is refused as ever.

    >>> replay(entries).faults
    Map()
"""

from collections.abc import Iterable
from dataclasses import replace

from countersign.errors import Malformed
from countersign.settlement import events, machine, numbers
from countersign.settlement.bodies import InstructionPrepared
from countersign.settlement.governance_bodies import OwnersOrdered
from countersign.settlement.machine import Entry
from countersign.settlement.records import SafeUse
from countersign.settlement.state import EMPTY, State


def replay(entries: Iterable[Entry], state: State = EMPTY) -> State:
    """The state after these entries, in order. An entry that is refused changes nothing and becomes a fault."""
    for entry in entries:
        told = machine.replay([entry], _ready(state, entry))
        state = machine.replay([entry], state) if entry.index in told.faults else told
    return state


def _ready(state: State, entry: Entry) -> State:
    """The state with a Safe's numbers counted as used up to the one that this entry names: by what is not in the file."""
    try:
        body = events.parse(entry.event).body
    except Malformed:
        return state
    match body:
        case OwnersOrdered():
            vault, nonce = body.vault, body.nonce
        case InstructionPrepared(nonce=int(nonce)) if len(body.vaults) == 1:
            vault = body.vaults[0]
        case _:
            return state
    first = numbers.expected(state, vault)
    if first is None or nonce <= first:
        return state
    use = state.safes.get(vault, SafeUse())
    return replace(state, safes=state.safes.set(vault, replace(use, executed=nonce - 1)))
