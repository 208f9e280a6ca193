"""`pin.json`: the journal's head and the pinned log heads, outside the database (CHECKS.md L6, S2).

An older store file still opens and authenticates: only something outside it can tell. So after every commit, and before
anything is acknowledged, this file is replaced, atomically and with fsync, by the new head. At open the chain must
reach it.

- The file may be behind the store by the one transaction that a crash cut off before its acknowledgement; never ahead
  of it.
- Whoever restores the whole directory, pin included, is seen only by a head kept elsewhere: print it, or put it on the
  token.
- It holds no secret. RFC 8785, no final newline.

    {"logs":[{"origin":"desk.example/log","root":"…64
    hex…","size":12}],"mac":"…","schema":"countersign-pin/1","sequence":40,"store":"…"}
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from countersign.errors import Malformed, Refused, Unavailable
from countersign.store.durable import read_small, write_atomically

SCHEMA = "countersign-pin/1"
HEX32 = re.compile(r"[0-9a-f]{64}\Z")


@dataclass(frozen=True, slots=True)
class Head:
    """Where the journal's chain stands: the last entry's number and its 32-byte MAC."""

    sequence: int
    mac: bytes


@dataclass(frozen=True, slots=True)
class LogHead:
    """A pinned log head as the pin file repeats it: origin, size, 32-byte root."""

    origin: str
    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class PinFile:
    """The contents of `pin.json`: the store's 32-byte id, the journal's head, the pinned log heads by origin."""

    store: bytes
    head: Head
    logs: tuple[LogHead, ...] = ()


def serialise(pin: PinFile) -> bytes:
    """The file's bytes."""
    logs = [{"origin": log.origin, "root": log.root.hex(), "size": log.size} for log in pin.logs]
    whole = {
        "logs": logs,
        "mac": pin.head.mac.hex(),
        "schema": SCHEMA,
        "sequence": pin.head.sequence,
        "store": pin.store.hex(),
    }
    return json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def parse(data: bytes) -> PinFile:
    """Strict: what does not come out the same again is refused. Raises `Malformed("L6.pin-file")`."""
    try:
        whole = json.loads(data)
        logs = tuple(LogHead(str(log["origin"]), int(log["size"]), _hash(log["root"])) for log in whole["logs"])
        pin = PinFile(_hash(whole["store"]), Head(int(whole["sequence"]), _hash(whole["mac"])), logs)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Malformed("L6.pin-file") from error
    if serialise(pin) != data:
        raise Malformed("L6.pin-file")
    return pin


def read(path: Path) -> PinFile:
    """Raises `Refused("L6.pin-missing")` (a store without its pin proves nothing), `Malformed("L6.pin-file")`."""
    try:
        return parse(read_small(path, limit=1 << 20))
    except Unavailable as error:
        if error.code == "store.missing-file":
            raise Refused("L6.pin-missing", file=path.name) from error
        raise


def write(path: Path, pin: PinFile) -> None:
    """Durable when it returns. Raises `Unavailable("store.disk")`."""
    write_atomically(path, serialise(pin))


def _hash(text: object) -> bytes:
    if not isinstance(text, str) or not HEX32.match(text):
        raise ValueError("not 32 bytes in lower-case hex")
    return bytes.fromhex(text)
