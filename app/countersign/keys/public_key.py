"""A public key of one of the three curves: its spellings, its names, and what it verifies.

- Data is the 33-byte compressed SEC1 point, or Ed25519's 32 bytes. One key has one value here, so keys compare by it.
- A key that is not a point of its curve cannot be constructed; neither can an Ed25519 key of small order, under which
  anybody can sign something.
- `kid` is the RFC 7638 thumbprint in base64url (RFC 8037 for OKP, RFC 8812 for secp256k1); `alg` follows the curve.
- ECDSA signatures are 64 bytes r‖s with low s; verifying anything else gives False.

    key = PublicKey.from_jwk({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})
    key.kid == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"          (RFC 8037, appendix A.3)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Self

import coincurve
from coincurve import verify_signature
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from countersign.errors import Malformed
from countersign.formats import base64url, jcs
from countersign.formats.keccak import keccak256
from countersign.formats.shape import one_of, record, string
from countersign.keys.curve import Curve, is_low_s
from countersign.keys.der import to_der

__all__ = ["ALGORITHM", "Curve", "PublicKey"]

ALGORITHM = {Curve.SECP256K1: "ES256K", Curve.P256: "ES256", Curve.ED25519: "EdDSA"}
_PREHASHED = ec.ECDSA(Prehashed(SHA256()))
_ED25519_PRIME = 2**255 - 19
# y of a point of order 8; the other such y is its negative.
_ORDER_EIGHT = int.from_bytes(
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"
)
# y of the eight points whose order divides the cofactor: orders 4, 1, 2 and 8.
_SMALL_ORDER_Y = frozenset({0, 1, _ED25519_PRIME - 1, _ORDER_EIGHT, _ED25519_PRIME - _ORDER_EIGHT})


@lru_cache(maxsize=4096)
def secp256k1_point(data: bytes) -> coincurve.PublicKey:
    """libsecp256k1's form of a compressed point. Raises Malformed keys.key-length, keys.not-on-curve."""
    _demand_length(data, 33)
    try:
        return coincurve.PublicKey(data)
    except ValueError:
        raise Malformed("keys.not-on-curve", curve=Curve.SECP256K1.value) from None


@lru_cache(maxsize=4096)
def _p256(data: bytes) -> ec.EllipticCurvePublicKey:
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), data)
    except ValueError:
        raise Malformed("keys.not-on-curve", curve=Curve.P256.value) from None


@lru_cache(maxsize=4096)
def _ed25519(data: bytes) -> Ed25519PublicKey:
    y = int.from_bytes(data, "little") & (1 << 255) - 1
    if y >= _ED25519_PRIME or y in _SMALL_ORDER_Y:
        raise Malformed("keys.not-on-curve", curve=Curve.ED25519.value)
    return Ed25519PublicKey.from_public_bytes(data)


@dataclass(frozen=True, slots=True)
class PublicKey:
    """One public key. Raises Malformed keys.key-length or keys.not-on-curve when constructed from anything else."""

    curve: Curve
    data: bytes

    def __post_init__(self) -> None:
        if self.curve is Curve.ED25519:
            _demand_length(self.data, 32)
            _ed25519(self.data)
            return
        if self.curve is Curve.SECP256K1:
            secp256k1_point(self.data)
        else:
            _demand_length(self.data, 33)
            _p256(self.data)

    @classmethod
    def from_sec1(cls, curve: Curve, point: bytes) -> Self:
        """From a compressed (33 bytes) or uncompressed (65 bytes) point. Raises Malformed as the constructor does."""
        if len(point) != 65:
            return cls(curve, point)
        if point[0] != 4 or curve is Curve.ED25519:
            raise Malformed("keys.not-on-curve", curve=curve.value)
        key = cls(curve, bytes([2 + (point[64] & 1)]) + point[1:33])
        if key.uncompressed() != point:
            raise Malformed("keys.not-on-curve", curve=curve.value)
        return key

    @classmethod
    def from_ed25519(cls, raw: bytes) -> Self:
        """From Ed25519's 32 bytes. Raises Malformed as the constructor does."""
        return cls(Curve.ED25519, raw)

    @classmethod
    def from_jwk(cls, value: object) -> Self:
        """From a public JWK with exactly its required members, `kid` and `alg` being allowed if they are right.

        Raises Malformed: C2 codes for the shape (a private `d` is an unknown field), keys.jwk-mismatch, or as above.
        """
        is_okp = isinstance(value, Mapping) and value.get("kty") == "OKP"
        coordinate = string(_coordinate)
        required = {"kty": one_of("OKP" if is_okp else "EC"), "x": coordinate}
        if is_okp:
            required["crv"] = one_of(Curve.ED25519.value)
        else:
            required |= {"crv": one_of(Curve.P256.value, Curve.SECP256K1.value), "y": coordinate}
        read = record(value, "jwk", required, {"kid": string(), "alg": string()})
        key = (
            cls.from_ed25519(read["x"])
            if is_okp
            else cls.from_sec1(Curve(read["crv"]), b"\x04" + read["x"] + read["y"])
        )
        if read.get("kid", key.kid) != key.kid or read.get("alg", key.alg) != key.alg:
            raise Malformed("keys.jwk-mismatch", kid=key.kid)
        return key

    def jwk(self) -> dict[str, str]:
        """The required members of this key's JWK (RFC 7517): what the thumbprint is taken over."""
        if self.curve is Curve.ED25519:
            return {"crv": self.curve.value, "kty": "OKP", "x": base64url.encode(self.data)}
        point = self.uncompressed()
        x, y = base64url.encode(point[1:33]), base64url.encode(point[33:])
        return {"crv": self.curve.value, "kty": "EC", "x": x, "y": y}

    def thumbprint(self) -> bytes:
        """The 32-byte RFC 7638 thumbprint."""
        return _thumbprint(self)

    @property
    def kid(self) -> str:
        """The thumbprint in base64url: this key's name in every signed thing."""
        return _kid(self)

    @property
    def alg(self) -> str:
        """ES256K, ES256 or EdDSA."""
        return ALGORITHM[self.curve]

    @property
    def opposite(self) -> Self:
        """The key of the negated secret, which differs in one bit: whoever has one secret has both."""
        if self.curve is Curve.ED25519:
            return type(self)(self.curve, self.data[:-1] + bytes([self.data[-1] ^ 0x80]))
        return type(self)(self.curve, bytes([self.data[0] ^ 1]) + self.data[1:])

    def uncompressed(self) -> bytes:
        """The 65-byte SEC1 point. Raises Malformed keys.not-ecdsa for Ed25519."""
        if self.curve is Curve.SECP256K1:
            return bytes(secp256k1_point(self.data).format(compressed=False))
        if self.curve is Curve.P256:
            return _p256(self.data).public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        raise Malformed("keys.not-ecdsa", curve=self.curve.value)

    def ethereum_address(self) -> bytes:
        """The 20-byte address of a secp256k1 key. Raises Malformed keys.not-secp256k1."""
        if self.curve is not Curve.SECP256K1:
            raise Malformed("keys.not-secp256k1", curve=self.curve.value)
        return keccak256(self.uncompressed()[1:])[12:]

    def verify_digest(self, digest: bytes, signature: bytes) -> bool:
        """Whether r‖s, low s, is this ECDSA key's signature over the 32-byte digest.

        Raises Malformed keys.not-ecdsa for Ed25519, keys.digest-length.
        """
        if self.curve is Curve.ED25519:
            raise Malformed("keys.not-ecdsa", curve=self.curve.value)
        if len(digest) != 32:
            raise Malformed("keys.digest-length", found=len(digest))
        try:
            if not is_low_s(self.curve, signature):
                return False
        except Malformed:
            return False
        if self.curve is Curve.SECP256K1:
            return bool(verify_signature(to_der(signature), digest, self.data, hasher=None))
        try:
            _p256(self.data).verify(to_der(signature), digest, _PREHASHED)
        except InvalidSignature:
            return False
        return True

    def verify(self, message: bytes, signature: bytes) -> bool:
        """Whether the signature is this key's over the message; for ECDSA over the message's SHA-256."""
        if self.curve is not Curve.ED25519:
            return self.verify_digest(sha256(message).digest(), signature)
        try:
            _ed25519(self.data).verify(signature, message)
        except InvalidSignature:
            return False
        return True


def _demand_length(data: bytes, length: int) -> None:
    if len(data) != length:
        raise Malformed("keys.key-length", found=len(data), expected=length)


def _coordinate(text: str) -> bytes:
    data = base64url.decode(text)
    _demand_length(data, 32)
    return data


@lru_cache(maxsize=4096)
def _thumbprint(key: PublicKey) -> bytes:
    return sha256(jcs.encode(key.jwk())).digest()


@lru_cache(maxsize=4096)
def _kid(key: PublicKey) -> str:
    return base64url.encode(key.thumbprint())
