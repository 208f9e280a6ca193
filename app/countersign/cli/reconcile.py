"""`countersign reconcile --trades FILE.csv`: a participant's own trades beside this log, every break named.

    $ countersign reconcile --trades trades.csv --profile profile --json

- Nothing is changed and nothing is logged.
- Exit 0; 1 where a break does not go away by itself; 2 and 3 as everywhere. docs/formats/books-json.md.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from countersign.cli import findings, outcome, reading
from countersign.cli.options import Ask, JsonOption, RestOption, passphrase
from countersign.cli.words import words
from countersign.desk import reconciliation
from countersign.desk.breaks import Break
from countersign.desk.reconciliation import Report
from countersign.desk.trade_file import MOST_BYTES
from countersign.errors import CountersignError

Reconcile = Callable[[Path, bytes, Ask], Report]
"""profile folder, the trade file, how to ask for a passphrase"""
TradesOption = Annotated[Path, typer.Option("--trades", metavar="FILE.csv", help="A participant's own trade file.")]


def reconcile_command(reconcile: Reconcile) -> Callable[..., None]:
    """The command over its use case."""

    def command(trades: TradesOption, profile: RestOption, as_json: JsonOption = False) -> None:
        try:
            report = reconcile(profile, reading.read_file(trades, MOST_BYTES + 1), passphrase)
        except CountersignError as error:
            raise typer.Exit(outcome.tell(error, as_json=as_json)) from None
        if as_json:
            findings.show_value(reconciliation.value(report))
        else:
            findings.show(list(report_lines(report)))
        raise typer.Exit(outcome.REFUSED if report.lasting else 0)

    return command


def report_lines(report: Report) -> Iterator[str]:
    """A reconciliation for a person."""
    yield words(
        "Trades of {lei} compared at {size} entries: {count}; breaks: {breaks}",
        count=report.trades,
        lei=report.lei,
        size=report.as_of,
        breaks=len(report.breaks),
    )
    for each in report.breaks:
        yield _break_line(each)


def _break_line(each: Break) -> str:
    nothing = words("nothing")
    return words(
        "{cause}: {about}, {book}, {asset}: here {here}, there {there}",
        cause=each.cause.value,
        about=each.about,
        book=each.book,
        asset=each.asset,
        here=each.here or nothing,
        there=each.there or nothing,
    )
