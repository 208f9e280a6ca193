"""The bodies of lending's events, with their strict readers (rule 11).

- A loan names whose units lie in the custodian's pool; it keeps the rate at which it was authorised.
- The worked example of each stands in docs/formats/events.md.
"""

from dataclasses import dataclass

from countersign.settlement import readers, roster_document
from countersign.settlement.roster import Party


@dataclass(frozen=True, slots=True)
class LendingAuthorised:
    """`amount` base units of the owner's available assets go to the pool, at `rate_bps` a year (actual/360)."""

    loan: str
    owner: Party
    asset: str
    amount: int
    rate_bps: int


@dataclass(frozen=True, slots=True)
class LendingAccrued:
    """Interest of every loan of an asset, up to and with the day `date`: `interest` whole base units over `loans` loans."""

    asset: str
    date: str
    loans: int
    interest: int


@dataclass(frozen=True, slots=True)
class LendingRecalled:
    """The loan ends: its units are available again, and the pool pays what interest it can."""

    loan: str
    reason: str


READERS: dict[str, tuple[type, dict[str, readers.Reader[object]]]] = {
    "lending.authorised": (
        LendingAuthorised,
        {
            "loan": readers.identifier,
            "owner": roster_document.party,
            "asset": readers.asset,
            "amount": readers.positive_amount,
            "rate_bps": readers.integer(0, 100_000),
        },
    ),
    "lending.accrued": (
        LendingAccrued,
        {"asset": readers.asset, "date": readers.date, "loans": readers.integer(1), "interest": readers.amount},
    ),
    "lending.recalled": (LendingRecalled, {"loan": readers.identifier, "reason": readers.prose}),
}
"""Body and fields of each type."""
