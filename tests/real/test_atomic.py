"""Several Safes in one call on a real node, with the real contracts of 1.3.0, 1.4.1 and 1.5.0: all of them act, or none.

Two vaults of different owners exchange two tokens. What is sent goes through the product's adapter and its relayer.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from countersign.chains.ethereum_rpc import EthereumRpc
from countersign.desk.ports import Executed
from countersign.errors import Refused
from countersign.ethereum import atomic, deployments, erc20, execute, multisend
from countersign.ethereum.abi import Address
from countersign.ethereum.atomic import SafeCall
from countersign.ethereum.safe import SafeTx, SafeVersion, plain_tx
from countersign.formats import eip55
from countersign.formats.keccak import keccak256
from countersign.keys.public_key import Curve
from support.ethereum_mutations import blob
from support.ethereum_node import CHAIN_ID, AnvilNode, artifact_of, hexed, place_safe_contracts, running_node
from support.software_keys import SoftwareKey
from support.twin_ethereum import relayer

LONG = pytest.mark.long
RELEASES = ("1.3.0", "1.4.1", "1.5.0")
DOLLARS, EUROS = 21_000, 20_000


@dataclass(frozen=True)
class Exchange:
    """A node with two funded 2-of-3 Safes of one release: one holds dollars, the other euros."""

    node: AnvilNode
    adapter: EthereumRpc
    release: SafeVersion
    safes: tuple[Address, Address]
    tokens: tuple[Address, Address]
    keys: tuple[tuple[SoftwareKey, ...], tuple[SoftwareKey, ...]]

    @property
    def through(self) -> str:
        return eip55.checksum(atomic.executor([self.release]))

    async def leg(self, side: int, amount: int) -> SafeTx:
        """What one side pays the other: its own token, at its Safe's next nonce."""
        safe, data = self.safes[side], erc20.encode(erc20.Transfer(self.safes[1 - side], amount))
        nonce = await self.adapter.safe_nonce(eip55.checksum(safe))
        return replace(plain_tx(CHAIN_ID, safe, self.tokens[side], 0, data, nonce), version=self.release)

    def finished(self, tx: SafeTx) -> SafeCall:
        keys = self.keys[self.safes.index(tx.safe)]
        return SafeCall(tx.safe, execute.encode(tx, blob(tx, keys[:2])))

    async def state(self) -> tuple[list[int], list[int]]:
        """The nonces, and what each Safe holds of each token."""
        places = [eip55.checksum(each) for each in self.safes]
        nonces = [await self.adapter.safe_nonce(each) for each in places]
        tokens = [eip55.checksum(each) for each in self.tokens]
        return nonces, [await self.adapter.token_balance(token, place) for token in tokens for place in places]


@pytest.fixture(scope="module")
def node() -> Iterator[AnvilNode]:
    with running_node() as started:
        yield started


@pytest.fixture(params=[pytest.param("1.3.0", marks=LONG), "1.4.1", pytest.param("1.5.0", marks=LONG)])
def exchange(request: pytest.FixtureRequest, node: AnvilNode) -> Exchange:
    release = SafeVersion.parse(request.param)
    adapter, contracts = relayer(node), place_safe_contracts(node, release)
    sides = []
    for salt, side in enumerate(("buyer", "seller")):
        made = [SoftwareKey.generate(Curve.SECP256K1, f"{side} {number}") for number in range(3)]
        keys = tuple(sorted(made, key=lambda key: key.public.ethereum_address()))
        owners = [Address(key.public.ethereum_address()) for key in keys]
        sides.append((contracts.new_safe(owners, 2, salt), keys, contracts.deploy_token()))
    (buyer, seller) = sides
    contracts.fund(buyer[2], buyer[0], DOLLARS)
    contracts.fund(seller[2], seller[0], EUROS)
    return Exchange(
        node,
        adapter,
        release,
        (buyer[0], seller[0]),
        (buyer[2], seller[2]),
        (buyer[1], seller[1]),
    )


def said(tx: SafeTx) -> Executed:
    return Executed(eip55.checksum(tx.safe), hexed(tx.digest))


@pytest.mark.parametrize("release", RELEASES)
def test_the_pinned_code_is_the_released_contracts(release: str) -> None:
    version = SafeVersion.parse(release)
    code = artifact_of("libraries/MultiSendCallOnly.sol/MultiSendCallOnly", version)["deployedBytecode"]
    assert deployments.MULTI_SEND_CODE[version] == "0x" + keccak256(bytes.fromhex(code[2:])).hex()


async def test_two_vaults_of_different_owners_settle_in_one_transaction(exchange: Exchange) -> None:
    adapter, legs = exchange.adapter, [await exchange.leg(0, DOLLARS), await exchange.leg(1, EUROS)]
    outer = atomic.encode([exchange.finished(each) for each in legs])
    assert await adapter.test(exchange.through, outer) is None
    sent = await adapter.broadcast(exchange.through, outer)
    receipt = exchange.node.receipt(sent)
    seen = await adapter.observe(sent)
    assert seen.accepted
    assert seen.executed == tuple(said(each) for each in legs)
    assert await exchange.state() == ([1, 1], [0, DOLLARS, EUROS, 0])
    height = await adapter.newest_block()
    for each in legs:
        place, digest = said(each).safe, said(each).digest
        assert list(await adapter.executing(place, digest, 0, height)) == [sent]
        assert list(await adapter.executing(place, digest, 0, (seen.height or 0) - 1)) == []
        assert list(await adapter.executing(place, hexed(bytes(32)), 0, height)) == []
    print(
        f"\nSafe {exchange.release}: two legs in {int(receipt['gasUsed'], 16):,} gas of {atomic.gas(atomic.decode(outer)):,}"
    )


@pytest.mark.parametrize("failing", [0, 1])
async def test_one_leg_that_fails_reverts_all(exchange: Exchange, failing: int) -> None:
    """Sent all the same, past every test of ours: no balance and no nonce moves. Alone, the other would have executed."""
    adapter = exchange.adapter
    amounts = [DOLLARS, EUROS]
    amounts[failing] += 1
    legs = [exchange.finished(await exchange.leg(side, amounts[side])) for side in (0, 1)]
    outer, before = atomic.encode(legs), await exchange.state()
    assert await adapter.test(exchange.through, outer) is not None
    with pytest.raises(Refused, match=r"chains\.ethereum-refused"):
        await adapter.broadcast(exchange.through, outer)
    receipt = exchange.node.send(outer, Address(eip55.parse(exchange.through)))
    assert receipt["status"] == "0x0"
    seen = await adapter.observe(receipt["transactionHash"])
    assert (seen.accepted, seen.executed, seen.block is None) == (False, (), False)
    assert await exchange.state() == before == ([0, 0], [DOLLARS, 0, 0, EUROS])
    alone = [await adapter.test(eip55.checksum(each.safe), each.calldata) for each in legs]
    assert [reason is not None for reason in alone] == [side == failing for side in (0, 1)]


async def test_a_stranger_executes_one_and_the_outer_call_does_nothing(exchange: Exchange) -> None:
    adapter, legs = exchange.adapter, [await exchange.leg(0, DOLLARS), await exchange.leg(1, EUROS)]
    finished = [exchange.finished(each) for each in legs]
    outer = atomic.encode(finished)
    stranger = exchange.node.send(finished[1].calldata, legs[1].safe)  # from an account that is not the relayer's
    receipt = exchange.node.send(outer, Address(eip55.parse(exchange.through)))
    assert receipt["status"] == "0x0"
    assert await exchange.state() == ([0, 1], [DOLLARS, 0, EUROS, 0])
    found = await adapter.executing(said(legs[1]).safe, said(legs[1]).digest, 0, await adapter.newest_block())
    assert list(found) == [stranger["transactionHash"]]
    assert (await adapter.observe(found[0])).executed == (said(legs[1]),)
    completed = await adapter.broadcast(eip55.checksum(legs[0].safe), finished[0].calldata)
    exchange.node.receipt(completed)
    assert (await adapter.observe(completed)).executed == (said(legs[0]),)
    assert await exchange.state() == ([1, 1], [0, DOLLARS, EUROS, 0])


async def test_with_a_safe_tx_gas_one_would_fail_alone_which_is_why_it_is_not_encoded(exchange: Exchange) -> None:
    """The rule of `ethereum.atomic`, played without it: the failing Safe only says so, and the other pays."""
    legs = [await exchange.leg(0, DOLLARS + 1), await exchange.leg(1, EUROS)]
    burning = replace(legs[0], safe_tx_gas=100_000)
    calls = [multisend.InnerCall(each.safe, 0, exchange.finished(each).calldata) for each in (burning, legs[1])]
    receipt = exchange.node.send(multisend.serialise(calls), Address(eip55.parse(exchange.through)))
    assert receipt["status"] == "0x1"
    assert await exchange.state() == ([1, 1], [DOLLARS, 0, EUROS, 0])
    seen = await exchange.adapter.observe(receipt["transactionHash"])
    assert (seen.accepted, seen.executed) == (False, (said(legs[1]),))


async def test_where_the_contract_is_not_deployed_nothing_is_sent(exchange: Exchange) -> None:
    """A call to nobody would succeed with nothing."""
    node, where = exchange.node, atomic.executor([exchange.release])
    legs = [exchange.finished(await exchange.leg(side, 5)) for side in (0, 1)]
    code = node.rpc("eth_getCode", hexed(where), "latest")
    try:
        for other in ("0x", "0x00", code[:-2]):
            node.rpc("anvil_setCode", hexed(where), other)
            with pytest.raises(Refused, match="no contract answers"):
                await exchange.adapter.broadcast(exchange.through, atomic.encode(legs))
    finally:
        node.rpc("anvil_setCode", hexed(where), code)
    assert await exchange.adapter.test(exchange.through, atomic.encode(legs)) is None
