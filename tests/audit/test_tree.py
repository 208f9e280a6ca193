"""The growing tree gives the roots and proofs that the recursion of RFC 6962 gives."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countersign.audit import proof, tree
from countersign.audit.tree import Tree
from countersign.errors import Refused
from countersign.formats.merkle import EMPTY_ROOT, leaf_hash, node_hash
from support.vectors import load_vectors


def split(size: int) -> int:
    return 1 << (size - 1).bit_length() - 1


def naive_root(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962 §2.1, as written there."""
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return node_hash(naive_root(leaves[:k]), naive_root(leaves[k:]))


def naive_path(index: int, leaves: list[bytes]) -> list[bytes]:
    """PATH of §2.1.1."""
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if index < k:
        return [*naive_path(index, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(index - k, leaves[k:]), naive_root(leaves[:k])]


def naive_proof(old: int, leaves: list[bytes], whole: bool = True) -> list[bytes]:
    """SUBPROOF of §2.1.2."""
    if old == len(leaves):
        return [] if whole else [naive_root(leaves)]
    k = split(len(leaves))
    if old <= k:
        return [*naive_proof(old, leaves[:k], whole), naive_root(leaves[k:])]
    return [*naive_proof(old - k, leaves[k:], False), naive_root(leaves[:k])]


def leaves_of(size: int) -> list[bytes]:
    return [leaf_hash(number.to_bytes(4, "big")) for number in range(size)]


def test_the_classic_leaves_give_every_published_node_and_root() -> None:
    vectors = load_vectors("tlog/rfc6962_reference.json")
    grown = Tree()
    for size, data in enumerate(vectors["leaf_inputs_hex"]):
        assert grown.root().hex() == vectors["root_hashes_by_size"][size]
        grown.append(leaf_hash(bytes.fromhex(data)))
    assert [grown.root(size).hex() for size in range(9)] == vectors["root_hashes_by_size"]
    for height, row in enumerate(vectors["node_hashes_by_level"]):
        assert [grown.node(height, index).hex() for index in range(len(row))] == row
    for case in vectors["hasher"]:
        texts = {name.removesuffix("_utf8"): text.encode() for name, text in case.items() if name.endswith("_utf8")}
        found = {"leaf": leaf_hash, "node": node_hash, "empty root": lambda: EMPTY_ROOT}[case["op"]](*texts.values())
        assert found.hex() == case["hash"]


def test_every_size_to_40_gives_the_roots_and_proofs_of_the_recursion() -> None:
    leaves = leaves_of(40)
    grown = Tree()
    for size in range(1, 41):
        assert grown.append(leaves[size - 1]) == size - 1
        assert grown.root() == naive_root(leaves[:size])
        for index in range(size):
            path = grown.inclusion_proof(index)
            assert list(path) == naive_path(index, leaves[:size])
            assert len(path) == proof.inclusion_length(index, size)
        for old in range(1, size + 1):
            steps = grown.consistency_proof(old)
            assert list(steps) == naive_proof(old, leaves[:size])
            assert len(steps) == proof.consistency_length(old, size)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 2_000), st.data())
def test_random_sizes_agree_with_the_recursion_and_verify(size: int, data: st.DataObject) -> None:
    leaves = leaves_of(size)
    grown = Tree()
    grown.extend(leaves)
    now = data.draw(st.integers(1, size))
    index, old = data.draw(st.integers(0, now - 1)), data.draw(st.integers(1, now))
    assert grown.root(now) == naive_root(leaves[:now])
    path, steps = grown.inclusion_proof(index, now), grown.consistency_proof(old, now)
    assert (list(path), list(steps)) == (naive_path(index, leaves[:now]), naive_proof(old, leaves[:now]))
    proof.verify_inclusion(index, now, leaves[index], path, grown.root(now))
    proof.verify_consistency(old, now, steps, grown.root(old), grown.root(now))


def test_reads_grow_with_the_logarithm_of_the_size() -> None:
    grown = Tree()
    grown.extend(leaves_of(5_000))
    reads = []

    def counting(height: int, index: int) -> bytes:
        reads.append((height, index))
        return grown.node(height, index)

    tree.inclusion_proof(counting, 1_234, 5_000)
    tree.consistency_proof(counting, 1_234, 5_000)
    tree.root_at(counting, 5_000)
    assert len(reads) <= 6 * (5_000).bit_length()


def test_an_empty_tree_has_the_empty_root_and_no_leaf_to_prove() -> None:
    assert Tree().root() == EMPTY_ROOT
    with pytest.raises(Refused, match=r"L3\.index"):
        Tree().inclusion_proof(0)
    assert Tree().consistency_proof(0) == ()
    with pytest.raises(Refused, match=r"L4\.sizes"):
        Tree().consistency_proof(1)


def test_a_node_that_is_not_complete_yet_is_not_given() -> None:
    grown = Tree()
    grown.extend(leaves_of(3))
    with pytest.raises(LookupError):
        grown.node(1, 1)
    with pytest.raises(LookupError):
        grown.node(9, 0)
