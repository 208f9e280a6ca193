"""Journal bodies come back as they were written; names of several parts never coincide."""

from hypothesis import given
from hypothesis import strategies as st

from countersign.store.bodies import body, fields, name, number, text, texts

VALUES = st.dictionaries(st.text(max_size=8), st.text() | st.integers() | st.lists(st.text(), max_size=4), max_size=5)


@given(VALUES)
def test_a_body_comes_back(values):
    assert fields(body(values)) == values
    assert body(fields(body(values))) == body(values)


@given(st.lists(st.binary(max_size=6), max_size=4), st.lists(st.binary(max_size=6), max_size=4))
def test_names_coincide_only_if_their_parts_do(one, two):
    assert (name(*one) == name(*two)) == (one == two)


def test_fields_have_their_types():
    values = fields(body({"a": "x", "b": 7, "c": ["y"]}))
    assert (text(values, "a"), number(values, "b"), texts(values, "c")) == ("x", 7, ("y",))
