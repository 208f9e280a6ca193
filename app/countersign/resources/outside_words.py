"""Numbers of a Safe that were used outside the log, in words: the same in the window and at a terminal (decision 0030).

>>> lines(((4, 4),), uncompared=False)[0]
'Number 4 of this Safe was used outside this log.'
"""

from collections.abc import Sequence

from countersign.resources.text import fill

ONE = "Number {first} of this Safe was used outside this log."
SEVERAL = "Numbers {first} to {last} of this Safe were used outside this log."
UNKNOWN = "What used them, and what it moved, is not known here: compare its holdings with the ledger."
UNCOMPARED = (
    "The books were not compared since. Until operations records a reconciliation, nothing that pays from this Safe "
    "can be signed."
)
COMPARED = "The books were compared since."


def lines(lost: Sequence[tuple[int, int]], *, uncompared: bool) -> tuple[str, ...]:
    """Each stretch of numbers, first and last; whether the books were compared since. Nothing where none was lost."""
    if not lost:
        return ()
    told = [fill(ONE if first == last else SEVERAL, {"first": first, "last": last}) for first, last in lost]
    return *told, fill(UNKNOWN, {}), fill(UNCOMPARED if uncompared else COMPARED, {})
