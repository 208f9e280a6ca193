"""`countersign loan LOAN`: a loan to the custodian's pool, and every entry that moved it.

    $ countersign loan cedar-loan-1 --profile profile
    $ countersign loan cedar-loan-1 --profile profile --json

- Exit 0 when it was told; 1 if there is no such loan; 2 and 3 as everywhere. docs/formats/loan-json.md.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from countersign.cli import findings, outcome
from countersign.cli.options import Ask, JsonOption, passphrase, profile_option
from countersign.cli.words import words
from countersign.errors import CountersignError
from countersign.formats import times
from countersign.settlement.saying import percent

if TYPE_CHECKING:
    from countersign.desk.lending import Line, LoanStatement

SCHEMA = "countersign-loan/1"
Statement = Callable[[Path, str, Ask], "LoanStatement"]
"""profile folder, the loan's name, how to ask for a passphrase"""
_KINDS = {
    "lending.authorised": "loan agreed",
    "lending.accrued": "interest accrued",
    "lending.recalled": "loan recalled",
}
"""What moves a loan, in the words of the window's log; another event goes by its type."""
LoanArgument = Annotated[str, typer.Argument(metavar="LOAN", help="The loan's name.")]
RestOption = Annotated[Path, profile_option("Tell what this profile's history holds.")]


def loan_command(statement: Statement) -> Callable[..., None]:
    """The command over its use case."""

    def command(loan: LoanArgument, profile: RestOption, as_json: JsonOption = False) -> None:
        try:
            found = statement(profile, loan, passphrase)
        except CountersignError as error:
            raise typer.Exit(outcome.tell(error, as_json=as_json)) from None
        if as_json:
            findings.show_value(statement_value(found))
        else:
            findings.show(statement_lines(found))

    return command


def statement_lines(found: LoanStatement) -> list[str]:
    """The statement for a person."""
    loan, unit = found.loan, found.unit
    out, back, claim, paid = (unit.display(each) for each in (loan.principal, loan.returned, loan.claim, loan.paid))
    lines = [
        words("Loan {id} of {owner}, {book} ({lei})", id=loan.id, owner=found.owner, book=loan.owner.book,
              lei=loan.owner.lei),
        words("{symbol}  {asset}", symbol=unit.symbol, asset=loan.asset),
        words("{rate} a year (actual/360)", rate=percent(loan.rate_bps)),
        words("Out now {out}, returned {back}", out=out, back=back),
        words("The pool owes {claim}, paid {paid}", claim=claim, paid=paid),
        "",
    ]  # fmt: skip
    for each in found.lines:
        kind = words(_KINDS.get(each.kind, each.kind))
        at, sums = times.text(each.time_ms // 1_000), [unit.display(one) for one in (each.interest, each.paid)]
        lines.append(words("{at}  entry {index}  {kind}: earned {interest}, paid {paid}", at=at, index=each.index,
                           kind=kind, interest=sums[0], paid=sums[1]))  # fmt: skip
        then = {"out": unit.display(each.principal), "claim": unit.display(each.claim)}
        lines.append(words("    then out {out}, owed {claim}", **then))
    return lines


def statement_value(found: LoanStatement) -> dict[str, object]:
    """The statement as a program reads it; amounts are decimal strings in base units."""
    loan = found.loan
    return {
        "schema": SCHEMA,
        "loan": loan.id,
        "owner": {"lei": loan.owner.lei, "book": loan.owner.book},
        "asset": loan.asset,
        "rate_bps": loan.rate_bps,
        "principal": str(loan.principal),
        "returned": str(loan.returned),
        "claim": str(loan.claim),
        "paid": str(loan.paid),
        "accrued_to": times.date_text(loan.accrued_to),
        "lines": [_line_value(each) for each in found.lines],
    }


def _line_value(each: Line) -> dict[str, object]:
    return {
        "index": each.index,
        "at": times.text(each.time_ms // 1_000),
        "type": each.kind,
        "principal": str(each.principal),
        "interest": str(each.interest),
        "paid": str(each.paid),
        "claim": str(each.claim),
    }
