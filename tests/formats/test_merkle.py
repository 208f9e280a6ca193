"""RFC 6962 §2.1: the hash of a list."""

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from countersign.formats import merkle
from support.vectors import load_vectors


def by_definition(leaves: list[bytes]) -> bytes:
    """MTH as RFC 6962 writes it: split at the largest power of two smaller than n."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\x01" + by_definition(leaves[:split]) + by_definition(leaves[split:])).digest()


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=70))
def test_root_is_the_standards_definition(leaves: list[bytes]) -> None:
    assert merkle.root(leaves) == by_definition(leaves)


def test_classic_trees() -> None:
    # The eight leaves of the CT reference tests; the root of all of them, typed in.
    leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    hashes = [merkle.leaf_hash(bytes.fromhex(leaf)) for leaf in leaves]
    assert merkle.root(hashes).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    assert merkle.root([]) == merkle.EMPTY_ROOT == sha256(b"").digest()


def test_published_roots() -> None:
    vectors = load_vectors("tlog/rfc6962_reference.json")
    leaves = [merkle.leaf_hash(bytes.fromhex(text)) for text in vectors["leaf_inputs_hex"]]
    for size, root in enumerate(vectors["root_hashes_by_size"]):
        assert merkle.root(leaves[:size]).hex() == root
