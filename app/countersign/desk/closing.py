"""What a cut-off that has passed still closes, and until when it waits: read off the log, so that nobody has to remember it.

- Until the time to top up is over, nothing is closed while a contract that is in time lacks something, or waits for a loan
  to be recalled; then the cycle closes over what is held, and names what is short.
- A cut-off closes once. A desk that did not run at four o'clock closes at six what is held by then.
- After its first cycle only what was held before that cycle still goes in: the other parts of the same closing, and the
  rest of a cycle that was called off. Whatever is covered later waits for the next cut-off.
- Pure: the same state, moment and entries give the same answer on every machine.

    closing(state, seconds, moment_of).contracts
"""

from dataclasses import dataclass

from countersign.settlement import cut_off
from countersign.settlement.bodies import Short
from countersign.settlement.cut_off import Gathered, MomentOf
from countersign.settlement.records import ContractRecord, ContractState
from countersign.settlement.state import State


@dataclass(frozen=True, slots=True)
class Closing:
    """The last cut-off. `contracts`: held, and going in now (hashes, in the order of endorsement); `short`: named beside
    them; `first`: no cycle of it was closed yet; `waits`: it is not closed before `until` (unix seconds).
    """

    gathered: Gathered
    until: int
    contracts: tuple[str, ...]
    short: tuple[Short, ...]
    first: bool
    waits: bool


def closing(state: State, seconds: int, moment_of: MomentOf) -> Closing:
    """What the last cut-off before a moment (unix seconds) closes then. Refused("settlement.no-policy")."""
    policy = state.adopted()
    moment = cut_off.last_cut_off(policy, seconds)
    until = moment + policy.cycles.top_up_seconds
    closed = state.cut_offs.get(moment)
    open_until = until if closed is None else moment
    found = cut_off.gather(state, moment, seconds, moment_of, recalling=seconds < open_until)
    waits = seconds < open_until and bool(found.short or found.place)
    held = tuple(each for each in found.ready if _goes_in(state.contract(each), closed))
    return Closing(found, until, () if waits else held, found.short if closed is None else (), closed is None, waits)


def _goes_in(record: ContractRecord, closed: int | None) -> bool:
    held = record.cause(ContractState.HELD)
    return record.state is ContractState.HELD and (closed is None or (held is not None and held < closed))
