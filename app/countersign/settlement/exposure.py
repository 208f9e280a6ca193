"""What is still open with participants who may trade no more (rule 8): suspension stops new contracts, not these.

- A participant is suspended by the administrators, or its certification ran out; judged at a moment that is given.
- Open is every contract that has not ended: proposed ones too, which such a participant can no longer affirm.

    >>> [each.contract for each in exposed(state, 1795348800)]
    ['9f…']
"""

from collections.abc import Iterator
from dataclasses import dataclass

from countersign.settlement.records import OVER, ContractRecord, ContractState
from countersign.settlement.roster import Participant
from countersign.settlement.state import State

SUSPENDED, EXPIRED = "suspended", "expired"
"""Why a participant may enter no new contract."""


@dataclass(frozen=True, slots=True)
class Exposed:
    """An open contract (its hash) of a participant who may trade no more, and why: suspended or expired."""

    lei: str
    why: str
    contract: str
    state: ContractState


def barred(participant: Participant, seconds: int) -> str | None:
    """Why a participant may enter no new contract at a moment (unix seconds); None if it may."""
    if participant.certified(seconds):
        return None
    return SUSPENDED if participant.suspended else EXPIRED


def exposed(state: State, seconds: int) -> tuple[Exposed, ...]:
    """Every open contract of a participant who may trade no more at a moment, in the order in which they were logged."""
    reasons = {lei: barred(each, seconds) for lei, each in state.roster.participants.items()}
    concerned = {lei: why for lei, why in reasons.items() if why is not None}
    if not concerned:
        return ()
    records = sorted(state.contracts.values(), key=lambda record: record.concerns[0].index)
    return tuple(each for record in records for each in _of(record, concerned))


def _of(record: ContractRecord, concerned: dict[str, str]) -> Iterator[Exposed]:
    for lei in record.leis if record.state not in OVER else ():
        if lei in concerned:
            yield Exposed(lei, concerned[lei], record.hash, record.state)
