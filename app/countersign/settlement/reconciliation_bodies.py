"""The body of `reconciliation.recorded`, with its strict reader.

- The report itself is an artefact (docs/formats/reconciliation.md); the event carries its SHA-256, where in the log it
  was made, how many accounts and trades were compared, and how many breaks were found.
"""

from dataclasses import dataclass

from countersign.settlement import readers


@dataclass(frozen=True, slots=True)
class ReconciliationRecorded:
    """`as_of`: the log size at which the books were compared; `report`: SHA-256 of the artefact."""

    as_of: int
    report: str
    accounts: int
    breaks: int


_COUNT = 10**12
"""More than any log or ledger holds."""

READERS: dict[str, tuple[type, dict[str, readers.Reader[object]]]] = {
    "reconciliation.recorded": (
        ReconciliationRecorded,
        {
            "as_of": readers.integer(1, _COUNT),
            "report": readers.sha256,
            "accounts": readers.integer(1, _COUNT),
            "breaks": readers.integer(0, _COUNT),
        },
    ),
}
"""Body and fields of each type."""
