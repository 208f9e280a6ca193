"""H4 and H7 over signatures made in software: what passes, and that nothing else does."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.errors import Refused
from countersign.keys import ecdsa
from countersign.keys.public_key import Curve
from countersign.signers import checked
from support.refusals import refused
from support.software_keys import SoftwareKey

CURVES = (Curve.SECP256K1, Curve.P256)


@given(st.sampled_from(CURVES), st.binary(min_size=32, max_size=32), st.booleans())
def test_a_true_signature_passes_with_either_s(curve: Curve, digest: bytes, high: bool) -> None:
    key = SoftwareKey.generate(curve, "k")
    good = key.sign_digest(digest)
    s = int.from_bytes(good[32:])
    raw = good[:32] + (ecdsa.ORDER[curve] - s if high else s).to_bytes(32)
    assert checked.over_digest(key.public, digest, raw) == good


@given(st.sampled_from(CURVES), st.binary(max_size=80))
def test_bytes_that_are_no_signature_never_pass(curve: Curve, raw: bytes) -> None:
    with pytest.raises(Refused):
        checked.over_digest(SoftwareKey.generate(curve, "k").public, bytes(32), raw)


@pytest.mark.parametrize("curve", list(Curve))
def test_a_message_is_signed_as_its_curve_wants(curve: Curve) -> None:
    key = SoftwareKey.generate(curve, "k")
    assert checked.over_message(key.public, b"terms", key.sign(b"terms"))
    with refused("H7.not-verified", Refused):
        checked.over_message(key.public, b"terms.", key.sign(b"terms"))


@given(st.binary(max_size=100).filter(lambda value: len(value) != 32))
def test_only_32_bytes_are_a_digest(value: bytes) -> None:
    with refused("H4.digest-length", Refused):
        checked.digest(value)
    assert checked.digest(sha256(value).digest())
