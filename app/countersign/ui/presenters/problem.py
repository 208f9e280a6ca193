"""An error in words: what happened, what is safe, what to do next (UX.md 7, DESIGN §10)."""

from dataclasses import dataclass

from countersign.errors import Conflict, CountersignError, Malformed, Refused, Unavailable
from countersign.resources.text import next_step, sentence
from countersign.ui.strings import label

_SAFE = {
    Malformed: "problem.safe-malformed",
    Refused: "problem.safe-refused",
    Unavailable: "problem.safe-unavailable",
    Conflict: "problem.safe-conflict",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One failure: `code` is the same on screen, in JSON and in a signed refusal."""

    code: str
    happened: str
    safe: str
    next: str


def problem(error: CountersignError) -> Problem:
    """The words of a foreseen error."""
    safe = next((key for kind, key in _SAFE.items() if isinstance(error, kind)), "problem.safe-conflict")
    return Problem(error.code, sentence(error.code, error.values), label(safe), next_step(error.code, error.values))


def bug(where: str) -> Problem:
    """The words of an error that is our own bug; `where` is the place of the kept evidence."""
    return Problem("ui.bug", label("problem.bug"), label("problem.bug-safe"), label("problem.bug-next", where=where))
