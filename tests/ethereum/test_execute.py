"""`execTransaction`: one canonical encoding, the same as another library's, and nothing else is read."""

import pytest
from eth_abi import encode as abi_encode
from hypothesis import given, settings
from hypothesis import strategies as st

from countersign.errors import Malformed
from countersign.ethereum.abi import Address, selector, word
from countersign.ethereum.execute import SELECTOR, decode, encode, outer
from countersign.ethereum.safe import SafeTx, SafeVersion, plain_tx
from support.safe_txs import safe_txs

SIGNATURE = "execTransaction(address,uint256,bytes,uint8,uint256,uint256,uint256,address,address,bytes)"
TYPES = ["address", "uint256", "bytes", "uint8", "uint256", "uint256", "uint256", "address", "address", "bytes"]
TX = plain_tx(31337, Address(b"\x05" * 20), Address(b"\x07" * 20), 3, b"\x01\x02\x03", 4)
CALL = encode(TX, b"\x11" * 130)


def hexed(data: bytes) -> str:
    return "0x" + data.hex()


@settings(deadline=None)
@given(safe_txs(), st.binary(max_size=200))
def test_it_round_trips_and_another_library_writes_the_same(tx: SafeTx, signatures: bytes) -> None:
    values = [
        hexed(tx.to),
        tx.value,
        tx.data,
        tx.operation,
        tx.safe_tx_gas,
        tx.base_gas,
        tx.gas_price,
        hexed(tx.gas_token),
        hexed(tx.refund_receiver),
        signatures,
    ]
    call = encode(tx, signatures)
    assert call == selector(SIGNATURE) + abi_encode(TYPES, values)
    found = decode(call)
    assert found.signatures == signatures
    assert found.safe_tx(tx.chain_id, tx.safe, tx.nonce) == tx
    assert found.safe_tx(tx.chain_id, tx.safe, tx.nonce).digest == tx.digest


def test_the_version_is_the_readers_word() -> None:
    assert decode(CALL).safe_tx(1, TX.safe, 0, SafeVersion(1, 3, 0)).version == SafeVersion(1, 3, 0)


def test_the_selector_is_that_of_its_signature() -> None:
    assert selector(SIGNATURE) == SELECTOR


def test_another_call_is_not_read() -> None:
    for data in (b"", CALL[:3], b"\x6a\x76\x12\x03" + CALL[4:]):
        with pytest.raises(Malformed) as caught:
            decode(data)
        assert caught.value.code == "ethereum.exec-selector"


def test_every_shortened_call_is_refused() -> None:
    for length in range(4, len(CALL)):
        with pytest.raises(Malformed):
            decode(CALL[:length])


@pytest.mark.parametrize("extra", [b"\x00", bytes(32)])
def test_nothing_may_be_left_over(extra: bytes) -> None:
    with pytest.raises(Malformed) as caught:
        decode(CALL + extra)
    assert caught.value.code == "ethereum.exec-form"


def test_every_flipped_padding_bit_is_noticed() -> None:
    """Whatever byte is changed, the call is refused or means something else: no two calls mean the same."""
    plain = decode(CALL)
    for index in range(4, len(CALL)):
        changed = CALL[:index] + bytes([CALL[index] ^ 1]) + CALL[index + 1 :]
        try:
            assert decode(changed) != plain
        except Malformed:
            continue


def test_offsets_in_another_order_are_refused() -> None:
    """Data and signatures exchanged in the tail: a contract reads the same, a strict reader does not take it."""
    head, tail = CALL[: 4 + 320], CALL[4 + 320 :]
    data_part, signatures_part = tail[:64], tail[64:]
    swapped = bytearray(head + signatures_part + data_part)
    swapped[4 + 64 : 4 + 96] = word(320 + len(signatures_part))
    swapped[4 + 288 : 4 + 320] = word(320)
    with pytest.raises(Malformed) as caught:
        decode(bytes(swapped))
    assert caught.value.code == "ethereum.exec-form"


def test_an_operation_beyond_a_byte_or_beyond_1_is_refused() -> None:
    for value in (2, 255, 256):
        with pytest.raises(Malformed):
            decode(CALL[:100] + word(value) + CALL[132:])
    assert decode(CALL[:100] + word(1) + CALL[132:]).operation == 1


def test_the_outer_transaction_goes_to_the_safe_and_carries_no_ether() -> None:
    made = outer(TX, b"\x11" * 130, nonce=9, gas=1, max_fee_per_gas=2, max_priority_fee_per_gas=3)
    assert (made.to, made.value, made.data, made.chain_id) == (TX.safe, 0, CALL, 31337)
    assert (made.nonce, made.gas, made.max_fee_per_gas, made.max_priority_fee_per_gas) == (9, 1, 2, 3)
