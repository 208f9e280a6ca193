"""The request's body: events once and in order, pointed at by index."""

from dataclasses import replace

import pytest

from countersign.airgap.request import Kind, ProvenEvent, RequestBody
from countersign.errors import Malformed
from support.envelopes import REQUEST, event

BODY = REQUEST.request


def refusal(members: object) -> str:
    with pytest.raises(Malformed) as refused:
        RequestBody.parse(members)
    return refused.value.code


def test_what_is_written_is_read():
    assert RequestBody.parse(BODY.members()) == BODY
    assert ProvenEvent.parse(event(3).members()) == event(3)


def test_an_event_is_found_by_its_index():
    assert BODY.event(5) == event(5)
    with pytest.raises(Malformed) as refused:
        BODY.event(6)
    assert refused.value.code == "airgap.event-absent"


def test_an_event_without_proof_is_read_for_a_replay_by_usb():
    bare = replace(event(3), proof=())
    assert ProvenEvent.parse(bare.members()) == bare


@pytest.mark.parametrize(
    "change, code",
    [
        ({"kind": "message"}, "airgap.member"),
        ({"artefact": b""}, "airgap.member"),
        ({"instruction": 7}, "airgap.event-absent"),
        ({"instruction": -1}, "airgap.member"),
        ({"contracts": []}, "airgap.member"),
        ({"contracts": [6]}, "airgap.event-absent"),
        ({"contracts": [5, 5]}, "airgap.order"),
        ({"events": []}, "airgap.event-absent"),
        ({"events": [event(index).members() for index in (8, 5, 0)]}, "airgap.order"),
        ({"events": [event(index).members() for index in (0, 5, 5, 8)]}, "airgap.order"),
        ({"events": [{**event(8).members(), "salt": bytes(31)}]}, "airgap.member"),
        ({"events": [{**event(8).members(), "proof": [bytes(32)] * 64}]}, "airgap.member"),
        ({"events": [{**event(8).members(), "time_ms": 2**53}]}, "airgap.member"),
        ({"events": [{**event(8).members(), "note": b"x"}]}, "airgap.key-unknown"),
        ({"extra": 1}, "airgap.key-unknown"),
    ],
)
def test_one_member_changed_is_refused_by_name(change, code):
    assert refusal({**BODY.members(), **change}) == code


def test_both_kinds_are_read():
    for kind in Kind:
        assert RequestBody.parse({**BODY.members(), "kind": kind.value}).kind is kind
