"""Readers for parsed JSON: each takes a value and the place where it stands, and returns it typed or raises Malformed.

- An object has exactly the fields that its reader names: unknown and missing ones are refused (DESIGN §5).
- `bool` is never taken for an integer, nor an empty string for an absent field.
- The place (`terms.legs[0].amount`) goes into the error, so that a person finds the line.

    >>> leg = {"from": integer(minimum=0), "asset": string(), "note": nullable(string())}
    >>> record({"from": 0, "asset": "x", "note": None}, "leg", leg)
    {'from': 0, 'asset': 'x', 'note': None}
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, TypeVar

from countersign.errors import Malformed
from countersign.formats import hexadecimal, jcs
from countersign.formats.excerpt import excerpt

T = TypeVar("T")
U = TypeVar("U")
Reader: TypeAlias = Callable[[object, str], T]


def _wrong(value: object, where: str, expected: str) -> Malformed:
    return Malformed("C2.wrong-type", where=where, expected=expected, found=_kind(value))


def _kind(value: object) -> str:
    names = {dict: "object", list: "array", str: "string", bool: "boolean", int: "integer", type(None): "null"}
    return names.get(type(value), type(value).__name__)


def record(
    value: object, where: str, required: Mapping[str, Reader[Any]], optional: Mapping[str, Reader[Any]] | None = None
) -> dict[str, Any]:
    """The fields of a JSON object, each through its reader, in the readers' order.

    Raises Malformed C2.wrong-type, C2.missing-field, C2.unknown-field, or what a reader raises.
    """
    if not isinstance(value, dict):
        raise _wrong(value, where, "object")
    optional = optional or {}
    for name in value:
        if name not in required and name not in optional:
            raise Malformed("C2.unknown-field", where=where, field=excerpt(name))
    result: dict[str, Any] = {}
    for name, reader in required.items():
        if name not in value:
            raise Malformed("C2.missing-field", where=where, field=name)
        result[name] = reader(value[name], f"{where}.{name}")
    for name, reader in optional.items():
        if name in value:
            result[name] = reader(value[name], f"{where}.{name}")
    return result


def fields(
    required: Mapping[str, Reader[Any]], optional: Mapping[str, Reader[Any]] | None = None
) -> Reader[dict[str, Any]]:
    """A reader of an object with these fields: `record` as a part of another."""
    return lambda value, where: record(value, where, required, optional)


def string(parse: Callable[[str], T] | None = None, *, maximum: int = 4096) -> Reader[Any]:
    """A reader of a string of at most `maximum` characters, through `parse` if given.

    An error of `parse` keeps its code and gains the place.
    """

    def read(value: object, where: str) -> Any:
        if not isinstance(value, str):
            raise _wrong(value, where, "string")
        if len(value) > maximum:
            raise Malformed("C2.string-length", where=where, length=len(value), limit=maximum)
        return value if parse is None else _placed(parse, value, where)

    return read


def _placed(parse: Callable[[str], T], value: str, where: str) -> T:
    try:
        return parse(value)
    except Malformed as error:
        raise Malformed(error.code, **{"where": where, **error.values}) from None


def integer(minimum: int = -jcs.MAX_INTEGER, maximum: int = jcs.MAX_INTEGER) -> Reader[int]:
    """A reader of a JSON integer from `minimum` to `maximum`, both included."""

    def read(value: object, where: str) -> int:
        if type(value) is not int:
            raise _wrong(value, where, "integer")
        if not minimum <= value <= maximum:
            raise Malformed("C2.integer-bounds", where=where, found=excerpt(value), minimum=minimum, maximum=maximum)
        return value

    return read


def boolean(value: object, where: str) -> bool:
    """A reader of true or false."""
    if not isinstance(value, bool):
        raise _wrong(value, where, "boolean")
    return value


def array(item: Reader[T], *, minimum: int = 0, maximum: int = 100_000) -> Reader[tuple[T, ...]]:
    """A reader of an array of `minimum` to `maximum` items; it gives a tuple."""

    def read(value: object, where: str) -> tuple[T, ...]:
        if not isinstance(value, list):
            raise _wrong(value, where, "array")
        if not minimum <= len(value) <= maximum:
            raise Malformed("C2.array-length", where=where, found=len(value), minimum=minimum, maximum=maximum)
        return tuple(item(each, f"{where}[{index}]") for index, each in enumerate(value))

    return read


def mapping(key: Callable[[str], T], item: Reader[U], *, maximum: int = 10_000) -> Reader[dict[T, U]]:
    """A reader of an object whose keys are data (`{asset: cap}`): each key through `key`, each value through `item`."""

    def read(value: object, where: str) -> dict[T, U]:
        if not isinstance(value, dict):
            raise _wrong(value, where, "object")
        if len(value) > maximum:
            raise Malformed("C2.array-length", where=where, found=len(value), minimum=0, maximum=maximum)
        return {_placed(key, name, where): item(each, f"{where}[{excerpt(name)}]") for name, each in value.items()}

    return read


def one_of(*allowed: str) -> Reader[str]:
    """A reader of one of these strings."""

    def read(value: object, where: str) -> str:
        if not isinstance(value, str):
            raise _wrong(value, where, "string")
        if value not in allowed:
            raise Malformed("C2.not-allowed", where=where, found=excerpt(value), allowed=", ".join(allowed))
        return allowed[allowed.index(value)]

    return read


def nullable(reader: Reader[T]) -> Reader[T | None]:
    """A reader of null or what `reader` reads."""
    return lambda value, where: None if value is None else reader(value, where)


def anything(value: object, where: str) -> object:
    """A reader that takes any JSON value as it is: for a body that a later step reads by its type."""
    return value


def hex_bytes(length: int) -> Reader[bytes]:
    """A reader of exactly `length` bytes in lower-case hexadecimal."""
    reader: Reader[bytes] = string(lambda text: hexadecimal.decode(text, length=length))
    return reader


sha256_hex: Reader[bytes] = hex_bytes(32)
"""A reader of a 32-byte hash in lower-case hexadecimal."""
