"""The file that says which nodes this machine follows: addresses and where a node's cookie or login file lies; no secret itself.

    {"bitcoin":[{"cookie":"/var/lib/bitcoind/.cookie","url":"http://127.0.0.1:8332"}],"ethereum":[{"url":"http://127.0.0.1:8545"}]}

- Which chain a node follows is asked of the node itself; two nodes of one chain are refused.
- A Bitcoin node has a cookie file, or a file with one line `user:password` that only its owner may read, or neither; an
  Ethereum node is only read.
"""

from dataclasses import dataclass
from typing import NamedTuple

from countersign.errors import Malformed
from countersign.formats import shape, strict_json

LARGEST = 1 << 16
_URL = shape.string(maximum=1_024)
_PATH = shape.string(maximum=4_096)
_BITCOIN = shape.array(shape.fields({"url": _URL}, {"cookie": _PATH, "login_file": _PATH}), maximum=16)
_ETHEREUM = shape.array(shape.fields({"url": _URL}), maximum=16)


class BitcoinEntry(NamedTuple):
    """A Bitcoin node's address, and the file with its cookie or with name and password: one of them or none."""

    url: str
    cookie: str = ""
    login_file: str = ""


@dataclass(frozen=True, slots=True)
class NodeFile:
    """Bitcoin nodes, and addresses of Ethereum nodes."""

    bitcoin: tuple[BitcoinEntry, ...]
    ethereum: tuple[str, ...]


def parse(data: bytes) -> NodeFile:
    """A file of nodes. Malformed: C2.*, "cli.nodes-none" where it names none, "cli.nodes-login" where one has two logins."""
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
    ethereum = tuple(each["url"] for each in found.get("ethereum", ()))
    if not bitcoin and not ethereum:
        raise Malformed("cli.nodes-none")
    return NodeFile(bitcoin, ethereum)
