"""The hash of a list, RFC 6962 §2.1 (RFC 9162 §2.1.1): SHA-256, leaves under 0x00, nodes under 0x01.

- The empty list hashes to SHA-256 of nothing.
- A list of n splits at the largest power of two smaller than n.

    >>> root([leaf_hash(b"")]).hex()
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'
"""

from collections.abc import Iterable
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """The hash of one leaf: SHA-256(0x00 ‖ data)."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node over two 32-byte hashes: SHA-256(0x01 ‖ left ‖ right)."""
    return sha256(b"\x01" + left + right).digest()


def root(leaf_hashes: Iterable[bytes]) -> bytes:
    """The root over 32-byte leaf hashes, in order. Linear in time, logarithmic in memory."""
    # Complete subtrees wait on a stack, largest first; equal neighbours merge like carries in binary counting.
    stack: list[bytes] = []
    for size, leaf in enumerate(leaf_hashes, 1):
        stack.append(leaf)
        carries = (size & -size).bit_length() - 1
        for _ in range(carries):
            right = stack.pop()
            stack[-1] = node_hash(stack[-1], right)
    if not stack:
        return EMPTY_ROOT
    result = stack.pop()
    while stack:
        result = node_hash(stack.pop(), result)
    return result
