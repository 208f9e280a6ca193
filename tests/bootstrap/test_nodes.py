"""A node that does not answer is left out when a desk is opened, and whatever wants its chain says so, not that there is none."""

import socket

import pytest

from countersign.bootstrap.nodes import open_nodes
from countersign.cli.nodes import BitcoinEntry, EthereumEntry, NodeFile
from countersign.desk.vouching import Nodes
from countersign.errors import Unavailable
from countersign.resources.text import sentence
from support.refusals import refused
from support.rpc_server import serving

CORE, GETH = "bip122:0f9188f13cb7b2c71f2a335e3a4fc328", "eip155:31337"


@pytest.fixture
def nobody() -> str:
    """An address at which nothing listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}"


async def test_a_silent_node_is_named_where_its_chain_is_wanted(nobody: str) -> None:
    told = list[Unavailable]()
    nodes = await open_nodes(NodeFile((BitcoinEntry(nobody),), (EthereumEntry(nobody),)), told)
    assert [each.code for each in told] == ["chains.unreachable"] * 2
    for of, chain in ((nodes.of_bitcoin, CORE), (nodes.of_ethereum, GETH)):
        with pytest.raises(Unavailable) as found:
            of(chain)
        assert found.value.code == "desk.node-silent"
        assert f"did not answer: {nobody}" in sentence(found.value.code, found.value.values)


async def test_the_near_misses_say_that_none_is_followed(nobody: str) -> None:
    """No node of that kind at all; one of the other kind that is silent."""
    nodes = await open_nodes(NodeFile((BitcoinEntry(nobody),), ()), [])
    with refused("desk.node-silent", Unavailable):
        nodes.of_bitcoin(CORE)
    with refused("desk.no-node", Unavailable):
        nodes.of_ethereum(GETH)
    with refused("desk.no-node", Unavailable):
        Nodes().of_bitcoin(CORE)


async def test_a_node_that_follows_another_chain_has_answered() -> None:
    told = list[Unavailable]()
    async with serving({"eth_chainId": "0x1"}) as server:
        nodes = await open_nodes(NodeFile((), (EthereumEntry(server.url, GETH),)), told)
    assert [each.code for each in told] == ["cli.nodes-other-chain"]
    with refused("desk.no-node", Unavailable):
        nodes.of_ethereum(GETH)
