"""An RFC 6962 Merkle tree that grows by one leaf at a time and proves from its stored hashes.

RFC 6962 §2.1. Leaves arrive as leaf hashes (`formats.merkle.leaf_hash`), so any entry can be logged.

- Only hashes of perfect subtrees are kept, one `bytearray` a height: no object per node; 64 bytes a leaf in all.
- Root, inclusion and consistency proofs need O(log n) node reads; any source of nodes will do (`Tree.node`, or the
  tiles of `tile.node_reader`), so that a proof can be made from files.
- `node(height, index)` is MTH of the leaves [index·2^height, (index+1)·2^height).

    >>> tree = Tree()
    >>> tree.append(leaf_hash(b"one"))
    0
    >>> tree.root() == leaf_hash(b"one")
    True
"""

import hashlib
from collections.abc import Callable, Iterable

from countersign.errors import Refused
from countersign.formats.merkle import EMPTY_ROOT, node_hash

HASH_SIZE = 32
NodeReader = Callable[[int, int], bytes]


def root_at(nodes: NodeReader, size: int) -> bytes:
    """The root over the first `size` leaves."""
    return _range_hash(nodes, 0, size) if size else EMPTY_ROOT


def inclusion_proof(nodes: NodeReader, index: int, size: int) -> tuple[bytes, ...]:
    """The path of leaf `index` in the tree of `size` leaves, leaf's sibling first. Refused(L3.index)."""
    if not 0 <= index < size:
        raise Refused("L3.index", index=index, size=size)
    return _path(nodes, 0, size, index)


def consistency_proof(nodes: NodeReader, old: int, new: int) -> tuple[bytes, ...]:
    """RFC 6962 PROOF(old, D[new]); empty for old = 0 and for old = new. Refused(L4.sizes)."""
    if not 0 <= old <= new:
        raise Refused("L4.sizes", old=old, new=new)
    if old in {0, new}:
        return ()
    # The last perfect subtree of the old tree: its path in the new tree, led by its own hash unless it is the whole.
    height = (old & -old).bit_length() - 1
    path = _path(nodes, height, new, (old - 1) >> height)
    return path if old == 1 << height else (nodes(height, (old - 1) >> height), *path)


def _path(nodes: NodeReader, height: int, size: int, index: int) -> tuple[bytes, ...]:
    """Siblings from the node (height, index) up to the root's child, in the tree of `size` leaves."""
    path = []
    last = (size - 1) >> height
    while last:
        if index & 1:
            path.append(nodes(height, index - 1))
        elif index < last:
            start = (index + 1) << height
            path.append(_range_hash(nodes, start, min(start + (1 << height), size)))
        # A node that is the last of its height and even has no sibling: it moves up as it is.
        height, index, last = height + 1, index >> 1, last >> 1
    return tuple(path)


def _range_hash(nodes: NodeReader, start: int, end: int) -> bytes:
    """MTH(D[start:end]) for a range that begins where RFC 6962 would split."""
    parts = []
    while start < end:
        height = (end - start).bit_length() - 1
        parts.append(nodes(height, start >> height))
        start += 1 << height
    result = parts.pop()
    while parts:
        result = node_hash(parts.pop(), result)
    return result


class Tree:
    """A growing tree. `size` leaves; everything else is derived."""

    __slots__ = ("_rows",)

    def __init__(self) -> None:
        self._rows: list[bytearray] = [bytearray()]

    @property
    def size(self) -> int:
        """How many leaves."""
        return len(self._rows[0]) // HASH_SIZE

    def copy(self) -> "Tree":
        """A tree of the same leaves that grows by itself."""
        found = Tree()
        found._rows = [bytearray(row) for row in self._rows]
        return found

    def append(self, leaf: bytes) -> int:
        """Add one 32-byte leaf hash; returns its index."""
        self.extend((leaf,))
        return self.size - 1

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Add leaf hashes in order: one hash a leaf on average."""
        rows, sha256, size = self._rows, hashlib.sha256, self.size
        for leaf in leaves:
            rows[0] += leaf
            size += 1
            height, rest = 0, size
            while not rest & 1:
                node = sha256(b"\x01" + rows[height][-2 * HASH_SIZE :]).digest()
                height, rest = height + 1, rest >> 1
                if height == len(rows):
                    rows.append(bytearray())
                rows[height] += node

    def node(self, height: int, index: int) -> bytes:
        """The hash of the perfect subtree `index` of 2^height leaves; it must be complete (else LookupError)."""
        data = bytes(self.nodes(height, index, index + 1))
        if len(data) != HASH_SIZE:
            raise LookupError((height, index))
        return data

    def nodes(self, height: int, start: int, end: int) -> bytes:
        """The hashes [start, end) of one height, concatenated; fewer where they are not complete yet."""
        if height >= len(self._rows):
            return b""
        return bytes(self._rows[height][start * HASH_SIZE : end * HASH_SIZE])

    def root(self, size: int | None = None) -> bytes:
        """The root now, or of the first `size` leaves."""
        return root_at(self.node, self.size if size is None else size)

    def inclusion_proof(self, index: int, size: int | None = None) -> tuple[bytes, ...]:
        """See `inclusion_proof`; `size` defaults to now."""
        return inclusion_proof(self.node, index, self.size if size is None else size)

    def consistency_proof(self, old: int, new: int | None = None) -> tuple[bytes, ...]:
        """See `consistency_proof`; `new` defaults to now."""
        return consistency_proof(self.node, old, self.size if new is None else new)
