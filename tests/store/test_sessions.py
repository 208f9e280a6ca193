"""Envelopes: the same again is answered from the record, another under its number is refused (T1)."""

import pytest

from countersign.errors import Conflict, Refused
from countersign.store.sessions import PeerHead

ONE, TWO = b"1" * 32, b"2" * 32


def test_the_same_envelope_again_is_answered_from_the_record(make_profile, open_again):
    with make_profile() as profile:
        assert profile.journal.receive("officer-a", b"s", 1, ONE) is None
        assert profile.journal.receive("officer-a", b"s", 1, ONE) is None, "known, not answered yet"
        profile.journal.answer(ONE, b"the answer")
    with open_again() as profile:
        assert profile.journal.receive("officer-a", b"s", 1, ONE) == b"the answer"
        with pytest.raises(Conflict) as refusal:
            profile.journal.answer(ONE, b"another answer")
        assert refusal.value.code == "T1.other-answer"


def test_another_envelope_under_the_same_number_is_refused(profile):
    profile.journal.receive("officer-a", b"s", 1, ONE)
    with pytest.raises(Conflict) as refusal:
        profile.journal.receive("officer-a", b"s", 1, TWO)
    assert refusal.value.code == "T1.number-taken"
    assert profile.journal.received("officer-a", b"s", 1) == ONE


@pytest.mark.parametrize("sequence", [0, -1, 2, 3])
def test_a_number_that_is_not_the_next_is_refused(profile, sequence):
    with pytest.raises(Refused) as refusal:
        profile.journal.receive("officer-a", b"s", sequence, ONE)
    assert refusal.value.code == "T1.number-not-next"


def test_senders_and_sessions_count_by_themselves(profile):
    for sender, session in (("a", b"s"), ("a", b"t"), ("b", b"s")):
        profile.journal.receive(sender, session, 1, ONE)
    profile.journal.receive("a", b"s", 2, TWO)
    assert (profile.journal.last_received("a", b"s"), profile.journal.last_received("b", b"s")) == (2, 1)


def test_our_own_envelopes_are_numbered_apart(profile):
    assert profile.journal.next_sequence("c", b"s") == 1
    profile.journal.send("c", b"s", 1, ONE)
    assert profile.journal.next_sequence("c", b"s") == 2
    with pytest.raises(Conflict):
        profile.journal.send("c", b"s", 1, TWO)


def test_a_correspondents_head_only_rises_and_never_splits(profile):
    profile.journal.raise_peer_head("c", PeerHead(5, b"r" * 32))
    profile.journal.raise_peer_head("c", PeerHead(4, b"q" * 32))
    assert profile.journal.peer_head("c") == PeerHead(5, b"r" * 32)
    with pytest.raises(Refused) as refusal:
        profile.journal.raise_peer_head("c", PeerHead(5, b"x" * 32))
    assert refusal.value.code == "L7.two-heads"
