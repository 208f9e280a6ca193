"""Bodies of journal entries: flat JSON objects of text and integers in one spelling (sorted, compact, ASCII).

- Bytes are lower-case hex. The chain's MAC covers the bytes, so a body that is read back is the one that was written.
"""

import json
from collections.abc import Mapping

BodyValue = str | int | list[str]


def body(values: Mapping[str, BodyValue]) -> bytes:
    """The bytes of one body."""
    return json.dumps(dict(values), sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def fields(data: bytes) -> dict[str, BodyValue]:
    """The values of one body that `body` wrote."""
    values = json.loads(data)
    assert isinstance(values, dict), "a journal body is an object"
    return values


def text(values: Mapping[str, BodyValue], name: str) -> str:
    """One text of a body."""
    value = values[name]
    assert isinstance(value, str), "a journal field has its type"
    return value


def number(values: Mapping[str, BodyValue], name: str) -> int:
    """One integer of a body."""
    value = values[name]
    assert isinstance(value, int), "a journal field has its type"
    return value


def texts(values: Mapping[str, BodyValue], name: str) -> tuple[str, ...]:
    """One list of texts of a body."""
    value = values[name]
    assert isinstance(value, list), "a journal field has its type"
    return tuple(value)


def name(*parts: bytes) -> bytes:
    """An entry's name from parts of any length: each preceded by its u32be length, so that two never coincide."""
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)
