"""`countersign enrol FILE --profile DIR`: tell a machine whom to trust, after two people compared twelve words.

    $ countersign enrol founding.history --profile profile --present ada,conrad --record enrolment.proposal

- The words of the file's anchor are shown; a person then types the words that the other side reads aloud from its own
  screen. Only the same words let the profile trust that desk. Without a terminal nothing is enrolled.
- A profile that is not there is made, with a new passphrase asked twice, or read from its file. `--record` drafts the record of
  the ceremony, for those present to sign on their consoles.
- Exit 0 when enrolled; 1 if the words differ or the history is refused; 2 and 3 as everywhere.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from countersign.cli import findings, outcome, pins, reading
from countersign.cli.options import Ask, JsonOption, new_passphrase, passphrase
from countersign.cli.words import words
from countersign.cli.writing import write_new
from countersign.desk import ceremonies, enrolment
from countersign.desk.enrolment import History
from countersign.desk.order import Order
from countersign.errors import CountersignError, Malformed
from countersign.settlement.governance_bodies import ENROLMENT

SCHEMA = "countersign-enrolment/1"
Enrol = Callable[[Path, History, Ask, Ask], Order]
"""profile folder, what was handed over, how to ask for a passphrase, how to ask for a new one"""
HistoryArgument = Annotated[Path, typer.Argument(metavar="FILE", help="The enrolment history that was handed over.")]
IntoOption = Annotated[Path, typer.Option("--profile", help="The profile to enrol; made if it is not there.")]
PresentOption = Annotated[str | None, typer.Option("--present", help="Officers present, by id, with commas.")]
RecordOption = Annotated[Path | None, typer.Option("--record", help="Draft the ceremony's record here.")]


def enrol_command(enrol: Enrol) -> Callable[..., None]:
    """The command over its use case."""

    def command(
        file: HistoryArgument,
        profile: IntoOption,
        present: PresentOption = None,
        record: RecordOption = None,
        as_json: JsonOption = False,
    ) -> None:
        if (present is None) != (record is None):
            raise typer.BadParameter("give --present and --record together")
        try:
            handed = History.parse(reading.read_file(file, enrolment.LIMIT))
            compare(handed)
            order = enrol(profile, handed, passphrase, new_passphrase)
            if record is not None and present is not None:
                write_new(record, _record(order, handed, present))
        except CountersignError as error:
            raise typer.Exit(outcome.tell(error, as_json=as_json)) from None
        _told(order, handed, as_json)

    return command


def compare(handed: History) -> None:
    """Show the words, ask for those that the other side reads. Refused("desk.enrolment-words"); Unavailable("cli.no-terminal")."""
    quorum = handed.anchor.quorum
    lines = [
        words("Desk {desk}, log key {log}", desk=quorum.origin, log=str(quorum.log)),
        words("{k} of {n} witnesses: {names}", k=quorum.k, n=len(quorum.witnesses),
              names=", ".join(each.name for each in quorum.witnesses)),
        words("The words of this file: {phrase}", phrase=enrolment.phrase_of(handed.anchor)),
    ]  # fmt: skip
    for line in lines:
        typer.echo(line, err=True)
    enrolment.require_same_words(handed.anchor, pins.hidden(words("The words that the other side reads aloud")))


def _record(order: Order, handed: History, present: str) -> bytes:
    people = sorted({each.strip() for each in present.split(",") if each.strip()})
    if not people:
        raise Malformed("cli.nobody-present")
    anchor = handed.anchor
    body = ceremonies.body(ENROLMENT, anchor.serialise(), enrolment.phrase_of(anchor), people)
    return order.propose("ceremony.recorded", body)


def _told(order: Order, handed: History, as_json: bool) -> None:
    desk, size = order.state.desk, order.state.size
    if as_json:
        phrase = enrolment.phrase_of(handed.anchor)
        findings.show_value({"schema": SCHEMA, "desk": desk, "size": size, "phrase": phrase})
    else:
        findings.show([words("This profile trusts {desk} and holds {size} entries.", desk=desk, size=size)])
