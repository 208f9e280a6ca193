"""A secp256k1 point moved by a scalar times the generator: what public derivation (BIP-32) is made of.

- Points are compressed, 33 bytes; the scalar 32 bytes, big-endian, below the order.
- The sum may be the point at infinity and the scalar out of range, each about once in 2^127: refused by name.

    add(point of 1, (1).to_bytes(32)) == point of 2
"""

from functools import lru_cache

import coincurve

from countersign.errors import Malformed
from countersign.keys.curve import Curve


@lru_cache(maxsize=512)
def _point(data: bytes) -> coincurve.PublicKey:
    try:
        return coincurve.PublicKey(data)
    except ValueError:
        raise Malformed("keys.not-on-curve", curve=Curve.SECP256K1.value) from None


def add(point: bytes, scalar: bytes) -> bytes:
    """point + scalar·G, compressed. Raises Malformed keys.not-on-curve, keys.tweak."""
    if len(scalar) != 32:
        raise Malformed("keys.tweak")
    try:
        return bytes(_point(point).add(scalar).format())
    except ValueError:
        raise Malformed("keys.tweak") from None
