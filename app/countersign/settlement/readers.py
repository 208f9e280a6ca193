"""Readers of single JSON values for the documents of this room, in the voice of `formats.shape`.

- A reader takes a value and the place where it stands, and returns it typed or raises `Malformed`; it never repairs.
- Amounts are decimal strings in base units; hashes lower-case hex; ids, LEIs, times and CAIP texts have one spelling.
- Where an array is a set, its items ascend, so that equal sets have equal bytes.
- A long history says the same few texts again and again: each is judged once and held once (`once`).

    >>> amount("25000000000", "body.amount")
    25000000000
"""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

from countersign.errors import Malformed
from countersign.formats import caip, eip55, ids, times
from countersign.formats.excerpt import excerpt as shown
from countersign.formats.shape import (
    Reader,
    anything,
    array,
    boolean,
    fields,
    integer,
    mapping,
    nullable,
    one_of,
    record,
    string,
)
from countersign.keys.public_key import PublicKey
from countersign.resources.visible import hidden, towering

__all__ = [
    "Reader", "amount", "anything", "array", "ascending", "asset", "boolean", "chain", "date", "destination",
    "ethereum_address", "ethereum_hash", "fields",
    "identifier", "integer", "lei", "mapping", "minute", "moment", "name", "nullable",
    "once", "one_of", "outpoint", "pairs", "positive_amount", "price", "prose", "prose_of", "public_key", "record",
    "sha256", "shown", "string", "transaction", "word",
]  # fmt: skip

T = TypeVar("T")

_SHA256 = re.compile(r"[0-9a-f]{64}\Z")
_ETHEREUM_HASH = re.compile(r"0x[0-9a-f]{64}\Z")
_TRANSACTION = re.compile(r"(0x)?[0-9a-f]{64}\Z")
_OUTPOINT = re.compile(r"(0x)?[0-9a-f]{64}:(0|[1-9][0-9]{0,9})\Z")
_MINUTE = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]\Z")


def _date(spelled: str) -> str:
    times.parse_date(spelled)
    return spelled


def _price(spelled: str) -> str:
    if ids.price(spelled)[0] == 0:
        raise Malformed("settlement.price-zero")
    return spelled


def _positive(spelled: str) -> int:
    units = ids.amount(spelled)
    if units == 0:
        raise Malformed("settlement.amount-zero")
    return units


def _ethereum_address(spelled: str) -> str:
    eip55.parse(spelled)
    return spelled


def _outpoint(spelled: str) -> str:
    if not _OUTPOINT.match(spelled) or int(spelled.partition(":")[2]) >= 1 << 32:
        raise Malformed("settlement.not-outpoint")
    return spelled


def _minute(spelled: str) -> int:
    if not _MINUTE.match(spelled):
        raise Malformed("settlement.not-minute")
    return int(spelled[:2]) * 60 + int(spelled[3:])


def once(judge: Callable[[str], str]) -> Callable[[str], str]:
    """The judge of a text, which remembers what it passed lately and gives the same object again."""
    return lru_cache(maxsize=1 << 13)(judge)


def _matching(pattern: re.Pattern[str], code: str) -> Reader[str]:
    def judge(spelled: str) -> str:
        if not pattern.match(spelled):
            raise Malformed(code)
        return spelled

    return string(once(judge))


word: Reader[str] = string(once(str), maximum=64)
"""A word of ours, to be looked up in a table: any short text."""
identifier: Reader[str] = string(once(ids.identifier))
lei: Reader[str] = string(once(ids.lei))
name: Reader[str] = string(once(ids.name))
amount: Reader[int] = string(ids.amount)
positive_amount: Reader[int] = string(_positive)
moment: Reader[int] = string(times.parse)
minute: Reader[int] = string(_minute)
"""`HH:MM` of a UTC day, as minutes since midnight."""
date: Reader[str] = string(once(_date))
price: Reader[str] = string(once(_price))
chain: Reader[str] = string(once(lambda spelled: str(caip.ChainId.parse(spelled))))
asset: Reader[str] = string(once(lambda spelled: str(caip.AssetId.parse(spelled))))
destination: Reader[str] = string(once(lambda spelled: str(caip.AccountId.parse(spelled))))
ethereum_address: Reader[str] = string(once(_ethereum_address))
ethereum_hash = _matching(_ETHEREUM_HASH, "settlement.not-ethereum-hash")
sha256 = _matching(_SHA256, "settlement.not-sha256")
transaction = _matching(_TRANSACTION, "settlement.not-transaction")
outpoint: Reader[str] = string(once(_outpoint))


def prose_of(most: int) -> Reader[str]:
    """A text of 1 to `most` characters, NFC, with nothing hidden in it and nothing that runs from right to left: it stands
    in one line with amounts and names, whose order it would change."""

    def judge(spelled: str) -> str:
        if not 1 <= len(spelled) <= most:
            raise Malformed("settlement.prose-length", most=most)
        if unicodedata.normalize("NFC", spelled) != spelled or any(map(hidden, spelled)) or any(towering(spelled)):
            raise Malformed("settlement.prose-characters")
        if any(map(ids.runs_right_to_left, spelled)):
            raise Malformed("settlement.prose-direction")
        return spelled

    return string(once(judge), maximum=max(most, 4096))


prose: Reader[str] = prose_of(500)


def ascending(reader: Reader[str], *, minimum: int = 0, maximum: int = 4096) -> Reader[tuple[str, ...]]:
    """An array of distinct texts in ascending order."""
    items = array(reader, minimum=minimum, maximum=maximum)

    def read(value: object, where: str) -> tuple[str, ...]:
        found = items(value, where)
        if list(found) != sorted(set(found)):
            raise Malformed("settlement.not-ascending", where=where)
        return found

    return read


def distinct(reader: Reader[str], *, minimum: int = 0, maximum: int = 4096) -> Reader[tuple[str, ...]]:
    """An array of distinct texts in an order that means something."""
    items = array(reader, minimum=minimum, maximum=maximum)

    def read(value: object, where: str) -> tuple[str, ...]:
        found = items(value, where)
        if len(found) != len(set(found)):
            raise Malformed("settlement.listed-twice", where=where)
        return found

    return read


def pairs(key: Reader[str], item: Reader[T]) -> Reader[tuple[tuple[str, T], ...]]:
    """An object used as a map, as pairs in ascending order of their keys."""
    keyed = mapping(lambda spelled: key(spelled, "key"), item)

    def read(value: object, where: str) -> tuple[tuple[str, T], ...]:
        found = keyed(value, where)
        return tuple((name, found[name]) for name in sorted(found))

    return read


def public_key(value: object, where: str) -> PublicKey:
    """A public key as an RFC 7517 key of one of the three curves."""
    return PublicKey.from_jwk(value)
