"""What a document or a change of one says, as a code and its values: words for it lie in resources (`governance_words`).

- Values are text and integers, ready to stand in a sentence: names rather than ids, amounts grouped, times with units.

    Said("roster.suspended", {"name": "Harbour Prime", "lei": "9845HARBRP0000000083"})
"""

from dataclasses import dataclass, field

from countersign.errors import Value, Values
from countersign.formats import times


@dataclass(frozen=True, slots=True)
class Said:
    """One statement: its code, its values."""

    code: str
    values: Values = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that a change does. `until_now`: what it takes the place of, where that is a statement too."""

    then: Said
    until_now: Said | None = None


def said(code: str, **values: Value) -> Said:
    """A statement with its values by name."""
    return Said(code, values)


def grouped(number: int) -> str:
    """ "20,000,000"."""
    return f"{number:,}"


def span(seconds: int) -> str:
    """A length of time in its largest whole unit: "48 h", "90 min", "0 s"."""
    for unit, size in (("d", times.DAY), ("h", 3_600), ("min", 60)):
        if seconds and seconds % size == 0 and (unit != "d" or seconds > 2 * times.DAY):
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def minute(minutes: int) -> str:
    """A minute of the day: "16:00"."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def percent(basis_points: int) -> str:
    """ "1.00 %" of 100 basis points."""
    return f"{basis_points // 100}.{basis_points % 100:02d} %"
