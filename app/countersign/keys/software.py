"""Ed25519 signing with a seed that the caller holds: the log's key, a witness's, the desk's own.

- The seed is an argument of one call, kept nowhere and in no object of ours.
- Officers, vaults and parties sign in tokens, never here.
- RFC 8032: deterministic, so no randomness is needed.
"""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countersign.errors import Malformed
from countersign.keys.public_key import PublicKey


def _private(seed: bytes) -> Ed25519PrivateKey:
    if len(seed) != 32:
        raise Malformed("keys.seed-length", found=len(seed), expected=32)
    return Ed25519PrivateKey.from_private_bytes(seed)


def ed25519_public(seed: bytes) -> PublicKey:
    """The public key of a 32-byte seed. Raises Malformed keys.seed-length."""
    return PublicKey.from_ed25519(_private(seed).public_key().public_bytes_raw())


def ed25519_sign(seed: bytes, message: bytes) -> bytes:
    """The 64-byte signature over `message`. Raises Malformed keys.seed-length."""
    return _private(seed).sign(message)
