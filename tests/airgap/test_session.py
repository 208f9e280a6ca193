"""T1: who, to whom, in which turn; the same again is answered from the record."""

from dataclasses import replace

import pytest

from countersign.airgap.envelope import Envelope, Unsealed, unseal
from countersign.airgap.session import Fresh, Repeat, SessionState, judge, next_sequence, record
from countersign.errors import Refused
from support.envelopes import OPERATIONS, REQUEST, VAULT, sealed

KEYS = {OPERATIONS.kid: OPERATIONS.public, VAULT.kid: VAULT.public}
START = SessionState(
    desk=REQUEST.desk, recipient="operator-c", senders={"operations": frozenset((OPERATIONS.kid,))}, records={}
)


def arrive(envelope: Envelope, key=OPERATIONS) -> Unsealed:
    return unseal(sealed(envelope, key), KEYS)


def refusal(state: SessionState, arrived: Unsealed) -> str:
    with pytest.raises(Refused) as refused:
        judge(state, arrived)
    return refused.value.code


def test_the_first_envelope_of_a_session_is_fresh():
    assert judge(START, arrive(REQUEST)) == Fresh()


@pytest.mark.parametrize(
    "change, code",
    [
        ({"desk": "elsewhere.example/desk"}, "T1.desk"),
        ({"recipient": "operator-d"}, "T1.recipient"),
        ({"sender": "stranger"}, "T1.sender"),
        ({"sequence": 2}, "T1.sequence"),
    ],
)
def test_one_field_changed_is_refused_by_name(change, code):
    assert refusal(START, arrive(replace(REQUEST, **change))) == code


def test_a_known_key_of_another_officer_is_refused():
    assert refusal(START, arrive(REQUEST, VAULT)) == "T1.sender-key"


def test_the_same_file_again_is_answered_from_the_record():
    arrived = arrive(REQUEST)
    received = record(START, arrived, answer=None)
    assert judge(received, arrived) == Repeat(None)
    answered = record(received, arrived, answer="answer-1")
    assert judge(answered, arrived) == Repeat("answer-1")


def test_another_envelope_under_the_same_sequence_is_refused():
    state = record(START, arrive(REQUEST), answer="answer-1")
    assert refusal(state, arrive(replace(REQUEST, request_id="request-2"))) == "T1.sequence-reused"
    assert judge(state, arrive(replace(REQUEST, request_id="request-2", sequence=2))) == Fresh()


def test_the_sequence_goes_on_by_one():
    state = record(START, arrive(REQUEST), answer=None)
    assert next_sequence(state, "operations", REQUEST.session) == 2
    assert refusal(state, arrive(replace(REQUEST, sequence=3))) == "T1.sequence"
    assert judge(state, arrive(replace(REQUEST, sequence=2))) == Fresh()


def test_a_replay_of_an_older_session_is_answered_from_the_record():
    old = arrive(REQUEST)
    state = record(START, old, answer="answer-1")
    state = record(state, arrive(replace(REQUEST, session=bytes(16))), answer="answer-2")
    assert judge(state, old) == Repeat("answer-1")


def test_an_answer_once_recorded_is_not_replaced():
    arrived = arrive(REQUEST)
    state = record(START, arrived, answer="answer-1")
    for answer in ("answer-2", None):
        with pytest.raises(Refused) as refused:
            record(state, arrived, answer=answer)
        assert refused.value.code == "T1.answered"
    assert record(state, arrived, answer="answer-1") == state


def test_what_is_refused_is_not_recorded():
    with pytest.raises(Refused):
        record(START, arrive(replace(REQUEST, sequence=9)), answer=None)
    assert START.records == {}


def test_a_removed_sender_is_refused_even_a_repeat():
    arrived = arrive(REQUEST)
    state = replace(record(START, arrived, answer="answer-1"), senders={})
    assert refusal(state, arrived) == "T1.sender"
