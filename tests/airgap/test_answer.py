"""The answer's body: a share with its event, or a refusal alone."""

import pytest

from countersign.airgap.answer import AnswerBody
from countersign.errors import Malformed

SHARE = AnswerBody(bytes(32), b"{}", b"share")
REFUSAL = AnswerBody(bytes(32), b"{}", None)


@pytest.mark.parametrize("body", [SHARE, REFUSAL])
def test_what_is_written_is_read(body):
    assert AnswerBody.parse(body.members()) == body


def test_a_refusal_is_an_answer_without_share():
    assert REFUSAL.is_refusal
    assert not SHARE.is_refusal


@pytest.mark.parametrize(
    "change, code",
    [
        ({"request": bytes(31)}, "airgap.member"),
        ({"event": b""}, "airgap.member"),
        ({"event": None}, "airgap.member"),
        ({"share": b""}, "airgap.member"),
        ({"share": False}, "airgap.member"),
        ({"extra": None}, "airgap.key-unknown"),
    ],
)
def test_one_member_changed_is_refused_by_name(change, code):
    with pytest.raises(Malformed) as refused:
        AnswerBody.parse({**SHARE.members(), **change})
    assert refused.value.code == code


def test_the_share_may_not_be_left_out():
    with pytest.raises(Malformed) as refused:
        AnswerBody.parse({"request": bytes(32), "event": b"{}"})
    assert refused.value.code == "airgap.key-missing"
