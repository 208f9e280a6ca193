"""What a witness signs: a timestamped Ed25519 cosignature over a checkpoint's text.

c2sp.org/tlog-cosignature, signature type 0x04.

- The signed message is "cosignature/v1\\ntime <decimal>\\n" ‖ the whole note text.
- The signature on the note's line is u64be time ‖ 64-byte Ed25519 signature: 72 bytes.
- A time beyond 2^53 − 1 is none (the document allows 2^63 − 1; JSON could not carry it).
- It says: as of that time (Unix seconds) this is the largest consistent tree that the witness has seen.

    >>> message(1679315147, "example.com/log\\n1\\n…\\n")[:31]
    b'cosignature/v1\\ntime 1679315147\\n'
"""

from countersign.errors import Malformed
from countersign.keys import software
from countersign.keys.public_key import PublicKey

SIGNATURE_SIZE = 72
MAX_TIME = 2**53 - 1


def message(time: int, text: str) -> bytes:
    """The bytes that are signed, for a time in Unix seconds."""
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def sign(seed: bytes, text: str, time: int) -> bytes:
    """The 72-byte timestamped signature by the Ed25519 key of the 32-byte `seed`."""
    return time.to_bytes(8, "big") + software.ed25519_sign(seed, message(time, text))


def timestamp(signature: bytes) -> int:
    """When the witness says it signed, in Unix seconds. Malformed(L5.cosignature)."""
    time = int.from_bytes(signature[:8], "big")
    if len(signature) != SIGNATURE_SIZE or time > MAX_TIME:
        raise Malformed("L5.cosignature")
    return time


def verify(public: bytes, text: str, signature: bytes) -> bool:
    """Is this a cosignature over `text` by the 32-byte Ed25519 key? A wrong length is simply false."""
    if len(signature) != SIGNATURE_SIZE or (time := int.from_bytes(signature[:8], "big")) > MAX_TIME:
        return False
    return PublicKey.from_ed25519(public).verify(message(time, text), signature[8:])
