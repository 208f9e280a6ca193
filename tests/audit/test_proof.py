"""Proofs verify exactly when RFC 6962 says so: published cases, and every altered bit."""

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countersign.audit import proof, tree
from countersign.errors import Refused
from countersign.formats.merkle import EMPTY_ROOT, leaf_hash, node_hash
from support.vectors import load_vectors


def unbase64(text: str) -> bytes:
    return base64.b64decode(text)


def accepted(call, *args) -> bool:
    try:
        call(*args)
    except Refused:
        return False
    return True


def test_every_published_inclusion_case_is_judged_as_published() -> None:
    cases = load_vectors("tlog/merkle_inclusion.json")["cases"]
    assert len(cases) == 98
    for case in cases:
        path = [unbase64(item) for item in case["proof"] or []]
        leaf, root = unbase64(case["leafHash"]), unbase64(case["root"])
        verdict = accepted(proof.verify_inclusion, case["leafIdx"], case["treeSize"], leaf, path, root)
        assert verdict is not case["wantErr"], case["file"]


def test_every_published_consistency_case_is_judged_as_published() -> None:
    cases = load_vectors("tlog/merkle_consistency.json")["cases"]
    assert len(cases) == 98
    for case in cases:
        path = [unbase64(item) for item in case["proof"] or []]
        roots = unbase64(case["root1"]), unbase64(case["root2"])
        verdict = accepted(proof.verify_consistency, case["size1"], case["size2"], path, *roots)
        assert verdict is not case["wantErr"], case["file"]


def test_rfc6962_leaf_and_node_prefixes_are_the_published_ones() -> None:
    """transparency-dev/merkle rfc6962_test.go @ 417fb0c31475, typed in so that a clone alone proves it."""
    assert leaf_hash(b"L123456").hex() == "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56"
    assert node_hash(b"N123", b"N456").hex() == "aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb"
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def grown(size: int) -> tree.Tree:
    result = tree.Tree()
    result.extend(leaf_hash(number.to_bytes(4, "big")) for number in range(size))
    return result


@settings(deadline=None)
@given(st.integers(1, 300), st.data())
def test_any_altered_bit_of_an_inclusion_proof_leaf_or_root_fails(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    grown_tree = grown(size)
    leaf, path, root = grown_tree.node(0, index), list(grown_tree.inclusion_proof(index)), grown_tree.root()
    proof.verify_inclusion(index, size, leaf, path, root)
    parts = [leaf, *path, root]
    part, bit = data.draw(st.integers(0, len(parts) - 1)), data.draw(st.integers(0, 255))
    parts[part] = flipped(parts[part], bit)
    with pytest.raises(Refused, match=r"L3\.root"):
        proof.verify_inclusion(index, size, parts[0], parts[1:-1], parts[-1])


@settings(deadline=None)
@given(st.integers(1, 300), st.data())
def test_any_altered_bit_of_a_consistency_proof_or_root_fails(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new))
    grown_tree = grown(new)
    parts = [grown_tree.root(old), *grown_tree.consistency_proof(old), grown_tree.root()]
    proof.verify_consistency(old, new, parts[1:-1], parts[0], parts[-1])
    part, bit = data.draw(st.integers(0, len(parts) - 1)), data.draw(st.integers(0, 255))
    parts[part] = flipped(parts[part], bit)
    with pytest.raises(Refused, match=r"L4\.inconsistent"):
        proof.verify_consistency(old, new, parts[1:-1], parts[0], parts[-1])


def test_every_single_bit_of_one_proof_matters() -> None:
    grown_tree = grown(11)
    path, root, leaf = grown_tree.inclusion_proof(6), grown_tree.root(), grown_tree.node(0, 6)
    for part in range(len(path)):
        for bit in range(256):
            altered = [*path[:part], flipped(path[part], bit), *path[part + 1 :]]
            assert not accepted(proof.verify_inclusion, 6, 11, leaf, altered, root)


def test_a_hash_more_or_less_is_a_wrong_length_before_it_is_a_wrong_root() -> None:
    grown_tree = grown(7)
    path = grown_tree.inclusion_proof(3)
    for wrong in (path[:-1], (*path, bytes(32)), (*path[:-1], path[-1][:31])):
        with pytest.raises(Refused) as refusal:
            proof.verify_inclusion(3, 7, grown_tree.node(0, 3), wrong, grown_tree.root())
        assert refusal.value.code == "L3.proof-length"
    steps = grown_tree.consistency_proof(3)
    for wrong in (steps[:-1], (*steps, bytes(32))):
        with pytest.raises(Refused) as refusal:
            proof.verify_consistency(3, 7, wrong, grown_tree.root(3), grown_tree.root())
        assert refusal.value.code == "L4.proof-length"


def test_the_steps_to_draw_lead_from_leaf_to_root_with_their_sides() -> None:
    grown_tree = grown(5)
    climbed = proof.steps(2, 5, grown_tree.node(0, 2), grown_tree.inclusion_proof(2))
    assert [step.on_the_left for step in climbed] == [False, True, False]
    assert [step.node for step in climbed] == [grown_tree.node(1, 1), grown_tree.node(2, 0), grown_tree.root()]
    assert [step.sibling for step in climbed] == list(grown_tree.inclusion_proof(2))
    assert proof.steps(0, 1, grown_tree.node(0, 0), ()) == ()


def test_an_index_at_the_size_is_outside_and_the_last_one_inside() -> None:
    grown_tree = grown(5)
    proof.verify_inclusion(4, 5, grown_tree.node(0, 4), grown_tree.inclusion_proof(4), grown_tree.root())
    for index in (5, -1):
        with pytest.raises(Refused, match=r"L3\.index"):
            proof.verify_inclusion(index, 5, grown_tree.node(0, 4), grown_tree.inclusion_proof(4), grown_tree.root())


def flipped(data: bytes, bit: int) -> bytes:
    altered = bytearray(data)
    altered[bit // 8] ^= 1 << bit % 8
    return bytes(altered)
