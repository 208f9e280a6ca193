"""The file that says which nodes this machine follows: addresses and where a node's cookie lies; no name, no password.

    {"bitcoin":[{"cookie":"/var/lib/bitcoind/.cookie","url":"http://127.0.0.1:8332"}],"ethereum":[{"url":"http://127.0.0.1:8545"}]}

- Which chain a node follows is asked of the node itself; two nodes of one chain are refused.
- A Bitcoin node may stand without a cookie; an Ethereum node is only read.
"""

from dataclasses import dataclass

from countersign.errors import Malformed
from countersign.formats import shape, strict_json

LARGEST = 1 << 16
_URL = shape.string(maximum=1_024)
_BITCOIN = shape.array(shape.fields({"url": _URL}, {"cookie": shape.string(maximum=4_096)}), maximum=16)
_ETHEREUM = shape.array(shape.fields({"url": _URL}), maximum=16)


@dataclass(frozen=True, slots=True)
class NodeFile:
    """Bitcoin nodes as (address, cookie file; empty for none), and addresses of Ethereum nodes."""

    bitcoin: tuple[tuple[str, str], ...]
    ethereum: tuple[str, ...]


def parse(data: bytes) -> NodeFile:
    """A file of nodes. Malformed: C2.*, "cli.nodes-none" where it names none."""
    found = shape.record(
        strict_json.parse(data, limit=LARGEST), "nodes", {}, {"bitcoin": _BITCOIN, "ethereum": _ETHEREUM}
    )
    bitcoin = tuple((each["url"], each.get("cookie", "")) for each in found.get("bitcoin", ()))
    ethereum = tuple(each["url"] for each in found.get("ethereum", ()))
    if not bitcoin and not ethereum:
        raise Malformed("cli.nodes-none")
    return NodeFile(bitcoin, ethereum)
