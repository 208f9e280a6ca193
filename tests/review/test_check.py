"""How checks run: all, in order, blocked by name, switched off only by a test."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from countersign.review.case import Case, Channel, ClockFacts, InstructionFacts, JournalFacts, Mode
from countersign.review.check import Check, judge, judge_again, judge_to_keep, worst
from countersign.review.finding import Finding, Status, failed, not_applicable, passed
from countersign.review.reading import Reading
from countersign.settlement.state import State

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


class Told:
    """Checks that remember that they ran; the first asks for the clock and fails after ten."""

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.checks = (
            Check("C4", "A", self.timed),
            Check("C1", "B", self.still),
            Check("C3", "D", self.needs, ("C4",)),
        )

    def timed(self, reading: Reading) -> Iterator[Finding]:
        self.ran.append("C4")
        late = reading.clock is not None and reading.clock.judged > 10
        yield failed("C4", "late", "", "", "") if late else passed("C4", "in-time", "", "", "")

    def still(self, reading: Reading) -> Iterator[Finding]:
        self.ran.append("C1")
        yield passed("C1", "same-hash", "", "", "")

    def needs(self, reading: Reading) -> Iterator[Finding]:
        self.ran.append("C3")
        yield passed("C3", "one-hash", "", "", "")


def at(now: int, **changes: object) -> Case:
    return replace(Case(Mode.LOOK, clock=ClockFacts(now, 0, 0)), **changes)  # type: ignore[arg-type]


def test_at_another_moment_only_what_asks_for_the_clock_runs_again() -> None:
    told = Told()
    kept = judge_to_keep(at(1), told.checks)
    assert kept.timed == {"C4"}
    told.ran.clear()
    again = judge_again(at(2), kept)
    assert again is not None
    assert again.verdict == judge(at(2), Told().checks)
    assert told.ran == ["C4"]


def test_where_a_check_stands_otherwise_at_another_moment_everything_is_to_be_judged() -> None:
    told = Told()
    assert judge_again(at(11), judge_to_keep(at(1), told.checks)) is None
    assert judge_again(at(2), judge_to_keep(at(11), told.checks)) is None


def test_nothing_kept_stands_for_a_case_that_differs_in_anything_else() -> None:
    kept = judge_to_keep(at(1, state=State()), Told().checks)
    assert judge_again(at(2, state=kept.case.state), kept) is not None
    changes: list[dict[str, object]] = [
        {"state": State()},  # equal, and not the very same
        {"mode": Mode.SIGN},
        {"channel": Channel.USB},
        {"instruction": InstructionFacts("psbt", b"")},
        {"journal": JournalFacts(contracts={("A", 1): "00"})},
    ]
    for each in changes:
        assert judge_again(at(2, **{"state": kept.case.state, **each}), kept) is None, each
