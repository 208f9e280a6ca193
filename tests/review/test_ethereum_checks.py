"""What the hostile cases leave open about E1 to E8."""

from dataclasses import replace

from countersign.review.case import Case, InstructionFacts, Mode
from countersign.review.checks import verdict
from countersign.review.finding import Status
from support.review_cases import story


def bare(data: bytes) -> Case:
    """A Safe transaction for somebody who has no profile."""
    return Case(Mode.LOOK, instruction=InstructionFacts("safe-tx", data))


def test_what_the_bytes_alone_say_is_judged_without_an_anchor() -> None:
    found = verdict(bare(story().safe_tx))
    assert [found.of(code)[0].status for code in ("E2", "E3", "E4", "E7")] == [Status.PASS] * 4
    assert [found.of(code)[0].blocked_by for code in ("E1", "E5", "E6", "E8", "E9")] == ["anchor"] * 5


def test_a_file_that_does_not_parse_is_e2_s_fail_and_blocks_the_rest() -> None:
    found = verdict(bare(b'{"to":1}'))
    assert found.of("E2")[0].status is Status.FAIL
    assert [found.of(code)[0].blocked_by for code in ("E1", "E3", "E4", "E7", "E8", "E9")] == ["E2"] * 6


def test_a_file_that_was_never_prepared_is_said_to_be_that() -> None:
    case = story().safe_case()
    assert case.instruction is not None
    found = verdict(replace(case, instruction=replace(case.instruction, prepared=None)))
    assert found.of("E8")[0].reason == "E8.not-prepared"
    assert found.of("E5")[0].status is Status.PASS


def test_over_a_psbt_every_e_check_is_not_applicable() -> None:
    found = verdict(story().psbt_case())
    every = [finding for finding in found.findings if finding.check.startswith("E")]
    assert {finding.status for finding in every} == {Status.NOT_APPLICABLE}


def test_where_nothing_is_owed_nothing_may_be_paid() -> None:
    found = verdict(story().safe_case(contracts=()))
    assert found.of("E5")[0].reason == "E5.nothing-owed"
    assert found.of("E6")[0].blocked_by == "E5"
