"""The answer's body: a share with its event, or a refusal alone."""

import pytest

from countersign.airgap.answer import AnswerBody, Part
from countersign.errors import Malformed

SHARE = AnswerBody(bytes(32), (Part(b"{}", b"share"), Part(b"{2}", b"more")))
REFUSAL = AnswerBody(bytes(32), (Part(b"{}", None),))


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
        ({"parts": []}, "airgap.member"),
        ({"parts": None}, "airgap.member"),
        ({"parts": [{"event": b"", "share": b"x"}]}, "airgap.member"),
        ({"parts": [{"event": None, "share": b"x"}]}, "airgap.member"),
        ({"parts": [{"event": b"{}", "share": b""}]}, "airgap.member"),
        ({"parts": [{"event": b"{}", "share": False}]}, "airgap.member"),
        ({"parts": [{"event": b"{}"}]}, "airgap.key-missing"),
        ({"parts": [{"event": b"{}", "share": b"x"}, {"event": b"{}", "share": None}]}, "airgap.member"),
        ({"extra": None}, "airgap.key-unknown"),
    ],
)
def test_one_member_changed_is_refused_by_name(change, code):
    with pytest.raises(Malformed) as refused:
        AnswerBody.parse({**SHARE.members(), **change})
    assert refused.value.code == code


def test_the_parts_may_not_be_left_out():
    with pytest.raises(Malformed) as refused:
        AnswerBody.parse({"request": bytes(32)})
    assert refused.value.code == "airgap.key-missing"
