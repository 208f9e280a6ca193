"""Whom an event concerns, so that the table of readers can say who receives its opening.

- Judged in the state after the event, for then its contract, cycle or instruction is known; or by the names that a reader's
  own events say (`Gathered`), for whoever has too few events for a state.
- An event that was refused concerns nobody but the officers.

    >>> may_receive(state, event, Holder(HolderKind.PARTICIPANT, lei))
    True
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from countersign.settlement import events, permissions
from countersign.settlement.bodies import CycleClosed, DepositCredited, ReleaseAuthorised
from countersign.settlement.contract import Contract
from countersign.settlement.events import Event
from countersign.settlement.lending_bodies import LendingAuthorised, LendingRecalled
from countersign.settlement.roster import Holder, HolderKind
from countersign.settlement.state import State


class Names(Protocol):
    """Who stands in what, as far as it is known."""

    def leis_of(self, contract: str) -> tuple[str, ...]:
        """A contract's parties."""

    def contracts_in(self, cycle: str) -> tuple[str, ...]:
        """What a cycle settles."""

    def cycle_of(self, instruction: str) -> str | None:
        """The cycle of an instruction."""

    def owner_of(self, loan: str) -> str | None:
        """Whose loan it is."""


@dataclass(frozen=True, slots=True)
class _OfState:
    """The names that a state knows."""

    state: State

    def leis_of(self, contract: str) -> tuple[str, ...]:
        record = self.state.contracts.get(contract)
        return record.leis if record else ()

    def contracts_in(self, cycle: str) -> tuple[str, ...]:
        found = self.state.cycles.get(cycle)
        return found.contracts if found else ()

    def cycle_of(self, instruction: str) -> str | None:
        found = self.state.instructions.get(instruction)
        return found.cycle if found else None

    def owner_of(self, loan: str) -> str | None:
        found = self.state.loans.get(loan)
        return found.owner.lei if found else None


@dataclass(slots=True)
class Gathered:
    """The names that events say, one after another. An instruction's cycle is said by its release alone."""

    contracts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    cycles: dict[str, tuple[str, ...]] = field(default_factory=dict)
    instructions: dict[str, str] = field(default_factory=dict)
    loans: dict[str, str] = field(default_factory=dict)

    def take(self, event: Event) -> None:
        """Learn what the next event says."""
        body = event.body
        if (whole := carried(event)) is not None:
            self.contracts[whole.hash] = whole.terms.leis
        elif isinstance(body, CycleClosed):
            self.cycles[body.cycle] = body.contracts
        elif isinstance(body, ReleaseAuthorised):
            self.instructions |= dict.fromkeys(body.instructions, body.cycle)
        elif isinstance(body, LendingAuthorised):
            self.loans[body.loan] = body.owner.lei

    def leis_of(self, contract: str) -> tuple[str, ...]:
        return self.contracts.get(contract, ())

    def contracts_in(self, cycle: str) -> tuple[str, ...]:
        return self.cycles.get(cycle, ())

    def cycle_of(self, instruction: str) -> str | None:
        return self.instructions.get(instruction)

    def owner_of(self, loan: str) -> str | None:
        return self.loans.get(loan)


def carried(event: Event) -> Contract | None:
    """The contract that an event carries, with its signatures; None for an event that only names one, or none."""
    contract = getattr(event.body, "contract", None)
    return contract if isinstance(contract, Contract) else None


def contracts_of(state: State, event: Event) -> tuple[str, ...]:
    """The hashes of the contracts that an event concerns."""
    return _contracts(_OfState(state), event)


def _contracts(names: Names, event: Event) -> tuple[str, ...]:
    body = event.body
    if (whole := carried(event)) is not None:
        replaced = whole.terms.replaces
        return (whole.hash,) if replaced is None else (whole.hash, replaced)
    contract = getattr(body, "contract", None)
    if isinstance(contract, str):
        return (contract,)
    cycle = names.cycle_of(getattr(body, "instruction", ""))
    return names.contracts_in(cycle if cycle is not None else getattr(body, "cycle", ""))


def concerned(state: State, event: Event) -> tuple[str, ...]:
    """The LEIs of the participants that an event concerns, ascending; a cycle concerns those whom it left out too."""
    return concerned_by(_OfState(state), event)


def concerned_by(names: Names, event: Event) -> tuple[str, ...]:
    """The same, by these names."""
    if isinstance(event.body, DepositCredited | LendingAuthorised):
        return (event.body.owner.lei,)
    if isinstance(event.body, LendingRecalled):
        owner = names.owner_of(event.body.loan)
        return (owner,) if owner is not None else ()
    left_out = [each.contract for each in event.body.short] if isinstance(event.body, CycleClosed) else []
    return tuple(
        sorted({lei for contract in (*_contracts(names, event), *left_out) for lei in names.leis_of(contract)})
    )


def unnamed(names: Names, event: Event) -> bool:
    """Whether an event names an instruction, and nothing else, of which nobody has said whose it is."""
    instruction = getattr(event.body, "instruction", None)
    return isinstance(instruction, str) and not hasattr(event.body, "cycle") and names.cycle_of(instruction) is None


def may_receive(state: State, event: Event, reader: Holder) -> bool:
    """Whether a reader receives the event and its opening."""
    return permissions.may_read(event.type, reader, concerned(state, event))


def receivable(state: State, entries: Iterable[tuple[int, bytes]], reader: Holder) -> Iterator[int]:
    """The indices among these entries (index, event's bytes) whose openings a reader receives, in their order.

    What the rules refused, or what is no event, is the desk's fault: its officers and auditors look at it, nobody else.
    """
    for index, event in entries:
        if reader.kind is not HolderKind.PARTICIPANT or (
            index in state.events and may_receive(state, events.parse(event), reader)
        ):
            yield index
