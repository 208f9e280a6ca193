"""The records of the desk's own house: reconciliations, the log's former keys, ceremonies.

>>> state.reconciled.breaks
0
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reconciled:
    """A reconciliation in the log: the size at which it was made, its report's SHA-256, what it compared and found."""

    as_of: int
    report: str
    accounts: int
    breaks: int
    index: int


@dataclass(frozen=True, slots=True)
class FormerLog:
    """A vkey under which the log's heads of up to `size` entries were signed."""

    log: str
    size: int


@dataclass(frozen=True, slots=True)
class Ceremony:
    """A recorded ceremony: kind, SHA-256 of its document, the words read aloud, the officers who signed, its entry."""

    kind: str
    document: str
    phrase: str | None
    present: tuple[str, ...]
    index: int
    time_ms: int


@dataclass(frozen=True, slots=True)
class Outside:
    """Numbers of a Safe that something outside the log used, both included, as entry `index` told by passing them by."""

    first: int
    last: int
    index: int
