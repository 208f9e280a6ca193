"""Keys in software, for tests only: the product signs with tokens and, for log and witnesses, `keys.software`.

`SoftwareKey.generate(Curve.P256, "officer A")` always gives the same key, so a failing test can be repeated.
"""

from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from typing import Self

import coincurve
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from countersign.keys import ecdsa, software
from countersign.keys.public_key import Curve, PublicKey


@dataclass(frozen=True, slots=True)
class SoftwareKey:
    """A private key of one of the three curves, made from a seed."""

    curve: Curve
    secret: bytes = field(repr=False)

    @classmethod
    def generate(cls, curve: Curve, seed: str | bytes | int) -> Self:
        """The key that this seed always gives."""
        data = seed if isinstance(seed, bytes) else str(seed).encode()
        # Both orders are within 2^-32 of 2^256: the first hash is in range for any seed a test will ever use.
        return cls(curve, sha256(curve.value.encode() + b"\n" + data).digest())

    @property
    def public(self) -> PublicKey:
        """Its public key."""
        return _public(self)

    @property
    def kid(self) -> str:
        """The thumbprint of its public key."""
        return self.public.kid

    def sign_digest(self, digest: bytes) -> bytes:
        """64 bytes r‖s, low s, over a 32-byte digest (ECDSA keys)."""
        if self.curve is Curve.SECP256K1:
            return ecdsa.normalise(self.curve, coincurve.PrivateKey(self.secret).sign_recoverable(digest, None)[:64])
        r, s = decode_dss_signature(self._p256().sign(digest, ec.ECDSA(Prehashed(SHA256()))))
        return ecdsa.normalise(self.curve, r.to_bytes(32) + s.to_bytes(32))

    def sign(self, message: bytes) -> bytes:
        """64 bytes over a message: Ed25519 as it is, ECDSA over its SHA-256."""
        if self.curve is Curve.ED25519:
            return software.ed25519_sign(self.secret, message)
        return self.sign_digest(sha256(message).digest())

    def _p256(self) -> ec.EllipticCurvePrivateKey:
        return ec.derive_private_key(int.from_bytes(self.secret), ec.SECP256R1())


@cache
def _public(key: SoftwareKey) -> PublicKey:
    if key.curve is Curve.ED25519:
        return software.ed25519_public(key.secret)
    if key.curve is Curve.SECP256K1:
        return PublicKey(key.curve, coincurve.PrivateKey(key.secret).public_key.format())
    private = ec.derive_private_key(int.from_bytes(key.secret), ec.SECP256R1())
    return PublicKey(key.curve, private.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint))
