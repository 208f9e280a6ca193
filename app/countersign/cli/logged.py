"""What came into the log, told: entry, moment, type, hash."""

from collections.abc import Sequence

from countersign.cli import findings
from countersign.cli.words import words
from countersign.formats import times

SCHEMA = "countersign-logged/1"
Logged = tuple[str, int, int, str]
"""type, index, moment (ms), the event's hash"""


def tell_logged(done: Sequence[Logged], *, as_json: bool) -> None:
    """For a person, or for a program."""
    if as_json:
        names = ("type", "index", "time", "event")
        found = [dict(zip(names, (kind, index, _at(ms), event), strict=True)) for kind, index, ms, event in done]
        findings.show_value({"schema": SCHEMA, "logged": found})
        return
    lines = [
        words("Entry {index}, {at}: {kind} {event}", index=index, at=_at(ms), kind=kind, event=event)
        for kind, index, ms, event in done
    ]
    findings.show(lines or [words("Nothing was logged.")])


def _at(ms: int) -> str:
    return times.text(ms // 1_000)
