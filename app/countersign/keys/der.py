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
    r, at = _read_integer(der, 2)
    s, at = _read_integer(der, at)
    if at != len(der):
        raise Malformed("keys.der")
    return r + s


def _read_integer(data: bytes, at: int) -> tuple[bytes, int]:
    """One non-negative, shortest DER INTEGER of at most 256 bits at offset `at`, as 32 bytes, and the offset behind it."""
    start = at + 2
    if start >= len(data) or data[at] != 0x02:
        raise Malformed("keys.der")
    end = start + data[at + 1]
    first = data[start]
    if not start < end <= len(data) or first & 0x80:
        raise Malformed("keys.der")
    if not first and end - start > 1:
        # A leading zero keeps the number from being read as negative, and is there for nothing else.
        if not data[start + 1] & 0x80:
            raise Malformed("keys.der")
        start += 1
    if end - start > 32:
        raise Malformed("keys.der")
    return data[start:end].rjust(32, b"\x00"), end
