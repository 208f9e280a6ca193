"""What findings say together."""

from countersign.errors import Malformed
from countersign.review.finding import Status, Verdict, blocked, failed, from_error, not_applicable, passed

YES = passed("C1", "same-hash", "contract", "a", "a", hash="a")
NO = failed("B8", "unpaid", "outputs", "1", "none", amount=1, destination="x")
STUCK = blocked("B9", "B3", "fee")
NONE = not_applicable("E1", "E1.no-safe-transaction")


def test_only_a_verdict_without_fail_or_blocked_may_be_signed() -> None:
    assert Verdict((YES, NONE)).may_sign
    assert not Verdict((YES, NO)).may_sign
    assert not Verdict((YES, STUCK)).may_sign
    assert not Verdict(()).may_sign


def test_what_stands_against_a_signature_begins_with_the_fails() -> None:
    found = Verdict((STUCK, YES, NO))
    assert found.against == (NO, STUCK)
    assert found.passed == 1
    assert found.of("B8") == (NO,)


def test_a_blocked_finding_names_what_blocks_it() -> None:
    alone = blocked("B9", "anchor")
    assert (alone.reason, alone.blocked_by) == ("review.unanchored", "anchor")
    assert (STUCK.reason, STUCK.values, STUCK.blocked_by) == ("review.blocked", {"check": "B9", "by": "B3"}, "B3")


def test_a_parser_s_error_is_the_fail_of_the_check_that_reports_it() -> None:
    found = from_error("C2", Malformed("C2.duplicate-key", key="amount"), "contract")
    assert (found.check, found.status, found.reason, found.values) == (
        "C2",
        Status.FAIL,
        "C2.duplicate-key",
        {"key": "amount"},
    )
