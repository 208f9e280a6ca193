"""An ERC-20 transfer is exactly 68 clean bytes, or it is none (E5)."""

import pytest
from eth_abi import encode as abi_encode
from hypothesis import given
from hypothesis import strategies as st

from countersign.errors import Malformed
from countersign.ethereum.abi import Address
from countersign.ethereum.erc20 import Transfer, decode, encode

GOOD = encode(Transfer(Address(bytes.fromhex("70997970c51812dc3a010c7d01b50e0d17dc79c8")), 20_000_000_000_000))


def code(data: bytes) -> str:
    with pytest.raises(Malformed) as caught:
        decode(data)
    return caught.value.code


@given(st.binary(min_size=20, max_size=20), st.integers(0, 2**256 - 1))
def test_it_round_trips_and_another_library_writes_the_same(recipient: bytes, amount: int) -> None:
    transfer = Transfer(Address(recipient), amount)
    data = encode(transfer)
    assert data == bytes.fromhex("a9059cbb") + abi_encode(["address", "uint256"], ["0x" + recipient.hex(), amount])
    assert decode(data) == transfer


@pytest.mark.parametrize("data", [GOOD[:67], GOOD + b"\x00", GOOD[:4], GOOD[:36], GOOD + bytes(32)])
def test_any_other_length_is_refused(data: bytes) -> None:
    assert code(data) == "E5.length"
    assert decode(GOOD).amount == 20_000_000_000_000


@pytest.mark.parametrize("index", range(4, 16))
def test_dirty_padding_is_refused(index: int) -> None:
    assert code(GOOD[:index] + b"\x01" + GOOD[index + 1 :]) == "E5.padding"


@pytest.mark.parametrize("data", [b"", b"\xa9\x05\x9c", b"\xa9\x05\x9c\xbc" + GOOD[4:], b"\x23\xb8\x72\xdd" + GOOD[4:]])
def test_any_other_selector_is_refused(data: bytes) -> None:
    assert code(data) == "E5.selector"


def test_the_first_byte_of_the_recipient_is_no_padding() -> None:
    changed = decode(GOOD[:16] + b"\xff" + GOOD[17:])
    assert changed.recipient[0] == 0xFF
