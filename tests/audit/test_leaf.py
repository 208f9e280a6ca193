"""Entry and opening are what DESIGN.md §5 says, byte for byte."""

import hashlib

import pytest

from countersign.audit import leaf
from countersign.audit.leaf import Opening
from countersign.errors import Malformed
from countersign.formats.merkle import leaf_hash

SALT = bytes(range(32))
OPENING = Opening(7, 1_800_000_000_123, SALT)


def test_an_entry_is_the_hash_of_prefix_time_salt_and_event() -> None:
    expected = hashlib.sha256(b"countersign/leaf/v1\n" + (1_800_000_000_123).to_bytes(8, "big") + SALT + b"event")
    assert leaf.entry(1_800_000_000_123, SALT, b"event") == expected.digest()
    assert OPENING.entry(b"event") == expected.digest()
    assert OPENING.leaf(b"event") == hashlib.sha256(b"\x00" + expected.digest()).digest()
    assert leaf.leaf_hash is leaf_hash


def test_an_opening_is_canonical_json_and_comes_back_the_same() -> None:
    data = OPENING.serialise()
    assert data == b'{"index":7,"salt":"' + SALT.hex().encode() + b'","time_ms":1800000000123}'
    assert Opening.parse(data) == OPENING


def test_the_salt_stays_out_of_the_representation() -> None:
    assert SALT.hex() not in repr(OPENING)
    assert repr(SALT) not in repr(OPENING)


@pytest.mark.parametrize(
    "data",
    [
        OPENING.serialise() + b"\n",
        OPENING.serialise().replace(b'"index":7,', b'"index":7, '),
        OPENING.serialise().replace(b'"index":7', b'"index":-1'),
        OPENING.serialise().replace(b'"index":7', b'"index":true'),
        OPENING.serialise().replace(b'"index":7', b'"index":"7"'),
        OPENING.serialise().replace(b"0a0b", b"0A0B"),
        OPENING.serialise().replace(b"0a0b", b"0a"),
        OPENING.serialise().replace(b'"index":7', b'"extra":1,"index":7'),
        b'{"index":7,"time_ms":1}',
        b"[]",
    ],
)
def test_anything_beside_the_one_spelling_is_malformed(data: bytes) -> None:
    with pytest.raises(Malformed):
        Opening.parse(data)


@pytest.mark.parametrize("time_ms, salt", [(-1, SALT), (2**53, SALT), (1, SALT[:31]), (1, SALT + b"\0")])
def test_an_entry_of_the_wrong_shape_is_not_made(time_ms: int, salt: bytes) -> None:
    with pytest.raises(Malformed, match=r"L3\.opening"):
        leaf.entry(time_ms, salt, b"event")


@pytest.mark.parametrize("time_ms, salt, event", [(2, SALT, b"e"), (1, bytes(32), b"e"), (1, SALT, b"f")])
def test_time_salt_and_event_each_change_the_entry(time_ms: int, salt: bytes, event: bytes) -> None:
    assert leaf.entry(time_ms, salt, event) != leaf.entry(1, SALT, b"e")
