"""A deadline for a person and for a program: the moment, why it bites, what to do. The same on every command.

Act by 2026-11-23T21:00:00Z: One leg was delivered and another was not; …
  → Send the other leg again, …
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from countersign.cli.words import words
from countersign.formats import times
from countersign.resources.text import next_step, sentence

if TYPE_CHECKING:
    from countersign.desk.desk_views import ActBy
    from countersign.settlement.deadlines import Deadline


def lines(by: ActBy | Deadline | None, unbounded: str = "") -> list[str]:
    """For a person; without a deadline, why there is none (the code of a sentence, or "")."""
    if by is not None:
        why = sentence(by.reason, by.values)
        return [words("Act by {at}: {why}", at=times.text(by.at), why=why), f"  → {next_step(by.reason, by.values)}"]
    return [sentence(unbounded, {}), f"  → {next_step(unbounded, {})}"] if unbounded else []


def value(by: ActBy | Deadline | None) -> dict[str, object] | None:
    """For a program."""
    return None if by is None else {"at": times.text(by.at), "code": by.reason, "values": dict(by.values)}
