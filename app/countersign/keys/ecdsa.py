"""ECDSA signatures as `r‖s`: low s, strict DER, and recovery of a secp256k1 key from its signature.

- An Ethereum signature names its key by a recovery id of 0 to 3; tokens do not give one, so it is found by trial.
- What can be said without a key lives in `curve` and `der` and is offered here as well.

The round that every token signature takes: `signature = normalise(Curve.SECP256K1, from_token)`, then
`recovery_id(key, digest, signature)`, which raises unless it recovers to that very key.
"""

import coincurve

from countersign.errors import Malformed, Refused
from countersign.keys.curve import ORDER, Curve, is_low_s, normalise, split
from countersign.keys.der import from_der, to_der
from countersign.keys.public_key import PublicKey, secp256k1_point

__all__ = [
    "ORDER",
    "Curve",
    "from_der",
    "is_low_s",
    "normalise",
    "recover",
    "recovery_id",
    "split",
    "to_der",
    "verify_der",
]

_HALF = (ORDER[Curve.SECP256K1] // 2).to_bytes(32)


def verify_der(point: bytes, digest: bytes, der: bytes) -> bool:
    """Whether this is the secp256k1 key's signature over the 32-byte digest: strict DER, low s.

    `point`: 33 bytes. Raises Malformed keys.der, keys.digest-length, keys.key-length, keys.not-on-curve.
    """
    if len(digest) != 32:
        raise Malformed("keys.digest-length", found=len(digest))
    # r and s beyond their ranges are refused by libsecp256k1 itself; 32-byte integers compare as their bytes do.
    if from_der(der)[32:] > _HALF:
        return False
    return secp256k1_point(point).verify(der, digest, hasher=None)


def recover(digest: bytes, signature: bytes, recovery_id: int) -> PublicKey:
    """The secp256k1 key that made this signature over the 32-byte digest.

    Raises Malformed keys.recovery if there is none, keys.digest-length, or as `split` does.
    """
    split(Curve.SECP256K1, signature)
    if len(digest) != 32:
        raise Malformed("keys.digest-length", found=len(digest))
    if not 0 <= recovery_id <= 3:
        raise Malformed("keys.recovery", recovery_id=recovery_id)
    try:
        point = coincurve.PublicKey.from_signature_and_message(signature + bytes([recovery_id]), digest, hasher=None)
    except ValueError:
        raise Malformed("keys.recovery", recovery_id=recovery_id) from None
    return PublicKey(Curve.SECP256K1, point.format())


def recovery_id(key: PublicKey, digest: bytes, signature: bytes) -> int:
    """The id, 0 to 3, under which the signature recovers to `key`.

    Raises Refused keys.recovery-mismatch if no id does; Malformed keys.digest-length, or as `split` does.
    """
    split(Curve.SECP256K1, signature)
    if len(digest) != 32:
        raise Malformed("keys.digest-length", found=len(digest))
    if (found := next((each for each in range(4) if _recovers(key, digest, signature, each)), None)) is None:
        raise Refused("keys.recovery-mismatch")
    return found


def _recovers(key: PublicKey, digest: bytes, signature: bytes, candidate: int) -> bool:
    try:
        return recover(digest, signature, candidate) == key
    except Malformed:
        return False
