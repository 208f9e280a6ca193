"""The moment a case is judged at."""

from countersign.review.case import Case, ClockFacts, Mode


def test_time_never_goes_back_behind_what_is_known() -> None:
    assert ClockFacts(now=10, floor=5, log=7).judged == 10
    assert ClockFacts(now=1, floor=5, log=7).judged == 7
    assert ClockFacts(now=1, floor=9, log=7).judged == 9


def test_history_is_judged_at_its_own_moment() -> None:
    assert ClockFacts(now=10, floor=5, log=7, as_of=3).judged == 3


def test_nothing_is_part_of_a_case_unless_it_is_given() -> None:
    case = Case(Mode.LOOK)
    assert (case.state, case.head, case.contracts, case.instruction, case.token) == (None, None, (), None, None)
