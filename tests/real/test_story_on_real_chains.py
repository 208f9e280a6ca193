"""The story on a real regtest Bitcoin Core and a real Ethereum node with the real Safe 1.4.1 and an ERC-20, real tokens too.

Only the chains and the outside world are other than in the demonstration; every step is the same. The relayer's key is a
software key that owns no Safe: the custodian's token for it comes with a later issue.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from eth_abi import encode as abi_encode

from countersign.bootstrap.stage import DemonstrationStage
from countersign.chains.bitcoin_core import BitcoinCore, cookie
from countersign.chains.jsonrpc import JsonRpc
from countersign.demonstration import cast
from countersign.demonstration.evening import UNITS
from countersign.demonstration.story import Story
from countersign.desk import export
from countersign.ethereum.abi import Address, selector
from countersign.formats import caip, eip55
from support.bitcoin_node import RegtestNode
from support.ethereum_node import AnvilNode, SafeContracts, place_safe_contracts, running_node
from support.parts import bitcoind, softhsm_module
from support.twin_ethereum import relayer

pytestmark = pytest.mark.long
MATURED = 120
"""Blocks until the regtest wallet can spend more than the story's deposits: a coinbase of 50 BTC matures after 100."""


@dataclass
class RealOutside:
    """Whoever pays into custody on real nodes: `demonstration.stage.Outside`. Mines when asked."""

    bitcoin: RegtestNode
    ethereum: AnvilNode
    contracts: SafeContracts
    erc20: Address
    second: Address
    deployed: int = 0

    def safe_address(self, owners: Sequence[bytes], threshold: int) -> str:
        self.deployed += 1
        return eip55.checksum(self.contracts.new_safe([Address(owner) for owner in owners], threshold, self.deployed))

    def token(self) -> str:
        return f"{cast.ETHEREUM}/erc20:{eip55.checksum(self.erc20)}"

    def euro(self) -> str:
        return f"{cast.ETHEREUM}/erc20:{eip55.checksum(self.second)}"

    def pay_coins(self, address: str, satoshis: int) -> None:
        self.bitcoin.pay(address, satoshis)
        self.bitcoin.mine()

    def pay_tokens(self, safe: str, amount: int, token: str | None = None) -> str:
        call = selector("transfer(address,uint256)") + abi_encode(["address", "uint256"], [safe, amount])
        to = self.erc20 if token is None else Address(caip.AssetId.parse(token).token)
        return _reference(self.ethereum.send(call, to))

    def pay_ether(self, safe: str, wei: int) -> str:
        return _reference(self.ethereum.send(b"", Address(eip55.parse(safe)), wei))


def _reference(receipt: Mapping[str, Any]) -> str:
    """Of a token's Transfer, and of what a Safe says of ether it received."""
    assert len(receipt["logs"]) == 1
    return f"{receipt['transactionHash']}:0"


@pytest.fixture(scope="module")
def bitcoin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RegtestNode]:
    with RegtestNode(bitcoind(), tmp_path_factory.mktemp("bitcoind")) as node:
        node.mine(MATURED)
        yield node


@pytest.fixture(scope="module")
def ethereum() -> Iterator[AnvilNode]:
    with running_node() as node:
        yield node


class RealStage(DemonstrationStage):
    """The demonstration's stage with real chains."""

    def __init__(self, folder: Path, bitcoin: RegtestNode, ethereum: AnvilNode) -> None:
        super().__init__(folder)
        self.bitcoin = BitcoinCore(JsonRpc(bitcoin.url, cookie(bitcoin.cookie)))  # type: ignore[assignment]
        self.ethereum = relayer(ethereum)  # type: ignore[assignment]
        contracts = place_safe_contracts(ethereum)
        self.node = bitcoin
        self.outside = RealOutside(bitcoin, ethereum, contracts, *(contracts.deploy_token() for _ in range(2)))  # type: ignore[assignment]

    async def confirmed(self) -> None:
        """The node mines what was broadcast."""
        self.node.mine(cast.CONFIRMATIONS)


async def test_the_whole_story_settles_on_real_nodes(bitcoin: RegtestNode, ethereum: AnvilNode, tmp_path: Path) -> None:
    softhsm_module()
    stage = RealStage(tmp_path / "work", bitcoin, ethereum)
    story = Story(stage, tmp_path / "out")
    await stage.open()
    try:
        for _, key, step in story.steps:
            await step()
            if key == "step-release":
                bitcoin.mine(cast.CONFIRMATIONS)
        states = [each["state"] for each in export.states(story.console().replica, story.contract)]
        live = {each.group.kind: each for each in stage.desk.state.live(stage.desk.state.cycle(story.cycle))}
    finally:
        await stage.aclose()
    assert states[-1] == "final"
    assert len(states) == 9
    spent = bitcoin.rpc("getrawtransaction", live["psbt"].transaction, True)
    assert len(spent["vin"]) == 3
    assert spent["confirmations"] >= cast.CONFIRMATIONS
    assert ethereum.rpc("eth_getTransactionReceipt", live["safe-tx"].transaction)["status"] == "0x1"
    assert {book.vault: book.chain for book in story.books}[cast.SELLER.safe] == cast.PAID
    assert all(book.ledger == book.chain for book in story.books)
    assert story.market is not None
    evening = [stage.desk.state.contract(each).state.value for each in story.market.contracts.values()]
    assert (evening.count("final"), evening.count("disputed"), evening.count("endorsed")) == (38, 1, 1)
    fund, other = (
        stage.desk.state.roster.vaults[book.safe] for book in (cast.NEWCOMERS[2].trading, cast.BUYER.trading)
    )
    places = [Address(eip55.parse(vault.address)) for vault in (fund, other)]  # type: ignore[union-attr]
    assert [ethereum.balance(place) for place in places] == [0, 100 * UNITS["ETH"]]
    for each in stage.desk.state.live(stage.desk.state.cycle(story.market.cycle)):
        if each.group.kind == "psbt":
            assert bitcoin.rpc("getrawtransaction", each.transaction, True)["confirmations"] >= cast.CONFIRMATIONS
        else:
            assert ethereum.rpc("eth_getTransactionReceipt", each.transaction)["status"] == "0x1"
