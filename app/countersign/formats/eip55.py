"""Ethereum addresses and their mixed-case checksum (ERC-55).

- `parse` takes the checksummed spelling and nothing else: text from people, files and contracts (CHECKS E6).
- `parse_machine` also takes all lower case, which nodes and services write.

    >>> checksum(bytes.fromhex("5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"))
    '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed'
"""

import re
from functools import lru_cache

from countersign.errors import Malformed
from countersign.formats.excerpt import excerpt
from countersign.formats.keccak import keccak256

_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}\Z")


@lru_cache(maxsize=8192)
def checksum(address: bytes) -> str:
    """The ERC-55 spelling of a 20-byte address. Raises Malformed formats.address-length."""
    if len(address) != 20:
        raise Malformed("formats.address-length", found=len(address), expected=20)
    digits = address.hex()
    mask = keccak256(digits.encode("ascii")).hex()
    return "0x" + "".join(
        char.upper() if int(nibble, 16) >= 8 else char for char, nibble in zip(digits, mask, strict=False)
    )


def parse(text: str) -> bytes:
    """The 20 bytes of a checksummed address. Raises Malformed formats.address or E6.checksum."""
    if not _ADDRESS.match(text):
        raise Malformed("formats.address", text=excerpt(text))
    address = bytes.fromhex(text[2:])
    if checksum(address) != text:
        raise Malformed("E6.checksum", text=excerpt(text))
    return address


def parse_machine(text: str) -> bytes:
    """As `parse`, and all lower case too: for text that no person typed."""
    if _ADDRESS.match(text) and text == text.lower():
        return bytes.fromhex(text[2:])
    return parse(text)
