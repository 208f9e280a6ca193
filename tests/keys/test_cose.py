"""COSE_Sign1 in the envelope's one form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.errors import Malformed, Refused
from countersign.formats import cbor
from countersign.keys import cose
from countersign.keys.curve import ORDER
from countersign.keys.public_key import Curve
from support.refusals import attempt, refused
from support.software_keys import SoftwareKey

OFFICER = SoftwareKey.generate(Curve.P256, "officer")
DESK = SoftwareKey.generate(Curve.ED25519, "desk")
VAULT = SoftwareKey.generate(Curve.SECP256K1, "vault")
KEYS = [OFFICER, DESK]


def signed(key: SoftwareKey, payload: bytes = b"payload") -> bytes:
    return cose.encode(payload, key.public, key.sign(cose.signing_input(payload, key.public)))


def message(key: SoftwareKey = DESK, **parts: object) -> bytes:
    """The message with parts replaced: tag, protected, unprotected, payload, signature, extra."""
    signature = key.sign(cose.signing_input(b"payload", key.public))
    protected = cbor.encode({1: -8, 4: key.public.thumbprint()})
    whole = {"protected": protected, "unprotected": {}, "payload": b"payload", "signature": signature} | parts
    tag = whole.pop("tag", 18)
    value = list(whole.values())
    return cbor.encode(value if tag is None else cbor.Tag(tag, value))


@given(st.sampled_from(KEYS), st.binary(max_size=200))
def test_round_trip_and_verification(key: SoftwareKey, payload: bytes) -> None:
    read = cose.decode(signed(key, payload))
    assert (read.alg, read.kid, read.payload) == (key.public.alg, key.public.thumbprint(), payload)
    assert cose.encode(read.payload, key.public, read.signature) == signed(key, payload) or key is OFFICER
    cose.verify(read, key.public)


def test_the_signed_bytes_are_rfc_9052s() -> None:
    # Section 4.4: ["Signature1", body_protected, external_aad, payload], written out by hand.
    kid = DESK.public.thumbprint()
    protected = b"\xa2\x01\x27\x04\x58\x20" + kid
    expected = b"\x84\x6aSignature1\x58\x26" + protected + b"\x57countersign/envelope/v1" + b"\x47payload"
    assert cose.signing_input(b"payload", DESK.public, b"countersign/envelope/v1") == expected
    assert signed(DESK) == b"\xd2\x84\x58\x26" + protected + b"\xa0\x47payload\x58\x40" + DESK.sign(expected)
    assert message() == signed(DESK)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (message(tag=None), "keys.cose-form"),
        (message(tag=98), "T4.tag"),
        (message(unprotected={4: b"x"}), "keys.cose-form"),
        (message(payload=None), "keys.cose-form"),
        (message(extra=1), "keys.cose-form"),
        (message(protected=b""), "T4.truncated"),
        (message(protected=cbor.encode({1: -8})), "keys.cose-form"),
        (message(protected=cbor.encode({1: -8, 4: bytes(31)})), "keys.cose-form"),
        (message(protected=cbor.encode({1: -47, 4: bytes(32)})), "keys.cose-form"),
        (message(protected=cbor.encode({1: -8, 2: [1], 4: bytes(32)})), "keys.cose-form"),
        (message(protected=cbor.encode({1: "EdDSA", 4: bytes(32)})), "keys.cose-form"),
        (message(protected=b"\xa2\x04\x58\x20" + bytes(32) + b"\x01\x27"), "T4.key-order"),
        (message(signature=bytes(63)), "keys.signature-length"),
        (message() + b"\x00", "T4.trailing"),
        (message()[:-1], "T4.truncated"),
    ],
)
def test_refuses_every_other_form(data: bytes, code: str) -> None:
    with refused(code):
        cose.decode(data)


@given(st.sampled_from(KEYS), st.data())
def test_one_changed_byte_is_noticed(key: SoftwareKey, data: st.DataObject) -> None:
    flipped = bytearray(signed(key))
    flipped[data.draw(st.integers(0, len(flipped) - 1))] ^= data.draw(st.integers(1, 255))
    read = attempt(lambda: cose.decode(bytes(flipped)))
    if not isinstance(read, Malformed):
        with pytest.raises(Refused):
            cose.verify(read, key.public)


def test_the_high_twin_is_refused() -> None:
    low = OFFICER.sign(cose.signing_input(b"payload", OFFICER.public))
    high = low[:32] + (ORDER[Curve.P256] - int.from_bytes(low[32:])).to_bytes(32)
    with refused("keys.high-s"):
        cose.encode(b"payload", OFFICER.public, high)
    with refused("keys.high-s"):
        cose.decode(signed(OFFICER).replace(low, high)[:-64] + high)


def test_another_key_another_algorithm_and_other_external_data_are_refused() -> None:
    read = cose.decode(signed(DESK))
    with refused("keys.unknown-signer", Refused):
        cose.verify(read, OFFICER.public)
    with refused("keys.wrong-algorithm", Refused):
        cose.verify(cose.Sign1("ES256", read.kid, read.payload, read.signature), DESK.public)
    with refused("keys.bad-signature", Refused):
        cose.verify(read, DESK.public, b"countersign/other/v1")


def test_vault_keys_sign_no_envelopes() -> None:
    with refused("keys.cose-algorithm", Refused):
        cose.signing_input(b"payload", VAULT.public)
    with refused("keys.cose-algorithm", Refused):
        cose.encode(b"payload", VAULT.public, bytes(64))
