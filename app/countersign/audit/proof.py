"""Verify RFC 6962 inclusion and consistency proofs.

RFC 6962 §2.1 (RFC 9162 §2.1.3–2.1.4 gives the same as algorithms); CHECKS.md L3, L4.

- A proof has exactly the length that sizes and index imply: one hash more or less is refused before any hashing.
- Inclusion: index < size. The path runs from the leaf's sibling up to the root's child.
- Consistency: from 1 ≤ old ≤ new. An empty tree is a prefix of everything, so "from 0" proves nothing and is refused
  here, but for 0 → 0; whoever starts from an empty tree (a fresh pin, a witness) says so by itself.
- Hashes in a proof are 32 bytes each, and so is a leaf.

    >>> verify_inclusion(0, 1, leaf, (), root=leaf)        # one leaf is its own root
"""

from collections.abc import Sequence
from dataclasses import dataclass

from countersign.errors import Refused
from countersign.formats.merkle import EMPTY_ROOT, node_hash

HASH_SIZE = 32


def inclusion_length(index: int, size: int) -> int:
    """How many hashes prove leaf `index` in a tree of `size` leaves (0 ≤ index < size)."""
    inner = (index ^ (size - 1)).bit_length()
    return inner + (index >> inner).bit_count()


def consistency_length(old: int, new: int) -> int:
    """How many hashes prove that `old` leaves are a prefix of `new` (1 ≤ old ≤ new)."""
    if old == new:
        return 0
    shift = (old & -old).bit_length() - 1
    return inclusion_length((old - 1) >> shift, ((new - 1) >> shift) + 1) + (old != 1 << shift)


def verify_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> None:
    """Leaf hash `leaf` stands at `index` of the tree (`size`, `root`). Refused(L3.index|proof-length|root)."""
    climbed = steps(index, size, leaf, proof)
    if len(leaf) != HASH_SIZE or (climbed[-1].node if climbed else leaf) != root:
        raise Refused("L3.root", index=index, size=size)


def verify_consistency(old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> None:
    """The tree (`old`, `old_root`) is a prefix of (`new`, `new_root`). Refused(L4.sizes|proof-length|inconsistent)."""
    if old < 0 or old > new or (old == 0 and new > 0):
        raise Refused("L4.sizes", old=old, new=new)
    if old == new:
        _require_lengths(proof, 0, "L4.proof-length")
        if old_root != new_root or (old == 0 and old_root != EMPTY_ROOT):
            raise Refused("L4.inconsistent", old=old, new=new)
        return
    _require_lengths(proof, consistency_length(old, new), "L4.proof-length")
    if _both_roots(old, new, proof, old_root) != (old_root, new_root):
        raise Refused("L4.inconsistent", old=old, new=new)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path as it is drawn: the sibling, on which side it stands, and the node above both."""

    sibling: bytes
    on_the_left: bool
    node: bytes


def steps(index: int, size: int, leaf: bytes, proof: Sequence[bytes]) -> tuple[Step, ...]:
    """The climb from `leaf`, step by step; the last node is the root it leads to. Refused(L3.index|proof-length)."""
    if not 0 <= index < size:
        raise Refused("L3.index", index=index, size=size)
    _require_lengths(proof, inclusion_length(index, size), "L3.proof-length")
    inner = (index ^ (size - 1)).bit_length()
    climbed: list[Step] = []
    node = leaf
    for height, sibling in enumerate(proof):
        # Above `inner` the node lies on the right border: every sibling left is a left one.
        left = height >= inner or bool(index >> height & 1)
        node = node_hash(sibling, node) if left else node_hash(node, sibling)
        climbed.append(Step(sibling, left, node))
    return tuple(climbed)


def _require_lengths(proof: Sequence[bytes], expected: int, code: str) -> None:
    if len(proof) != expected or any(len(item) != HASH_SIZE for item in proof):
        raise Refused(code, expected=expected, found=len(proof))


def _both_roots(old: int, new: int, proof: Sequence[bytes], old_root: bytes) -> tuple[bytes, bytes]:
    """Old and new root as the proof gives them: one climb from the last perfect subtree of the old tree."""
    shift = (old & -old).bit_length() - 1
    # Where the old tree is one perfect subtree its root is known already, and the proof leaves it out.
    seed, path = (old_root, proof) if old == 1 << shift else (proof[0], proof[1:])
    index, size = (old - 1) >> shift, ((new - 1) >> shift) + 1
    inner = (index ^ (size - 1)).bit_length()
    before = after = seed
    for height, sibling in enumerate(path):
        if height >= inner or index >> height & 1:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
        else:
            after = node_hash(after, sibling)
    return before, after
