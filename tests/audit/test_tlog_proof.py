"""`.tlog-proof` files: published forms, and L3 with what it must refuse beside what it must accept."""

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countersign.audit.checkpoint import SignedCheckpoint
from countersign.audit.quorum import Fresh
from countersign.audit.tlog_proof import TlogProof
from countersign.errors import CountersignError, Malformed, Refused
from countersign.formats.merkle import leaf_hash
from support import small_log
from support.vectors import load_vectors

LOG = small_log.filled_log(9)
SIGNED = small_log.signed(LOG.checkpoint(), [0, 1])
PROOF = TlogProof(5, LOG.tree.inclusion_proof(5), SIGNED.serialise())
LEAF = leaf_hash(b"entry" + (5).to_bytes(4, "big"))


def test_published_files_are_written_and_read_the_same() -> None:
    for case in load_vectors("tlog/tlog_proof_format.json")["marshal"]:
        hashes = tuple(base64.b64decode(item) for item in case["hashes"])
        extra = None if case["extra"] is None else base64.b64decode(case["extra"])
        made = TlogProof(case["index"], hashes, case["checkpoint"].encode(), extra)
        assert made.serialise() == case["text"].encode()
        assert TlogProof.parse(case["text"].encode()) == made


def test_published_broken_files_are_malformed() -> None:
    codes = []
    for case in load_vectors("tlog/tlog_proof_format.json")["invalid"]:
        with pytest.raises(Malformed) as error:
            TlogProof.parse(case["text"].encode())
        codes.append(error.value.code.removeprefix("L3.proof-"))
    assert codes == ["header", "extra", "index", "index", "index", "hash", "hash"]


def test_a_proof_of_our_log_verifies_and_comes_back_the_same() -> None:
    assert TlogProof.parse(PROOF.serialise()) == PROOF
    assert b"extra" not in PROOF.serialise()
    PROOF.verify(LEAF, SignedCheckpoint.parse(PROOF.checkpoint).checkpoint)


TEXT = PROOF.serialise()


@pytest.mark.parametrize(
    "data, code",
    [
        (TEXT.replace(b"@v1", b"@v2"), "L3.proof-header"),
        (b"\xef\xbb\xbf" + TEXT, "L3.proof-text"),
        (TEXT.replace(b"index 5", b"index 05"), "L3.proof-index-leading-zero"),
        (TEXT.replace(b"index 5", b"index +5"), "L3.proof-index"),
        (TEXT.replace(b"index 5", b"Index 5"), "L3.proof-index"),
        (TEXT.replace(b"index 5\n", b"index 5\nextra AAAA\n"), "L3.proof-hash"),
        (TEXT.replace(b"index 5\n", b"index 5\r\n"), "L3.proof-index"),
        (
            TEXT.replace(b"index 5\n", b"index 5\n" + b"A" * 43 + b"=\n" * 1 + (b"A" * 43 + b"=\n") * 60),
            "L3.proof-hashes",
        ),
        (TEXT.partition(b"\n\n")[0] + b"\n", "L3.proof-hash"),
        (TEXT.partition(b"\n\n")[0] + b"\n\n", "L3.proof-checkpoint"),
        (TEXT + b"x" * 700_000, "L3.proof-size"),
        (b"", "L3.proof-header"),
    ],
)
def test_another_form_is_malformed(data: bytes, code: str) -> None:
    with pytest.raises(Malformed) as error:
        TlogProof.parse(data)
    assert error.value.code == code


def test_a_proof_for_another_index_leaf_or_head_is_refused() -> None:
    head = SIGNED.checkpoint
    for proof, leaf, code in (
        (TlogProof(4, PROOF.hashes, PROOF.checkpoint), LEAF, "L3.root"),
        (TlogProof(9, PROOF.hashes, PROOF.checkpoint), LEAF, "L3.index"),
        (TlogProof(5, PROOF.hashes[1:], PROOF.checkpoint), LEAF, "L3.proof-length"),
        (PROOF, leaf_hash(b"another"), "L3.root"),
    ):
        with pytest.raises(Refused) as refusal:
            proof.verify(leaf, head)
        assert refusal.value.code == code
    with pytest.raises(Refused):
        PROOF.verify(LEAF, small_log.filled_log(9, b"other").checkpoint())


def verify_file(data: bytes) -> None:
    """What an auditor does with a proof file: form, inclusion, the log's signature, both witnesses'."""
    proof = TlogProof.parse(data)
    signed = SignedCheckpoint.parse(proof.checkpoint, origin=small_log.ORIGIN)
    proof.verify(LEAF, signed.checkpoint)
    small_log.quorum(2, 2).verify(signed, Fresh(small_log.NOW))


@settings(deadline=None)
@given(st.integers(0, len(TEXT) - 1), st.integers(0, 7))
def test_any_altered_bit_of_the_file_is_noticed(at: int, bit: int) -> None:
    """Index, path, checkpoint or a signature: verification of proof, log and both witnesses fails."""
    data = bytearray(TEXT)
    data[at] ^= 1 << bit
    with pytest.raises(CountersignError):
        verify_file(bytes(data))
    verify_file(TEXT)
