"""`pin.json`: the journal's head and the pinned log heads, outside the database (CHECKS.md L6, S2).

An older store file still opens and authenticates: only something outside it can tell. So after every commit, and before
anything is acknowledged, this file is replaced, atomically and with fsync, by the new head. At open the chain must
reach it.

- The file may be behind the store by the one transaction that a crash cut off before its acknowledgement; never ahead
  of it.
- Whoever restores the whole directory, pin included, is seen only by a head kept elsewhere: print it, or put it on the
  token.
- It holds no secret. RFC 8785, no final newline.

    {"logs":[{"note":"desk.example/log\\n12\\n…","pinned_at":1800000000,"witness_times":{…}}],"mac":"…64 hex…",
     "schema":"countersign-pin/1","sequence":40,"store":"…64 hex…"}
"""

from dataclasses import dataclass
from pathlib import Path

from countersign.audit.pin import Pin
from countersign.errors import Malformed, Refused, Unavailable
from countersign.formats import hexadecimal, jcs, strict_json
from countersign.store.durable import read_small, write_atomically

SCHEMA = "countersign-pin/1"
LIMIT = 1 << 22


@dataclass(frozen=True, slots=True)
class Head:
    """Where the journal's chain stands: the last entry's number and its 32-byte MAC."""

    sequence: int
    mac: bytes


@dataclass(frozen=True, slots=True)
class PinFile:
    """The contents of `pin.json`: the store's 32-byte id, the journal's head, the pins (audit.pin) by origin."""

    store: bytes
    head: Head
    logs: tuple[Pin, ...] = ()


def serialise(pin: PinFile) -> bytes:
    """The file's bytes."""
    logs = [strict_json.parse(log.serialise(), limit=LIMIT) for log in pin.logs]
    numbers = {"mac": pin.head.mac.hex(), "schema": SCHEMA, "sequence": pin.head.sequence, "store": pin.store.hex()}
    return jcs.encode({"logs": logs, **numbers})


def parse(data: bytes) -> PinFile:
    """Strict: what does not come out the same again is refused. Raises `Malformed("L6.pin-file")`."""
    try:
        whole = strict_json.parse_canonical(data, limit=LIMIT)
        if not isinstance(whole, dict) or set(whole) != {"logs", "mac", "schema", "sequence", "store"}:
            raise Malformed("L6.pin-file")
        logs, sequence = whole["logs"], whole["sequence"]
        if whole["schema"] != SCHEMA or not isinstance(logs, list) or type(sequence) is not int or sequence < 1:
            raise Malformed("L6.pin-file")
        pins = tuple(Pin.parse(jcs.encode(log)) for log in logs)
        return PinFile(_hash(whole["store"]), Head(sequence, _hash(whole["mac"])), pins)
    except Malformed as error:
        raise Malformed("L6.pin-file") from error


def read(path: Path) -> PinFile:
    """Raises `Refused("L6.pin-missing")` (a store without its pin proves nothing), `Malformed("L6.pin-file")`."""
    try:
        return parse(read_small(path, limit=LIMIT))
    except Unavailable as error:
        if error.code == "store.missing-file":
            raise Refused("L6.pin-missing", file=path.name) from error
        raise


def write(path: Path, pin: PinFile) -> None:
    """Durable when it returns. Raises `Unavailable("store.disk")`."""
    write_atomically(path, serialise(pin))


def _hash(text: object) -> bytes:
    if not isinstance(text, str):
        raise Malformed("L6.pin-file")
    return hexadecimal.decode(text, length=32)
