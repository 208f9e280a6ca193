"""The exit status is a property of the report."""

import pytest

from countersign.desk.reports import (
    AuditReport,
    CheckReport,
    FileReport,
    Judged,
    Kind,
    faulted,
    noted,
    refused,
    silent,
)
from countersign.errors import Malformed, Refused
from countersign.review.finding import Finding, Status, Verdict, blocked, not_applicable

GOOD = FileReport("a", Kind.PSBT, "00")
BAD = FileReport("b", Kind.PSBT, "00", Malformed("B2.magic"))
PASS = noted("desk.audit-books-balance", "", "", "")
FAIL = faulted("desk.audit-books-differ", "", "", "")


def judged(*findings: Finding) -> Judged:
    return Judged(("a",), Verdict(findings))


@pytest.mark.parametrize(
    ("files", "findings", "status"),
    [
        ((GOOD,), (PASS, not_applicable("T1", "T1.no-envelope")), 0),
        ((GOOD,), (PASS, FAIL), 1),
        ((GOOD,), (PASS, blocked("L3", "anchor")), 1),
        ((GOOD, BAD), (PASS,), 2),
        ((BAD,), (FAIL,), 2),
    ],
)
def test_two_wins_over_one_and_one_over_nothing(
    files: tuple[FileReport, ...], findings: tuple[Finding, ...], status: int
) -> None:
    assert CheckReport(files, (judged(*findings),)).status == status
    malformed = tuple((each.name, each.error) for each in files if each.error is not None)
    assert AuditReport("pack", "", 0, (judged(*findings),), malformed=malformed).status == status


def test_nothing_judged_is_nothing_proved() -> None:
    assert CheckReport((GOOD,), ()).status == 1
    assert AuditReport("pack", "", 0, ()).status == 1


def test_a_refusal_stands_under_its_own_check() -> None:
    assert refused(Refused("B11.stranger", input=0, key="k"), "share", "valid").check == "B11"
    other = refused(Refused("desk.pack-other-head", index=1), "share", "valid")
    assert (other.check, other.status, other.values) == ("audit", Status.FAIL, {"index": 1})
    silent(1, 2)
