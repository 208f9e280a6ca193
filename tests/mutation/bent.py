"""Bytes bent without knowing what they mean, and JSON documents bent leaf by leaf."""

import json
from collections.abc import Callable
from functools import partial
from random import Random

from mutation.subject import Mutator


def bit(data: bytes, chance: Random) -> bytes:
    """One bit the other way."""
    at = chance.randrange(len(data))
    return data[:at] + bytes((data[at] ^ 1 << chance.randrange(8),)) + data[at + 1 :]


def byte(data: bytes, chance: Random) -> bytes:
    """One byte another: often a digit or a small number."""
    at = chance.randrange(len(data))
    return data[:at] + bytes((chance.choice((0, 1, 2, 0xFF, 0x30, 0x39, chance.randrange(256))),)) + data[at + 1 :]


def removed(data: bytes, chance: Random) -> bytes:
    """A piece less."""
    at = chance.randrange(len(data))
    return data[:at] + data[at + chance.choice((1, 1, 2, 8, 32, 33)) :]


def inserted(data: bytes, chance: Random) -> bytes:
    """A random piece more."""
    at = chance.randrange(len(data) + 1)
    return data[:at] + chance.randbytes(chance.choice((1, 1, 2, 8, 32))) + data[at:]


def repeated(data: bytes, chance: Random) -> bytes:
    """A piece of itself once more, somewhere."""
    start, size, at = chance.randrange(len(data)), chance.choice((1, 4, 32, 43)), chance.randrange(len(data) + 1)
    return data[:at] + data[start : start + size] + data[at:]


def exchanged(data: bytes, chance: Random) -> bytes:
    """Two pieces of one size in each other's place."""
    size = min(chance.choice((1, 2, 8, 20, 32)), len(data) // 2)
    first, second = sorted(chance.randrange(len(data) - size) for _ in range(2))
    if second - first < size:
        return byte(data, chance)
    return b"".join(
        (data[:first], data[second : second + size], data[first + size : second], data[first : first + size],
         data[second + size :])
    )  # fmt: skip


def cut(data: bytes, chance: Random) -> bytes:
    """The end is missing."""
    return data[: chance.randrange(len(data))]


BENT = {each.__name__: each for each in (bit, byte, removed, inserted, repeated, exchanged, cut)}


def somehow(data: bytes, chance: Random) -> bytes:
    """Bent in one of these ways; of nothing, one byte is made."""
    return chance.choice(list(BENT.values()))(data, chance) if data else chance.randbytes(1)


def kinds(data: bytes) -> dict[str, Mutator]:
    """The mutators of these bytes."""
    return {f"bytes: {name}": partial(bend, data) for name, bend in BENT.items()}


Leaf = Callable[[Random, object], object]


def leaf(chance: Random, value: object) -> object:
    """Another value of the same kind, near the old one or far from it."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return chance.choice((value + 1, value - 1, 0, -value, value * 10, 2**53, 1 if value != 1 else 2))
    if isinstance(value, str):
        return _text(chance, value)
    return chance.choice(("", 0, "x", False))


def _text(chance: Random, value: str) -> str:
    if value.isdigit():
        number = int(value)
        return str(chance.choice((number + 1, max(0, number - 1), number * 10, number // 10, 0, number * 10**12)))
    if not value:
        return "0"
    at = chance.randrange(len(value))
    other = chance.choice("0123456789abcdefABCDEFxyz:-/T")
    return chance.choice(
        (value[:at] + other + value[at + 1 :], value[:at] + value[at + 1 :], value.swapcase(), value + other)
    )


def document(chance: Random, data: bytes, bend: Leaf = leaf) -> bytes:
    """A JSON document with one thing changed: a leaf, a member gone, doubled under another name, two leaves exchanged."""
    found = json.loads(data)
    places = list(_places(found))
    holder, key = chance.choice(places)
    match chance.randrange(6):
        case 0 if isinstance(holder, dict):
            del holder[key]
        case 1 if isinstance(holder, dict):
            holder[f"{key}{chance.choice('_2 ')}"] = holder[key]
        case 2:
            other, there = chance.choice(places)
            holder[key], other[there] = other[there], holder[key]
        case _:
            holder[key] = bend(chance, holder[key])
    return canonical(found)


def canonical(value: object) -> bytes:
    """As RFC 8785 writes what our files hold: sorted, compact, no floats."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")


def _places(value: object) -> list[tuple[dict | list, object]]:  # type: ignore[type-arg]
    """Every member and element that is itself no document."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = []
    for key, each in inner:
        found += _places(each) if isinstance(each, dict | list) and each else [(value, key)]
    return found  # type: ignore[return-value]
