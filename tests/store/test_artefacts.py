"""Artefacts are known by their SHA-256, checked when they come and when they go."""

import hashlib

import pytest

from countersign.errors import Refused, Unavailable


def test_bytes_come_back_by_their_hash(profile):
    data = bytes(range(256)) * 100
    digest = profile.artefacts.put(data)
    assert digest == hashlib.sha256(data).digest()
    assert profile.artefacts.get(digest) == data
    assert profile.artefacts.digests() == (digest,)


def test_the_same_bytes_again_are_nothing_new(profile):
    profile.artefacts.put(b"x")
    head = profile.head()
    profile.artefacts.put(b"x")
    assert profile.head() == head


def test_what_is_not_here_is_unavailable(profile):
    with pytest.raises(Unavailable) as refusal:
        profile.artefacts.get(bytes(32))
    assert refusal.value.code == "store.no-artefact"


def test_bytes_changed_behind_our_back_are_never_handed_out(profile):
    digest = profile.artefacts.put(b"true")
    profile._database.execute("DROP TRIGGER artefact_is_not_changed")
    profile._database.execute("UPDATE artefact SET data = ?", (b"false",))
    with pytest.raises(Refused) as refusal:
        profile.artefacts.get(digest)
    assert refusal.value.code == "store.artefact-altered"
