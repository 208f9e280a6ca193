"""What the scripted cases leave open about H, T and S: whose fault is whose, and what is not applicable."""

from dataclasses import replace

import pytest

from countersign.errors import Malformed
from countersign.review.case import Case, Channel, Mode
from countersign.review.checks import verdict
from countersign.review.finding import Status
from hostile.machine_cases import arrived, with_token
from support.review_cases import story


def status(case: Case, check: str) -> Status:
    return verdict(case).of(check)[0].status


@pytest.mark.parametrize(
    ("channel", "code", "check"),
    [
        (Channel.USB, "T2.link", "T2"),
        (Channel.USB, "couriers.no-medium", "T2"),
        (Channel.QR, "T3.timeout", "T3"),
        (Channel.QR, "T5.time", "T3"),
        (Channel.USB, "T4.depth", "T4"),
        (Channel.QR, "T4.depth", "T4"),
    ],
)
def test_no_refusal_on_the_way_in_is_lost(channel: Channel, code: str, check: str) -> None:
    found = verdict(arrived(channel, codec=Malformed(code)))
    assert [finding.check for finding in found.findings if finding.status is Status.FAIL] == [check]
    assert found.of("T1")[0].blocked_by == check


def test_what_came_another_way_is_not_asked_about() -> None:
    assert status(arrived(Channel.USB), "T3") is Status.NOT_APPLICABLE
    assert status(arrived(Channel.QR), "T2") is Status.NOT_APPLICABLE
    assert status(story().psbt_case(), "T4") is Status.NOT_APPLICABLE


def test_every_attribute_that_is_wrong_is_named() -> None:
    gate = (("CKA_EXTRACTABLE", "false", "true"), ("CKA_DECRYPT", "false", "true"))
    found = verdict(with_token(gate=gate, copies=2)).of("H3")
    assert [finding.values.get("attribute", "copies") for finding in found] == [
        "copies",
        "CKA_EXTRACTABLE",
        "CKA_DECRYPT",
    ]


def test_without_token_signature_and_store_their_checks_do_not_apply() -> None:
    case = replace(story().psbt_case(), token=None, signature=None, store=None, transport=None, mode=Mode.LOOK)
    for check in ("H2", "H3", "H4", "H7", "S1", "T1"):
        assert status(case, check) is Status.NOT_APPLICABLE, check


def test_a_swapped_token_s_key_is_not_looked_at() -> None:
    assert verdict(with_token(serial="another")).of("H3")[0].blocked_by == "H2"
