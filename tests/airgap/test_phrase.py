"""The phrase: twelve words, fixed for ever, one for each purpose."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.airgap.bytewords import WORDS
from countersign.airgap.phrase import Purpose, phrase


def test_a_phrase_is_the_first_twelve_bytes_of_the_tagged_hash():
    tagged = sha256(b"countersign/phrase/v1\nevidence\n" + bytes(32)).digest()
    assert phrase(Purpose.EVIDENCE, bytes(32)).split(" ") == [WORDS[value] for value in tagged[:12]]


def test_a_known_phrase_never_changes():
    assert phrase(Purpose.EVIDENCE, bytes(32)) == "twin hang yank draw poem trip race dull dull heat flew obey"


def test_one_digest_has_another_phrase_for_each_purpose():
    assert len({phrase(purpose, bytes(32)) for purpose in Purpose}) == len(Purpose)


@given(st.binary(min_size=32, max_size=32), st.integers(min_value=0, max_value=255))
def test_one_flipped_bit_changes_the_phrase(digest, bit):
    flipped = (int.from_bytes(digest, "big") ^ (1 << bit)).to_bytes(32, "big")
    assert phrase(Purpose.STATE, digest) != phrase(Purpose.STATE, flipped)


def test_only_whole_digests_have_phrases():
    with pytest.raises(ValueError, match="32-byte"):
        phrase(Purpose.STATE, bytes(31))
