"""The JSON Canonicalization Scheme, RFC 8785: one spelling for each JSON value.

- Keys sorted by their UTF-16 units; no white space; only the escapes that JSON demands.
- Numbers as ECMAScript writes them. Nothing of ours holds a float; they are here because the standard's vectors do.
- Integers within ±(2^53−1), as everywhere in this project.

    >>> encode({"b": 1, "a": ["€", None]})
    b'{"a":["\xe2\x82\xac",null],"b":1}'
"""

import json
import math
from collections.abc import Callable, Iterable

from countersign.errors import Malformed
from countersign.formats.excerpt import excerpt

MAX_INTEGER = 2**53 - 1

_text = json.encoder.encode_basestring


def encode(value: object) -> bytes:
    """The RFC 8785 bytes of a value made of None, bool, int, float, str, list, tuple and dict with str keys.

    Raises Malformed (C2.integer-range, C2.not-a-number, C2.lone-surrogate, C2.not-json).
    """
    pieces: list[str] = []
    try:
        _write(value, pieces.append)
        return "".join(pieces).encode("utf-8")
    except UnicodeEncodeError:
        raise Malformed("C2.lone-surrogate") from None


def _write(value: object, put: Callable[[str], None]) -> None:
    # One list for the whole value: pieces yielded from level to level would each pass through every level above them.
    if isinstance(value, str):
        put(_text(value))
    elif isinstance(value, dict):
        _write_object(value, put)
    elif isinstance(value, list | tuple):
        _write_array(value, put)
    else:
        put(_scalar(value))


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


def _write_array(values: list[object] | tuple[object, ...], put: Callable[[str], None]) -> None:
    separator = "["
    for item in values:
        put(separator)
        _write(item, put)
        separator = ","
    put("]" if values else "[]")


def _write_object(values: dict[object, object], put: Callable[[str], None]) -> None:
    separator = "{"
    for key in _ordered(values):
        put(f"{separator}{_text(key)}:")
        _write(values[key], put)
        separator = ","
    put("}" if values else "{}")


def _ordered(names: Iterable[object]) -> list[str]:
    """Ascending by UTF-16 units, which for ASCII are the characters themselves."""
    found = []
    for name in names:
        if not isinstance(name, str):
            raise Malformed("C2.not-json", type=f"a key that is {type(name).__name__}")
        found.append(name)
    return sorted(found) if "".join(found).isascii() else sorted(found, key=lambda name: name.encode("utf-16-be"))


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
