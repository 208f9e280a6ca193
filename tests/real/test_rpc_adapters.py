"""The adapters against real nodes, beyond the suite that the embedded chains pass too (tests/chains/test_node_suite.py)."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from countersign.bitcoin.transaction import display
from countersign.chains.bitcoin_core import BitcoinCore, cookie
from countersign.chains.bitcoin_spend import read
from countersign.chains.ethereum_rpc import EthereumRpc
from countersign.chains.jsonrpc import JsonRpc
from countersign.chains.relayer import Relayer
from countersign.errors import Refused, Unavailable
from countersign.ethereum.abi import Address
from countersign.formats import eip55
from countersign.keys.public_key import Curve, PublicKey
from support import ethereum_chains, twin_bitcoin
from support.bitcoin_mutations import Draft, finished, plain
from support.bitcoin_node import RegtestNode, RpcError
from support.ethereum_chains import FUNDS, EthereumChain
from support.ethereum_node import AnvilNode, place_safe_contracts, running_node
from support.parts import bitcoind
from support.software_keys import SoftwareKey
from support.twin_ethereum import software_signer

RECIPIENT = Address(b"\xee" * 20)


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[twin_bitcoin.Twins]:
    with RegtestNode(bitcoind(), tmp_path_factory.mktemp("bitcoind")) as node:
        yield twin_bitcoin.twins(node)


@pytest.fixture
def core(twins: twin_bitcoin.Twins) -> BitcoinCore:
    return BitcoinCore(JsonRpc(twins.node.url, cookie(twins.node.cookie)))


async def test_the_vaults_coins_are_found_without_a_wallet(core: BitcoinCore, twins: twin_bitcoin.Twins) -> None:
    scripts = [place.script_pubkey for place in twins.world.places]
    found = await core.coins(scripts)
    assert len(found) > 100
    assert found == await twin_bitcoin.replay(twins.node).coins(scripts)


async def test_a_transaction_waits_in_the_pool_then_counts_blocks(core: BitcoinCore, twins: twin_bitcoin.Twins) -> None:
    raw = finished(plain(twins.world, Random(5)), twins.world)
    assert await core.test(raw) is None
    txid = await core.broadcast(raw)
    assert txid == display(read(raw).txid)
    assert await core.broadcast(raw) == txid  # a node takes again what waits in its pool
    waiting = await core.observe(txid)
    assert (waiting.accepted, waiting.confirmations, waiting.height, waiting.block) == (True, 0, None, None)
    (block,) = twins.node.mine()
    twins.node.mine(2)
    seen = await core.observe(txid)
    assert (seen.accepted, seen.confirmations, seen.block) == (True, 3, block)
    assert seen.height == await core.height() - 2
    with pytest.raises(Refused) as caught:
        await core.broadcast(raw)
    assert caught.value.values["reason"] == "Transaction outputs already in utxo set"


async def test_a_refused_transaction_keeps_the_nodes_reason(core: BitcoinCore, twins: twin_bitcoin.Twins) -> None:
    coin = twins.world.mature[0]
    code = twins.world.slot(3).script_pubkey
    draft = Draft((coin,), ((code, 1_000_000), (code, coin.satoshis - 1_010_000)))
    cases = {
        "bad-txns-in-belowout": draft.paying(1, draft.outputs[1][1] + draft.fee + 1),
        "min relay fee not met": draft.paying(1, draft.outputs[1][1] + draft.fee),
        "non-final": replace(draft, lock_time=1_000_000),
    }
    for reason, spoilt in cases.items():
        raw = finished(spoilt, twins.world)
        assert await core.test(raw) == reason
        with pytest.raises(Refused) as caught:
            await core.broadcast(raw)
        assert caught.value.code == "chains.bitcoin-refused"
        assert str(caught.value.values["reason"]).startswith(reason)


async def test_a_wrong_password_is_named_and_not_shown(twins: twin_bitcoin.Twins) -> None:
    stranger = BitcoinCore(JsonRpc(twins.node.url, lambda: ("__cookie__", "wr0ng")))
    for asked in (stranger.height(), stranger.test(b"\x00"), stranger.observe("0a" * 32)):
        with pytest.raises(Unavailable) as caught:
            await asked
        assert caught.value.code == "chains.not-authorised"
        assert "wr0ng" not in str(caught.value)


async def test_the_cookie_of_a_restarted_node_is_read_anew(tmp_path: Path) -> None:
    node = RegtestNode(bitcoind(), tmp_path)
    try:
        node.start()
        core = BitcoinCore(JsonRpc(node.url, cookie(node.cookie)))
        assert await core.chain() == "bip122:0f9188f13cb7b2c71f2a335e3a4fc328"
        first = node.cookie.read_text("ascii")
        node.stop()
        with pytest.raises(Unavailable, match=r"chains\.(no-cookie|unreachable)"):
            await core.height()
        with suppress(RpcError):  # its wallet exists already
            node.start()
        assert node.cookie.read_text("ascii") != first
        assert await core.height() == 0
    finally:
        node.stop()


@pytest.fixture(scope="module")
def anvil_node() -> Iterator[AnvilNode]:
    with running_node() as node:
        yield node


@pytest.fixture(scope="module")
def chain(anvil_node: AnvilNode) -> EthereumChain:
    return ethereum_chains.real_chains(anvil_node)()


def unfunded() -> SoftwareKey:
    return SoftwareKey.generate(Curve.SECP256K1, "a relayer without ether")


def relayed(node: AnvilNode, key: SoftwareKey) -> EthereumRpc:
    return EthereumRpc(JsonRpc(node.url), Relayer(key.public, software_signer(key), node.outbox))


async def test_the_relayers_key_signs_through_the_argument_and_only_there(
    anvil_node: AnvilNode, chain: EthereumChain
) -> None:
    key, asked = SoftwareKey.generate(Curve.SECP256K1, "a relayer of its own"), []
    anvil_node.send(b"", Address(key.public.ethereum_address()), value=10**18)

    async def sign(public: PublicKey, digest: bytes) -> bytes:
        asked.append((public, len(digest)))
        return key.sign_digest(digest)

    node = EthereumRpc(JsonRpc(anvil_node.url), Relayer(key.public, sign, anvil_node.outbox))
    call = chain.call(await chain.transfer(RECIPIENT, 7))
    assert await node.test(chain.safe_text, call) is None
    assert not asked
    sent = await node.broadcast(chain.safe_text, call)
    assert asked == [(key.public, 32)]
    receipt = anvil_node.receipt(sent)
    assert receipt["from"] == "0x" + key.public.ethereum_address().hex()
    seen = await node.observe(sent)
    assert (seen.accepted, seen.confirmations, seen.block) == (True, 1, receipt["blockHash"])
    anvil_node.rpc("anvil_mine", hex(2))
    assert (await node.observe(sent)).confirmations == 3


async def test_what_would_revert_is_never_sent(anvil_node: AnvilNode, chain: EthereumChain) -> None:
    sender = "0x" + SoftwareKey.generate(Curve.SECP256K1, "relayer").public.ethereum_address().hex()
    before = anvil_node.rpc("eth_getTransactionCount", sender, "pending")
    call = chain.call(await chain.transfer(RECIPIENT, FUNDS * 2))
    with pytest.raises(Refused, match="GS013"):
        await chain.node.broadcast(chain.safe_text, call)
    assert anvil_node.rpc("eth_getTransactionCount", sender, "pending") == before


async def test_what_reverted_or_failed_inside_was_not_accepted(anvil_node: AnvilNode, chain: EthereumChain) -> None:
    """Somebody else sends it all the same: one reverts, one burns the nonce and only the Safe's event tells."""
    reverting = chain.call(await chain.transfer(RECIPIENT, FUNDS * 2))
    burning = replace(await chain.transfer(RECIPIENT, FUNDS * 2), safe_tx_gas=100_000)
    assert await chain.node.test(chain.safe_text, chain.call(burning)) == "ExecutionFailure"
    for call, status in ((reverting, "0x0"), (chain.call(burning), "0x1")):
        receipt = anvil_node.send(call, chain.safe)
        assert receipt["status"] == status
        seen = await chain.node.observe(receipt["transactionHash"])
        assert (seen.accepted, seen.height) == (False, int(receipt["blockNumber"], 16))


async def test_a_relayer_without_ether_is_told_so(anvil_node: AnvilNode, chain: EthereumChain) -> None:
    node = relayed(anvil_node, unfunded())
    call = chain.call(await chain.transfer(RECIPIENT, 7))
    with pytest.raises(Refused) as caught:
        await node.broadcast(chain.safe_text, call)
    assert caught.value.code == "relaying.funds"
    assert caught.value.values["balance"] == 0
    assert caught.value.values["missing"] == caught.value.values["needed"]


async def test_a_contract_that_is_no_safe_is_refused_by_name(chain: EthereumChain) -> None:
    with pytest.raises(Refused, match=r"chains\.no-contract"):
        await chain.node.safe_nonce(chain.token_text)
    with pytest.raises(Refused, match=r"chains\.no-contract"):
        await chain.node.token_balance(eip55.checksum(RECIPIENT), chain.safe_text)


async def test_only_the_tokens_own_transfers_are_found_and_a_reorganised_one_no_more(
    anvil_node: AnvilNode, chain: EthereumChain
) -> None:
    contracts, node, start = place_safe_contracts(anvil_node), chain.node, await chain.node.newest_block()
    another = contracts.deploy_token()

    async def found() -> list[str]:
        return list(await node.paying(chain.token_text, chain.safe_text, start + 1, await node.newest_block()))

    contracts.fund(another, chain.safe, 5)
    assert await found() == []
    before = anvil_node.rpc("evm_snapshot")
    contracts.fund(chain.token, chain.safe, 5)
    (transaction,) = await found()
    (paid,) = await node.payments(transaction)
    assert (paid.token, paid.receiver, paid.amount, paid.place) == (chain.token_text, chain.safe_text, 5, 0)
    anvil_node.rpc("evm_revert", before)
    assert await found() == []
    assert await node.payments(transaction) == ()
    contracts.fund(chain.token, chain.safe, 5)
    assert len(await found()) == 1
