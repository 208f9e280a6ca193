"""`countersign handover --profile DIR`: what another machine is enrolled with, and the twelve words to read aloud.

    $ countersign handover --profile profile
    $ countersign handover --profile profile --out founding.history

- The words stand for the desk's key, its log's key, the witnesses and how many of them count: they are the same on every
  machine that trusts this desk, and are what `countersign enrol` asks for on the other side.
- `--out` writes anchor, entries and head as this profile has proved them. The file proves nothing by itself.
- Exit 0 when shown or written; 1 if nothing is proved here or the file is there already; 2 and 3 as everywhere.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from countersign.cli import findings, outcome
from countersign.cli.options import Ask, JsonOption, RestOption, passphrase
from countersign.cli.words import words
from countersign.cli.writing import write_new
from countersign.desk.enrolment import History, phrase_of
from countersign.errors import CountersignError

SCHEMA = "countersign-handover/1"
Handover = Callable[[Path, Ask], History]
"""profile folder, how to ask for its passphrase"""
HistoryOption = Annotated[Path | None, typer.Option("--out", help="Write the history here, for the other machine.")]


def handover_command(handover: Handover) -> Callable[..., None]:
    """The command over its use case."""

    def command(profile: RestOption, out: HistoryOption = None, as_json: JsonOption = False) -> None:
        try:
            found = handover(profile, passphrase)
            if out is not None:
                write_new(out, found.serialise())
        except CountersignError as error:
            raise typer.Exit(outcome.tell(error, as_json=as_json)) from None
        if as_json:
            findings.show_value(_value(found))
        else:
            findings.show(_lines(found, out))

    return command


def _lines(found: History, out: Path | None) -> list[str]:
    quorum = found.anchor.quorum
    lines = [
        words("Desk {desk}, log key {log}", desk=quorum.origin, log=str(quorum.log)),
        words("{k} of {n} witnesses: {names}", k=quorum.k, n=len(quorum.witnesses),
              names=", ".join(each.name for each in quorum.witnesses)),
        words("Read these words aloud: {phrase}", phrase=phrase_of(found.anchor)),
    ]  # fmt: skip
    if out is not None:
        lines.append(words("Written: {path}, {count} entries", path=str(out), count=f"{len(found.records):,}"))
    return lines


def _value(found: History) -> dict[str, object]:
    quorum = found.anchor.quorum
    return {
        "schema": SCHEMA,
        "desk": quorum.origin,
        "log": str(quorum.log),
        "witnesses": [each.name for each in quorum.witnesses],
        "quorum": quorum.k,
        "phrase": phrase_of(found.anchor),
        "entries": len(found.records),
    }
