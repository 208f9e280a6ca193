"""The archive only grows, knows its records by index and by identity, and takes the same record twice without a
word."""

import hashlib

import pytest

from countersign.errors import Conflict, Malformed, Unavailable
from countersign.formats import base64url
from countersign.store.archive import event_identity


def test_records_come_back_whole_and_in_order(profile, record):
    profile.archive.append(record(0, b"first"))
    assert profile.archive.extend([record(1, b"second"), record(2, b"third")]) == 2
    assert [each.event for each in profile.archive.records()] == [b"first", b"second", b"third"]
    assert profile.archive.records(1, 2) == (record(1, b"second"),)
    assert (profile.archive.size(), profile.archive.record(2)) == (3, record(2, b"third"))


def test_the_same_record_again_changes_nothing_and_another_is_a_conflict(profile, record):
    profile.archive.append(record(0))
    head = profile.head()
    profile.archive.append(record(0))
    assert profile.head() == head
    with pytest.raises(Conflict) as refusal:
        profile.archive.extend([record(1), record(0, b"other")])
    assert refusal.value.code == "store.other-record"
    assert profile.archive.size() == 1, "all or none"


def test_a_gap_stays_a_gap(profile, record):
    profile.archive.append(record(5))
    assert (profile.archive.size(), profile.archive.held()) == (6, 1)
    with pytest.raises(Unavailable):
        profile.archive.record(3)


def test_an_event_is_found_by_the_hash_of_its_payload(profile, record):
    payload = b'{"type":"desk.founded"}'
    event = b'{"payload":"%s","signatures":[]}' % base64url.encode(payload).encode()
    profile.archive.append(record(4, event))
    assert event_identity(event) == hashlib.sha256(payload).digest()
    assert profile.archive.by_identity(hashlib.sha256(payload).digest()).index == 4
    with pytest.raises(Unavailable):
        profile.archive.by_identity(bytes(32))


def test_bytes_that_are_no_event_keep_their_place_too():
    for event in (b"", b"\xff", b"[]", b'{"payload":1}', b'{"payload":"="}', b"[" * 100):
        assert event_identity(event) == hashlib.sha256(event).digest()


def test_a_record_without_a_whole_salt_is_malformed(profile, record):
    from dataclasses import replace

    with pytest.raises(Malformed):
        profile.archive.append(replace(record(0), salt=b"short"))
