"""Deterministic CBOR (RFC 8949 §4.2.1), with nothing left to a reader's taste (CHECKS T4).

- Definite lengths, shortest form, map keys in the bytewise order of their encodings and never twice, nothing trailing.
- Depth at most 16, counting arrays, maps and tags; at most 100,000 items, every map entry being two.
- An announced length is charged against the items and the bytes that are left before anything is built from it.
- Integers, byte strings, UTF-8 text, arrays, maps, true, false, null; no floats; only the tags that the caller names.
- Our own scan reads every byte first; only what it passed goes to cbor2, which then has nothing left to decide.

    >>> encode({"b": 1, "a": b"x"}).hex()
    'a261614178616201'
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, TypeAlias

import cbor2

from countersign.errors import Malformed

CborValue: TypeAlias = "bool | int | bytes | str | list[CborValue] | dict[CborKey, CborValue] | Tag | None"
CborKey: TypeAlias = int | bytes | str

LIMIT = 4 << 20
DEPTH = 16
ITEMS = 100_000
_UNSIGNED, _NEGATIVE, _BYTES, _TEXT, _ARRAY, _MAP, _TAG, _SIMPLE = range(8)
_FALSE, _TRUE, _NULL = 20, 21, 22


@dataclass(frozen=True, slots=True)
class Tag:
    """A tagged item: the tag's number and what it encloses."""

    number: int
    value: CborValue


def encode(value: object) -> bytes:
    """The one deterministic encoding of a value of the types of CborValue (tuples count as arrays).

    Raises Malformed T4.type for anything else, T4.integer-range beyond 64 bits.
    """
    return b"".join(_encoded(value))


def _head(major: int, number: int) -> bytes:
    if number < 24:
        return bytes([major << 5 | number])
    for info, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if number < 1 << 8 * size:
            return bytes([major << 5 | info]) + number.to_bytes(size)
    raise Malformed("T4.integer-range")


def _encoded(value: object) -> Iterator[bytes]:
    match value:
        case None | bool():
            yield bytes([_SIMPLE << 5 | (_NULL if value is None else _TRUE if value else _FALSE)])
        case int():
            yield _head(_UNSIGNED, value) if value >= 0 else _head(_NEGATIVE, -1 - value)
        case bytes():
            yield _head(_BYTES, len(value)) + value
        case str():
            text = _utf8(value)
            yield _head(_TEXT, len(text)) + text
        case list() | tuple():
            yield _head(_ARRAY, len(value))
            for item in value:
                yield from _encoded(item)
        case dict():
            yield _head(_MAP, len(value))
            for key, item in sorted(((_encoded_key(key), item) for key, item in value.items()), key=itemgetter(0)):
                yield key
                yield from _encoded(item)
        case Tag():
            yield _head(_TAG, value.number)
            yield from _encoded(value.value)
        case _:
            raise Malformed("T4.type", type=type(value).__name__)


def _utf8(text: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        raise Malformed("T4.not-utf-8") from None


def _encoded_key(key: object) -> bytes:
    if isinstance(key, bool) or not isinstance(key, int | bytes | str):
        raise Malformed("T4.key-type", type=type(key).__name__)
    return encode(key)


def decode(data: bytes, *, tags: frozenset[int] = frozenset(), limit: int = LIMIT) -> CborValue:
    """The value that `data`, all of it, encodes. Raises Malformed with a T4 code."""
    if len(data) > limit:
        raise Malformed("T4.size", size=len(data), limit=limit)
    _Scan(data, tags).run()
    # cbor2 has readings of its own for some tags (37 becomes a UUID): ours are plain, so each is declared.
    decoders: Any = {number: _tag_decoder(number) for number in tags}
    try:
        value: CborValue = cbor2.loads(data, semantic_decoders=decoders)
    except cbor2.CBORDecodeError:
        raise Malformed("T4.syntax") from None
    return value


def _tag_decoder(number: int) -> Callable[[CborValue, bool], Tag]:
    return lambda value, _immutable: Tag(number, value)


@dataclass(slots=True)
class _Open:
    """A container whose items are still to come: how many, whether they are entries of a map, and its last key."""

    left: int
    is_map: bool
    last_key: bytes = b""

    @property
    def awaits_key(self) -> bool:
        return self.is_map and self.left % 2 == 0

    def take_key(self, key: bytes) -> None:
        if key == self.last_key:
            raise Malformed("T4.duplicate-key")
        if key < self.last_key:
            raise Malformed("T4.key-order")
        self.last_key = key


class _Scan:
    """One walk over the bytes with a stack of its own; nothing is built but the stack, at most 16 high."""

    __slots__ = ("data", "items", "position", "tags")

    def __init__(self, data: bytes, tags: frozenset[int]) -> None:
        self.data = data
        self.tags = tags
        self.position = 0
        self.items = 1

    def run(self) -> None:
        """Raises Malformed with the T4 code of the first rule that the bytes break."""
        stack: list[_Open] = []
        while True:
            start = self.position
            major, number = self._head()
            is_key = bool(stack) and stack[-1].awaits_key
            if is_key and major not in (_UNSIGNED, _NEGATIVE, _BYTES, _TEXT):
                raise Malformed("T4.key-type", type=f"major type {major}")
            if major in (_ARRAY, _MAP, _TAG) and len(stack) >= DEPTH:
                raise Malformed("T4.depth", limit=DEPTH)
            children = self._content(major, number)
            if is_key:
                stack[-1].take_key(self.data[start : self.position])
            if children:
                stack.append(_Open(children, major == _MAP))
                continue
            while stack:
                stack[-1].left -= 1
                if stack[-1].left:
                    break
                stack.pop()
            if not stack:
                break
        if self.position != len(self.data):
            raise Malformed("T4.trailing", position=self.position, size=len(self.data))

    def _head(self) -> tuple[int, int]:
        """The major type and the number of the item that begins here; the number in its shortest form."""
        if self.position >= len(self.data):
            raise Malformed("T4.truncated", position=self.position)
        major, info = divmod(self.data[self.position], 32)
        self.position += 1
        if info < 24:
            return major, info
        if info > 27:
            raise Malformed("T4.indefinite" if info == 31 else "T4.syntax", position=self.position - 1)
        if major == _SIMPLE:
            raise Malformed("T4.simple", position=self.position - 1)
        size = 1 << (info - 24)
        number = int.from_bytes(self._take(size))
        if number < (24 if size == 1 else 1 << 4 * size):
            raise Malformed("T4.not-shortest", position=self.position - size - 1)
        return major, number

    def _take(self, size: int) -> bytes:
        end = self.position + size
        if end > len(self.data):
            raise Malformed("T4.truncated", position=self.position)
        taken = self.data[self.position : end]
        self.position = end
        return taken

    def _content(self, major: int, number: int) -> int:
        """Pass over a string, or say how many items this container announces, charging them first."""
        if major == _BYTES:
            self._take(number)
        elif major == _TEXT:
            self._text(number)
        elif major == _TAG and number not in self.tags:
            raise Malformed("T4.tag", tag=number)
        elif major == _SIMPLE and number not in (_FALSE, _TRUE, _NULL):
            raise Malformed("T4.simple", position=self.position - 1)
        children = {_ARRAY: number, _MAP: 2 * number, _TAG: 1}.get(major, 0)
        self.items += children
        if self.items > ITEMS:
            raise Malformed("T4.items", limit=ITEMS)
        if children > len(self.data) - self.position:
            raise Malformed("T4.truncated", position=self.position)
        return children

    def _text(self, size: int) -> None:
        start = self.position
        try:
            self._take(size).decode("utf-8")
        except UnicodeDecodeError:
            raise Malformed("T4.not-utf-8", position=start) from None
