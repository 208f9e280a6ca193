"""Base58Check: bytes and a four-byte checksum in 58 letters, as extended keys are written (BIP-32).

- the checksum is the head of the double SHA-256 of what stands before it; leading zero bytes are leading `1`s;
- one text a value and one value a text: `encode(decode(text)) == text`;
- at most 128 characters are read, before any arithmetic: the work grows with the square of the length.

    >>> encode(b"\\x00\\x2a")
    '13CSXP6j'
"""

from hashlib import sha256

from countersign.errors import Malformed

_LETTERS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_VALUES = {letter: value for value, letter in enumerate(_LETTERS)}
_CHECKSUM = 4
LONGEST = 128


def encode(payload: bytes) -> str:
    """The text of `payload` with its checksum."""
    data = payload + _checksum(payload)
    number, text = int.from_bytes(data), ""
    while number:
        number, value = divmod(number, 58)
        text = _LETTERS[value] + text
    return "1" * (len(data) - len(data.lstrip(b"\x00"))) + text


def decode(text: str) -> bytes:
    """The bytes before the checksum. Malformed: formats.base58-length, -character, -checksum (never with the text)."""
    if len(text) > LONGEST:
        raise Malformed("formats.base58-length", limit=LONGEST)
    number = 0
    for letter in text:
        if (value := _VALUES.get(letter)) is None:
            raise Malformed("formats.base58-character")
        number = number * 58 + value
    zeros = len(text) - len(text.lstrip("1"))
    data = bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8)
    payload, given = data[:-_CHECKSUM], data[-_CHECKSUM:]
    if len(data) < _CHECKSUM or _checksum(payload) != given:
        raise Malformed("formats.base58-checksum")
    return payload


def _checksum(payload: bytes) -> bytes:
    return sha256(sha256(payload).digest()).digest()[:_CHECKSUM]
