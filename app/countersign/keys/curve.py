"""The three curves, and what can be said of an ECDSA signature `r‖s` by arithmetic alone.

- `r` and `s` are 32-byte big-endian integers in 1..n−1.
- Of the two signatures (r, s) and (r, n−s) only the one with s ≤ n/2 counts: tokens return either, so theirs are
  normalised first. libsecp256k1 refuses high s by itself, OpenSSL does not: here one policy holds for both.

    >>> is_low_s(Curve.P256, bytes(31) + b"\\x01" + bytes(31) + b"\\x01")
    True
"""

from enum import StrEnum

from countersign.errors import Malformed


class Curve(StrEnum):
    """The three curves; the value is the JWK `crv`."""

    SECP256K1 = "secp256k1"
    P256 = "P-256"
    ED25519 = "Ed25519"


ORDER = {
    Curve.SECP256K1: 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141,
    Curve.P256: 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
}


def split(curve: Curve, signature: bytes) -> tuple[int, int]:
    """(r, s) of a 64-byte signature. Raises Malformed keys.not-ecdsa, keys.signature-length or keys.signature-range."""
    order = ORDER.get(curve)
    if order is None:
        raise Malformed("keys.not-ecdsa", curve=curve.value)
    if len(signature) != 64:
        raise Malformed("keys.signature-length", found=len(signature), expected=64)
    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    if not (0 < r < order and 0 < s < order):
        raise Malformed("keys.signature-range", curve=curve.value)
    return r, s


def is_low_s(curve: Curve, signature: bytes) -> bool:
    """Whether s ≤ n/2. Raises Malformed as `split` does."""
    return split(curve, signature)[1] <= ORDER[curve] // 2


def normalise(curve: Curve, signature: bytes) -> bytes:
    """The same signature with low s. Raises Malformed as `split` does."""
    r, s = split(curve, signature)
    return r.to_bytes(32) + min(s, ORDER[curve] - s).to_bytes(32)
