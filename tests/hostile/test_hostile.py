"""Every check stops its hostile case, nothing else does unless listed, and the near miss passes."""

from dataclasses import replace

import pytest

from countersign.resources.text import SENTENCES, next_step, sentence
from countersign.review.case import Case
from countersign.review.checks import CHECKS, CODES, judged, verdict
from countersign.review.finding import Status
from hostile import (
    afresh_cases,
    batch_cases,
    bitcoin_cases,
    child_cases,
    contract_cases,
    ethereum_cases,
    log_cases,
    lost_cases,
    machine_cases,
    outside_cases,
    owner_cases,
    policy_cases,
    ranged_cases,
    rival_cases,
    safe_state_cases,
    standing_cases,
    told_cases,
    trouble_cases,
)
from hostile.scripted import SCRIPTED
from hostile.table import Hostile

CASES: list[Hostile] = [
    *contract_cases.CASES,
    *log_cases.CASES,
    *standing_cases.CASES,
    *bitcoin_cases.CASES,
    *ranged_cases.CASES,
    *ethereum_cases.CASES,
    *batch_cases.CASES,
    *lost_cases.CASES,
    *safe_state_cases.CASES,
    *policy_cases.CASES,
    *machine_cases.CASES,
    *trouble_cases.CASES,
    *child_cases.CASES,
    *owner_cases.CASES,
    *told_cases.CASES,
    *afresh_cases.CASES,
    *rival_cases.CASES,
    *outside_cases.CASES,
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_hostile_case_is_refused_by_its_check_under_its_reason(case: Hostile) -> None:
    found = verdict(case.hostile())
    fails = [finding.reason for finding in found.of(case.check) if finding.status is Status.FAIL]
    assert case.reason in fails, (fails, [(f.check, f.reason) for f in found.against])
    assert not found.may_sign


SPANS = (1, 3_600, 86_401, 40 * 86_400, -86_400)


def later(case: Case, seconds: int) -> Case:
    """The same case at another moment."""
    return case if case.clock is None else replace(case, clock=replace(case.clock, now=case.clock.now + seconds))


ONE_OF_EACH = list({case.check: case for case in CASES}.values())


@pytest.mark.parametrize("case", ONE_OF_EACH, ids=str)
def test_a_verdict_kept_on_the_near_miss_stands_for_nothing_hostile_and_for_no_other_moment(case: Hostile) -> None:
    near, hostile = case.near(), case.hostile()
    kept = judged(near)
    assert judged(hostile, kept).verdict == verdict(hostile)
    moved = later(near, SPANS[ONE_OF_EACH.index(case) % len(SPANS)])
    assert judged(moved, kept).verdict == verdict(moved)


@pytest.mark.parametrize("case", [case for case in CASES if not case.parser], ids=str)
def test_with_its_check_switched_off_only_the_listed_overlaps_object(case: Hostile) -> None:
    found = verdict(case.hostile(), without=frozenset({case.check}))
    assert all(finding.status is Status.NOT_APPLICABLE for finding in found.of(case.check))
    assert {finding.check for finding in found.against} == case.also
    assert found.may_sign is not bool(case.also)


@pytest.mark.parametrize("case", [case for case in CASES if case.parser], ids=str)
def test_what_a_parser_refuses_blocks_everything_behind_it(case: Hostile) -> None:
    judged = case.hostile()
    found, kind = verdict(judged), judged.instruction.kind if judged.instruction is not None else ""
    behind = [check.code for check in CHECKS if case.check in check.needs and check.kind in ("", kind)]
    assert behind
    for code in behind:
        assert all(f.status is Status.BLOCKED and f.blocked_by for f in found.of(code)), code
    assert all(f.blocked_by == case.check for f in found.of(behind[0]))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_near_miss_may_be_signed(case: Hostile) -> None:
    found = verdict(case.near())
    assert found.may_sign, [(f.check, f.status, f.reason, f.expected, f.found) for f in found.against]
    assert any(finding.status is Status.PASS for finding in found.of(case.check))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_finding_speaks_in_whole_sentences(case: Hostile) -> None:
    for finding in verdict(case.hostile()).findings:
        assert finding.reason in SENTENCES, finding.reason
        for words in (sentence(finding.reason, finding.values), next_step(finding.reason, finding.values)):
            assert "(not given)" not in words, (finding.reason, words, finding.values)


def test_every_check_has_a_hostile_case_and_the_matrix_shows_who_stops_what(
    capsys: pytest.CaptureFixture[str],
) -> None:
    missing = set(CODES) - {case.check for case in CASES}
    assert not missing, f"no hostile case for {sorted(missing)}"
    assert {case.check for case in CASES} <= set(CODES)
    with capsys.disabled():
        print(f"\n{'case':64} fails")
        for case in CASES:
            failing = dict.fromkeys(f.check for f in verdict(case.hostile()).against if f.status is Status.FAIL)
            print(f"{str(case)[:63]:64} {' '.join(failing)}")
        for each in SCRIPTED:
            for name in each.cases:
                print(f"{each.check + ' ' + name:64} {each.check} (scripted: {each.tests[0].partition('::')[0]})")
        told = sum(len(each.cases) for each in SCRIPTED)
        print(f"{len(CASES)} hostile cases, {len(CODES)} checks; {told} scripted ones of {len(SCRIPTED)} more")
