"""`countersign loan`: a loan entry by entry, in words and as JSON; and the refusal where there is none."""

from pathlib import Path

from countersign.cli.loan import SCHEMA, statement_lines, statement_value
from countersign.desk.lending import Line, LoanStatement
from countersign.settlement.assets import Asset
from countersign.settlement.records import Loan
from countersign.settlement.roster import Party
from support import settlement_world as world
from support.command_line import CommandLine

OWNER = Party(world.MERIDIAN, "main")
LOAN = Loan("loan-1", OWNER, world.BTC, 0, 250, 9, accrued_to=20_779, returned=500_000_000, claim=1, paid=34_722)
LINES = (
    Line(9, 1_795_338_000_000, "lending.authorised", 500_000_000, 0, 0, 0),
    Line(12, 1_795_424_400_000, "lending.accrued", 500_000_000, 34_723, 0, 34_723),
    Line(13, 1_795_424_401_000, "lending.recalled", 0, 0, 34_722, 1),
)
TOLD = LoanStatement(LOAN, LINES, "Meridian Capital", Asset(world.BTC, "BTC", 8))


def test_a_loan_is_told_entry_by_entry() -> None:
    text = "\n".join(statement_lines(TOLD))
    assert f"Loan loan-1 of Meridian Capital, main ({world.MERIDIAN})" in text
    assert "2.50 % a year" in text
    assert "Out now 0.00000000 BTC, returned 5.00000000 BTC" in text
    assert "The pool owes 0.00000001 BTC, paid 0.00034722 BTC" in text
    assert "entry 12  interest accrued: earned 0.00034723 BTC, paid 0.00000000 BTC" in text
    assert "then out 5.00000000 BTC, owed 0.00034723 BTC" in text
    assert text.index("entry 9") < text.index("entry 12") < text.index("entry 13")


def test_the_json_says_the_same_in_base_units() -> None:
    value = statement_value(TOLD)
    assert (value["schema"], value["claim"], value["returned"]) == (SCHEMA, "1", "500000000")
    assert value["accrued_to"] == "2026-11-22"
    assert [line["interest"] for line in value["lines"]] == ["0", "34723", "0"]  # type: ignore[attr-defined]


def test_a_loan_that_nobody_made_is_refused_with_the_next_step(command_line: CommandLine, settled: Path) -> None:
    status, out, err = command_line.run("loan", "loan-7", "--profile", str(settled / "profile"))
    assert (status, out) == (1, "")
    assert "[settlement.unknown-loan]" in err
