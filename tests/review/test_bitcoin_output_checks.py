"""What the hostile cases leave open about B7 to B10: what must pass, and that every fault is named."""

import pytest

from countersign.bitcoin.psbt import Psbt
from countersign.review.checks import verdict
from countersign.review.finding import Status
from hostile.bitcoin_changes import (
    ATTACKERS_SCRIPT,
    GENEROUS,
    altered,
    extra,
    paying_fee,
    reversed_outputs,
    to_attacker,
)
from support import alter


def test_outputs_in_another_order_pass() -> None:
    found = verdict(altered(reversed_outputs))
    assert found.may_sign, found.against


def test_each_fault_of_the_outputs_is_a_finding_of_its_own() -> None:
    def change(psbt: Psbt) -> Psbt:
        return extra(ATTACKERS_SCRIPT, 100)(to_attacker(psbt))  # type: ignore[return-value,arg-type]

    reasons = [finding.reason for finding in verdict(altered(change)).of("B8")]
    assert set(reasons) == {"B8.unpaid", "B8.extra", "B8.dust", "B8.vault-equation"}


def test_the_change_s_map_may_be_absent() -> None:
    def change(psbt: Psbt) -> Psbt:
        return alter.one_output(psbt, alter.change_at(psbt), dict.clear)

    assert verdict(altered(change)).may_sign


@pytest.mark.parametrize(("fee", "passes"), [(380, False), (500, True), (206_000, False)])
def test_the_rate_lies_between_one_and_the_policy_s_most(fee: int, passes: bool) -> None:
    found = verdict(altered(paying_fee(fee), GENEROUS)).of("B9")
    assert all(finding.status is Status.PASS for finding in found) is passes


def test_every_bound_of_the_fee_that_is_broken_is_named() -> None:
    reasons = [finding.reason for finding in verdict(altered(paying_fee(2_500_000_000))).of("B9")]
    assert reasons == ["B9.over-cap", "B9.never", "B9.rate"]
