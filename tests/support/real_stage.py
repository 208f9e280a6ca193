"""The demonstration's stage on a real Bitcoin Core and a real Ethereum node with the real Safe contracts and two ERC-20.

    stage = RealStage(tmp_path, bitcoin, ethereum)      # a RegtestNode with matured coins, an AnvilNode
    story = Story(stage, tmp_path / "out")

Only the chains and the outside world are other than in the demonstration. The relayer's key is a software key that owns no Safe.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eth_abi import encode as abi_encode

from countersign.bootstrap.stage import DemonstrationStage
from countersign.chains.bitcoin_core import BitcoinCore, cookie
from countersign.chains.jsonrpc import JsonRpc
from countersign.demonstration import cast
from countersign.ethereum.abi import Address, selector
from countersign.formats import caip, eip55
from support.bitcoin_node import RegtestNode
from support.ethereum_node import AnvilNode, SafeContracts, place_safe_contracts
from support.twin_ethereum import relayer

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


class RealStage(DemonstrationStage):
    """The demonstration's stage with real chains."""

    def __init__(self, folder: Path, bitcoin: RegtestNode, ethereum: AnvilNode) -> None:
        super().__init__(folder)
        self.bitcoin = BitcoinCore(JsonRpc(bitcoin.url, cookie(bitcoin.cookie)))  # type: ignore[assignment]
        self.pool = self.bitcoin  # type: ignore[assignment]  # this node's pool is its own
        self.ethereum = relayer(ethereum)  # type: ignore[assignment]
        contracts = place_safe_contracts(ethereum)
        self.node = bitcoin
        self.outside = RealOutside(bitcoin, ethereum, contracts, *(contracts.deploy_token() for _ in range(2)))  # type: ignore[assignment]

    async def confirmed(self) -> None:
        """The node mines what was broadcast."""
        self.node.mine(cast.CONFIRMATIONS)
