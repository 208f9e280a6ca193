"""Lower-case hexadecimal, two digits a byte, no prefix.

>>> decode("00ff", length=2)
b'\\x00\\xff'
"""

import re

from countersign.errors import Malformed
from countersign.formats.excerpt import excerpt

_HEX = re.compile(r"(?:[0-9a-f]{2})*\Z")


def encode(data: bytes) -> str:
    """`data` in lower-case hexadecimal."""
    return data.hex()


def decode(text: str, *, length: int | None = None) -> bytes:
    """The bytes; exactly `length` if given. Raises Malformed formats.hexadecimal, formats.hexadecimal-length."""
    if not _HEX.match(text):
        raise Malformed("formats.hexadecimal", text=excerpt(text))
    if length is not None and len(text) != 2 * length:
        raise Malformed("formats.hexadecimal-length", found=len(text) // 2, expected=length)
    return bytes.fromhex(text)
