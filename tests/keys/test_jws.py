"""Signed JSON: one spelling, only registered keys, their own algorithm, low s."""

import json
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.errors import Conflict, Malformed, Refused
from countersign.formats import base64url, jcs, strict_json
from countersign.keys import jws
from countersign.keys.curve import ORDER, normalise
from countersign.keys.public_key import Curve, PublicKey
from support.refusals import attempt, refused
from support.software_keys import SoftwareKey
from support.vectors import load_vectors

KEYS = [SoftwareKey.generate(curve, name) for curve in Curve for name in ("a", "b")]
REGISTERED = {key.kid: key.public for key in KEYS}
PAYLOAD = b'{"at":"2026-11-22T12:00:00Z","body":{},"desk":"example.org/log","id":"1","type":"desk.founded"}'


def signed(*keys: SoftwareKey, payload: bytes = PAYLOAD, typ: str = jws.EVENT) -> jws.Jws:
    made = ((key.public, key.sign(jws.signing_input(payload, key.public, typ))) for key in keys)
    return jws.attach(payload, typ, made)


def changed(message: jws.Jws, index: int = 0, **members: object) -> bytes:
    """The message with members of one signature replaced, canonical again."""
    value = jws.to_object(message)
    value["signatures"][index] |= members  # type: ignore[index]
    return jcs.encode(value)


def header(**members: object) -> str:
    kid = KEYS[0].kid
    return base64url.encode(jcs.encode({"alg": KEYS[0].public.alg, "kid": kid, "typ": jws.EVENT, **members}))


@given(st.sets(st.sampled_from(KEYS), min_size=1), st.binary(max_size=300))
def test_round_trip_and_verification(keys: set[SoftwareKey], payload: bytes) -> None:
    message = signed(*keys, payload=payload)
    data = jws.serialise(message)
    read = jws.parse(data, jws.EVENT)
    assert (read, jws.serialise(read)) == (message, data)
    assert read.kids == tuple(sorted(key.kid for key in keys))
    jws.verify(read, REGISTERED, jws.EVENT)
    assert jws.from_object(jws.to_object(message), jws.EVENT) == message


def test_the_bytes_are_what_the_page_shows() -> None:
    key = KEYS[-1]
    protected = f'{{"alg":"EdDSA","kid":"{key.kid}","typ":"countersign-event+json"}}'.encode()
    message = b".".join(base64url.encode(part).encode() for part in (protected, PAYLOAD))
    assert jws.signing_input(PAYLOAD, key.public, jws.EVENT) == message
    value = {
        "payload": base64url.encode(PAYLOAD),
        "signatures": [
            {"protected": base64url.encode(protected), "signature": base64url.encode(key.sign(message))},
        ],
    }
    assert jws.serialise(signed(key)) == json.dumps(value, separators=(",", ":")).encode()


@given(st.data())
def test_one_changed_byte_is_noticed(data: st.DataObject) -> None:
    original = jws.serialise(signed(*KEYS[::2]))
    flipped = bytearray(original)
    flipped[data.draw(st.integers(0, len(flipped) - 1))] ^= data.draw(st.integers(1, 255))
    read = attempt(lambda: jws.parse(bytes(flipped), jws.EVENT))
    if not isinstance(read, Malformed):
        with pytest.raises(Refused):
            jws.verify(read, REGISTERED, jws.EVENT)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"[]", "C2.wrong-type"),
        (b"{}", "C2.missing-field"),
        (b'{"payload":"","signatures":[]}', "C2.array-length"),
        (b'{"payload":"","payload":"","signatures":[]}', "C2.duplicate-key"),
        (jws.serialise(signed(KEYS[0])) + b"\n", "C2.not-canonical"),
        (changed(signed(KEYS[0]), header={"kid": "x"}), "C2.unknown-field"),
        (changed(signed(KEYS[0]), signature=base64url.encode(bytes(63))), "keys.signature-length"),
        (changed(signed(KEYS[0]), signature=base64url.encode(bytes(64))), "keys.signature-range"),
        (changed(signed(KEYS[0]), signature="AA=="), "formats.base64url"),
        (changed(signed(KEYS[0]), protected=header(alg="none")), "C2.not-allowed"),
        (changed(signed(KEYS[0]), protected=header(alg="HS256")), "C2.not-allowed"),
        (changed(signed(KEYS[0]), protected=header(alg="Ed25519")), "C2.not-allowed"),
        (changed(signed(KEYS[0]), protected=header(typ=jws.CONTRACT)), "C2.not-allowed"),
        (changed(signed(KEYS[0]), protected=header(crit=["exp"])), "C2.unknown-field"),
        (changed(signed(KEYS[0]), protected=header(jku="https://example.org")), "C2.unknown-field"),
        (changed(signed(KEYS[0]), protected=header(jwk={})), "C2.unknown-field"),
        (changed(signed(KEYS[0]), protected=header(kid="AA")), "keys.jws-header"),
        (
            changed(
                signed(KEYS[0]), protected=base64url.encode(json.dumps(json.loads(base64url.decode(header()))).encode())
            ),
            "keys.jws-header",
        ),
    ],
)
def test_refuses_every_other_form(data: bytes, code: str) -> None:
    with refused(code):
        jws.parse(data, jws.EVENT)


def test_the_type_must_be_the_expected_one() -> None:
    contract = signed(KEYS[0], typ=jws.CONTRACT)
    assert jws.parse(jws.serialise(contract), jws.CONTRACT) == contract
    with refused("C2.not-allowed"):
        jws.parse(jws.serialise(contract), jws.EVENT)
    with refused("keys.wrong-algorithm", Refused):
        jws.verify(contract, REGISTERED, jws.EVENT)


def test_signatures_stand_in_the_order_of_their_keys_and_once() -> None:
    message = signed(*KEYS)
    first, *rest = message.signatures
    for signatures in ((*rest, first), (first, first)):
        with refused("keys.jws-order"):
            jws.parse(jws.serialise(jws.Jws(PAYLOAD, tuple(signatures))), jws.EVENT)
    with refused("keys.jws-order"):
        signed(KEYS[0], KEYS[0])


@pytest.mark.parametrize("curve", [Curve.SECP256K1, Curve.P256])
def test_the_high_twin_of_a_signature_is_refused(curve: Curve) -> None:
    key = SoftwareKey.generate(curve, "a")
    low = signed(key).signatures[0].signature
    high = low[:32] + (ORDER[curve] - int.from_bytes(low[32:])).to_bytes(32)
    assert normalise(curve, high) == low
    with refused("keys.high-s"):
        jws.parse(changed(signed(key), signature=base64url.encode(high)), jws.EVENT)
    with refused("keys.high-s"):
        jws.attach(PAYLOAD, jws.EVENT, [(key.public, high)])


def test_only_registered_keys_count_and_by_their_own_algorithm() -> None:
    message = signed(KEYS[0], KEYS[2])
    with refused("keys.unknown-signer", Refused):
        jws.verify(message, {KEYS[0].kid: KEYS[0].public}, jws.EVENT)
    with refused("keys.unknown-signer", Refused):
        jws.verify(signed(KEYS[0]), {KEYS[0].kid: KEYS[1].public}, jws.EVENT)
    with refused("keys.no-signature", Refused):
        jws.verify(jws.Jws(PAYLOAD, ()), REGISTERED, jws.EVENT)


def test_a_header_that_names_another_algorithm_is_refused() -> None:
    # alg confusion: a P-256 key's signature that says it is ES256K, and the other way round.
    for key, alg in ((KEYS[0], "ES256"), (KEYS[2], "ES256K"), (KEYS[4], "ES256")):
        message = signed(key)
        protected = jws.protected_header(alg, key.kid, jws.EVENT)
        value = key.sign(f"{protected}.{base64url.encode(PAYLOAD)}".encode())
        false = attempt(
            lambda m=message, p=protected, v=value: jws.parse(
                changed(m, protected=p, signature=base64url.encode(v)), jws.EVENT
            )
        )
        if isinstance(false, jws.Jws):
            with refused("keys.wrong-algorithm", Refused):
                jws.verify(false, REGISTERED, jws.EVENT)


def test_a_signature_over_another_payload_is_refused() -> None:
    other = jws.Jws(PAYLOAD + b" ", signed(KEYS[0]).signatures)
    with refused("keys.bad-signature", Refused):
        jws.verify(other, REGISTERED, jws.EVENT)
    with refused("keys.bad-signature", Refused):
        jws.attach(PAYLOAD + b" ", jws.EVENT, [(KEYS[0].public, signed(KEYS[0]).signatures[0].signature)])


@given(st.sets(st.sampled_from(KEYS), min_size=1), st.sets(st.sampled_from(KEYS), min_size=1))
def test_merging_is_the_same_from_either_side(a: set[SoftwareKey], b: set[SoftwareKey]) -> None:
    # P-256 signatures are random, so a key in both sets has signed twice: the smaller one stays.
    left, right = signed(*a), signed(*b)
    both = jws.merge(left, right)
    assert both == jws.merge(right, left)
    assert set(both.kids) == {key.kid for key in a | b}
    jws.verify(jws.parse(jws.serialise(both), jws.EVENT), REGISTERED, jws.EVENT)


def test_signatures_over_different_payloads_do_not_merge() -> None:
    with refused("keys.jws-payload", Conflict):
        jws.merge(signed(KEYS[0]), signed(KEYS[0], payload=b"{}"))


def test_a_large_payload_is_carried() -> None:
    # joserfc by itself stops at 128,000 bytes; ours is the only limit.
    message = signed(KEYS[0], KEYS[2], KEYS[4], payload=b"x" * 190_000)
    jws.verify(jws.parse(jws.serialise(message), jws.EVENT), REGISTERED, jws.EVENT)
    with refused("C2.size"):
        jws.parse(jws.serialise(signed(KEYS[0], payload=b"x" * 200_000)), jws.EVENT)


# --- published signatures ---


def verified(compact: str, key: PublicKey) -> bool:
    """A compact JWS by this room's parts: strict base64url, strict header, the key's own algorithm, low s."""
    parts = compact.split(".")
    if len(parts) != 3:
        return False
    head = attempt(lambda: strict_json.parse(base64url.decode(parts[0])))
    signature = attempt(lambda: base64url.decode(parts[2]))
    if not isinstance(head, dict) or head.get("alg") != key.alg or not isinstance(signature, bytes):
        return False
    return key.verify(f"{parts[0]}.{parts[1]}".encode(), signature)


def test_the_example_of_rfc_7515_has_a_high_s_and_verifies_normalised() -> None:
    # RFC 7515, appendix A.3.
    key = PublicKey.from_jwk(
        {
            "kty": "EC",
            "crv": "P-256",
            "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        }
    )
    message = (
        b"eyJhbGciOiJFUzI1NiJ9."
        b"eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
    )
    signature = base64url.decode(
        "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
    )
    assert not key.verify(message, signature)
    assert key.verify(message, normalise(Curve.P256, signature))


def test_the_cookbooks_ed25519_signature() -> None:
    case = load_vectors("jose/rfc8037_jws.json")
    key = PublicKey.from_jwk({name: case["input"]["key"][name] for name in ("kty", "crv", "x")})
    assert verified(case["output"]["compact"], key)
    assert case["signing"]["sig-input"] == case["output"]["compact"].rpartition(".")[0]


@pytest.mark.parametrize(
    "name",
    [
        "rfc8037_jws",
        "rfc7520_4_3.ecdsa_signature",
        "rfc7520_4_8.multiple_signatures",
        "rfc7520_4_5.signature_with_detached_content",
    ],
)
def test_the_cookbooks_messages_are_not_ours(name: str) -> None:
    # Other algorithms, other headers, unprotected headers, no payload: none has the one form that we take.
    with pytest.raises(Malformed):
        jws.parse(jcs.encode(load_vectors(f"jose/{name}.json")["output"]["json"]), jws.EVENT)


def test_wycheproof_json_web_signatures() -> None:
    taken = refused_high = 0
    for group in load_vectors("jose/wycheproof_json_web_signature_test.json")["testGroups"]:
        public = group.get("public")
        if not isinstance(public, dict) or public.get("crv") != "P-256":
            continue
        key = PublicKey.from_jwk({name: public[name] for name in ("kty", "crv", "x", "y")})
        for case in group["tests"]:
            ours = isinstance(case["jws"], str) and verified(case["jws"], key)
            if case["result"] == "valid" and not ours:
                refused_high += 1
            else:
                assert ours == (case["result"] == "valid"), case["comment"]
            taken += ours
    assert (taken, refused_high) == (1, 1)


def test_an_events_identity_is_the_hash_of_its_payload() -> None:
    assert sha256(jws.parse(jws.serialise(signed(*KEYS)), jws.EVENT).payload).hexdigest() == sha256(PAYLOAD).hexdigest()
