"""Whom an event concerns, so that the table of readers can say who receives its opening.

- Judged in the state after the event, for then its contract, cycle or instruction is known.
- An event that was refused concerns nobody but the officers.

    >>> may_receive(state, event, Holder(HolderKind.PARTICIPANT, lei))
    True
"""

from collections.abc import Iterable, Iterator

from countersign.settlement import events, permissions
from countersign.settlement.bodies import CycleClosed, DepositCredited
from countersign.settlement.contract import Contract
from countersign.settlement.events import Event
from countersign.settlement.lending_bodies import LendingAuthorised, LendingRecalled
from countersign.settlement.roster import Holder, HolderKind
from countersign.settlement.state import State


def carried(event: Event) -> Contract | None:
    """The contract that an event carries, with its signatures; None for an event that only names one, or none."""
    contract = getattr(event.body, "contract", None)
    return contract if isinstance(contract, Contract) else None


def contracts_of(state: State, event: Event) -> tuple[str, ...]:
    """The hashes of the contracts that an event concerns."""
    body = event.body
    if (whole := carried(event)) is not None:
        replaced = whole.terms.replaces
        return (whole.hash,) if replaced is None else (whole.hash, replaced)
    contract = getattr(body, "contract", None)
    if isinstance(contract, str):
        return (contract,)
    instruction = state.instructions.get(getattr(body, "instruction", ""))
    cycle = state.cycles.get(instruction.cycle if instruction else getattr(body, "cycle", ""))
    return cycle.contracts if cycle else ()


def concerned(state: State, event: Event) -> tuple[str, ...]:
    """The LEIs of the participants that an event concerns, ascending; a cycle concerns those whom it left out too."""
    if isinstance(event.body, DepositCredited | LendingAuthorised):
        return (event.body.owner.lei,)
    if isinstance(event.body, LendingRecalled):
        loan = state.loans.get(event.body.loan)
        return (loan.owner.lei,) if loan else ()
    left_out = [each.contract for each in event.body.short] if isinstance(event.body, CycleClosed) else []
    records = [state.contracts.get(contract) for contract in (*contracts_of(state, event), *left_out)]
    return tuple(sorted({lei for record in records if record for lei in record.leis}))


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
