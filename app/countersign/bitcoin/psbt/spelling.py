"""A PSBT file in either spelling: the bytes of BIP-174 themselves, or base64 of them, as many programs write it.

- Base64 is RFC 4648's standard alphabet with padding; it may be broken into lines, and nothing else may stand in the file.
- What is neither is handed on as it is: `parse` says what is wrong with it.

    >>> binary(b"cHNidP8=\\n")
    b'psbt\\xff'
"""

from binascii import Error, a2b_base64, b2a_base64

from countersign.bitcoin.psbt.container import MAGIC
from countersign.errors import Malformed

_TEXT = b"cHNidP"
"""How the base64 of every PSBT begins: the first 36 bits of its magic bytes."""


def binary(data: bytes) -> bytes:
    """The PSBT's bytes, not parsed yet. Malformed("B2.base64") if base64 begins and does not go on as such."""
    if data.startswith(MAGIC) or not data[:64].lstrip().startswith(_TEXT):
        return data
    text = b"".join(data.split())
    try:
        found = a2b_base64(text, strict_mode=True)
    except Error:
        raise Malformed("B2.base64") from None
    if b2a_base64(found, newline=False) != text:
        raise Malformed("B2.base64")
    return found
