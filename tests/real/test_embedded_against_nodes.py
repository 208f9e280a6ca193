"""The demonstration's chains against real nodes: 500 mutated transactions, 250 a chain, get the same verdicts.

An embedded chain may be narrower than a node only in the kinds listed here, with their counts; it is never broader.
Mutations are seeded and both worlds are the same in every run, so the counts are exact. docs/chains.md tells the same list.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from countersign.bitcoin import transaction
from countersign.bitcoin.transaction import Outpoint, display
from countersign.chains.gas import gas_limit
from countersign.desk.ports import EthereumNode
from countersign.errors import Refused
from countersign.ethereum import erc20, multisend
from countersign.ethereum.abi import Address
from countersign.ethereum.multisend import InnerCall
from countersign.formats import eip55
from support import bitcoin_mutations, ethereum_mutations, twin_bitcoin, twin_ethereum
from support.bitcoin_node import RegtestNode
from support.ethereum_node import running_node
from support.parts import bitcoind
from support.verdicts import Verdicts

SEED = 2026
ALL, SAMPLE = 250, 74

BITCOIN_NARROWER = {
    "coin that is no multisig": 5,
    "output of a later segwit version": 5,
    "output of data": 5,
    "sighash not all": 5,
    "version three": 5,
}
ETHEREUM_NARROWER = {
    "administration": 4,
    "approval": 4,
    "batch in another form": 2,
    "batch to another address": 1,
    "byte flipped": 1,
    "delegate call": 1,
    "much safe tx gas": 2,
    "other function of the safe": 2,
    "owner change in another form": 4,
    "padding not zero": 3,
    "parts exchanged": 3,
    "precompiled contract": 4,
    "together and one may fail alone": 3,
    "together elsewhere": 2,
    "together in another form": 2,
    "token that is none": 1,
    "trailing bytes": 3,
    "very long": 2,
}


@pytest.fixture(scope="module")
def bitcoin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[twin_bitcoin.Twins]:
    with RegtestNode(bitcoind(), tmp_path_factory.mktemp("bitcoind")) as node:
        yield twin_bitcoin.twins(node)


@pytest.fixture(scope="module")
def ethereum() -> Iterator[twin_ethereum.Twins]:
    with running_node() as node:
        yield twin_ethereum.twins(node)


async def bitcoin_verdicts(twins: twin_bitcoin.Twins, count: int) -> Verdicts:
    verdicts = Verdicts()
    for kind, raw in bitcoin_mutations.mutations(twins.world, count, SEED):
        verdicts.compare(kind, twin_bitcoin.verdict(twins.node, raw), await twins.embedded.test(raw))
    return verdicts


async def ethereum_verdicts(twins: twin_ethereum.Twins, count: int) -> Verdicts:
    verdicts = Verdicts()
    for kind, (to, data) in ethereum_mutations.mutations(twins.world, count, SEED):
        text = eip55.checksum(to)
        verdicts.compare(kind, await twins.adapter.test(text, data), await twins.embedded.test(text, data))
    return verdicts


def assert_listed(verdicts: Verdicts, listed: dict[str, int]) -> None:
    assert not verdicts.broader
    assert verdicts.narrower <= Counter(listed)


async def test_a_sample_of_bitcoin_verdicts_agrees(bitcoin: twin_bitcoin.Twins) -> None:
    verdicts = await bitcoin_verdicts(bitcoin, SAMPLE)
    print("\n" + verdicts.report("Bitcoin, sample"))
    assert_listed(verdicts, BITCOIN_NARROWER)
    assert len(verdicts.offered) == len(bitcoin_mutations.KINDS)


async def test_a_sample_of_ethereum_verdicts_agrees(ethereum: twin_ethereum.Twins) -> None:
    verdicts = await ethereum_verdicts(ethereum, SAMPLE)
    print("\n" + verdicts.report("Ethereum, sample"))
    assert_listed(verdicts, ETHEREUM_NARROWER)
    assert len(verdicts.offered) == len(ethereum_mutations.KINDS)


@pytest.mark.long
async def test_five_hundred_verdicts_agree_but_for_the_listed_exceptions(
    bitcoin: twin_bitcoin.Twins, ethereum: twin_ethereum.Twins
) -> None:
    coins, safes = await bitcoin_verdicts(bitcoin, ALL), await ethereum_verdicts(ethereum, ALL)
    print("\n" + coins.report("Bitcoin") + "\n" + safes.report("Ethereum"))
    assert coins.offered.total() + safes.offered.total() == 500
    assert not coins.broader
    assert not safes.broader
    assert dict(coins.narrower) == BITCOIN_NARROWER
    assert dict(safes.narrower) == ETHEREUM_NARROWER


async def test_what_the_embedded_chain_mines_the_node_mines(tmp_path: Path) -> None:
    """The same finished spend on both: the same txid, and the same coins gone and made."""
    with RegtestNode(bitcoind(), tmp_path) as node:
        twins = twin_bitcoin.twins(node)
        draft = bitcoin_mutations.plain(twins.world, Random(1))
        raw = bitcoin_mutations.finished(draft, twins.world)
        before = set(twins.embedded.ledger.coins)
        txid = await twins.embedded.broadcast(raw)
        assert txid == node.rpc("sendrawtransaction", raw.hex())
        node.mine()
        ours, theirs = set(twins.embedded.ledger.coins), set(twin_bitcoin.replay(node).ledger.coins)
        made = {Outpoint(transaction.from_display(txid), vout) for vout in range(len(draft.outputs))}
        assert ours - before == made == {one for one in theirs - before if display(one.txid) == txid}
        assert before - ours == before - theirs
        assert len(before - ours) == len(draft.coins)


async def test_what_the_embedded_chain_executes_the_node_executes(ethereum: twin_ethereum.Twins) -> None:
    """Each accepted call of the sample, executed on both from the same state: nonce, owners and balances agree afterwards."""
    executed = await executed_on_both(ethereum, ethereum_mutations.mutations(ethereum.world, SAMPLE, SEED))
    print(f"\nEthereum: {executed} accepted calls executed on both chains")
    assert executed > 10


@pytest.mark.parametrize("count", [24, pytest.param(400, marks=pytest.mark.long)])
async def test_a_safe_changes_its_owners_on_both_alike(ethereum: twin_ethereum.Twins, count: int) -> None:
    """Alone and in batches, with good and bad neighbours, owners and thresholds: the same verdict, the same list afterwards."""
    drawn, verdicts, calls = Random(SEED), Verdicts(), []
    for kind in ("owner change", "owner change", "batch of owner changes") * (count // 3):
        to, data = ethereum_mutations.KINDS[kind](ethereum.world, drawn)
        text = eip55.checksum(to)
        verdicts.compare(kind, await ethereum.adapter.test(text, data), await ethereum.embedded.test(text, data))
        calls.append((kind, ethereum_mutations.Call(to, data)))
    print("\n" + verdicts.report("Changes of owners"))
    assert not verdicts.broader
    assert not verdicts.narrower
    assert count / 6 < await executed_on_both(ethereum, calls) == verdicts.accepted < count


async def executed_on_both(ethereum: twin_ethereum.Twins, calls: Iterable[tuple[str, ethereum_mutations.Call]]) -> int:
    """Execute each call that the embedded chain accepts on both, from the same state; how many. What is left agrees."""
    executed = 0
    for kind, (to, data) in calls:
        embedded, text = deepcopy(ethereum.embedded), eip55.checksum(to)
        if await embedded.test(text, data) is not None:
            continue
        snapshot = ethereum.node.rpc("evm_snapshot")
        try:
            await embedded.broadcast(text, data)
            sent = await ethereum.adapter.broadcast(text, data)
            ethereum.node.receipt(sent)
            assert (await ethereum.adapter.observe(sent)).accepted
            assert await balances(ethereum, embedded) == await balances(ethereum, ethereum.adapter), kind
        finally:
            assert ethereum.node.rpc("evm_revert", snapshot)
            ethereum.node.outbox.outgoing.clear()  # it sent none of what is taken back
        executed += 1
    return executed


async def balances(twins: twin_ethereum.Twins, node: EthereumNode) -> list[object]:
    """The Safe's nonce, its own list of owners, its threshold, and what it, the other Safe and each token hold of each token."""
    world = twins.world
    places = [eip55.checksum(place) for place in (world.safe, world.other_safe, world.token, world.other_token)]
    tokens = places[2:]
    held = [await node.token_balance(token, place) for token in tokens for place in places]
    return [await node.safe_nonce(places[0]), *await node.safe_owners(places[0]), *held]


async def test_a_batch_is_executed_whole_by_both_and_leaves_both_the_same(ethereum: twin_ethereum.Twins) -> None:
    """Tokens to two places and ether to a third: what the Safe and every receiver hold afterwards agrees."""
    world, first, second, third = ethereum.world, *(Address(bytes([0xE0 + at]) * 20) for at in range(3))
    calls = (
        InnerCall(world.token, 0, erc20.encode(erc20.Transfer(first, 300))),
        InnerCall(third, 70, b""),
        InnerCall(world.other_token, 0, erc20.encode(erc20.Transfer(second, 5))),
        InnerCall(world.token, 0, erc20.encode(erc20.Transfer(second, 11))),
    )
    to, data = ethereum_mutations.call(world, world.batch(calls))
    embedded, text = deepcopy(ethereum.embedded), eip55.checksum(to)
    snapshot = ethereum.node.rpc("evm_snapshot")
    try:
        await embedded.broadcast(text, data)
        sent = await ethereum.adapter.broadcast(text, data)
        ethereum.node.receipt(sent)
        assert (await ethereum.adapter.observe(sent)).accepted
        holdings = []
        for node in (embedded, ethereum.adapter):
            tokens = (eip55.checksum(token) for token in (world.token, world.other_token))
            places = [eip55.checksum(place) for place in (world.safe, first, second)]
            holdings.append([await node.token_balance(token, place) for token in tokens for place in places])
        assert holdings[0] == holdings[1] == [world.tokens - 311, 300, 11, world.tokens - 5, 0, 5]
        for place, wei in ((third, 70), (world.safe, world.wei - 70)):
            seen = [await node.ether_balance(eip55.checksum(place)) for node in (embedded, ethereum.adapter)]
            assert seen == [wei, ethereum.node.balance(place)] == [wei, wei]
        assert await embedded.safe_nonce(text) == await ethereum.adapter.safe_nonce(text) == world.nonce + 1
    finally:
        assert ethereum.node.rpc("evm_revert", snapshot)
        ethereum.node.outbox.outgoing.clear()  # it sent none of what is taken back


async def test_a_batch_that_fails_in_its_last_call_moves_nothing_on_either(ethereum: twin_ethereum.Twins) -> None:
    """Sent all the same, the real one reverts, or with a safeTxGas burns the nonce; the calls before it are undone."""
    world, receiver = ethereum.world, Address(b"\xe9" * 20)
    calls = (
        InnerCall(world.token, 0, erc20.encode(erc20.Transfer(receiver, 300))),
        InnerCall(receiver, 70, b""),
        InnerCall(world.token, 0, erc20.encode(erc20.Transfer(receiver, world.tokens - 299))),
    )
    text = eip55.checksum(world.safe)
    for gas, reason, burned in ((0, "GS013", 0), (100_000, "ExecutionFailure", 1)):
        to, data = ethereum_mutations.call(world, replace(world.batch(calls), safe_tx_gas=gas))
        embedded, snapshot = deepcopy(ethereum.embedded), ethereum.node.rpc("evm_snapshot")
        try:
            assert await embedded.test(text, data) == await ethereum.adapter.test(text, data) == reason
            with pytest.raises(Refused):
                await embedded.broadcast(text, data)
            ethereum.node.send(data, to)
            assert await balances(ethereum, embedded) == await balances(ethereum, ethereum.embedded)
            assert (await balances(ethereum, ethereum.adapter))[1:] == (await balances(ethereum, embedded))[1:]
            assert ethereum.node.balance(receiver) == embedded.ether.get(receiver, 0) == 0
            assert await ethereum.adapter.safe_nonce(text) == world.nonce + burned
        finally:
            assert ethereum.node.rpc("evm_revert", snapshot)
            ethereum.node.outbox.outgoing.clear()  # it sent none of what is taken back


async def test_the_largest_batch_there_is_executes_on_both(ethereum: twin_ethereum.Twins) -> None:
    """128 transfers to places that never held the token, with the gas that the adapter gives them."""
    world, count = ethereum.world, multisend.MOST_CALLS
    places = [Address(bytes([0xD0, at]) * 10) for at in range(count)]
    calls = [InnerCall(world.token, 0, erc20.encode(erc20.Transfer(place, at + 1))) for at, place in enumerate(places)]
    to, data = ethereum_mutations.call(world, world.batch(calls))
    embedded, text = deepcopy(ethereum.embedded), eip55.checksum(to)
    snapshot = ethereum.node.rpc("evm_snapshot")
    try:
        await embedded.broadcast(text, data)
        sent = await ethereum.adapter.broadcast(text, data)
        used = int(ethereum.node.receipt(sent)["gasUsed"], 16)
        print(f"\n{count} transfers in one batch: {used:,} gas of {gas_limit(data):,}")
        assert (await ethereum.adapter.observe(sent)).accepted
        token, last = eip55.checksum(world.token), eip55.checksum(places[-1])
        assert await embedded.token_balance(token, last) == await ethereum.adapter.token_balance(token, last) == count
        assert used < gas_limit(data) < 2**24
    finally:
        assert ethereum.node.rpc("evm_revert", snapshot)
        ethereum.node.outbox.outgoing.clear()  # it sent none of what is taken back
