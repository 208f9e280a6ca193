"""Hexadecimal is lower case, whole bytes, nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.formats import hexadecimal
from support.refusals import refused


@given(st.binary(max_size=50))
def test_round_trip(data: bytes) -> None:
    assert hexadecimal.decode(hexadecimal.encode(data), length=len(data)) == data


@pytest.mark.parametrize("text", ["AB", "0", "0x00", "00 ", "00\n", "gg", "００"])
def test_refuses_other_spellings(text: str) -> None:
    with refused("formats.hexadecimal"):
        hexadecimal.decode(text)


def test_refuses_another_length() -> None:
    with refused("formats.hexadecimal-length"):
        hexadecimal.decode("00", length=2)
