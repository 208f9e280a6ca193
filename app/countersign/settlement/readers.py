"""Readers of single JSON values for the documents of this room: each takes a value and where it stands, and is total.

- A reader returns the typed value or raises `Malformed`; it never repairs.
- Amounts are decimal strings in base units; hashes are lower-case hex; ids, LEIs, times and CAIP texts have one spelling.

    >>> amount("25000000000", "body.amount")
    25000000000
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from countersign.errors import Malformed
from countersign.formats import caip, eip55, ids, shape, times
from countersign.formats.strict_json import JsonValue
from countersign.keys.public_key import PublicKey

T = TypeVar("T")
Reader = Callable[[JsonValue, str], T]

_SHA256 = re.compile(r"[0-9a-f]{64}\Z")
_TRANSACTION = re.compile(r"(0x)?[0-9a-f]{64}\Z")
_OUTPOINT = re.compile(r"(0x)?[0-9a-f]{64}:(0|[1-9][0-9]{0,9})\Z")


def record(value: JsonValue, where: str, required: Mapping[str, Reader[Any]]) -> dict[str, Any]:
    """An object with exactly these fields, each read by its reader."""
    return shape.record(value, where, required)


def text(value: JsonValue, where: str) -> str:
    """Any JSON string."""
    if not isinstance(value, str):
        raise Malformed("settlement.not-text", field=where)
    return value


def of_text(convert: Callable[[str], T]) -> Reader[T]:
    """A reader from a function that judges a text; the error it raises names the place."""

    def read(value: JsonValue, where: str) -> T:
        try:
            return convert(text(value, where))
        except Malformed as error:
            raise Malformed(error.code, **{"field": where, **error.values}) from error

    return read


identifier: Reader[str] = of_text(ids.identifier)
lei: Reader[str] = of_text(ids.lei)
name: Reader[str] = of_text(ids.name)
amount: Reader[int] = of_text(ids.amount)
moment: Reader[int] = of_text(times.parse)
chain: Reader[str] = of_text(lambda spelled: str(caip.ChainId.parse(spelled)))
asset: Reader[str] = of_text(lambda spelled: str(caip.AssetId.parse(spelled)))
destination: Reader[str] = of_text(lambda spelled: str(caip.AccountId.parse(spelled)))


def date(value: JsonValue, where: str) -> str:
    """`YYYY-MM-DD`, a day that exists."""
    spelled = text(value, where)
    of_text(times.parse_date)(spelled, where)
    return spelled


def price(value: JsonValue, where: str) -> str:
    """A price above zero as a decimal string, kept as it is spelled."""
    spelled = text(value, where)
    mantissa, _ = of_text(ids.price)(spelled, where)
    if mantissa == 0:
        raise Malformed("settlement.price-zero", field=where)
    return spelled


def positive_amount(value: JsonValue, where: str) -> int:
    """An amount above zero, in base units."""
    units = amount(value, where)
    if units == 0:
        raise Malformed("settlement.amount-zero", field=where)
    return units


def integer(low: int, high: int = 2**53 - 1) -> Reader[int]:
    """A JSON integer between `low` and `high`, both included."""

    def read(value: JsonValue, where: str) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise Malformed("settlement.integer-range", field=where, low=low, high=high)
        return value

    return read


def boolean(value: JsonValue, where: str) -> bool:
    """`true` or `false`."""
    if not isinstance(value, bool):
        raise Malformed("settlement.not-boolean", field=where)
    return value


def _matching(pattern: re.Pattern[str], code: str) -> Reader[str]:
    def read(value: JsonValue, where: str) -> str:
        spelled = text(value, where)
        if not pattern.match(spelled):
            raise Malformed(code, field=where)
        return spelled

    return read


sha256 = _matching(_SHA256, "settlement.not-sha256")
transaction = _matching(_TRANSACTION, "settlement.not-transaction")
outpoint = _matching(_OUTPOINT, "settlement.not-outpoint")


def choice(*allowed: str) -> Reader[str]:
    """One of a few words."""

    def read(value: JsonValue, where: str) -> str:
        spelled = text(value, where)
        if spelled not in allowed:
            raise Malformed("settlement.not-a-choice", field=where, allowed=", ".join(allowed))
        return spelled

    return read


def prose_of(most: int) -> Reader[str]:
    """A text of 1 to `most` characters, NFC, with nothing invisible in it and nothing that turns the writing direction."""

    def read(value: JsonValue, where: str) -> str:
        spelled = text(value, where)
        if not 1 <= len(spelled) <= most:
            raise Malformed("settlement.prose-length", field=where, most=most)
        if unicodedata.normalize("NFC", spelled) != spelled or any(
            unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn"} for character in spelled
        ):
            raise Malformed("settlement.prose-characters", field=where)
        return spelled

    return read


prose = prose_of(500)


def ethereum_address(value: JsonValue, where: str) -> str:
    """An address in EIP-55 spelling."""
    spelled = text(value, where)
    of_text(eip55.parse)(spelled, where)
    return spelled


def nullable(reader: Reader[T]) -> Reader[T | None]:
    """`null`, or what `reader` reads."""

    def read(value: JsonValue, where: str) -> T | None:
        return None if value is None else reader(value, where)

    return read


def several(reader: Reader[T], *, least: int = 0, most: int = 4096) -> Reader[tuple[T, ...]]:
    """An array of `least` to `most` items, each read by `reader`."""

    def read(value: JsonValue, where: str) -> tuple[T, ...]:
        if not isinstance(value, list) or not least <= len(value) <= most:
            raise Malformed("settlement.array-size", field=where, least=least, most=most)
        return tuple(reader(item, f"{where}[{position}]") for position, item in enumerate(value))

    return read


def ascending(reader: Reader[str], *, least: int = 0, most: int = 4096) -> Reader[tuple[str, ...]]:
    """An array of distinct texts in ascending order, so that equal sets have equal bytes."""
    items = several(reader, least=least, most=most)

    def read(value: JsonValue, where: str) -> tuple[str, ...]:
        found = items(value, where)
        if list(found) != sorted(set(found)):
            raise Malformed("settlement.not-ascending", field=where)
        return found

    return read


def by_key(key: Reader[str], item: Reader[T]) -> Reader[tuple[tuple[str, T], ...]]:
    """An object used as a map; pairs in ascending order of their keys."""

    def read(value: JsonValue, where: str) -> tuple[tuple[str, T], ...]:
        if not isinstance(value, dict):
            raise Malformed("settlement.not-object", field=where)
        return tuple((key(spelled, where), item(value[spelled], f"{where}.{spelled}")) for spelled in sorted(value))

    return read


def anything(value: JsonValue, where: str) -> JsonValue:
    """Any JSON value; its own document's parser judges it."""
    return value


def public_key(value: JsonValue, where: str) -> PublicKey:
    """A public key as an RFC 7517 key of one of the three curves."""
    if not isinstance(value, dict):
        raise Malformed("settlement.not-object", field=where)
    return PublicKey.from_jwk(value)
