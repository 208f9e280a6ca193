"""AES-256 in counter mode (NIST SP 800-38A): a stream of key bytes over the data, the same both ways.

It hides and does not authenticate: whoever uses it checks a MAC over the plaintext (BIP-129 does).

    apply(key, iv, apply(key, iv, data)) == data
"""

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CTR

from countersign.errors import Malformed


def apply(key: bytes, iv: bytes, data: bytes) -> bytes:
    """`data` encrypted or decrypted; 32-byte key, 16-byte first counter block. Raises Malformed keys.aes-form."""
    if len(key) != 32 or len(iv) != 16:
        raise Malformed("keys.aes-form")
    stream = Cipher(AES256(key), CTR(iv)).encryptor()
    return stream.update(data) + stream.finalize()
