"""Strict readers of what a node answered. A node is a source of bytes, never of truth, and never of a crash.

- An answer of another shape than the method's is Unavailable `chains.odd-answer` with the method's name.
- Bitcoin Core writes plain hex, whole numbers and decimal money; Ethereum writes `0x` hex and quantities.

    >>> quantity("0x7a69", "eth_chainId"), satoshis(Decimal("250.00000001"), "scantxoutset")
    (31337, 25000000001)
"""

import re
from decimal import Decimal
from typing import Any

from countersign.bitcoin.transaction import MAX_MONEY
from countersign.errors import Unavailable

_HASH = re.compile(r"[0-9a-f]{64}\Z")
_HEX = re.compile(r"([0-9a-f]{2})*\Z")
_PREFIXED = re.compile(r"0x([0-9a-fA-F]{2})*\Z")
_QUANTITY = re.compile(r"0x[0-9a-fA-F]{1,64}\Z")
PLACES = 8
COIN = Decimal(10**PLACES)
MOST_PLACES = 64
"""Digits and powers of ten of an amount that is worth reading."""


def whole(value: object, method: str) -> int:
    """A JSON integer, 0 or more."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise Unavailable("chains.odd-answer", method=method)
    return value


def flag(value: object, method: str) -> bool:
    """A JSON boolean."""
    if not isinstance(value, bool):
        raise Unavailable("chains.odd-answer", method=method)
    return value


def record(value: object, method: str) -> dict[str, Any]:
    """A JSON object."""
    if not isinstance(value, dict):
        raise Unavailable("chains.odd-answer", method=method)
    return value


def array(value: object, method: str) -> list[Any]:
    """A JSON array."""
    if not isinstance(value, list):
        raise Unavailable("chains.odd-answer", method=method)
    return value


def identity(value: object, method: str) -> str:
    """A txid or block hash as Bitcoin Core writes it: 64 hex digits, lower case."""
    return _matched(_HASH, value, method)


def raw(value: object, method: str) -> bytes:
    """Bytes as Bitcoin Core writes them."""
    return bytes.fromhex(_matched(_HEX, value, method))


def satoshis(value: object, method: str) -> int:
    """Decimal money, to the satoshi."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = Decimal(value) if 0 <= value <= MAX_MONEY else None
    if not isinstance(value, Decimal) or not value.is_finite() or not 0 <= value <= MAX_MONEY / COIN:
        raise Unavailable("chains.odd-answer", method=method)
    # By its digits: Decimal's own arithmetic rounds to 28 places, and the powers of ten that it takes have no end.
    _, digits, power = value.as_tuple()
    if not isinstance(power, int) or abs(power) > MOST_PLACES or len(digits) > MOST_PLACES:
        raise Unavailable("chains.odd-answer", method=method)
    found, rest = divmod(int("".join(map(str, digits))) * 10 ** (MOST_PLACES + power), 10 ** (MOST_PLACES - PLACES))
    if rest:
        raise Unavailable("chains.odd-answer", method=method)
    return int(found)


def quantity(value: object, method: str) -> int:
    """An Ethereum quantity, at most 256 bits."""
    return int(_matched(_QUANTITY, value, method), 16)


def data(value: object, method: str) -> bytes:
    """Bytes as Ethereum writes them."""
    return bytes.fromhex(_matched(_PREFIXED, value, method)[2:])


def _matched(pattern: re.Pattern[str], value: object, method: str) -> str:
    if not isinstance(value, str) or not pattern.match(value):
        raise Unavailable("chains.odd-answer", method=method)
    return value
