"""The two spellings that every C2SP text shares: decimal numbers and standard base64, each with exactly one form.

- A number is ASCII digits without leading zero, at most 2^53 − 1, so that JSON can carry it.
- Base64 is RFC 4648 §4 with padding; spare bits are zero, so that one value has one spelling.
- What is wrong is Malformed under the code that the calling document gives.

    >>> number("42", "L1.size"), unbase64("AAE=", "L1.root")
    (42, b'\\x00\\x01')
"""

import base64
import binascii
import re

from countersign.errors import Malformed

HASH_SIZE = 32
MAX_NUMBER = 2**53 - 1
_NUMBER = re.compile(r"(?:0|[1-9][0-9]{0,15})\Z", re.ASCII)
_LEADING_ZERO = re.compile(r"0[0-9]+\Z", re.ASCII)


def number(text: str, code: str) -> int:
    """A decimal number within 0..2^53−1. Malformed(code), or Malformed(code + "-leading-zero")."""
    if _LEADING_ZERO.match(text):
        raise Malformed(f"{code}-leading-zero", found=text[:24])
    if not _NUMBER.match(text) or int(text) > MAX_NUMBER:
        raise Malformed(code, found=text[:24])
    return int(text)


def unbase64(text: str, code: str) -> bytes:
    """The bytes behind a canonical standard base64 text. Malformed(code)."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as reason:
        raise Malformed(code) from reason
    if base64.b64encode(data).decode("ascii") != text:
        raise Malformed(code)
    return data


def base64_text(data: bytes) -> str:
    """Standard base64 with padding."""
    return base64.b64encode(data).decode("ascii")


def hash_line(text: str, code: str) -> bytes:
    """One base64 line that must hold a 32-byte hash. Malformed(code)."""
    data = unbase64(text, code)
    if len(data) != HASH_SIZE:
        raise Malformed(code)
    return data
