"""The embedded chain's state: blocks, coins, made-up times, and coinbases that parse as real ones."""

from statistics import median

import pytest

from countersign.bitcoin import transaction
from countersign.bitcoin.transaction import Outpoint, Output, Satoshis, Txid, double_sha256
from countersign.chains.bitcoin_ledger import FIRST_TIME, Ledger, coinbase
from countersign.errors import Malformed

SCRIPT = b"\x00\x20" + bytes(32)


def paid(height: int, *satoshis: int) -> bytes:
    return coinbase(tuple(Output(SCRIPT, Satoshis(each)) for each in satoshis), height)


@pytest.mark.parametrize("height", [1, 16, 17, 127, 128, 255, 256, 70_000])
def test_a_coinbase_is_a_transaction_and_its_height_makes_it_another(height: int) -> None:
    raw = paid(height, 5, 7)
    tx = transaction.parse(raw)
    assert tx.is_coinbase()
    assert transaction.serialise(tx) == raw
    assert [out.nValue for out in tx.vout] == [5, 7]
    assert double_sha256(raw) != double_sha256(paid(height + 1, 5, 7))


def test_mining_makes_coins_and_spends_them() -> None:
    ledger = Ledger()
    raw = paid(1, 5, 7)
    assert ledger.mine(raw) == 1
    txid = Txid(double_sha256(raw))
    first, second = (Outpoint(txid, vout) for vout in range(2))
    coin = ledger.unspent(second)
    assert coin is not None
    assert (coin.output.satoshis, coin.height, coin.coinbase) == (7, 1, True)
    spending = (
        b"\x02\0\0\0\x01" + first.serialise() + bytes(5) + b"\x01" + Output(SCRIPT, Satoshis(4)).serialise() + bytes(4)
    )
    assert ledger.mine(spending) == 2
    assert ledger.unspent(first) is None
    assert ledger.known(txid)
    made = ledger.unspent(Outpoint(Txid(double_sha256(spending)), 0))
    assert made is not None
    assert not made.coinbase


def test_malformed_bytes_change_nothing() -> None:
    ledger = Ledger()
    with pytest.raises(Malformed):
        ledger.mine(paid(1, 5), b"\x00")
    assert (ledger.height, ledger.coins) == (0, {})


def test_coins_are_listed_oldest_first() -> None:
    ledger = Ledger()
    ledger.mine(paid(1, 5, 7), paid(2, 1))
    ledger.mine(paid(9, 3))
    found = [(coin.height, place.txid[::-1], place.vout) for place, coin in ledger.held_by(frozenset((SCRIPT,)))]
    assert found == sorted(found)
    assert len(found) == 4
    assert not list(ledger.held_by(frozenset()))


def test_the_median_time_is_that_of_eleven_blocks() -> None:
    ledger = Ledger()
    for _ in range(20):
        ledger.mine()
    for height in range(21):
        times = [FIRST_TIME + each for each in range(max(0, height - 10), height + 1)]
        assert ledger.median_time(height) == sorted(times)[len(times) // 2] >= median(times)


def test_two_runs_make_the_same_blocks() -> None:
    one, two = Ledger(), Ledger()
    for ledger in (one, two):
        ledger.mine(paid(1, 5))
        ledger.mine()
    assert one.blocks == two.blocks
    assert len(set(one.blocks)) == 3
    two.mine(paid(3, 5))
    one.mine(paid(3, 6))
    assert one.blocks[-1] != two.blocks[-1]
