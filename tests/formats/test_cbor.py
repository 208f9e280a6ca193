"""T4: deterministic CBOR, read without trusting what it announces. cbor2 by itself is the second opinion."""

import tracemalloc

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.errors import Malformed
from countersign.formats import cbor
from support.refusals import attempt, refused

HOSTILE = {
    "an array of 4,294,967,295 items": (b"\x9a\xff\xff\xff\xff", "T4.items"),
    "200 kB of arrays in arrays": (b"\x81" * 200_000, "T4.depth"),
    "200 kB of tags": (b"\xd2" * 200_000, "T4.depth"),
    "depth 17": (b"\x81" * 16 + b"\x80", "T4.depth"),
    "a byte string of 2^64-1": (b"\x5b" + b"\xff" * 8, "T4.truncated"),
    "a map of 2^63": (b"\xbb\x80" + b"\x00" * 7, "T4.items"),
    "an array longer than the rest": (b"\x99\x01\x00\x00", "T4.truncated"),
    "trailing bytes": (b"\x00\x00", "T4.trailing"),
    "nothing": (b"", "T4.truncated"),
    "half a head": (b"\x19\x01", "T4.truncated"),
    "indefinite array": (b"\x9f\xff", "T4.indefinite"),
    "indefinite bytes": (b"\x5f\x41a\xff", "T4.indefinite"),
    "break alone": (b"\xff", "T4.indefinite"),
    "reserved length": (b"\x1c", "T4.syntax"),
    "23 in two bytes": (b"\x18\x17", "T4.not-shortest"),
    "255 in three bytes": (b"\x19\x00\xff", "T4.not-shortest"),
    "65535 in five bytes": (b"\x1a\x00\x00\xff\xff", "T4.not-shortest"),
    "2^32-1 in nine bytes": (b"\x1b\x00\x00\x00\x00\xff\xff\xff\xff", "T4.not-shortest"),
    "a long length of a short string": (b"\x58\x01a", "T4.not-shortest"),
    "a float": (b"\xf9\x3c\x00", "T4.simple"),
    "undefined": (b"\xf7", "T4.simple"),
    "simple(255)": (b"\xf8\xff", "T4.simple"),
    "a tag not on the list": (b"\xc2\x41\x01", "T4.tag"),
    "a key twice": (b"\xa2\x01\x00\x01\x00", "T4.duplicate-key"),
    "keys out of order": (b"\xa2\x02\x00\x01\x00", "T4.key-order"),
    "longer key first": (b"\xa2\x62aa\x00\x61b\x00", "T4.key-order"),
    "an array as key": (b"\xa1\x80\x00", "T4.key-type"),
    "true as key": (b"\xa1\xf5\x00", "T4.key-type"),
    "bad UTF-8": (b"\x61\xff", "T4.not-utf-8"),
    "a surrogate": (b"\x63\xed\xa0\x80", "T4.not-utf-8"),
}

keys = st.integers(-(2**64), 2**64 - 1) | st.binary(max_size=5) | st.text(max_size=5)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**64), 2**64 - 1) | st.binary(max_size=40) | st.text(max_size=40),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(keys, inner, max_size=4)
        | inner.map(lambda value: cbor.Tag(37, value))
    ),
    max_leaves=15,
)
TAGS = frozenset({18, 37})


@pytest.mark.parametrize("name", HOSTILE)
def test_refuses(name: str) -> None:
    data, code = HOSTILE[name]
    with refused(code):
        cbor.decode(data, tags=TAGS)


@pytest.mark.parametrize("name", HOSTILE)
def test_refuses_without_taking_memory(name: str) -> None:
    data, _ = HOSTILE[name]
    tracemalloc.start()
    with pytest.raises(Malformed):
        cbor.decode(data, tags=TAGS)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 100_000


def test_near_misses_pass() -> None:
    assert cbor.decode(b"\x81" * 15 + b"\x80") is not None
    assert cbor.decode(b"\x18\x18") == 24
    assert cbor.decode(b"\xa2\x01\x00\x02\x00") == {1: 0, 2: 0}
    assert cbor.decode(b"\xd2\x40", tags=TAGS) == cbor.Tag(18, b"")
    assert cbor.decode(b"\x9a\x00\x01\x86\x9f" + b"\x00" * 99_999) == [0] * 99_999
    with refused("T4.items"):
        cbor.decode(b"\x9a\x00\x01\x86\xa0" + b"\x00" * 100_000)
    with refused("T4.size"):
        cbor.decode(b"\x42ab", limit=2)


@given(values)
def test_round_trip(value: object) -> None:
    encoded = cbor.encode(value)
    read = attempt(lambda: cbor.decode(encoded, tags=TAGS))
    assert read.code == "T4.depth" if isinstance(read, Malformed) else read == value


@given(values.filter(lambda value: "Tag" not in repr(value)))
def test_cbor2_reads_the_same(value: object) -> None:
    assert cbor2.loads(cbor.encode(value)) == value


@given(st.binary(max_size=60))
def test_what_is_taken_is_written_again_byte_for_byte(data: bytes) -> None:
    read = attempt(lambda: cbor.decode(data, tags=TAGS))
    assert read.check == "T4" if isinstance(read, Malformed) else cbor.encode(read) == data


@given(values, st.data())
def test_one_changed_byte_never_gives_the_same_value(value: object, data: st.DataObject) -> None:
    encoded = bytearray(cbor.encode(value))
    index = data.draw(st.integers(0, len(encoded) - 1))
    encoded[index] ^= data.draw(st.integers(1, 255))
    try:
        read = cbor.decode(bytes(encoded), tags=TAGS)
    except Malformed:
        return
    assert cbor.encode(read) == encoded


# RFC 8949 appendix A, typed in.
@pytest.mark.parametrize(
    ("value", "encoded"),
    [
        (0, "00"),
        (23, "17"),
        (24, "1818"),
        (1000, "1903e8"),
        (1000000000000, "1b000000e8d4a51000"),
        (18446744073709551615, "1bffffffffffffffff"),
        (-18446744073709551616, "3bffffffffffffffff"),
        (-1000, "3903e7"),
        (False, "f4"),
        (None, "f6"),
        (b"\x01\x02\x03\x04", "4401020304"),
        ("水", "63e6b0b4"),
        ([1, [2, 3], [4, 5]], "8301820203820405"),
        ({1: 2, 3: 4}, "a201020304"),
        ({"a": 1, "b": [2, 3]}, "a26161016162820203"),
        (list(range(1, 26)), "98190102030405060708090a0b0c0d0e0f101112131415161718181819"),
    ],
)
def test_examples_of_the_standard(value: object, encoded: str) -> None:
    assert cbor.encode(value).hex() == encoded
    assert cbor.decode(bytes.fromhex(encoded)) == value


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (1.5, "T4.type"),
        ({1.5: 1}, "T4.key-type"),
        ({True: 1}, "T4.key-type"),
        (2**64, "T4.integer-range"),
        ("\ud800", "T4.not-utf-8"),
    ],
)
def test_refuses_to_write_what_it_would_not_read(value: object, code: str) -> None:
    with refused(code):
        cbor.encode(value)
