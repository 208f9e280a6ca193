"""The pages of trade files and reconciliations say what the code reads."""

import json
import re
from pathlib import Path

from countersign.desk import reconciliation, trade_file
from countersign.desk.breaks import PASSING, Cause
from countersign.formats import jcs
from countersign.settlement.records import ContractState

PAGES = Path(__file__).parents[2] / "docs" / "formats"


def block(page: str, language: str) -> str:
    return (PAGES / page).read_text("utf-8").split(f"```{language}\n")[1].split("```")[0]


def test_the_trade_files_example_is_read_and_its_words_are_all_there() -> None:
    assert len(trade_file.parse(block("trade-file.md", "csv").encode()).rows) == 2
    text = (PAGES / "trade-file.md").read_text("utf-8")
    for word in (*trade_file.COLUMNS, *(each.value for each in ContractState)):
        assert f"`{word}`" in text, word
    source = Path(trade_file.__file__).read_text("utf-8")
    codes = set(re.findall(r'"(desk\.trade-file-[a-z]+)"', source))
    assert codes == set(re.findall(r"`(desk\.trade-file-[a-z]+)`", text))


def test_the_reports_example_is_a_report_and_every_cause_is_explained() -> None:
    example = json.loads(block("reconciliation.md", "json"))
    report = reconciliation.parse(jcs.encode(example))
    assert report.serialise() == jcs.encode(example)
    text = (PAGES / "reconciliation.md").read_text("utf-8")
    for cause in Cause:
        (row,) = [line for line in text.splitlines() if line.startswith("|") and f"`{cause.value}`" in line]
        assert row.endswith("| yes |" if cause in PASSING else "| no |")
