"""How BSMS records are hidden on their way (BIP-129, "Encryption").

    key        = PBKDF2-HMAC-SHA512("No SPOF", salt = token, 2048 rounds, 32 bytes)
    MAC        = HMAC-SHA256( SHA-256(key), hex(token) ‖ record )
    ciphertext = AES-256-CTR( key, first counter block = MAC[:16], record )
    file       = hex( MAC ‖ ciphertext )                                        `.dat`

- a token of 8 bytes is STANDARD, of 16 bytes EXTENDED; the single byte 00 means no encryption, and is refused here;
- nothing is given out before the MAC over it holds: a wrong token and a damaged file look alike;
- the same token and record give the same file: nothing is random. A token serves one session.

    decrypt(token, encrypt(token, record)) == record
"""

import hmac
from hashlib import pbkdf2_hmac, sha256

from countersign.errors import Malformed, Refused
from countersign.formats import hexadecimal
from countersign.keys import aes_ctr

NO_TOKEN = b"\x00"
STANDARD, EXTENDED = 8, 16
MAX_RECORD = 16 << 10
"""Bytes; a record of fifteen extended keys has about three thousand."""
_MAC = 32


def read_token(text: str) -> bytes:
    """The token of its lower-case hex; a secret: no error tells it. Malformed: bitcoin.bsms-token-text, bitcoin.bsms-token."""
    try:
        token = hexadecimal.decode(text)
    except Malformed:
        raise Malformed("bitcoin.bsms-token-text") from None
    if token != NO_TOKEN and len(token) not in (STANDARD, EXTENDED):
        raise Malformed("bitcoin.bsms-token", found=len(token))
    return token


def encrypt(token: bytes, record: bytes) -> bytes:
    """The `.dat` file of a record: lower-case hex, no line end. Malformed: bitcoin.bsms-token, bitcoin.bsms-size."""
    if len(record) > MAX_RECORD:
        raise Malformed("bitcoin.bsms-size", size=len(record), limit=MAX_RECORD)
    key = encryption_key(token)
    mac = _mac(key, token, record)
    return (mac + aes_ctr.apply(key, mac[:16], record)).hex().encode()


def decrypt(token: bytes, data: bytes) -> bytes:
    """The record of a `.dat` file, one line end behind the hex allowed.

    Malformed: bitcoin.bsms-size, bitcoin.bsms-dat, bitcoin.bsms-token. Refused: bitcoin.bsms-mac.
    """
    if len(data) > 2 * (MAX_RECORD + _MAC) + 1:
        raise Malformed("bitcoin.bsms-size", size=len(data) // 2 - _MAC, limit=MAX_RECORD)
    key = encryption_key(token)
    try:
        raw = hexadecimal.decode(data.removesuffix(b"\n").decode("ascii"))
    except (UnicodeDecodeError, Malformed):
        raise Malformed("bitcoin.bsms-dat") from None
    if len(raw) <= _MAC:
        raise Malformed("bitcoin.bsms-dat")
    mac, record = raw[:_MAC], aes_ctr.apply(key, raw[:16], raw[_MAC:])
    if not hmac.compare_digest(mac, _mac(key, token, record)):
        raise Refused("bitcoin.bsms-mac")
    return record


def encryption_key(token: bytes) -> bytes:
    """The 32-byte key that a token gives. Malformed: bitcoin.bsms-token."""
    if len(token) not in (STANDARD, EXTENDED):
        raise Malformed("bitcoin.bsms-token", found=len(token))
    return pbkdf2_hmac("sha512", b"No SPOF", token, 2048, 32)


def _mac(key: bytes, token: bytes, record: bytes) -> bytes:
    return hmac.digest(sha256(key).digest(), token.hex().encode() + record, "sha256")
