"""Strict readers of a node's answers: the right shape comes through, every other is Unavailable, never a crash."""

from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.chains import answers
from countersign.errors import Unavailable

READERS: dict[str, tuple[Callable[[Any, str], Any], Any, Any]] = {
    "whole": (answers.whole, 7, 7),
    "flag": (answers.flag, False, False),
    "record": (answers.record, {"a": 1}, {"a": 1}),
    "array": (answers.array, [1], [1]),
    "identity": (answers.identity, "0f" * 32, "0f" * 32),
    "raw": (answers.raw, "00ff", b"\x00\xff"),
    "quantity": (answers.quantity, "0x7a69", 31337),
    "data": (answers.data, "0xAB", b"\xab"),
    "satoshis": (answers.satoshis, Decimal("250.00000001"), 25_000_000_001),
}
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals() | st.text(), lambda inner: st.lists(inner, max_size=2)
)


@pytest.mark.parametrize("reader, value, read", READERS.values(), ids=READERS)
def test_the_right_shape_is_read(reader: Callable[[Any, str], Any], value: Any, read: Any) -> None:
    assert reader(value, "ask") == read


@pytest.mark.parametrize("reader, own, _", READERS.values(), ids=READERS)
def test_the_shape_of_another_is_odd(reader: Callable[[Any, str], Any], own: Any, _: Any) -> None:
    for other in (None, "", "zz", "0x", "0xabc" + "f" * 70, -1, 1.5, "0F" * 32, "00ff\n", "0x1\n"):
        if other in ("", "0x") and reader in (answers.raw, answers.data):
            continue
        with pytest.raises(Unavailable) as caught:
            reader(other, "ask")
        assert (caught.value.code, caught.value.values["method"]) == ("chains.odd-answer", "ask")


@given(ANY_JSON)
def test_no_reader_ever_crashes(value: Any) -> None:
    for reader, _, read in READERS.values():
        with suppress(Unavailable):
            assert type(reader(value, "ask")) is type(read)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "0.000000001",
            "-0.00000001",
            "21000000.00000001",
            "NaN",
            "Infinity",
            "1E+999999",
            "1E-999999",
            "0E+99999999",
        ),
        "0.00000001" + "0" * 40 + "1",
    ],
)
def test_money_that_cannot_be_is_odd(text: str) -> None:
    with pytest.raises(Unavailable):
        answers.satoshis(Decimal(text), "ask")


def test_whole_coins_may_come_without_a_point() -> None:
    assert answers.satoshis(50, "ask") == 5_000_000_000
    with pytest.raises(Unavailable):
        answers.satoshis(True, "ask")
