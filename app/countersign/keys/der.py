"""ECDSA signatures in DER, as Bitcoin's scripts carry them: strict BIP-66, without the sighash byte.

>>> to_der(bytes(31) + b"\\x01" + bytes(31) + b"\\x81").hex()
'300702010102020081'
"""

from countersign.errors import Malformed


def to_der(signature: bytes) -> bytes:
    """A 64-byte r‖s as SEQUENCE { INTEGER r, INTEGER s }. Raises Malformed keys.signature-length."""
    if len(signature) != 64:
        raise Malformed("keys.signature-length", found=len(signature), expected=64)
    body = _integer(signature[:32]) + _integer(signature[32:])
    return bytes([0x30, len(body)]) + body


def _integer(big_endian: bytes) -> bytes:
    shortest = big_endian.lstrip(b"\x00") or b"\x00"
    if shortest[0] & 0x80:
        shortest = b"\x00" + shortest
    return bytes([0x02, len(shortest)]) + shortest


def from_der(der: bytes) -> bytes:
    """The 64-byte r‖s of a strict DER signature (BIP-66), without the sighash byte. Raises Malformed keys.der."""
    if not (8 <= len(der) <= 72 and der[0] == 0x30 and der[1] == len(der) - 2):
        raise Malformed("keys.der")
    r, rest = _read_integer(der[2:])
    s, rest = _read_integer(rest)
    if rest:
        raise Malformed("keys.der")
    return r + s


def _read_integer(data: bytes) -> tuple[bytes, bytes]:
    """One non-negative, shortest DER INTEGER of at most 256 bits, as 32 bytes, and what follows it."""
    if len(data) < 3 or data[0] != 0x02 or not 0 < data[1] <= len(data) - 2:
        raise Malformed("keys.der")
    digits, rest = data[2 : 2 + data[1]], data[2 + data[1] :]
    padded = len(digits) > 1 and digits[0] == 0 and not digits[1] & 0x80
    if digits[0] & 0x80 or padded or len(digits.lstrip(b"\x00")) > 32:
        raise Malformed("keys.der")
    return digits.lstrip(b"\x00").rjust(32, b"\x00"), rest
