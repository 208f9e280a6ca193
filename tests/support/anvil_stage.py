"""The software stage whose Ethereum is a real node with the real Safe contracts and two tokens; its coins are embedded.

table = story.one_chain_table(tmp_path, OnAnvil(tmp_path, node))     # a running_node()
"""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from countersign.bitcoin import address as addresses
from countersign.chains.embedded_bitcoin import EmbeddedBitcoin
from countersign.demonstration.story import Story
from countersign.formats import caip
from support.ethereum_node import AnvilNode, place_safe_contracts
from support.real_stage import RealOutside
from support.software_stage import SoftwareStage, Table
from support.twin_ethereum import relayer


@dataclass
class Now:
    """The time of day, which a real node's blocks carry; a test that sets it forward tells the node, too."""

    ahead: int = 0

    def now_ms(self) -> int:
        return self.seconds * 1_000

    @property
    def seconds(self) -> int:
        return int(time.time()) + self.ahead


@dataclass
class Coins:
    """Who pays bitcoin in the story: on the embedded chain."""

    chain: EmbeddedBitcoin

    def pay(self, to: str, satoshis: int) -> None:
        self.chain.fund(addresses.script_of(to, caip.hrp(caip.BITCOIN_REGTEST)), satoshis)

    def mine(self) -> None:
        """It is in a block already."""


class OnAnvil(SoftwareStage):
    """The software stage whose Ethereum is a real node."""

    def __init__(self, folder: Path, node: AnvilNode) -> None:
        super().__init__(folder)
        self.clock = self.now = Now()  # type: ignore[assignment]
        self.node = node
        self.ethereum = relayer(node)  # type: ignore[assignment]
        contracts = place_safe_contracts(node)
        tokens = [contracts.deploy_token() for _ in range(2)]
        self.outside = RealOutside(Coins(self.bitcoin), node, contracts, *tokens)  # type: ignore[arg-type, assignment]

    def forward(self, seconds: int) -> None:
        """So much later, for the desk and for the node's next block."""
        self.now.ahead += seconds
        self.node.rpc("evm_increaseTime", hex(seconds))


@asynccontextmanager
async def founded(folder: Path, node: AnvilNode) -> AsyncIterator[Table]:
    """The demonstration's story on this node, its desk founded; closed after."""
    set_up = OnAnvil(folder, node)
    found = Table(set_up, Story(set_up, folder / "out"))
    await found.until("step-found")
    yield found
    await found.stage.aclose()
