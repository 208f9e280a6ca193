"""Bech32 and bech32m (BIP-173, BIP-350), and the segwit addresses spelt in them.

- Witness version 0 is bech32, versions 1 to 16 are bech32m; a programme has 2 to 40 bytes, version 0 exactly 20 or 32.
- All lower or all upper case is one address to the standard. `decode_segwit` takes both, `parse_segwit` only the
  canonical lower case, which is the only one in signed text.
- No network is known here: the human-readable part is an argument.

    >>> encode_segwit("bcrt", 0, bytes(20))
    'bcrt1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqdku202'
"""

from collections.abc import Iterable
from functools import reduce
from operator import xor

from countersign.errors import Malformed
from countersign.formats.excerpt import excerpt

BECH32 = 1
BECH32M = 0x2BC830A3
_CHARSET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_VALUE = {char: index for index, char in enumerate(_CHARSET)}
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_LENGTH = 90
_PRINTABLE = frozenset(map(chr, range(33, 127)))


def _folded(top: int) -> int:
    """What the five bits that leave the checksum fold back into it."""
    return reduce(xor, (generator for index, generator in enumerate(_GENERATOR) if top >> index & 1), 0)


_FOLDED = tuple(map(_folded, range(32)))


def _polymod(values: Iterable[int]) -> int:
    checksum = 1
    for value in values:
        checksum = (checksum & 0x1FFFFFF) << 5 ^ value ^ _FOLDED[checksum >> 25]
    return checksum


def _expanded(hrp: str) -> list[int]:
    return [ord(char) >> 5 for char in hrp] + [0] + [ord(char) & 31 for char in hrp]


def encode(hrp: str, values: Iterable[int], constant: int) -> str:
    """A lower-case string of the human-readable part, 5-bit values and their checksum under BECH32 or BECH32M."""
    data = list(values)
    rest = _polymod([*_expanded(hrp), *data, 0, 0, 0, 0, 0, 0]) ^ constant
    checksum = [rest >> 5 * (5 - index) & 31 for index in range(6)]
    return hrp + "1" + "".join(_CHARSET[value] for value in data + checksum)


def decode(text: str) -> tuple[str, list[int], int]:
    """The lower-case human-readable part, the 5-bit values and the constant of a checksummed string.

    Raises Malformed with formats.bech32-… codes.
    """
    if not _PRINTABLE.issuperset(text):
        raise Malformed("formats.bech32-character", text=excerpt(text))
    if text != text.lower() and text != text.upper():
        raise Malformed("formats.bech32-case", text=excerpt(text))
    lower = text.lower()
    hrp, separator, data = lower.rpartition("1")
    if not separator or not hrp or len(data) < 6 or len(text) > _LENGTH:
        raise Malformed("formats.bech32-length", text=excerpt(text))
    if not _VALUE.keys() >= set(data):
        raise Malformed("formats.bech32-character", text=excerpt(text))
    values = [_VALUE[char] for char in data]
    constant = _polymod(_expanded(hrp) + values)
    if constant not in (BECH32, BECH32M):
        raise Malformed("formats.bech32-checksum", text=excerpt(text))
    return hrp, values[:-6], constant


def to_five_bits(data: bytes) -> list[int]:
    """Bytes as 5-bit values, the last padded with zero bits."""
    padding = -len(data) * 8 % 5
    number = int.from_bytes(data) << padding
    count = (len(data) * 8 + padding) // 5
    return [number >> 5 * (count - 1 - index) & 31 for index in range(count)]


def from_five_bits(values: Iterable[int]) -> bytes:
    """5-bit values as bytes; fewer than five padding bits, all zero. Raises Malformed formats.bech32-padding."""
    listed = list(values)
    number = 0
    for value in listed:
        number = number << 5 | value
    padding = len(listed) * 5 % 8
    if padding >= 5 or number & ((1 << padding) - 1):
        raise Malformed("formats.bech32-padding")
    return (number >> padding).to_bytes(len(listed) * 5 // 8)


def _check_programme(version: int, program: bytes) -> None:
    if not 0 <= version <= 16:
        raise Malformed("formats.segwit-version", version=version)
    if not 2 <= len(program) <= 40 or (version == 0 and len(program) not in (20, 32)):
        raise Malformed("formats.segwit-length", version=version, length=len(program))


def encode_segwit(hrp: str, version: int, program: bytes) -> str:
    """The canonical address of a witness programme. Raises Malformed formats.segwit-version, formats.segwit-length."""
    _check_programme(version, program)
    return encode(hrp, [version, *to_five_bits(program)], BECH32M if version else BECH32)


def decode_segwit(hrp: str, address: str) -> tuple[int, bytes]:
    """The witness version and programme of an address of the network `hrp`; all-upper case is allowed (QR codes).

    Raises Malformed: formats.bech32-…, formats.segwit-…, or B1.hrp for another network's address.
    """
    found, values, constant = decode(address)
    if found != hrp:
        raise Malformed("B1.hrp", found=excerpt(found), expected=hrp)
    if not values:
        raise Malformed("formats.segwit-length", version=0, length=0)
    version, program = values[0], from_five_bits(values[1:])
    _check_programme(version, program)
    if constant != (BECH32M if version else BECH32):
        raise Malformed("formats.segwit-checksum", version=version)
    return version, program


def parse_segwit(hrp: str, address: str) -> tuple[int, bytes]:
    """As `decode_segwit`, in the canonical lower-case spelling only: formats.bech32-case otherwise."""
    if address != address.lower():
        raise Malformed("formats.bech32-case", text=excerpt(address))
    return decode_segwit(hrp, address)
