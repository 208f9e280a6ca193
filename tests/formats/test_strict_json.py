"""C2: what one JSON reader takes and another does not, is taken by none of ours."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.errors import Malformed
from countersign.formats import jcs, strict_json
from support.refusals import attempt, refused
from support.vectors import vector_path

HOSTILE = {
    "an amount given twice": (b'{"amount":"1","amount":"2"}', "C2.duplicate-key"),
    "a key given twice, once escaped": (b'{"a":1,"\\u0061":2}', "C2.duplicate-key"),
    "a duplicate far down": (b'[{"x":[{"y":1,"y":1}]}]', "C2.duplicate-key"),
    "an exponent": (b'{"n":1e3}', "C2.float"),
    "a fraction": (b"[1.0]", "C2.float"),
    "a number beyond doubles": (b"[9007199254740993.0]", "C2.float"),
    "an integer beyond 2^53-1": (b"[9007199254740992]", "C2.integer-range"),
    "an integer of 5,000 digits": (b"[" + b"9" * 5000 + b"]", "C2.integer-range"),
    "minus zero": (b"[-0]", "C2.integer-range"),
    "a plus sign": (b"[+5]", "C2.syntax"),
    "leading zeros": (b"[007]", "C2.syntax"),
    "full-width digits": ("[１２３]".encode(), "C2.syntax"),
    "NaN": (b"[NaN]", "C2.not-a-number"),
    "Infinity": (b"[-Infinity]", "C2.not-a-number"),
    "half a character": (b'["\\ud800"]', "C2.lone-surrogate"),
    "half a character in a key": (b'{"\\uDFFF":1}', "C2.lone-surrogate"),
    "a surrogate in the bytes": (b'["\xed\xa0\x80"]', "C2.not-utf-8"),
    "Latin-1": (b'["\xe9"]', "C2.not-utf-8"),
    "UTF-16": ('["a"]'.encode("utf-16"), "C2.not-utf-8"),
    "a byte order mark": (b"\xef\xbb\xbf[]", "C2.byte-order-mark"),
    "depth 17": (b"[" * 17 + b"]" * 17, "C2.depth"),
    "100,000 arrays deep": (b"[" * 100_000 + b"]" * 100_000, "C2.depth"),
    "100,000 objects deep, never closed": (b'{"a":' * 40_000, "C2.depth"),
    "too long by one byte": (b'"' + b"x" * (strict_json.LIMIT - 1) + b'"', "C2.size"),
    "nothing": (b"", "C2.syntax"),
    "trailing comma": (b"[1,]", "C2.syntax"),
    "two values": (b"[1] [2]", "C2.syntax"),
    "a comment": (b"[1]//", "C2.syntax"),
    "a line break in a string": (b'["a\nb"]', "C2.syntax"),
    "a non-breaking space": ("[1,\u00a02]".encode(), "C2.syntax"),
}

NEAR_MISSES = {
    "keys that differ in case": (b'{"amount":"1","Amount":"2"}', {"amount": "1", "Amount": "2"}),
    "the largest integers": (b"[9007199254740991,-9007199254740991]", [2**53 - 1, 1 - 2**53]),
    "zero": (b"[0]", [0]),
    "an escaped pair": (b'["\\ud83d\\ude00"]', ["😀"]),
    "depth 16": (b"[" * 16 + b"]" * 16, json.loads("[" * 16 + "]" * 16)),
    "brackets inside a string": (b'["' + b"[{" * 50 + b'\\""]', ["[{" * 50 + '"']),
    "exactly the limit": (b'"' + b"x" * (strict_json.LIMIT - 2) + b'"', "x" * (strict_json.LIMIT - 2)),
    "white space": (b' { "a" : [ 1 ,\r\n\t2 ] } ', {"a": [1, 2]}),
}

values = st.recursive(
    st.none() | st.booleans() | st.integers(1 - 2**53, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@pytest.mark.parametrize("name", HOSTILE)
def test_refuses(name: str) -> None:
    data, code = HOSTILE[name]
    with refused(code):
        strict_json.parse(data)


@pytest.mark.parametrize("name", NEAR_MISSES)
def test_takes_the_near_miss(name: str) -> None:
    data, value = NEAR_MISSES[name]
    assert strict_json.parse(data) == value


def test_unclosed_strings_cost_one_pass() -> None:
    # Quadratic matching of these quotes would take minutes; the test would run into its time limit.
    with refused("C2.syntax"):
        strict_json.parse(b'["' + b'\\"' * 131_000)


def test_size_is_refused_before_anything_is_read() -> None:
    with refused("C2.size"):
        strict_json.parse(b"\xff" * 11, limit=10)


@given(values)
def test_canonical_bytes_read_back(value: object) -> None:
    data = jcs.encode(value)
    assert strict_json.parse_canonical(data) == value


@given(values)
def test_only_canonical_bytes_are_canonical(value: object) -> None:
    canonical = jcs.encode(value)
    for data in (
        canonical + b"\n",
        json.dumps(value, indent=1).encode(),
        json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode(),
    ):
        if data != canonical:
            with pytest.raises(Malformed) as caught:
                strict_json.parse_canonical(data)
            assert caught.value.code == "C2.not-canonical"


def test_order_beyond_the_bmp_is_by_utf16_units() -> None:
    # U+1F600 is the pair D83D DE00 and comes before U+FB33, although its code point is larger (RFC 8785 §3.2.3).
    right, wrong = '{"\U0001f600":1,"\ufb33":2}', '{"\ufb33":2,"\U0001f600":1}'
    assert strict_json.parse_canonical(right.encode()) == {"\U0001f600": 1, "\ufb33": 2}
    with refused("C2.not-canonical"):
        strict_json.parse_canonical(wrong.encode())


@given(st.binary(max_size=200))
def test_any_bytes_give_a_value_or_malformed(data: bytes) -> None:
    read = attempt(lambda: strict_json.parse(data))
    assert not isinstance(read, Malformed) or read.check == "C2"


@pytest.mark.parametrize("name", ["arrays", "french", "structures", "unicode", "values", "weird"])
def test_published_canonical_outputs_hold_no_surprise(name: str) -> None:
    data = vector_path(f"jcs/output/{name}.json").read_bytes()
    read = attempt(lambda: strict_json.parse_canonical(data))
    if isinstance(read, Malformed):
        assert (read.code, name in {"arrays", "values", "structures"}) == ("C2.float", True)
    else:
        assert read == json.loads(data)


def test_nesting_counts_brackets_outside_strings() -> None:
    for data, depth in (
        (b"", 0),
        (b"7", 0),
        (b'{"a": [1, {}]}', 3),
        (b'["[[[", "\\"[["]', 1),
        (b"[" * 100_000, 100_000),
    ):
        assert strict_json.nesting(data) == depth
