"""Twelve words that two people read to each other to know that they look at the same thing.

DESIGN.md §5: a digest that people compare aloud is 12 bytewords of a tagged SHA-256. docs/formats/phrase.md.

- The words are the first 12 bytes of SHA-256("countersign/phrase/v1\\n" ‖ purpose ‖ "\\n" ‖ 32-byte digest).
- The purpose is part of it: the phrase of an envelope can never be read as the phrase of a signature.
- 96 bits: whoever wants two different things under one phrase of a given thing needs 2^96 tries. The phrase compares;
  it is not a checksum and carries none.

    >>> phrase(Purpose.EVIDENCE, bytes(32))
    'twin hang yank draw poem trip race dull dull heat flew obey'
"""

from enum import StrEnum
from hashlib import sha256
from typing import Final

from countersign.airgap import bytewords

WORDS: Final = 12
_TAG: Final = b"countersign/phrase/v1\n"


class Purpose(StrEnum):
    """What is compared. The value is hashed."""

    EVIDENCE = "evidence"
    STATE = "state"
    ENVELOPE = "envelope"
    SIGNING = "signing"
    VAULT = "vault"
    TRUST = "trust"


def phrase(purpose: Purpose, digest: bytes) -> str:
    """Twelve lower-case words, separated by single spaces, for a 32-byte digest."""
    if len(digest) != 32:
        raise ValueError("a phrase is made from a 32-byte digest")
    tagged = sha256(_TAG + purpose.value.encode("ascii") + b"\n" + digest).digest()
    return " ".join(bytewords.words(tagged[:WORDS]))
