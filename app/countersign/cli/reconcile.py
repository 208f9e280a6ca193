"""`countersign reconcile`: a participant's own trades beside this log, or the ledger beside the chains, every break named.

    $ countersign reconcile --trades trades.csv --profile profile --json
    $ countersign reconcile --chains nodes.json --profile profile

- Nothing is changed and nothing is logged: an operations officer does that from the window.
- Exit 0; 1 where a break does not go away by itself; 2 and 3 as everywhere. docs/formats/books-json.md.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Protocol

import typer

from countersign.cli import findings, nodes, outcome, reading
from countersign.cli.nodes import NodeFile
from countersign.cli.options import Ask, JsonOption, RestOption, passphrase
from countersign.cli.words import display, words
from countersign.desk import reconciliation
from countersign.desk.breaks import Break
from countersign.desk.money import money
from countersign.desk.names import owner
from countersign.desk.reconciliation import Report
from countersign.desk.trade_file import MOST_BYTES
from countersign.errors import CountersignError
from countersign.resources.text import next_step, sentence
from countersign.settlement.roster import Roster

TradesOption = Annotated[
    Path | None, typer.Option("--trades", metavar="FILE.csv", help="A participant's own trade file.")
]
ChainsOption = Annotated[
    Path | None, typer.Option("--chains", metavar="NODES.json", help="Ask these nodes what every vault holds.")
]


class Reconcile(Protocol):
    """The use cases; each takes a profile's folder and how to ask for its passphrase. The roster names assets and people."""

    def reconcile(self, profile: Path, trades: bytes, ask: Ask) -> tuple[Report, Roster]: ...

    def reconcile_chains(self, profile: Path, nodes: NodeFile, ask: Ask) -> tuple[Report, Roster]: ...


def reconcile_command(books: Reconcile) -> Callable[..., None]:
    """The command over its use cases."""

    def command(
        profile: RestOption, trades: TradesOption = None, chains: ChainsOption = None, as_json: JsonOption = False
    ) -> None:
        if (trades is None) is (chains is None):
            raise typer.BadParameter("give either --trades FILE.csv or --chains NODES.json")
        try:
            if trades is not None:
                report, roster = books.reconcile(profile, reading.read_file(trades, MOST_BYTES + 1), passphrase)
            else:
                assert chains is not None
                file = nodes.parse(reading.read_file(chains, nodes.LARGEST))
                report, roster = books.reconcile_chains(profile, file, passphrase)
        except CountersignError as error:
            raise typer.Exit(outcome.tell(error, as_json=as_json)) from None
        if as_json:
            findings.show_value(reconciliation.value(report))
        else:
            findings.show(list(report_lines(report, roster)))
        raise typer.Exit(outcome.REFUSED if report.lasting else 0)

    return command


def report_lines(report: Report, roster: Roster) -> Iterator[str]:
    """A reconciliation for a person: what was compared, every break with its cause and what to do, each vault's two sums."""
    values = {"size": report.as_of, "breaks": len(report.breaks)}
    if report.file:
        line = "Trades of {owner} ({lei}) compared at {size} entries: {count}; breaks: {breaks}"
        yield words(line, count=report.trades, owner=owner(roster, report.lei), lei=report.lei, **values)
    else:
        line = "Vaults compared with their chains at {size} entries: {count}; breaks: {breaks}"
        yield words(line, count=report.accounts, **values)
    for each in report.breaks:
        yield _break_line(each, roster)
        code, said = each.code(trade=bool(report.file)), {"about": each.about, "book": each.book}
        yield f"  {sentence(code, said)}"
        yield f"  → {next_step(code, said)}"
    for one in report.vaults:
        ledger, chain = (_amount(roster, one.asset, units) for units in (one.ledger, one.chain))
        yield words("{vault}: ledger {ledger}, chain {chain}", vault=one.vault, ledger=ledger, chain=chain)
    if not report.breaks:
        yield words("Nothing is broken.")


def _break_line(each: Break, roster: Roster) -> str:
    here, there = (_side(roster, each.asset, text) for text in (each.here, each.there))
    known = roster.assets.get(each.asset)
    line = words(
        "{cause}: {about}, {book}, {asset}: here {here}, there {there}",
        cause=each.cause.value,
        about=each.about,
        book=each.book,
        asset=each.asset if known is None else known.symbol,
        here=here,
        there=there,
    )
    return f"{line}{words(' ({reference})', reference=each.reference) if each.reference else ''}"


def _side(roster: Roster, asset: str, text: str) -> str:
    """What one book says: an amount, a state, or nothing."""
    if not text:
        return words("nothing")
    return _amount(roster, asset, int(text)) if text.isdecimal() else text


def _amount(roster: Roster, asset: str, units: int) -> str:
    """ "250.00000000 BTC"; an asset that is not registered in base units under its id."""
    return display(money(roster, asset, units))
