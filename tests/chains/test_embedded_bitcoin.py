"""The embedded Bitcoin chain as a node: coins with real previous transactions, blocks by looking, no clock."""

from random import Random

import pytest

from countersign.bitcoin import parent
from countersign.bitcoin.transaction import Output, Satoshis, display
from countersign.chains.bitcoin_spend import read
from countersign.chains.embedded_bitcoin import EmbeddedBitcoin
from countersign.errors import Refused
from support.bitcoin_mutations import KINDS, finished, plain
from support.bitcoin_vault import software_vault
from support.embedded_world import embedded_world

SCRIPT = software_vault("embedded").vault.slots[0].script_pubkey


async def test_a_funded_coin_is_an_output_of_its_own_previous_transaction() -> None:
    chain = EmbeddedBitcoin()
    coin = chain.fund(SCRIPT, 25_000_000_000)
    found = parent.read(coin.transaction)
    assert display(found.txid) == coin.txid
    assert found.output(coin.vout) == Output(SCRIPT, Satoshis(25_000_000_000))
    assert await chain.coins([SCRIPT]) == [coin]
    assert coin.confirmations == 100 == await chain.height()


async def test_several_outputs_of_one_previous_transaction() -> None:
    chain = EmbeddedBitcoin()
    coins = chain.fund_all([Output(SCRIPT, Satoshis(5)), Output(b"\x51", Satoshis(6)), Output(SCRIPT, Satoshis(7))])
    assert len({coin.txid for coin in coins}) == 1
    assert [coin.vout for coin in await chain.coins([SCRIPT])] == [0, 2]
    assert chain.fund(SCRIPT, 5).txid != coins[0].txid


@pytest.mark.parametrize("count", [0, 253])
def test_a_previous_transaction_has_1_to_252_outputs(count: int) -> None:
    chain = EmbeddedBitcoin()
    with pytest.raises(Refused, match=r"chains\.fund-outputs"):
        chain.fund_all([Output(SCRIPT, Satoshis(5))] * count)
    assert chain.ledger.height == 0
    assert len(chain.fund_all([Output(SCRIPT, Satoshis(5))] * 252)) == 252


async def test_each_accepted_transaction_is_a_block_and_each_look_another() -> None:
    chain, world = embedded_world()
    raw = finished(plain(world, Random(1)), world)
    before = await chain.height()
    txid = await chain.broadcast(raw)
    assert txid == display(read(raw).txid)
    assert await chain.height() == before + 1
    first, second = await chain.observe(txid), await chain.observe(txid)
    assert (first.accepted, first.height, first.confirmations) == (True, before + 1, 2)
    assert (second.block, second.confirmations) == (first.block, 3)


async def test_looking_at_what_is_not_there_adds_nothing() -> None:
    chain = EmbeddedBitcoin()
    for txid in ("00" * 32, "not a txid", ""):
        found = await chain.observe(txid)
        assert (found.accepted, found.height, found.block) == (False, None, None)
    assert await chain.height() == 0


async def test_what_is_refused_moves_nothing() -> None:
    chain, world = embedded_world()
    before = (await chain.height(), dict(chain.ledger.coins))
    raw = KINDS["high s"](world, Random(1))
    with pytest.raises(Refused) as caught:
        await chain.broadcast(raw)
    assert caught.value.code == "chains.bitcoin-refused"
    assert caught.value.values["reason"] == await chain.test(raw)
    assert (await chain.height(), chain.ledger.coins) == before


async def test_two_runs_agree_in_every_block() -> None:
    async def run() -> tuple[list[bytes], str]:
        chain, world = embedded_world()
        txid = await chain.broadcast(finished(plain(world, Random(3)), world))
        await chain.observe(txid)
        return chain.ledger.blocks, txid

    assert await run() == await run()
