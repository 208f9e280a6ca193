"""Every signature that a token makes, checked before anybody sees it: CHECKS.md H4 and H7.

- A digest is exactly 32 bytes before it is sent: SoftHSM signs the first half of 64 bytes without a word.
- r‖s is exactly 64 bytes, r and s lie in 1..n−1, s is brought into the lower half (every other one
  of a token's is high).
- It must verify under the registered key over our digest, with code that is not the token's (`keys`).
- What fails is an error, never a signature.
"""

from hashlib import sha256

from countersign.errors import Refused
from countersign.keys import ecdsa
from countersign.keys.public_key import Curve, PublicKey

DIGEST_BYTES = 32
SIGNATURE_BYTES = 64


def digest(value: bytes) -> bytes:
    """`value`, if a token may sign it as a digest. Raises Refused (H4)."""
    if len(value) != DIGEST_BYTES:
        raise Refused("H4.digest-length", length=len(value))
    return value


def over_digest(key: PublicKey, digest: bytes, raw: bytes) -> bytes:
    """r‖s, low-S, from what a token answered for `digest` (32 bytes). Raises Refused (H7)."""
    _length(raw)
    r, s = int.from_bytes(raw[:32]), int.from_bytes(raw[32:])
    if not (0 < r < ecdsa.ORDER[key.curve] and 0 < s < ecdsa.ORDER[key.curve]):
        raise Refused("H7.range", key=key.kid)
    signature = ecdsa.normalise(key.curve, raw)
    if not key.verify_digest(digest, signature):
        raise Refused("H7.not-verified", key=key.kid)
    return signature


def over_message(key: PublicKey, message: bytes, raw: bytes) -> bytes:
    """The signature over `message` from what a token answered (Ed25519: as it is; P-256: over its SHA-256)."""
    if key.curve is not Curve.ED25519:
        return over_digest(key, sha256(message).digest(), raw)
    _length(raw)
    if not key.verify(message, raw):
        raise Refused("H7.not-verified", key=key.kid)
    return raw


def _length(raw: bytes) -> None:
    if len(raw) != SIGNATURE_BYTES:
        raise Refused("H7.length", length=len(raw))
