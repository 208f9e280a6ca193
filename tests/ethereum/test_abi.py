"""The ABI words: what is written is read back, and nothing short, dirty or too large is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.errors import Malformed
from countersign.ethereum.abi import (
    ZERO_ADDRESS,
    Address,
    Arguments,
    address,
    address_word,
    padded,
    selector,
    word,
)

ONE = Address(bytes(19) + b"\x01")


def refused(code: str, call: object, *arguments: object) -> None:
    with pytest.raises(Malformed) as caught:
        call(*arguments)  # type: ignore[operator]
    assert caught.value.code == code


@given(st.integers(0, 2**256 - 1), st.binary(min_size=20, max_size=20), st.binary(max_size=100))
def test_what_is_written_is_read_back(number: int, where: bytes, data: bytes) -> None:
    encoded = word(number) + address_word(Address(where)) + word(96) + padded(data)
    arguments = Arguments(encoded)
    assert (arguments.uint(0), arguments.address(1), arguments.dynamic(2)) == (number, where, data)


@pytest.mark.parametrize("value", [-1, 2**256])
def test_a_number_outside_256_bits_is_refused(value: int) -> None:
    refused("ethereum.uint256", word, value)
    assert word(2**256 - 1) == b"\xff" * 32


@pytest.mark.parametrize("length", [0, 19, 21, 32])
def test_an_address_has_20_bytes(length: int) -> None:
    refused("ethereum.address-length", address, bytes(length))
    assert address(bytes(20)) == ZERO_ADDRESS


def test_bits_before_an_address_are_refused() -> None:
    for index in range(12):
        dirty = bytearray(address_word(ONE))
        dirty[index] = 1
        refused("ethereum.address-padding", Arguments(bytes(dirty)).address, 0)
    assert Arguments(address_word(ONE)).address(0) == ONE


def test_a_short_read_is_refused() -> None:
    refused("ethereum.truncated", Arguments(bytes(31)).uint, 0)
    refused("ethereum.truncated", Arguments(bytes(32)).uint, 1)


def test_a_number_wider_than_its_field_is_refused() -> None:
    refused("ethereum.uint-range", Arguments(word(256)).uint, 0, 8)
    assert Arguments(word(255)).uint(0, 8) == 255


@pytest.mark.parametrize("size", [33, 2**64, 2**256 - 1])
def test_dynamic_bytes_past_the_end_are_refused_without_allocation(size: int) -> None:
    refused("ethereum.truncated", Arguments(word(32) + word(size) + bytes(32)).dynamic, 0)
    assert Arguments(word(32) + word(32) + bytes(32)).dynamic(0) == bytes(32)


@pytest.mark.parametrize("offset", [65, 2**64, 2**256 - 1])
def test_an_offset_past_the_end_is_refused(offset: int) -> None:
    refused("ethereum.truncated", Arguments(word(offset) + bytes(64)).dynamic, 0)


def test_dirty_padding_of_dynamic_bytes_is_refused() -> None:
    refused("ethereum.dynamic-padding", Arguments(word(32) + word(1) + b"\x07" + bytes(30) + b"\x01").dynamic, 0)
    assert Arguments(word(32) + word(1) + b"\x07" + bytes(31)).dynamic(0) == b"\x07"


def test_selectors_are_the_published_ones() -> None:
    assert selector("transfer(address,uint256)").hex() == "a9059cbb"
    assert selector("balanceOf(address)").hex() == "70a08231"
