"""How checks run: all, in order, blocked by name, switched off only by a test."""

from collections.abc import Iterator

import pytest

from countersign.review.case import Case, InstructionFacts, Mode
from countersign.review.check import Check, judge, worst
from countersign.review.finding import Finding, Status, failed, not_applicable, passed
from countersign.review.reading import Reading

CASE = Case(Mode.LOOK)


def says_yes(reading: Reading) -> Iterator[Finding]:
    yield passed("C1", "same-hash", "", "", "")


def says_no(reading: Reading) -> Iterator[Finding]:
    yield failed("C2", "strict", "", "", "")


def silent(reading: Reading) -> Iterator[Finding]:
    yield from ()


def test_a_check_whose_need_fails_is_blocked_by_it_and_so_is_what_needs_that_one() -> None:
    found = judge(
        CASE, (Check("C2", "A", says_no), Check("C1", "B", says_yes, ("C2",)), Check("C3", "D", says_yes, ("C1",)))
    )
    assert [(one.check, one.status, one.blocked_by) for one in found.findings] == [
        ("C2", Status.FAIL, None),
        ("C1", Status.BLOCKED, "C2"),
        ("C3", Status.BLOCKED, "C2"),
    ]


def test_a_check_that_is_switched_off_says_so_and_blocks_nothing() -> None:
    checks = (Check("C2", "A", says_no), Check("C1", "B", says_yes, ("C2",)))
    found = judge(CASE, checks, without=frozenset({"C2"}))
    assert [(one.status, one.reason) for one in found.findings] == [
        (Status.NOT_APPLICABLE, "review.switched-off"),
        (Status.PASS, "C1.same-hash"),
    ]


def test_a_check_of_one_kind_of_instruction_is_not_blocked_over_another() -> None:
    checks = (Check("C2", "A", says_no), Check("C1", "B", says_yes, ("C2",), "psbt"))
    assert judge(CASE, checks).of("C1")[0].status is Status.PASS
    psbt = Case(Mode.LOOK, instruction=InstructionFacts("psbt", b""))
    assert judge(psbt, checks).of("C1")[0].status is Status.BLOCKED


@pytest.mark.parametrize("look", [silent, says_yes])
def test_a_check_must_say_something_and_only_in_its_own_name(look: object) -> None:
    with pytest.raises(AssertionError, match="C9"):
        judge(CASE, (Check("C9", "X", look),))  # type: ignore[arg-type]


def test_the_worst_of_several_findings() -> None:
    yes, no, none = (
        passed("C1", "same-hash", "", "", ""),
        failed("C2", "strict", "", "", ""),
        not_applicable("C1", "x.y"),
    )
    assert worst([yes, no]) is Status.FAIL
    assert worst([yes, none]) is Status.PASS
    assert worst([none]) is Status.NOT_APPLICABLE
