"""The child's side of its two pipes: requests from standard input, answers to standard output, and nothing else.

- An answer is `LENGTH`, then so many bytes. The first one, unasked, says that the child has confined itself.
- Only `os` and `struct`: a child imports as little as it can.
"""

import os
import struct
from typing import Final

LENGTH: Final = struct.Struct(">I")


def take(count: int) -> bytes:
    """`count` bytes of standard input, fewer where it ends."""
    parts: list[bytes] = []
    while count and (part := os.read(0, min(count, 1 << 20))):
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def give(answer: bytes) -> None:
    """One answer, whole."""
    for piece in (LENGTH.pack(len(answer)), answer):
        left = memoryview(piece)
        while left:
            left = left[os.write(1, left) :]
