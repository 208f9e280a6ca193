"""The generator and the sampler with which BC-UR chooses what a fountain part mixes.

Implements BCR-2024-001 (Multipart UR) as its reference (BlockchainCommons/bc-ur) computes it: xoshiro256** 1.0 by
Blackman and Vigna, and Vose's alias method with the reference's index order.

- Both sides must choose the same fragments from the same numbers, so this follows the reference to the last bit of its
  doubles. These floats choose indexes; no amount, time or key ever passes through here.
- Nothing here is random in the sense of secrets: the seed is public and stands in every frame.
- The double of a generator output near 2^64 rounds to 1.0; an index is clamped to the last element where the reference
  would step past the end.

    >>> source = Xoshiro256(b"Wolf")
    >>> [source.next() % 100 for _ in range(4)]
    [42, 81, 85, 8]
"""

import struct
from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256
from typing import TypeVar

Item = TypeVar("Item")

_MASK = 2**64 - 1
_TWO_64 = 18446744073709551616.0


def _rotate(value: int, by: int) -> int:
    return ((value << by) | (value >> (64 - by))) & _MASK


class Xoshiro256:
    """xoshiro256** seeded with the SHA-256 of `seed`."""

    def __init__(self, seed: bytes) -> None:
        self._state = list(struct.unpack(">4Q", sha256(seed).digest()))

    def next(self) -> int:
        """The next 64 bits."""
        s = self._state
        result = (_rotate(s[1] * 5 & _MASK, 7) * 9) & _MASK
        shifted = (s[1] << 17) & _MASK
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= shifted
        s[3] = _rotate(s[3], 45)
        return result

    def next_double(self) -> float:
        """The next output divided by 2^64, in double precision as the reference divides."""
        return self.next() / _TWO_64

    def next_int(self, low: int, high: int) -> int:
        """An integer within low..high."""
        return min(int(self.next_double() * (high - low + 1)) + low, high)

    def next_data(self, count: int) -> bytes:
        """`count` bytes: the reference's test messages are made with it."""
        return bytes(self.next_int(0, 255) for _ in range(count))


class Sampler:
    """Draws an index with given weights, by the alias method."""

    def __init__(self, weights: Sequence[float]) -> None:
        total = 0.0
        for weight in weights:
            total += weight
        scaled = [weight * float(len(weights)) / total for weight in weights]
        self._probabilities, self._aliases = _alias_tables(scaled)

    def next(self, source: Xoshiro256) -> int:
        """The next index; takes two doubles from `source`."""
        first, second = source.next_double(), source.next_double()
        index = min(int(float(len(self._probabilities)) * first), len(self._probabilities) - 1)
        return index if second < self._probabilities[index] else self._aliases[index]


def _alias_tables(scaled: list[float]) -> tuple[list[float], list[int]]:
    """Vose's tables; indexes are listed backwards, as the reference does."""
    backwards = range(len(scaled) - 1, -1, -1)
    small = [index for index in backwards if scaled[index] < 1]
    large = [index for index in backwards if scaled[index] >= 1]
    probabilities, aliases = [0.0] * len(scaled), [0] * len(scaled)
    while small and large:
        less, more = small.pop(), large.pop()
        probabilities[less], aliases[less] = scaled[less], more
        scaled[more] += scaled[less] - 1
        (small if scaled[more] < 1 else large).append(more)
    for index in (*large, *small):
        probabilities[index] = 1.0
    return probabilities, aliases


@lru_cache(maxsize=16)
def _degree_sampler(seq_len: int) -> Sampler:
    return Sampler([1.0 / degree for degree in range(1, seq_len + 1)])


def choose_degree(seq_len: int, source: Xoshiro256) -> int:
    """How many fragments a part mixes: 1..seq_len, weighted 1/degree."""
    return _degree_sampler(seq_len).next(source) + 1


def shuffled(items: Sequence[Item], source: Xoshiro256, count: int | None = None) -> list[Item]:
    """Fisher-Yates as the reference draws it; only the first `count` draws where the rest is not wanted."""
    remaining = list(items)
    wanted = len(remaining) if count is None else count
    return [remaining.pop(source.next_int(0, len(remaining) - 1)) for _ in range(wanted)]


def choose_fragments(seq_num: int, seq_len: int, checksum: int) -> frozenset[int]:
    """Which fragments (0..seq_len−1) part `seq_num` mixes. The first `seq_len` parts are one fragment each."""
    if seq_num <= seq_len:
        return frozenset((seq_num - 1,))
    source = Xoshiro256(struct.pack(">II", seq_num, checksum))
    degree = choose_degree(seq_len, source)
    return frozenset(shuffled(range(seq_len), source, degree))
