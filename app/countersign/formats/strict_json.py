"""Strict JSON: RFC 8259 with everything taken out on which two readers could disagree (CHECKS C2).

- UTF-8 without a byte order mark; at most 256 KiB unless the caller says otherwise, measured before anything is read.
- Depth at most 16, counted before the parser starts, so that 100,000 brackets cost one pass and no stack.
- No duplicate keys, no lone surrogates, no NaN or Infinity, no fraction and no exponent anywhere.
- Integers within ±(2^53−1), in their only spelling: no sign but a minus, no leading zero, no `-0`.
- `parse_canonical` also demands that the bytes are the RFC 8785 form of what they say: the rule for everything signed.

    >>> parse(b'{"legs": [1, "2"]}')
    {'legs': [1, '2']}
"""

import json
import re
from itertools import accumulate
from typing import TypeAlias

from countersign.errors import Malformed
from countersign.formats import jcs
from countersign.formats.excerpt import excerpt

JsonValue: TypeAlias = "bool | int | str | list[JsonValue] | dict[str, JsonValue] | None"

LIMIT = 262_144
DEPTH = 16

# A string, closed or not; possessive, so that hostile quotes cannot make it start again (linear in the input).
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
_NOT_BRACKETS = bytes(byte for byte in range(256) if byte not in b"[]{}")
_STEP = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
_BEYOND_BMP = re.compile(rb"[\xf0-\xf4]")
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_CANONICAL = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))


def _object(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    result = dict(pairs)
    if len(result) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise Malformed("C2.duplicate-key", key=excerpt(key))
            seen.add(key)
    return result


def _integer(text: str) -> int:
    # The length is looked at first: int() of thousands of digits is slow, then a ValueError.
    if text == "-0" or len(text) > 17 or abs(number := int(text)) > jcs.MAX_INTEGER:
        raise Malformed("C2.integer-range", number=excerpt(text))
    return number


def _float(text: str) -> JsonValue:
    raise Malformed("C2.float", number=excerpt(text))


def _constant(text: str) -> JsonValue:
    raise Malformed("C2.not-a-number", text=excerpt(text))


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_float, parse_constant=_constant, strict=True
)


def nesting(data: bytes) -> int:
    """The deepest nesting of brackets outside strings. One pass in C over the bytes, one over the brackets."""
    brackets = _STRING.sub(b"", data).translate(None, _NOT_BRACKETS)
    return max(accumulate(map(_STEP.__getitem__, brackets)), default=0)


def parse(data: bytes, *, limit: int = LIMIT) -> JsonValue:
    """The value that `data` spells. Raises Malformed with a C2 code."""
    if len(data) > limit:
        raise Malformed("C2.size", size=len(data), limit=limit)
    if data.startswith(b"\xef\xbb\xbf"):
        raise Malformed("C2.byte-order-mark")
    if (depth := nesting(data)) > DEPTH:
        raise Malformed("C2.depth", depth=depth, limit=DEPTH)
    try:
        value: JsonValue = _DECODER.decode(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise Malformed("C2.not-utf-8", position=error.start) from None
    except json.JSONDecodeError as error:
        raise Malformed("C2.syntax", position=error.pos, problem=error.msg) from None
    if _SURROGATE.search(data):
        _refuse_lone_surrogates(value)
    return value


def parse_canonical(data: bytes, *, limit: int = LIMIT) -> JsonValue:
    """As `parse`, and `data` must be the RFC 8785 form of its value: C2.not-canonical otherwise."""
    value = parse(data, limit=limit)
    # Python sorts keys by code point, RFC 8785 by UTF-16 unit: they part company only beyond the BMP.
    quick = not _BEYOND_BMP.search(data)
    if (_CANONICAL.encode(value).encode("utf-8") if quick else jcs.encode(value)) != data:
        raise Malformed("C2.not-canonical")
    return value


def _refuse_lone_surrogates(value: JsonValue) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise Malformed("C2.lone-surrogate") from None
