"""Fields are exactly those that were asked for, of exactly the type that was asked for."""

import pytest

from countersign.errors import Malformed
from countersign.formats import ids, shape
from support.refusals import refused

LEG = {"from": shape.integer(minimum=0), "amount": shape.string(ids.amount), "note": shape.nullable(shape.string())}


def test_reads_a_record_typed_and_in_order() -> None:
    read = shape.record({"note": None, "amount": "5", "from": 1}, "leg", LEG)
    assert read == {"from": 1, "amount": 5, "note": None}
    assert list(read) == ["from", "amount", "note"]


@pytest.mark.parametrize(
    ("value", "code", "where"),
    [
        ([], "C2.wrong-type", "leg"),
        ({"from": 1, "amount": "5"}, "C2.missing-field", "leg"),
        ({"from": 1, "amount": "5", "note": None, "x": 1}, "C2.unknown-field", "leg"),
        ({"from": True, "amount": "5", "note": None}, "C2.wrong-type", "leg.from"),
        ({"from": -1, "amount": "5", "note": None}, "C2.integer-bounds", "leg.from"),
        ({"from": "1", "amount": "5", "note": None}, "C2.wrong-type", "leg.from"),
        ({"from": 1, "amount": 5, "note": None}, "C2.wrong-type", "leg.amount"),
        ({"from": 1, "amount": "05", "note": None}, "C2.amount", "leg.amount"),
        ({"from": 1, "amount": "5", "note": 1}, "C2.wrong-type", "leg.note"),
    ],
)
def test_refuses_and_says_where(value: object, code: str, where: str) -> None:
    with pytest.raises(Malformed) as caught:
        shape.record(value, "leg", LEG)
    assert (caught.value.code, caught.value.values["where"]) == (code, where)


def test_optional_fields_may_be_absent_but_not_wrong() -> None:
    assert shape.record({}, "x", {}, {"a": shape.boolean}) == {}
    assert shape.record({"a": False}, "x", {}, {"a": shape.boolean}) == {"a": False}
    with refused("C2.wrong-type"):
        shape.record({"a": 0}, "x", {}, {"a": shape.boolean})


def test_arrays_become_tuples_within_their_bounds() -> None:
    reader = shape.array(shape.integer(), minimum=1, maximum=2)
    assert reader([1, 2], "x") == (1, 2)
    for value, code in (([], "C2.array-length"), ([1, 2, 3], "C2.array-length"), ("12", "C2.wrong-type")):
        with refused(code):
            reader(value, "x")


def test_mappings_read_keys_and_values() -> None:
    reader = shape.mapping(ids.identifier, shape.string(ids.amount), maximum=1)
    assert reader({"a": "1"}, "x") == {"a": 1}
    for value, code in (
        ({"a b": "1"}, "D3.identifier"),
        ({"a": "x"}, "C2.amount"),
        ({"a": "1", "b": "1"}, "C2.array-length"),
        ([], "C2.wrong-type"),
    ):
        with refused(code):
            reader(value, "x")


def test_strings_choices_and_hashes() -> None:
    assert shape.one_of("a", "b")("b", "x") == "b"
    assert shape.sha256_hex("ab" * 32, "x") == b"\xab" * 32
    assert shape.fields({"a": shape.anything})({"a": [1]}, "x") == {"a": [1]}
    for reader, value, code in (
        (shape.one_of("a"), "A", "C2.not-allowed"),
        (shape.one_of("a"), 1, "C2.wrong-type"),
        (shape.sha256_hex, "AB" * 32, "formats.hexadecimal"),
        (shape.sha256_hex, "ab" * 31, "formats.hexadecimal-length"),
        (shape.string(maximum=1), "ab", "C2.string-length"),
    ):
        with refused(code):
            reader(value, "x")
