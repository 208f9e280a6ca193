"""A machine's own nodes, opened for reading: each says itself which chain it follows. Adapters are imported then."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from countersign.errors import Malformed, Unavailable

if TYPE_CHECKING:
    from countersign.chains.bitcoin_core import BitcoinCore
    from countersign.chains.ethereum_rpc import EthereumRpc
    from countersign.cli.nodes import NodeFile
    from countersign.desk.vouching import Nodes

_Node = TypeVar("_Node")


async def open_nodes(file: NodeFile, silent: list[Unavailable] | None = None) -> Nodes:
    """The nodes of a file, by chain. Malformed("cli.nodes-twice", "chains.url"); Unavailable: chains.*.

    `silent`: takes what the nodes that do not answer raised; the others are opened all the same.
    """
    from countersign.chains.bitcoin_core import BitcoinCore, cookie, login_file
    from countersign.chains.ethereum_rpc import EthereumRpc
    from countersign.chains.jsonrpc import JsonRpc
    from countersign.desk.vouching import Nodes

    bitcoin: dict[str, BitcoinCore] = {}
    ethereum: dict[str, EthereumRpc] = {}
    for entry in file.bitcoin:
        login = cookie(Path(entry.cookie)) if entry.cookie else None
        if entry.login_file:
            login = login_file(Path(entry.login_file))
        core = BitcoinCore(JsonRpc(entry.url, login))
        with _left_out(silent):
            _put(bitcoin, await core.chain(), core)
    for url in file.ethereum:
        rpc = EthereumRpc(JsonRpc(url))
        with _left_out(silent):
            _put(ethereum, await rpc.chain(), rpc)
    return Nodes(bitcoin, ethereum)


@contextmanager
def _left_out(silent: list[Unavailable] | None) -> Iterator[None]:
    try:
        yield
    except Unavailable as error:
        if silent is None:
            raise
        silent.append(error)


def _put(found: dict[str, _Node], chain: str, node: _Node) -> None:
    if chain in found:
        raise Malformed("cli.nodes-twice", chain=chain)
    found[chain] = node
