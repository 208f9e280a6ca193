"""Strict readers for the maps inside an envelope: exactly these keys, exactly these types, within these bounds.

- A missing or unknown key is named (`airgap.key-missing`, `airgap.key-unknown`); a wrong type or bound is
  `airgap.member`.
- `where` is the path shown to whoever must mend it ("body.events.time_ms").

    >>> unsigned(entries({"index": 7}, "body", ("index",))["index"], "body.index")
    7
"""

from collections.abc import Iterable
from itertools import pairwise
from typing import Any, Final

from countersign.errors import Malformed
from countersign.formats.excerpt import excerpt

UNSIGNED_LIMIT: Final = 2**53 - 1
HASH_SIZE: Final = 32


def entries(value: object, where: str, keys: Iterable[str]) -> dict[str, Any]:
    """A map with exactly the text keys `keys`."""
    if not isinstance(value, dict):
        raise Malformed("airgap.member", where=where, expected="a map")
    wanted = set(keys)
    for key in wanted - value.keys():
        raise Malformed("airgap.key-missing", where=where, key=key)
    for key in value.keys() - wanted:
        raise Malformed("airgap.key-unknown", where=where, key=excerpt(key))
    return value


def text(value: object, where: str) -> str:
    """A text string; its own grammar is the caller's matter."""
    if not isinstance(value, str):
        raise Malformed("airgap.member", where=where, expected="text")
    return value


def unsigned(value: object, where: str, *, least: int = 0, most: int = UNSIGNED_LIMIT) -> int:
    """An integer within least..most."""
    if type(value) is not int or not least <= value <= most:
        raise Malformed("airgap.member", where=where, expected=f"an integer from {least} to {most}")
    return value


def octets(value: object, where: str, *, size: int | None = None) -> bytes:
    """A byte string: exactly `size` bytes, or at least one."""
    if not isinstance(value, bytes) or not value or (size is not None and len(value) != size):
        raise Malformed("airgap.member", where=where, expected=f"{size} bytes" if size else "bytes")
    return value


def array(value: object, where: str, *, most: int) -> list[Any]:
    """An array of at most `most` items."""
    if not isinstance(value, list) or len(value) > most:
        raise Malformed("airgap.member", where=where, expected=f"an array of at most {most}")
    return value


def hashes(value: object, where: str, *, most: int) -> tuple[bytes, ...]:
    """An array of 32-byte strings."""
    return tuple(octets(item, where, size=HASH_SIZE) for item in array(value, where, most=most))


def ascending(numbers: Iterable[Any], where: str) -> None:
    """Refuse what is not strictly ascending: one order, no repeats."""
    items = list(numbers)
    if any(left >= right for left, right in pairwise(items)):
        raise Malformed("airgap.order", where=where)
