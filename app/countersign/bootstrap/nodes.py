"""A machine's own nodes, opened: each says itself which chain it follows, and a relayer sends where one is. Adapters are
imported then."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from countersign.errors import Malformed, Unavailable

if TYPE_CHECKING:
    from countersign.bootstrap.relayers import Relayers
    from countersign.chains.bitcoin_core import BitcoinCore
    from countersign.chains.ethereum_rpc import EthereumRpc
    from countersign.cli.nodes import EthereumEntry, NodeFile
    from countersign.desk.vouching import Nodes

_Node = TypeVar("_Node")


async def open_nodes(
    file: NodeFile, silent: list[Unavailable] | None = None, relayers: Relayers | None = None
) -> Nodes:
    """The nodes of a file, by chain. Malformed("cli.nodes-twice", "chains.url"); Unavailable: chains.*, cli.nodes-other-chain.

    `silent`: takes what the nodes that do not answer raised; the others are opened all the same. Without `relayers` Ethereum
    nodes are only read.
    """
    from countersign.chains.bitcoin_core import BitcoinCore, cookie, login_file
    from countersign.chains.jsonrpc import JsonRpc
    from countersign.desk.vouching import Nodes
    from countersign.formats import caip

    bitcoin: dict[str, BitcoinCore] = {}
    ethereum: dict[str, EthereumRpc] = {}
    left: dict[str, tuple[str, ...]] = {}
    for entry in file.bitcoin:
        login = cookie(Path(entry.cookie)) if entry.cookie else None
        if entry.login_file:
            login = login_file(Path(entry.login_file))
        core = BitcoinCore(JsonRpc(entry.url, login))
        with _left_out(silent, left, caip.BIP122, entry.url):
            _put(bitcoin, await core.chain(), core)
    for each in file.ethereum:
        with _left_out(silent, left, caip.EIP155, each.url):
            chain, rpc = await _ethereum(each, relayers, silent)
            _put(ethereum, chain, rpc)
    return Nodes(bitcoin, ethereum, left)


async def _ethereum(
    entry: EthereumEntry, relayers: Relayers | None, silent: list[Unavailable] | None
) -> tuple[str, EthereumRpc]:
    """A node with its relayer, where there is one; without it where its token is not there."""
    from countersign.chains.ethereum_rpc import EthereumRpc
    from countersign.chains.jsonrpc import JsonRpc

    rpc = JsonRpc(entry.url)
    chain = await EthereumRpc(rpc).chain()
    if entry.chain not in ("", chain):
        raise Unavailable("cli.nodes-other-chain", url=entry.url, expected=entry.chain, found=chain)
    relayer = None
    with _left_out(silent, {}):
        relayer = None if relayers is None else await relayers.of(chain, entry.relayer)
    return chain, EthereumRpc(rpc, relayer, chain)


@contextmanager
def _left_out(
    silent: list[Unavailable] | None, left: dict[str, tuple[str, ...]], family: str = "", url: str = ""
) -> Iterator[None]:
    """What is not there goes to `silent`; of a node, its address to `left`, by kind of chain."""
    try:
        yield
    except Unavailable as error:
        if silent is None:
            raise
        silent.append(error)
        if error.code != "cli.nodes-other-chain":  # that one answered
            left[family] = (*left.get(family, ()), url)


def _put(found: dict[str, _Node], chain: str, node: _Node) -> None:
    if chain in found:
        raise Malformed("cli.nodes-twice", chain=chain)
    found[chain] = node
