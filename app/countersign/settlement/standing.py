"""Whether a settlement still stands: nothing in the log supersedes, cancels, disputes, freezes or ends it otherwise.

- One question, asked by check L8 on every machine that replayed the log.
- Final is no revocation: the settlement was done. Nor is failed: what is left of it is completed.
- An order stops no void: units come home and stay frozen there.

    >>> revoked(state, record)
    <ContractState.CANCELLED: 'cancelled'>
"""

from countersign.settlement import stops
from countersign.settlement.records import ContractRecord, ContractState
from countersign.settlement.state import State

REVOKED = frozenset(
    {
        ContractState.DECLINED,
        ContractState.CANCELLED,
        ContractState.EXPIRED,
        ContractState.SUPERSEDED,
        ContractState.DISPUTED,
        ContractState.FROZEN,
        ContractState.AWARDED,
        ContractState.VOIDED,
    }
)
"""The states in which nothing of a contract may be signed."""


def revoked(state: State, record: ContractRecord, *, void: bool = False) -> ContractState | None:
    """What became of the contract instead of its settlement; None while it stands. `void`: for one that ends it."""
    found = record.state if void else stops.standing(state, record)
    return found if found in REVOKED else None
