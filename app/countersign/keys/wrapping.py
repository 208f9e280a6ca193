"""A secret under a passphrase: argon2id (RFC 9106) makes the key, AES-256-GCM seals the secret.

    "countersign/wrapped/v1\\n" ‖ u32be memory in KiB ‖ u32be passes ‖ u8 lanes ‖ 16-byte salt ‖ 12-byte nonce ‖ sealed

- The header is authenticated with the secret: changing a parameter is as good as a wrong passphrase.
- Parameters are bounded before they are obeyed, so that a foreign file cannot ask for the machine's memory.
- Salt and nonce come from the caller's entropy and are never used twice; the passphrase is NFC, UTF-8.
- A wrong passphrase and a damaged file look alike; the error says so and carries nothing secret.
"""

import struct
import unicodedata
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from countersign.errors import Malformed, Refused

MAGIC = b"countersign/wrapped/v1\n"
SALT_LENGTH = 16
NONCE_LENGTH = 12
_NUMBERS = struct.Struct(">IIB")
_HEADER_LENGTH = len(MAGIC) + _NUMBERS.size + SALT_LENGTH + NONCE_LENGTH
_TAG_LENGTH = 16
_LONGEST = 4096


@dataclass(frozen=True, slots=True)
class Cost:
    """What one guess costs: memory in KiB, passes over it, lanes. Raises Malformed keys.wrapping-cost out of bounds."""

    memory: int
    passes: int
    lanes: int

    def __post_init__(self) -> None:
        if not (1 <= self.lanes <= 16 and 1 <= self.passes <= 16 and 8 * self.lanes <= self.memory <= 1 << 20):
            raise Malformed("keys.wrapping-cost", memory=self.memory, passes=self.passes, lanes=self.lanes)


# RFC 9106 §4, the second recommended option.
RECOMMENDED = Cost(memory=1 << 16, passes=3, lanes=4)


def _key(passphrase: str | bytes, salt: bytes, cost: Cost) -> bytes:
    try:
        text = unicodedata.normalize("NFC", passphrase).encode("utf-8") if isinstance(passphrase, str) else passphrase
    except UnicodeEncodeError:  # bytes of another encoding were typed; its text would hold the passphrase
        raise Refused("keys.wrong-passphrase") from None
    kdf = Argon2id(salt=salt, length=32, iterations=cost.passes, lanes=cost.lanes, memory_cost=cost.memory)
    return kdf.derive(text)


def wrap(secret: bytes, passphrase: str | bytes, salt: bytes, nonce: bytes, cost: Cost = RECOMMENDED) -> bytes:
    """`secret` (at most 4,096 bytes) sealed under `passphrase`; a 16-byte salt and a 12-byte nonce, both fresh.

    Raises Malformed keys.wrapping-form for wrong lengths.
    """
    if len(salt) != SALT_LENGTH or len(nonce) != NONCE_LENGTH or len(secret) > _LONGEST:
        raise Malformed("keys.wrapping-form")
    header = MAGIC + _NUMBERS.pack(cost.memory, cost.passes, cost.lanes) + salt + nonce
    return header + AESGCM(_key(passphrase, salt, cost)).encrypt(nonce, secret, header)


def unwrap(wrapped: bytes, passphrase: str | bytes) -> bytes:
    """The secret. Raises Malformed keys.wrapping-form or keys.wrapping-cost, Refused keys.wrong-passphrase."""
    sealed_length = len(wrapped) - _HEADER_LENGTH
    if not wrapped.startswith(MAGIC) or not _TAG_LENGTH <= sealed_length <= _LONGEST + _TAG_LENGTH:
        raise Malformed("keys.wrapping-form")
    header, sealed = wrapped[:_HEADER_LENGTH], wrapped[_HEADER_LENGTH:]
    cost = Cost(*_NUMBERS.unpack_from(header, len(MAGIC)))
    salt = header[-SALT_LENGTH - NONCE_LENGTH : -NONCE_LENGTH]
    try:
        return AESGCM(_key(passphrase, salt, cost)).decrypt(header[-NONCE_LENGTH:], sealed, header)
    except InvalidTag:
        raise Refused("keys.wrong-passphrase") from None
