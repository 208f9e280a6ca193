"""The envelope: one form, one signature, and every field changed is refused or seen."""

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.airgap import envelope
from countersign.airgap.envelope import Envelope, Kind, parse, peek, seal, serialise, unseal, unsigned
from countersign.errors import Malformed, Refused
from countersign.formats import cbor
from countersign.keys.public_key import Curve
from support.envelopes import OPERATIONS, REQUEST, VAULT, answer_to, sealed
from support.software_keys import SoftwareKey

KEYS = {OPERATIONS.kid: OPERATIONS.public, VAULT.kid: VAULT.public}
ANSWER = answer_to(sealed(REQUEST, OPERATIONS))


@pytest.mark.parametrize("original", [REQUEST, ANSWER, answer_to(b"", share=None)])
@pytest.mark.parametrize("key", [OPERATIONS, VAULT])
def test_what_is_sealed_is_unsealed(original, key):
    data = sealed(original, key)
    found = unseal(data, KEYS)
    assert (found.envelope, found.kid) == (original, key.kid)
    assert peek(data) == original
    assert serialise(found.envelope) == serialise(original)


@given(
    st.integers(min_value=1, max_value=2**32 - 1),
    st.binary(min_size=16, max_size=16),
    st.sets(st.binary(min_size=32, max_size=32), max_size=20),
    st.binary(min_size=1, max_size=2000),
)
def test_parsing_and_serialising_gives_the_same_bytes(sequence, session, hashes, log_head):
    made = replace(
        REQUEST, sequence=sequence, session=session, contract_hashes=tuple(sorted(hashes)), log_head=log_head
    )
    assert parse(serialise(made)) == made
    assert serialise(parse(serialise(made))) == serialise(made)


def test_the_map_has_exactly_the_keys_of_the_design():
    assert set(cbor.decode(serialise(REQUEST))) == {
        "kind", "version", "desk", "sender", "recipient", "session", "sequence", "request_id", "settlement_id",
        "contract_hashes", "log_head", "consistency_proof", "body",
    }  # fmt: skip


def test_the_sealed_bytes_are_tag_18_with_only_alg_and_kid_protected():
    message = cbor.decode(sealed(REQUEST, OPERATIONS), tags=frozenset((18,)))
    protected, unprotected, payload, _ = message.value
    assert cbor.decode(protected) == {1: -7, 4: OPERATIONS.public.thumbprint()}
    assert unprotected == {}
    assert payload == serialise(REQUEST)


def test_what_is_signed_names_the_envelope():
    assert cbor.decode(unsigned(REQUEST, OPERATIONS.public))[2] == b"countersign/envelope/v1"


def with_member(key: str, value: object) -> bytes:
    return cbor.encode({**cbor.decode(serialise(REQUEST)), key: value})


def refusal(payload: bytes) -> str:
    with pytest.raises(Malformed) as refused:
        parse(payload)
    return refused.value.code


@pytest.mark.parametrize(
    "key, value",
    [
        ("version", 2), ("version", True), ("desk", ""), ("desk", "a b"), ("desk", "a+b"), ("desk", b"desk"),
        ("session", bytes(15)), ("session", "0123456789abcdef"), ("sequence", 0), ("sequence", 2**32),
        ("sequence", True), ("contract_hashes", [bytes(31)]), ("contract_hashes", "00"), ("log_head", b""),
        ("log_head", "text"), ("consistency_proof", [bytes(32)] * 64), ("body", []), ("kind", 1),
    ],
)  # fmt: skip
def test_a_member_of_another_form_is_refused(key, value):
    assert refusal(with_member(key, value)) == "airgap.member"


@pytest.mark.parametrize(
    "key, value, code",
    [
        ("kind", "command", "airgap.kind"),
        ("sender", "op erations", "D3.identifier"),
        ("recipient", "", "D3.identifier"),
        ("request_id", "a\n", "D3.identifier"),
        ("settlement_id", "а", "D3.identifier"),
        ("contract_hashes", [bytes([1]) * 32, bytes(32)], "airgap.order"),
        ("contract_hashes", [bytes(32), bytes(32)], "airgap.order"),
        ("extra", 1, "airgap.key-unknown"),
    ],
)
def test_a_member_out_of_bounds_is_refused_by_name(key, value, code):
    assert refusal(with_member(key, value)) == code


@pytest.mark.parametrize("key", [field.name for field in fields(Envelope)] + ["kind", "version"])
def test_no_key_may_be_missing(key):
    members = cbor.decode(serialise(REQUEST))
    del members[key]
    assert refusal(cbor.encode(members)) == "airgap.key-missing"


def test_the_body_must_be_of_the_kind():
    assert refusal(with_member("kind", "answer")).startswith("airgap.key-")
    with pytest.raises(Malformed) as refused:
        _ = REQUEST.answer
    assert refused.value.code == "airgap.kind"
    with pytest.raises(Malformed):
        _ = ANSWER.request
    assert (REQUEST.kind, ANSWER.kind) == (Kind.REQUEST, Kind.ANSWER)


@pytest.mark.parametrize(
    "hostile", [bytes.fromhex("9affffffff"), b"\x81" * 200_000, serialise(REQUEST) + b"\0", serialise(REQUEST)[:-1]]
)
def test_hostile_cbor_is_refused(hostile):
    assert refusal(hostile).startswith("T4.")


def test_one_bit_changed_anywhere_is_refused():
    data = sealed(ANSWER, VAULT)
    for position in range(len(data)):
        forged = bytearray(data)
        forged[position] ^= 1
        with pytest.raises((Malformed, Refused)):
            unseal(bytes(forged), KEYS)
    assert unseal(data, KEYS).envelope == ANSWER


def test_trailing_bytes_after_the_signature_are_refused():
    with pytest.raises(Malformed) as refused:
        unseal(sealed(REQUEST, OPERATIONS) + b"\0", KEYS)
    assert refused.value.check == "T4"


def test_a_signer_whom_nobody_registered_is_refused():
    stranger = SoftwareKey.generate(Curve.P256, "stranger")
    with pytest.raises(Refused) as refused:
        unseal(sealed(REQUEST, stranger), KEYS)
    assert refused.value.code == "T1.unknown-key"


def test_a_signature_under_another_key_is_refused_when_sealing():
    with pytest.raises(Refused) as refused:
        seal(REQUEST, OPERATIONS.public, SoftwareKey.generate(Curve.P256, "x").sign(b"other"))
    assert refused.value.code == "T1.signature"


def test_a_signature_over_another_envelope_is_refused():
    other = replace(REQUEST, sequence=2)
    signature = OPERATIONS.sign(unsigned(other, OPERATIONS.public))
    with pytest.raises(Refused) as refused:
        seal(REQUEST, OPERATIONS.public, signature)
    assert refused.value.code == "T1.signature"
    assert seal(other, OPERATIONS.public, signature)


def test_a_vault_key_signs_no_envelope():
    vault_key = SoftwareKey.generate(Curve.SECP256K1, "vault key")
    with pytest.raises(Refused):
        unsigned(REQUEST, vault_key.public)


def test_what_could_not_be_read_is_not_written():
    with pytest.raises(Malformed):
        serialise(replace(REQUEST, sequence=0))
    assert envelope.VERSION == 1


@given(st.binary(max_size=400))
def test_any_bytes_are_an_envelope_or_refused(data):
    for act in (parse, peek, lambda found: unseal(found, KEYS)):
        with pytest.raises((Malformed, Refused)):
            act(data)
