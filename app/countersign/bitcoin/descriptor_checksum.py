"""The eight-character checksum of an output descriptor (BIP-380).

- a BCH code over GF(32): it catches typing errors, it does not identify a descriptor (B6 compares whole keys);
- the body may use only the 96 characters of BIP-380.

    >>> checksum("raw(deadbeef)")
    '89f8spxm'
"""

from functools import lru_cache, reduce
from operator import xor

from countersign.errors import Malformed

_INPUT = "0123456789()[],'/*abcdefgh@:$%{}IJKLMNOPQRSTUVWXYZ&+-.;<=>?!^_|~ijklmnopqrstuvwxyzABCDEFGH`#\"\\ "
_CHECKSUM = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0xF5DEE51989, 0xA9FDCA3312, 0x1BAB10E32D, 0x3706B1677A, 0x644D626FFD)
_VALUES = {character: value for value, character in enumerate(_INPUT)}
LENGTH = 8
LONGEST = 16_384
"""Characters of a descriptor: fifteen extended keys, each with an origin, have some 3,000."""


# What the five bits that leave the state at the top are worth, all 32 of them.
_LEAVING = tuple(
    reduce(xor, (generator for bit, generator in enumerate(_GENERATOR) if top >> bit & 1), 0) for top in range(32)
)


def _step(state: int, value: int) -> int:
    return (state & 0x7FFFFFFFF) << 5 ^ value ^ _LEAVING[state >> 35]


def checksum(body: str) -> str:
    """The checksum of a descriptor without `#`. Malformed: bitcoin.descriptor-character."""
    state, groups, count = 1, 0, 0
    for character in body:
        value = _VALUES.get(character)
        if value is None:
            raise Malformed("bitcoin.descriptor-character")
        state = _step(state, value & 31)
        groups, count = groups * 3 + (value >> 5), count + 1
        if count == 3:
            state, groups, count = _step(state, groups), 0, 0
    if count:
        state = _step(state, groups)
    for _ in range(LENGTH):
        state = _step(state, 0)
    state ^= 1
    return "".join(_CHECKSUM[state >> 5 * (LENGTH - 1 - place) & 31] for place in range(LENGTH))


remembered = lru_cache(maxsize=512)(checksum)
"""`checksum` of a body that was read before: of public keys alone, so nothing secret is remembered."""


class Checked:
    """What is written as a body and its checksum; `body` is the text without it."""

    __slots__ = ()
    body: str

    @property
    def text(self) -> str:
        """The descriptor with its checksum, as it was written."""
        return f"{self.body}#{self.checksum}"

    @property
    def checksum(self) -> str:
        """The eight characters behind `#`: for ordering and for people, never an identity."""
        return remembered(self.body)


def split(text: str) -> tuple[str, str]:
    """Body and checksum of `body#checksum`, verified. Malformed: bitcoin.descriptor-length, …-checksum, …-character."""
    if len(text) > LONGEST:
        raise Malformed("bitcoin.descriptor-length", found=len(text), limit=LONGEST)
    body, hash_sign, given = text.partition("#")
    if not hash_sign or len(given) != LENGTH:
        raise Malformed("bitcoin.descriptor-checksum")
    if checksum(body) != given:
        raise Malformed("bitcoin.descriptor-checksum")
    return body, given
