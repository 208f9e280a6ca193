"""docs/checks.md lists exactly the checks and the hostile cases that there are."""

from pathlib import Path

from countersign.review.check import Check
from countersign.review.checks import CHECKS
from hostile import scripted
from hostile.scripted import SCRIPTED
from hostile.test_hostile import CASES

PAGE = Path(__file__).parents[2] / "docs" / "checks.md"


def row(check: Check) -> str:
    """One check's line of the table."""
    look = check.look
    where = f"`review/{look.__module__.rsplit('.', 1)[1]}.py` `{look.__name__}`"
    cases = [
        f"{case.name}" + (f" (also {', '.join(sorted(case.also))})" if case.also else "")
        for case in CASES
        if case.check == check.code
    ]
    return f"| {check.code} | {check.name} | {where} | {' · '.join(cases)} |"


def test_the_page_lists_every_check_with_its_hostile_cases() -> None:
    table = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| ") and "`review/" in line]
    assert table == [row(check) for check in CHECKS]


def test_the_page_lists_what_is_scripted_and_its_tests_are_there() -> None:
    lines, here = PAGE.read_text("utf-8").splitlines(), Path(__file__).parent
    for each in SCRIPTED:
        assert lines.count(scripted.row(each)) == 1, scripted.row(each)
        for test in each.tests:
            file, _, name = test.partition("::")
            assert f"def {name}(" in (here / file).read_text("utf-8"), test
