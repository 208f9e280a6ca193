"""What a rule judges: one event at its place in the log, against the state before it.

- A rule is a pair. `judge` raises `Refused` and changes nothing; `fold` is the change itself and is only called
  after `judge` let the event pass.
- Deadlines are judged by the entry's time, never by the author's `at`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from countersign.errors import Refused
from countersign.settlement.bodies import Body
from countersign.settlement.events import Event
from countersign.settlement.records import OVER, Concern, ContractRecord, ContractState
from countersign.settlement.roster import Holder, HolderKind
from countersign.settlement.state import State

B = TypeVar("B", bound=Body)


@dataclass(frozen=True, slots=True)
class Case:
    """The state before, the event, the entry's place and moment, and whose signatures it carries."""

    state: State
    event: Event
    index: int
    time_ms: int
    holders: tuple[Holder, ...]

    @property
    def seconds(self) -> int:
        """The entry's moment in unix seconds."""
        return self.time_ms // 1_000

    @property
    def officers(self) -> tuple[str, ...]:
        """The officers who signed."""
        return tuple(holder.id for holder in self.holders if holder.kind is HolderKind.OFFICER)

    @property
    def leis(self) -> tuple[str, ...]:
        """The participants who signed."""
        return tuple(holder.id for holder in self.holders if holder.kind is HolderKind.PARTICIPANT)

    @property
    def concern(self) -> Concern:
        """This entry, as a contract remembers it."""
        return Concern(self.index, self.event.type, self.event.hash)

    def touched(self, record: ContractRecord, **changes: object) -> ContractRecord:
        """The contract's record with `changes`, remembering this entry."""
        return replace(record, concerns=(*record.concerns, self.concern), **changes)  # type: ignore[arg-type]

    def moved(self, record: ContractRecord, to: ContractState, **changes: object) -> ContractRecord:
        """The contract's record moved to a state that this entry causes."""
        return self.touched(record, state=to, causes=record.causes.set(to.value, self.index), **changes)


@dataclass(frozen=True, slots=True)
class Rule(Generic[B]):
    """How one type of event is judged and folded."""

    judge: Callable[[Case, B], None]
    fold: Callable[[Case, B], State]


def noted(case: Case, state: State, name: str) -> State:
    """The state in which a cycle remembers this entry: it concerns every contract of the cycle and moves none."""
    cycle = state.cycle(name)
    return replace(state, cycles=state.cycles.set(name, replace(cycle, concerns=(*cycle.concerns, case.concern))))


def demand_state(record: ContractRecord, *allowed: ContractState) -> None:
    """The contract stands in one of these states, else `Refused` naming where it stands (rule 6)."""
    if record.state not in allowed:
        raise Refused("settlement.wrong-state", contract=record.hash, state=record.state.value)


def with_contracts(state: State, records: Iterable[ContractRecord]) -> State:
    """The state with these contract records in place of what it had; the one place that writes any."""
    contracts, unended = state.contracts, state.unended
    for record in records:
        contracts = contracts.set(record.hash, record)
        if record.state not in OVER:
            unended = unended.set(record.hash, record.terms.settle_by)
        elif record.hash in unended:
            unended = unended.delete(record.hash)
    return replace(state, contracts=contracts, unended=unended)
