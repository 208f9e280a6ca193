"""Typed values as bytes: one spelling each, read back strictly, and nothing built but the types that were named."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Any, NewType

import pytest
from hypothesis import given
from hypothesis import strategies as st
from immutables import Map

from countersign.errors import Malformed
from countersign.settlement.forms import Reading, Written, form

Name = NewType("Name", str)


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, slots=True)
class Spot:
    name: Name
    colour: Colour
    at: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Line:
    spots: tuple[Spot, ...]
    note: bytes | None
    bold: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    shapes: Map[str, Spot | Line]
    places: Map[Spot, int]
    pairs: Map[tuple[str, int], str]
    colours: frozenset[Colour]
    values: Mapping[str, str | int]
    marked: Map[int | None, Colour]


def written(kind: Any, value: object) -> bytes:
    out = Written()
    form(kind).write(value, out)
    return bytes(out.data)


def read(kind: Any, data: bytes) -> Any:
    reading = Reading(data)
    value = form(kind).read(reading)
    if reading.at != len(data):
        raise reading.wrong("the end")
    return value


SPOTS = st.builds(Spot, st.text(max_size=5), st.sampled_from(Colour), st.tuples(st.integers(), st.integers()))
LINES = st.builds(Line, st.lists(SPOTS, max_size=3).map(tuple), st.none() | st.binary(max_size=5), st.booleans())
DRAWINGS = st.builds(
    Drawing,
    st.dictionaries(st.text(max_size=5), SPOTS | LINES, max_size=3).map(Map),
    st.dictionaries(SPOTS, st.integers(), max_size=3).map(Map),
    st.dictionaries(st.tuples(st.text(max_size=2), st.integers(-2, 2)), st.text(max_size=3), max_size=4).map(Map),
    st.frozensets(st.sampled_from(Colour)),
    st.dictionaries(st.text(max_size=5), st.text(max_size=5) | st.integers(), max_size=3),
    st.dictionaries(st.none() | st.integers(-2, 2), st.sampled_from(Colour), max_size=4).map(Map),
)


@given(DRAWINGS)
def test_what_was_written_is_read_back(drawing: Drawing) -> None:
    data = written(Drawing, drawing)
    again = read(Drawing, data)
    assert again == drawing
    assert written(Drawing, again) == data
    assert type(again.shapes) is Map
    assert all(type(again.shapes[name]) is type(drawing.shapes[name]) for name in drawing.shapes)


@given(DRAWINGS, st.randoms(use_true_random=False))
def test_equal_values_have_equal_bytes_however_they_were_made(drawing: Drawing, random: Any) -> None:
    pairs = list(drawing.shapes.items())
    random.shuffle(pairs)
    shuffled = Map()
    for name, shape in [*pairs, *pairs]:
        shuffled = shuffled.set(name, shape)
    other = Drawing(
        shuffled, drawing.places, drawing.pairs, drawing.colours, dict(reversed(drawing.values.items())), drawing.marked
    )
    assert written(Drawing, other) == written(Drawing, drawing)


@given(DRAWINGS, st.data())
def test_any_other_bytes_are_malformed_or_another_value_in_its_one_spelling(drawing: Drawing, data: Any) -> None:
    good = written(Drawing, drawing)
    place = data.draw(st.integers(0, len(good) - 1))
    bad = good[:place] + bytes([good[place] ^ data.draw(st.integers(1, 255))]) + good[place + 1 :]
    try:
        found = read(Drawing, bad)
    except Malformed:
        return
    assert found != drawing
    assert written(Drawing, found) == bad


@given(st.binary(max_size=80))
def test_no_bytes_do_anything_but_be_read_or_refused(data: bytes) -> None:
    try:
        found = read(Drawing, data)
    except Malformed as error:
        found, code = None, error.code
    else:
        code = "settlement.snapshot-none"
    assert code.startswith("settlement.snapshot-")
    assert found is None or written(Drawing, found) == data


@pytest.mark.parametrize("value", [0, 1, -1, 127, 128, -128, -129, 255, 256, 10**78, -(10**78)])
def test_integers_have_their_shortest_form_only(value: int) -> None:
    data = written(int, value)
    assert read(int, data) == value
    longer = bytes([data[0] + 1, 0xFF if value < 0 else 0]) + data[1:]
    with pytest.raises(Malformed):
        read(int, longer)


def test_a_text_is_written_once_and_named_afterwards() -> None:
    assert len(written(tuple[str, ...], ("x" * 1_000,) * 50)) < 1_300
    data = written(tuple[str, ...], ("a", "a"))
    assert read(tuple[str, ...], data) == ("a", "a")
    twice = data[:-4] + b"\0\0\0\1" + b"\0\0\0\1a"
    with pytest.raises(Malformed) as refused:
        read(tuple[str, ...], twice)
    assert refused.value.code == "settlement.snapshot-form"


@pytest.mark.parametrize(
    ("kind", "data", "code"),
    [
        (tuple[str, ...], b"\xff\xff\xff\xff", "settlement.snapshot-ends"),
        (bytes, b"\0\0\0\2x", "settlement.snapshot-ends"),
        (bool, b"\2", "settlement.snapshot-form"),
        (Colour, b"\2", "settlement.snapshot-form"),
        (int | None, b"\2", "settlement.snapshot-form"),
        (str, b"\0\0\0\0\0\0\0\1\xff", "settlement.snapshot-form"),
        (str, b"\0\0\0\1\0\0\0\1a", "settlement.snapshot-form"),
        (Map[int, bool], b"\0\0\0\2\1\1\1\1\1\1", "settlement.snapshot-form"),
        (Map[int, bool], b"\0\0\0\2\1\2\1\1\1\1", "settlement.snapshot-form"),
        (frozenset[int], b"\0\0\0\2\1\2\1\1", "settlement.snapshot-form"),
        (int, b"\1\1\1", "settlement.snapshot-form"),
    ],
)
def test_what_is_not_the_one_form_is_refused_by_name(kind: Any, data: bytes, code: str) -> None:
    with pytest.raises(Malformed) as refused:
        read(kind, data)
    assert refused.value.code == code


def test_keys_in_their_order_are_read() -> None:
    assert read(Map[int, bool], b"\0\0\0\2\1\1\1\1\2\0") == Map({1: True, 2: False})


def test_a_huge_count_is_refused_before_anything_is_built_for_it() -> None:
    with pytest.raises(Malformed):
        read(tuple[tuple[int, ...], ...], b"\x7f\xff\xff\xff" + bytes(64))


class Loose(Enum):
    ONE = 1


class Unknown:
    pass


@dataclass(frozen=True)
class Nothing:
    pass


@pytest.mark.parametrize("kind", [float, list[int], dict, Unknown, object, Any, Nothing])
def test_a_type_without_a_form_is_our_own_bug(kind: Any) -> None:
    with pytest.raises(TypeError):
        form(kind)


def test_the_shape_names_every_field_member_and_type() -> None:
    assert form(Line).shape == (
        "Line{spots:[Spot{name:str,colour:<RED='red',BLUE='blue'>,at:(int,int)}],note:bytes|null,bold:bool}"
    )
    assert form(Loose).shape == "<ONE=1>"


def test_of_what_a_value_might_be_its_own_class_counts() -> None:
    assert read(str | int, written(str | int, Colour.RED)) == "red"
    assert read(bool | int, written(bool | int, True)) is True
    assert read(bool | int, written(bool | int, 1)) == 1
