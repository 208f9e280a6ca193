"""The file that says which nodes this machine follows: addresses and where a node's cookie or login file lies; no secret itself.

    {"bitcoin":[{"cookie":"/var/lib/bitcoind/.cookie","url":"http://127.0.0.1:8332"}],"ethereum":[{"url":"http://127.0.0.1:8545"}]}

- Which chain a node follows is asked of the node itself; two nodes of one chain are refused.
- A Bitcoin node has a cookie file, or a file with one line `user:password` that only its owner may read, or neither.
- An Ethereum node is only read, unless a relayer stands beside it: then its chain is said here too, for that is what is
  signed for; a token is named by serial, label and model, never by a slot; what it may spend is capped.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

from countersign.errors import Malformed
from countersign.formats import caip, shape, strict_json

LARGEST = 1 << 16
_URL = shape.string(maximum=1_024)
_PATH = shape.string(maximum=4_096)
_BITCOIN = shape.array(shape.fields({"url": _URL}, {"cookie": _PATH, "login_file": _PATH}), maximum=16)
_NAME = shape.string(maximum=256)
_RELAYER = shape.fields(
    {"token": _NAME, "serial": _NAME, "model": _NAME, "key": _NAME},
    {
        "module": _PATH,
        "softhsm": _PATH,
        "max_fee_gwei": shape.integer(1, 1_000_000),
        "max_gas": shape.integer(21_000, 1 << 24),
    },
)
_ETHEREUM = shape.array(shape.fields({"url": _URL}, {"chain": _NAME, "relayer": _RELAYER}), maximum=16)


class BitcoinEntry(NamedTuple):
    """A Bitcoin node's address, and the file with its cookie or with name and password: one of them or none."""

    url: str
    cookie: str = ""
    login_file: str = ""


@dataclass(frozen=True, slots=True)
class RelayerEntry:
    """A relayer's token, behind a PKCS#11 module or in SoftHSM's folder, the label of its key, and what it may spend.

    `max_fee_gwei`: at most so many gwei for a unit of gas; `max_gas`: units in one transaction.
    """

    token: str
    serial: str
    model: str
    key: str
    module: str | None = None
    softhsm: str | None = None
    max_fee_gwei: int = 200
    max_gas: int = 1 << 24


class EthereumEntry(NamedTuple):
    """An Ethereum node's address, the chain (CAIP-2) that it stands for, and who pays for what is sent through it."""

    url: str
    chain: str = ""
    relayer: RelayerEntry | None = None


@dataclass(frozen=True, slots=True)
class NodeFile:
    """Bitcoin nodes and Ethereum nodes."""

    bitcoin: tuple[BitcoinEntry, ...]
    ethereum: tuple[EthereumEntry, ...]


def parse(data: bytes) -> NodeFile:
    """A file of nodes. Malformed: C2.*, "cli.nodes-none" where it names none, "cli.nodes-login" where one has two logins,
    "cli.nodes-relayer-chain", "cli.nodes-relayer-place" where a relayer's chain or token is not said, formats.caip-*."""
    found = shape.record(
        strict_json.parse(data, limit=LARGEST), "nodes", {}, {"bitcoin": _BITCOIN, "ethereum": _ETHEREUM}
    )
    bitcoin = tuple(
        BitcoinEntry(each["url"], each.get("cookie", ""), each.get("login_file", ""))
        for each in found.get("bitcoin", ())
    )
    for entry in bitcoin:
        if entry.cookie and entry.login_file:
            raise Malformed("cli.nodes-login", url=entry.url)
    ethereum = tuple(_ethereum(each) for each in found.get("ethereum", ()))
    if not bitcoin and not ethereum:
        raise Malformed("cli.nodes-none")
    return NodeFile(bitcoin, ethereum)


def _ethereum(found: dict[str, Any]) -> EthereumEntry:
    url, chain, named = found["url"], found.get("chain", ""), found.get("relayer")
    if chain:
        caip.ChainId.parse(chain)
    if named is None:
        return EthereumEntry(url, chain)
    if not chain:
        raise Malformed("cli.nodes-relayer-chain", url=url)
    relayer = RelayerEntry(**named)
    if (relayer.module is None) is (relayer.softhsm is None):
        raise Malformed("cli.nodes-relayer-place", token=relayer.token)
    return EthereumEntry(url, chain, relayer)
