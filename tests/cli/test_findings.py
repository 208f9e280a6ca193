"""Verdicts in words and in JSON: statuses as words, big numbers as text, nothing hidden in what came from a file."""

import pytest

from countersign.cli import findings
from countersign.cli.words import words
from countersign.desk.reports import Judged, faulted, noted
from countersign.review.finding import Verdict, blocked, failed, not_applicable, passed

FOUND = (
    failed("B8", "unpaid", "outputs", "250 BTC", "no\x1b[2J such output"),
    blocked("B9", "B8"),
    passed("L3", "included", "contract", "leaf 3", "leaf 3", index=3, size=8),
    not_applicable("T1", "T1.no-envelope"),
    faulted("desk.audit-fault", "entry 3", "accepted", "x", index=3, why="x"),
    noted("desk.audit-books-balance", "books", "", ""),
)


def test_findings_stand_under_their_letters_in_the_officers_order() -> None:
    lines = list(findings.verdict_lines(Judged(("a", "b"), Verdict(FOUND), 12)))
    text = "\n".join(lines)
    titles = [title for _, title in findings.GROUPS if f"  {title}" in lines]
    assert titles == ["Audit log", "Bitcoin", "Transport", "Record"]
    assert (
        "Judged as of log size 12: by the log's first 12 entries. The log itself (L1 to L6) by its newest checkpoint."
        in text
    )
    assert "Not in order: 3 against it, 2 passed." in text


def test_a_fail_says_what_was_expected_what_was_found_and_what_to_do() -> None:
    mark, beside, then = findings.finding_lines(FOUND[0])
    assert "FAIL" in mark
    assert "expected 250 BTC; found no\\u{1b}[2J such output" in beside
    assert "→" in then
    assert len(list(findings.finding_lines(FOUND[2]))) == 1
    assert len(list(findings.finding_lines(FOUND[1]))) == 2


@pytest.mark.parametrize(("given", "written"), [(3, 3), (2**53, str(2**53)), (-(2**60), str(-(2**60))), ("x", "x")])
def test_json_never_rounds_a_number(given: int | str, written: int | str) -> None:
    value = findings.finding_value(passed("E5", "pays-what-is-owed", "", "", "", amount=given))
    assert value["values"] == {"amount": written}


def test_words_spell_out_what_is_hidden() -> None:
    assert words("{done} of {total}", done="1\u202e", total=3) == "1\\u{202e} of 3"
