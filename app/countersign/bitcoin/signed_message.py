"""The "Bitcoin Signed Message" signatures that devices make over text (the legacy format that BIP-322 admits).

    digest    = SHA-256d( compactsize(24) ‖ "Bitcoin Signed Message:\\n" ‖ compactsize(length) ‖ message )
    signature = base64( 31 + recovery id ‖ r ‖ s )          for a compressed key

- the key is recovered from the signature and compared whole with the one that should have signed; s is low;
- headers of uncompressed keys (27–30) and of witness addresses (35–42) are refused: they would be a second spelling;
- the prefix keeps such a signature from ever being one over a transaction.

    signer(b"hello", sign_and_encode(b"hello")) == public_key
"""

import base64
import binascii
from hashlib import sha256

from countersign.bitcoin import compact_size
from countersign.errors import Malformed, Refused
from countersign.keys import ecdsa
from countersign.keys.public_key import Curve, PublicKey

_PREFIX = b"Bitcoin Signed Message:\n"
_COMPRESSED = 31


def digest(message: bytes) -> bytes:
    """The 32 bytes that are signed."""
    framed = b"".join(compact_size.encode(len(part)) + part for part in (_PREFIX, message))
    return sha256(sha256(framed).digest()).digest()


def encode(message: bytes, key: PublicKey, signature: bytes) -> str:
    """The text of a token's 64-byte r‖s over `digest(message)`. Refused: keys.recovery-mismatch."""
    found = ecdsa.recovery_id(key, digest(message), signature)
    return base64.b64encode(bytes((_COMPRESSED + found,)) + signature).decode()


def rs(text: str) -> bytes:
    """r‖s (64 bytes) of a signature that `signer` has read."""
    return base64.b64decode(text)[1:]


def signer(message: bytes, text: str) -> bytes:
    """The 33-byte key that signed. Malformed: bitcoin.message-signature. Refused: bitcoin.message-signature-kind."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Malformed("bitcoin.message-signature") from None
    if len(data) != 65 or base64.b64encode(data).decode() != text:
        raise Malformed("bitcoin.message-signature")
    if not _COMPRESSED <= data[0] < _COMPRESSED + 4:
        raise Refused("bitcoin.message-signature-kind", found=data[0])
    if not ecdsa.is_low_s(Curve.SECP256K1, data[1:]):
        raise Malformed("bitcoin.message-signature")
    return ecdsa.recover(digest(message), data[1:], data[0] - _COMPRESSED).data
