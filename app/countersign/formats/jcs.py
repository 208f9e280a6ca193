"""The JSON Canonicalization Scheme, RFC 8785: one spelling for each JSON value.

- Keys sorted by their UTF-16 units; no white space; only the escapes that JSON demands.
- Numbers as ECMAScript writes them. Nothing of ours holds a float; they are here because the standard's vectors do.
- Integers within ±(2^53−1), as everywhere in this project.

    >>> encode({"b": 1, "a": ["€", None]})
    b'{"a":["\xe2\x82\xac",null],"b":1}'
"""

import json
import math
from collections.abc import Iterator

from countersign.errors import Malformed
from countersign.formats.excerpt import excerpt

MAX_INTEGER = 2**53 - 1

_text = json.JSONEncoder(ensure_ascii=False).encode


def encode(value: object) -> bytes:
    """The RFC 8785 bytes of a value made of None, bool, int, float, str, list, tuple and dict with str keys.

    Raises Malformed (C2.integer-range, C2.not-a-number, C2.lone-surrogate, C2.not-json).
    """
    try:
        return "".join(_pieces(value)).encode("utf-8")
    except UnicodeEncodeError:
        raise Malformed("C2.lone-surrogate") from None


def _pieces(value: object) -> Iterator[str]:
    if isinstance(value, str):
        return iter((_text(value),))
    if isinstance(value, dict):
        return _object_pieces(value)
    if isinstance(value, list | tuple):
        return _array_pieces(value)
    return iter((_scalar(value),))


def _scalar(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise Malformed("C2.integer-range", number=excerpt(value))
        return str(value)
    if isinstance(value, float):
        return number_text(value)
    raise Malformed("C2.not-json", type=type(value).__name__)


def _array_pieces(values: list[object] | tuple[object, ...]) -> Iterator[str]:
    yield "["
    for index, item in enumerate(values):
        if index:
            yield ","
        yield from _pieces(item)
    yield "]"


def _object_pieces(values: dict[object, object]) -> Iterator[str]:
    yield "{"
    for index, key in enumerate(sorted(values, key=_utf16)):
        if index:
            yield ","
        yield _text(key) + ":"
        yield from _pieces(values[key])
    yield "}"


def _utf16(key: object) -> bytes:
    if not isinstance(key, str):
        raise Malformed("C2.not-json", type=f"a key that is {type(key).__name__}")
    return key.encode("utf-16-be")


def number_text(number: float) -> str:
    """A double as ECMAScript's Number::toString writes it (RFC 8785 §3.2.2.3). Raises Malformed C2.not-a-number."""
    if not math.isfinite(number):
        raise Malformed("C2.not-a-number", text=str(number))
    if number == 0:
        return "0"
    sign = "-" if number < 0 else ""
    # repr gives the shortest digits that read back as this double, as ECMAScript demands; only the layout differs.
    mantissa, _, exponent = repr(abs(number)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    fraction = "" if fraction == "0" else fraction
    point = len(whole) + int(exponent or 0)
    unpadded = (whole + fraction).lstrip("0")
    point -= len(whole + fraction) - len(unpadded)
    return sign + _layout(unpadded.rstrip("0"), point)


def _layout(digits: str, point: int) -> str:
    """`digits` with the decimal point after the first `point` of them, in ECMAScript's four layouts."""
    if len(digits) <= point <= 21:
        return digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return f"{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return "0." + "0" * -point + digits
    tail = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{digits[0]}{tail}e{point - 1:+d}"
