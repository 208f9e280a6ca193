"""What a witness and those who ask it agree on over HTTP: where requests go, and how much of a body is read.

c2sp.org/tlog-witness; docs/formats/witness.md.

- A submission prefix is https anywhere, plain http only to a loopback address written as numbers: a name could lead
  elsewhere tomorrow. No name, password, query or fragment; nothing that two readers of URLs could read differently.

    >>> call_url("https://witness.example/desk/")
    'https://witness.example/desk/add-checkpoint'
"""

import ipaddress
import re

from aiohttp import StreamReader

from countersign.errors import Malformed, Refused

ADD_CHECKPOINT = "/add-checkpoint"
LONGEST_URL = 1_024
_CHUNK = 1 << 16
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_PREFIX = re.compile(
    rf"(?P<scheme>https?)://(?:(?P<name>{_LABEL}(?:\.{_LABEL})*)|\[(?P<six>[0-9A-Fa-f:.]+)\])"
    r"(?::(?P<port>[1-9][0-9]{0,4}))?(?P<path>(?:/[A-Za-z0-9._~+=:-]+)*)/?",
    re.ASCII,
)


def call_url(prefix: str) -> str:
    """Where requests for the witness of this submission prefix go.

    Malformed("sync.witness-url"); Refused("sync.witness-plain-http") for http that leaves this machine.
    """
    found = _PREFIX.fullmatch(prefix)
    if not found or len(prefix) > LONGEST_URL or int(found["port"] or 0) > 0xFFFF or not _sound(found):
        raise Malformed("sync.witness-url")
    if found["scheme"] == "http" and not _loopback(found["name"] or found["six"]):
        raise Refused("sync.witness-plain-http", host=found["name"] or found["six"])
    return prefix.removesuffix("/") + ADD_CHECKPOINT


def _sound(found: re.Match[str]) -> bool:
    """Whether brackets hold an IPv6 address, a name is one that DNS knows, and no step of the path leads upward."""
    if found["six"] and _address(found["six"]) is None:
        return False
    return len(found["name"] or "") <= 253 and not {".", ".."} & set(found["path"].split("/"))


def _loopback(host: str) -> bool:
    address = _address(host)
    return address is not None and address.is_loopback


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


async def read_at_most(stream: StreamReader, limit: int) -> bytes | None:
    """A whole body, or None as soon as it is longer than `limit` bytes; no more of it is then read."""
    data = bytearray()
    async for chunk in stream.iter_chunked(_CHUNK):
        data += chunk
        if len(data) > limit:
            return None
    return bytes(data)
