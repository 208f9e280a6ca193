"""Reorganisations forced on a real node: what the adapter said before is not what it says after, and nothing is remembered."""

from collections.abc import Iterator

import pytest

from countersign.bitcoin import combine, finalise, parent, psbt
from countersign.bitcoin.build import build
from countersign.bitcoin.coins import of
from countersign.bitcoin.selection import Payer
from countersign.bitcoin.transaction import display
from countersign.chains.bitcoin_core import BitcoinCore, cookie
from countersign.chains.jsonrpc import JsonRpc
from countersign.errors import Refused
from support.bitcoin_node import RegtestNode
from support.bitcoin_vault import SoftwareVault, payment, software_vault
from support.parts import bitcoind


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RegtestNode]:
    with RegtestNode(bitcoind(), tmp_path_factory.mktemp("bitcoind")) as running:
        running.mine(101)
        yield running


@pytest.fixture
def core(node: RegtestNode) -> BitcoinCore:
    return BitcoinCore(JsonRpc(node.url, cookie(node.cookie)))


def scripts(vault: SoftwareVault) -> list[bytes]:
    return [slot.script_pubkey for slot in vault.vault.slots]


async def signed(core: BitcoinCore, vault: SoftwareVault, owed: int, rate: int = 2) -> bytes:
    """A finished spend of the vault's coin, signed by two, with change to slot 3."""
    held = vault.vault
    found = await core.coins(scripts(vault))
    coins = tuple(of(parent.read(each.transaction), each.vout, held.slots[0]) for each in found)
    unsigned = build([Payer(held.checksum, coins, (payment(owed),), held.slots[3])], rate).psbt
    whole = combine.combine(unsigned, *(signer.sign(unsigned) for signer in vault.signers[:2]))
    return finalise.extract(finalise.finalise(psbt.parse(psbt.serialise(whole))))


def name(raw: bytes) -> str:
    return display(parent.read(raw).txid)


async def test_a_deposit_that_was_seen_is_gone_and_comes_back_with_another_block(
    node: RegtestNode, core: BitcoinCore
) -> None:
    vault = software_vault("a deposit reorganised")
    paid = node.pay(vault.vault.slots[0].address("bcrt"), 5_000_000)
    assert not await core.coins(scripts(vault))  # waiting for a block is not yet a coin
    (block,) = node.mine()
    node.mine(2)
    (coin,) = await core.coins(scripts(vault))
    assert (coin.txid, coin.confirmations) == (paid, 3)
    node.rpc("invalidateblock", block)
    assert not await core.coins(scripts(vault))
    assert (await core.observe(paid)).confirmations == 0
    (other,) = node.mine()
    (again,) = await core.coins(scripts(vault))
    assert (again.txid, again.vout, again.transaction, again.confirmations) == (paid, coin.vout, coin.transaction, 1)
    seen = await core.observe(paid)
    assert (seen.block, seen.confirmations) == (other, 1)
    assert other != block


async def test_an_observed_settlement_waits_again_and_is_mined_again(node: RegtestNode, core: BitcoinCore) -> None:
    vault = software_vault("a settlement reorganised")
    node.pay(vault.vault.slots[0].address("bcrt"), 5_000_000)
    node.mine()
    txid = await core.broadcast(await signed(core, vault, 4_000_000))
    (block,) = node.mine()
    assert (await core.observe(txid)).block == block
    node.rpc("invalidateblock", block)
    waiting = await core.observe(txid)
    assert (waiting.accepted, waiting.confirmations, waiting.height, waiting.block) == (True, 0, None, None)
    assert [coin.satoshis for coin in await core.coins(scripts(vault))] == [
        5_000_000
    ]  # the chain's word, not the pool's
    (other,) = node.mine()
    mined = await core.observe(txid)
    assert (mined.block, mined.confirmations) == (other, 1)
    (change,) = await core.coins(scripts(vault))
    assert change.txid == txid


async def test_a_conflicting_spend_is_confirmed_instead(node: RegtestNode, core: BitcoinCore) -> None:
    vault = software_vault("a settlement displaced")
    node.pay(vault.vault.slots[0].address("bcrt"), 5_000_000)
    node.mine()
    ours, other = await signed(core, vault, 4_000_000), await signed(core, vault, 3_000_000)
    await core.broadcast(ours)
    (block,) = node.mine()
    assert (await core.observe(name(ours))).confirmations == 1
    node.rpc("invalidateblock", block)
    displacing = node.rpc("generateblock", node.rpc("getnewaddress"), [other.hex()])["hash"]
    gone = await core.observe(name(ours))
    assert (gone.accepted, gone.confirmations, gone.block) == (False, 0, None)
    assert (await core.observe(name(other))).block == displacing
    assert await core.test(ours) == "missing-inputs"
    with pytest.raises(Refused, match=r"chains\.bitcoin-refused"):
        await core.broadcast(ours)
    (change,) = await core.coins(scripts(vault))
    assert change.txid == name(other)
