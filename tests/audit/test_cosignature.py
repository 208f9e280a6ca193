"""Cosignatures: real ones verify, and nothing else does."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countersign.audit import cosignature, note
from countersign.audit.checkpoint import SignedCheckpoint
from countersign.audit.note import VerifierKey
from countersign.errors import Malformed
from countersign.keys import software
from support.vectors import load_vectors

SEED = bytes([9]) * 32
TEXT = "log.example\n1\nAAAA\n"


def test_published_cosignatures_verify_at_their_published_time() -> None:
    for case in load_vectors("tlog/sunlight_cosignatures.json")["cases"]:
        signed = SignedCheckpoint.parse(case["checkpoint"].encode())
        (found,) = note.verify(signed.note, [VerifierKey.parse(case["vkey"])])
        assert cosignature.timestamp(found.signature.data) == case["timestamp"]
        assert hashlib.sha256(signed.checkpoint.origin.encode()).hexdigest() == case["origin_hash"]


def test_a_real_cosignature_typed_in() -> None:
    """FiloSottile/sunlight cmd/skylight/testdata @ ed0bc38779ae."""
    text = "milan2026h1.example.org\n300\nlCkHUpkmVBEms2r2T1K6Og69+wUuuN3MIEW1/ezu2v0=\n"
    line = (
        "— witness2.example.org LlW4lgAAAABpVGeAN/uFWqfjdU94rrKxFycCggM0Sa1L5tOJCJdYBwJ41CQsgKWA6B0+vywok3cPI3JIzuPe"
        "R+VotuYe/eNy0+30Dw=="
    )
    key = VerifierKey.parse("witness2.example.org+2e55b896+BIZ7fpceQWd60IfqQeS9IAnmNOCZjMDne8lZuguz/bi9")
    signature = note.Signature.parse(line)
    assert signature.by(key)
    assert key.verifies(text, signature.data)
    assert not key.verifies(text.replace("300", "301"), signature.data)


@settings(deadline=None)
@given(st.integers(0, cosignature.SIGNATURE_SIZE * 8 - 1))
def test_any_altered_bit_of_time_or_signature_fails(bit: int) -> None:
    signature = bytearray(cosignature.sign(SEED, TEXT, 1_800_000_000))
    public = software.ed25519_public(SEED).data
    assert cosignature.verify(public, TEXT, bytes(signature))
    signature[bit // 8] ^= 1 << bit % 8
    assert not cosignature.verify(public, TEXT, bytes(signature))


def test_a_cosignature_of_another_length_or_beyond_all_time_is_none() -> None:
    public, good = software.ed25519_public(SEED).data, cosignature.sign(SEED, TEXT, 1)
    for wrong in (good[:-1], good + b"\0", b"", cosignature.sign(SEED, TEXT, 2**63)):
        assert not cosignature.verify(public, TEXT, wrong)
        with pytest.raises(Malformed, match=r"L5\.cosignature"):
            cosignature.timestamp(wrong)


def test_a_plain_signature_over_the_text_is_no_cosignature() -> None:
    plain = bytes(8) + software.ed25519_sign(SEED, TEXT.encode())
    assert not cosignature.verify(software.ed25519_public(SEED).data, TEXT, plain)
