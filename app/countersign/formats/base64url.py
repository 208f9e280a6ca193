"""base64url without padding (RFC 4648 §5, RFC 7515 §2), in its one canonical spelling.

- No padding, no white space, no `+` or `/`; unused low bits are zero.

    >>> encode(b"\\xff\\xef")
    '_-8'
"""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode

from countersign.errors import Malformed
from countersign.formats.excerpt import excerpt


def encode(data: bytes) -> str:
    """`data` as unpadded base64url."""
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decode(text: str) -> bytes:
    """The bytes whose only spelling is `text`. Raises Malformed formats.base64url."""
    try:
        data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        raise Malformed("formats.base64url", text=excerpt(text)) from None
    # The decoder skips what it does not know; writing the bytes again shows whether it did.
    if encode(data) != text:
        raise Malformed("formats.base64url", text=excerpt(text))
    return data
