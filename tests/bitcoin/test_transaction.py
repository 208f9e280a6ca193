"""Transactions and their parents: lossless, strict, and the same numbers as python-bitcoinlib's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.bitcoin import compact_size, layout, parent, transaction
from countersign.errors import Malformed
from support.vectors import load_vectors

ONE = bytes.fromhex("0100000001" + "00" * 36 + "0151ffffffff010500000000000000015100000000")


def refusal(data: bytes) -> str:
    with pytest.raises(Malformed) as caught:
        transaction.parse(data)
    return caught.value.code


def witnessed(stack: bytes) -> bytes:
    return ONE[:4] + b"\x00\x01" + ONE[4:-4] + stack + ONE[-4:]


@given(st.integers(0, 2**64 - 1))
def test_compact_size_has_one_spelling(number: int) -> None:
    data = compact_size.encode(number)
    assert compact_size.read(data, 0) == (number, len(data))
    assert compact_size.size(number) == len(data)


@pytest.mark.parametrize("longer", ["fd0000", "fdfc00", "feffff0000", "ffffffffff00000000"])
def test_a_longer_spelling_is_refused(longer: str) -> None:
    with pytest.raises(Malformed, match=r"B2\.compact-size"):
        compact_size.read(bytes.fromhex(longer), 0)
    with pytest.raises(Malformed, match=r"B2\.truncated"):
        compact_size.read(bytes.fromhex(longer)[:-1], 0)


def test_published_transactions_read_back_with_the_txid_of_python_bitcoinlib() -> None:
    for example in load_vectors("bitcoin/bip143_sighash.json")["examples"]:
        for data in (bytes.fromhex(example["unsigned_tx"]), bytes.fromhex(example["signed_tx"])):
            tx = transaction.parse(data)
            assert transaction.serialise(tx) == data
            assert transaction.txid(tx) == tx.GetTxid() == parent.read(data).txid
            assert transaction.weight(tx) == tx.calc_weight()


def test_a_parent_s_outputs_are_cut_out_when_asked_for() -> None:
    read = parent.read(ONE)
    assert read.output(0) == transaction.Output(b"\x51", transaction.Satoshis(5))
    assert (read.output(1), read.output(-1)) == (None, None)
    assert parent.read(witnessed(b"\x01\x01\x51")).txid == read.txid
    assert parent.read(witnessed(b"\x01\x01\x51")).without_witness() == read == read.without_witness()


def test_hostile_transactions_beside_one_that_passes() -> None:
    assert transaction.serialise(transaction.parse(witnessed(b"\x01\x01\x51"))) == witnessed(b"\x01\x01\x51")
    assert refusal(ONE + b"\x00") == "B2.trailing"
    assert refusal(ONE[:-1]) == "B2.truncated"
    assert refusal(witnessed(b"\x00")) == "B2.superfluous-witness"
    assert refusal(witnessed(b"\xff" * 9)) == "B2.truncated"
    assert refusal(ONE[:4] + b"\xfd\x01\x00" + ONE[5:]) == "B2.compact-size"
    assert refusal(b"") == "B2.truncated"


def test_no_more_pieces_are_read_than_a_block_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four million empty witness items took seconds and half a gigabyte."""
    monkeypatch.setattr(layout, "MAX_PIECES", 260)
    items, outputs = (b"\xfd\x04\x01" + bytes(260), b"\xfd\x05\x01" + bytes(261)), ONE[-14:-4]
    assert len(transaction.parse(witnessed(items[0])).wit.vtxinwit[0].scriptWitness.stack) == 260
    assert refusal(witnessed(items[1])) == "B2.transaction-pieces"
    head = ONE[:-15]
    assert len(transaction.parse(head + b"\xfd\x04\x01" + outputs * 260 + ONE[-4:]).vout) == 260
    assert refusal(head + b"\xfd\x05\x01" + outputs * 261 + ONE[-4:]) == "B2.transaction-pieces"


def test_a_transaction_larger_than_a_block_is_refused_before_it_is_read() -> None:
    fat = ONE[:-6] + b"\xfe%b" + b"%b" + ONE[-4:]
    room = layout.MAX_SIZE - len(fat % (bytes(4), b""))
    assert len(transaction.parse(fat % (room.to_bytes(4, "little"), bytes(room))).vout[0].scriptPubKey) == room
    assert refusal(fat % ((room + 1).to_bytes(4, "little"), bytes(room + 1))) == "B2.transaction-size"


def test_a_negative_amount_is_refused_and_the_largest_positive_one_is_read() -> None:
    at = ONE.index(bytes.fromhex("0500000000000000"))
    most = ONE[:at] + b"\xff" * 7 + b"\x7f" + ONE[at + 8 :]
    assert transaction.parse(most).vout[0].nValue == 2**63 - 1
    assert refusal(ONE[:at] + b"\xff" * 8 + ONE[at + 8 :]) == "B2.amount"


def test_txids_are_written_the_other_way_round_for_people() -> None:
    txid = transaction.txid(transaction.parse(ONE))
    assert transaction.from_display(transaction.display(txid)) == txid
    with pytest.raises(Malformed, match=r"bitcoin\.txid"):
        transaction.from_display("AB" * 32)
    assert str(transaction.Outpoint(txid, 3)) == f"{transaction.display(txid)}:3"


def test_a_coins_place_is_read_in_its_one_spelling() -> None:
    coin = transaction.Outpoint(transaction.txid(transaction.parse(ONE)), (1 << 32) - 1)
    assert transaction.Outpoint.parse(str(coin)) == coin
    first, _, _ = str(coin).partition(":")
    assert transaction.Outpoint.parse(f"{first}:0").vout == 0
    for lie in (
        first,
        f"{first}:",
        f"{first}:007",
        f"{first}:+1",
        f"{first}:٣",
        f"{first}:{1 << 32}",
        f"{first[:-1]}:1",
    ):
        with pytest.raises(Malformed, match=r"bitcoin\.txid"):
            transaction.Outpoint.parse(lie)
