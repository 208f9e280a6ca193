"""The published Bybit transactions, as the Safe service lists them: each refused, in words an officer understands."""

from functools import cache

import pytest

from countersign.ethereum import service
from countersign.ethereum.safe import SafeVersion
from countersign.resources.text import next_step, sentence
from countersign.review.case import Case, Channel, InstructionFacts, Mode
from countersign.review.checks import verdict
from countersign.review.finding import Finding, Status, Verdict
from support.review_cases import story
from support.vectors import vector_path

EXECUTED, PROPOSED = 0, 1


@cache
def rows() -> tuple[service.ServiceTx, ...]:
    return service.parse(vector_path("safe/bybit_safe_tx_71.json").read_bytes(), 1, SafeVersion(1, 1, 1)).rows


def case(row: int, *, anchored: bool = False) -> Case:
    """One row, looked at with nothing to judge by, or by a machine of another desk."""
    listed = tuple((one.owner, one.signature) for one in rows()[row].confirmations)
    facts = InstructionFacts("safe-tx", b"", claim=rows()[row].claim, confirmations=listed, about=f"row {row + 1}")
    if anchored:
        return story().safe_case(mode=Mode.LOOK, instruction=facts, contracts=(), signer=None)
    return Case(Mode.LOOK, instruction=facts, channel=Channel.ONLINE)


def fails(found: Verdict) -> dict[str, Finding]:
    return {finding.check: finding for finding in found.findings if finding.status is Status.FAIL}


@pytest.mark.parametrize("row", [EXECUTED, PROPOSED])
@pytest.mark.parametrize("anchored", [False, True])
def test_each_row_gets_a_verdict_and_none_may_be_signed(row: int, anchored: bool) -> None:
    found = verdict(case(row, anchored=anchored))
    assert not found.may_sign
    assert {"E1", "E7", "E9"} <= set(fails(found))


def test_the_executed_one_is_refused_for_handing_over_the_safe_s_own_code() -> None:
    found = fails(verdict(case(EXECUTED)))
    assert found["E3"].reason == "E3.delegatecall"
    words = sentence(found["E3"].reason, found["E3"].values)
    assert words == (
        "This is not a transfer. With operation 1 it hands the Safe's own code to "
        "0x96221423681A6d52E184D440a8eFCEbB105C7242: that contract would act as the Safe itself and could replace the "
        "wallet and take all that is in it."
    )
    assert next_step(found["E3"].reason, found["E3"].values).startswith("Do not sign.")


def test_the_proposed_one_is_a_plain_call_whose_signatures_were_made_for_the_other() -> None:
    judged = verdict(case(PROPOSED))
    assert all(finding.status is Status.PASS for finding in judged.of("E3"))
    reasons = [finding.reason for finding in judged.of("E9")]
    assert reasons == ["E9.listed"] * 3
    words = [sentence(finding.reason, finding.values) for finding in judged.of("E9")]
    assert all("it was made for another one" in one for one in words)


def test_over_the_executed_hash_the_owners_did_sign_but_in_a_way_that_is_never_imported() -> None:
    assert [finding.reason for finding in verdict(case(EXECUTED)).of("E9")] == ["E9.kind"] * 3


def test_the_words_are_whole(capsys: pytest.CaptureFixture[str]) -> None:
    lines = []
    for row in (EXECUTED, PROPOSED):
        lines.append(f"row {row + 1}: {'refused' if not verdict(case(row)).may_sign else 'accepted'}")
        for finding in verdict(case(row)).findings:
            if finding.status is Status.FAIL:
                lines.append(f"  {finding.check} {sentence(finding.reason, finding.values)}")
                assert "(not given)" not in lines[-1]
    with capsys.disabled():
        print("\n" + "\n".join(lines))
