"""What the hostile cases leave open about B11 to B13: finished work shown, signatures counted by input."""

from dataclasses import replace

import pytest

from countersign.bitcoin import finalise
from countersign.bitcoin import psbt as psbts
from countersign.rails import bitcoin
from countersign.review.case import Case, Mode
from countersign.review.checks import verdict
from countersign.review.finding import Status
from support.review_cases import psbt_share, story


def looked_at(data: bytes) -> Case:
    """A PSBT that somebody looks at."""
    case = story().psbt_case(mode=Mode.LOOK, signer=None)
    assert case.instruction is not None
    return replace(case, instruction=replace(case.instruction, data=data))


def combined(*officers: str) -> bytes:
    unsigned = story().psbt
    return bitcoin.combine(unsigned, [psbt_share(unsigned, officer).data for officer in officers])


@pytest.mark.parametrize(("officers", "found"), [(("officer-a",), "1 of 2"), (("officer-a", "officer-d"), "2 of 2")])
def test_signatures_in_the_file_count(officers: tuple[str, ...], found: str) -> None:
    (finding,) = verdict(looked_at(combined(*officers))).of("B11")
    assert (finding.status, finding.found) == (Status.PASS, found)


def test_a_finished_psbt_no_longer_carries_what_b4_compares_and_is_not_judged_further() -> None:
    finished = psbts.serialise(finalise.finalise(psbts.parse(combined("officer-c", "officer-d"))))
    found = verdict(looked_at(finished))
    assert {finding.reason for finding in found.of("B4")} == {"B4.no-script"}
    assert found.of("B13")[0].blocked_by == "B4"


def test_two_shares_in_the_file_are_finished_and_verified_here() -> None:
    (finding,) = verdict(looked_at(combined("officer-c", "officer-d"))).of("B13")
    assert (finding.status, finding.found) == (Status.PASS, "finished and verified")


def test_the_same_share_in_the_file_and_beside_it_is_one() -> None:
    case = looked_at(combined("officer-c"))
    assert case.instruction is not None
    twice = replace(case.instruction, shares=(psbt_share(story().psbt, "officer-c"),))
    (finding,) = verdict(replace(case, instruction=twice)).of("B11")
    assert finding.found == "1 of 2"


def test_a_share_that_is_no_psbt_is_b13_s_fail() -> None:
    case = looked_at(story().psbt)
    assert case.instruction is not None
    share = replace(psbt_share(story().psbt, "officer-c"), data=b"no psbt")
    found = verdict(replace(case, instruction=replace(case.instruction, shares=(share,))))
    assert [finding.reason for finding in found.of("B13")] == ["B2.magic"]
