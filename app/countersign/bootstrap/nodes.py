"""A machine's own nodes, opened for reading: each says itself which chain it follows. Adapters are imported then."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from countersign.errors import Malformed

if TYPE_CHECKING:
    from countersign.chains.bitcoin_core import BitcoinCore
    from countersign.chains.ethereum_rpc import EthereumRpc
    from countersign.cli.nodes import NodeFile
    from countersign.desk.vouching import Nodes

_Node = TypeVar("_Node")


async def open_nodes(file: NodeFile) -> Nodes:
    """The nodes of a file, by chain. Malformed("cli.nodes-twice", "chains.url"); Unavailable: chains.*."""
    from countersign.chains.bitcoin_core import BitcoinCore, cookie
    from countersign.chains.ethereum_rpc import EthereumRpc
    from countersign.chains.jsonrpc import JsonRpc
    from countersign.desk.vouching import Nodes

    bitcoin: dict[str, BitcoinCore] = {}
    for url, place in file.bitcoin:
        core = BitcoinCore(JsonRpc(url, cookie(Path(place)) if place else None))
        _put(bitcoin, await core.chain(), core)
    ethereum: dict[str, EthereumRpc] = {}
    for url in file.ethereum:
        rpc = EthereumRpc(JsonRpc(url))
        _put(ethereum, await rpc.chain(), rpc)
    return Nodes(bitcoin, ethereum)


def _put(found: dict[str, _Node], chain: str, node: _Node) -> None:
    if chain in found:
        raise Malformed("cli.nodes-twice", chain=chain)
    found[chain] = node
