"""Public keys: one value each, their names, and the one policy for every signature: low s or nothing."""

from collections import Counter
from hashlib import sha256

import coincurve
import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.errors import Malformed
from countersign.keys.curve import ORDER, is_low_s
from countersign.keys.der import from_der
from countersign.keys.public_key import Curve, PublicKey
from support.refusals import attempt, refused
from support.software_keys import SoftwareKey
from support.vectors import load_vectors

RFC_8037 = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
RFC_7515_A3 = {
    "kty": "EC",
    "crv": "P-256",
    "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
}
CURVES = list(Curve)
RFC_8032_BASE = "58" + "66" * 31


@pytest.mark.parametrize("curve", CURVES)
def test_every_spelling_is_the_same_key(curve: Curve) -> None:
    key = SoftwareKey.generate(curve, "a").public
    assert PublicKey.from_jwk(key.jwk()) == key
    assert PublicKey.from_jwk({**key.jwk(), "kid": key.kid, "alg": key.alg}) == key
    if curve is Curve.ED25519:
        assert PublicKey.from_ed25519(key.data) == key
    else:
        assert PublicKey.from_sec1(curve, key.uncompressed()) == PublicKey.from_sec1(curve, key.data) == key


def test_the_opposite_is_the_negated_secrets_key() -> None:
    order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
    for secret in (1, 2, order // 3):
        key, other = (coincurve.PrivateKey.from_int(each).public_key.format() for each in (secret, order - secret))
        assert PublicKey(Curve.SECP256K1, key).opposite == PublicKey(Curve.SECP256K1, other)
    for curve in CURVES:
        key = SoftwareKey.generate(curve, "a").public
        assert key.opposite != key == key.opposite.opposite
    minus = PublicKey.from_ed25519(bytes.fromhex(RFC_8032_BASE)).opposite  # −B, whose x is odd
    assert minus.data.hex() == RFC_8032_BASE[:-2] + "e6"


def test_the_thumbprint_of_rfc_8037() -> None:
    assert PublicKey.from_jwk(RFC_8037).kid == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_the_thumbprint_is_the_hash_of_the_required_members() -> None:
    text = '{{"crv":"{crv}","kty":"EC","x":"{x}","y":"{y}"}}'.format(**RFC_7515_A3)
    assert PublicKey.from_jwk(RFC_7515_A3).thumbprint() == sha256(text.encode()).digest()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"d": "AA"}, "C2.unknown-field"),
        ({"kid": "another"}, "keys.jwk-mismatch"),
        ({"alg": "ES256K"}, "keys.jwk-mismatch"),
        ({"crv": "secp256k1"}, "keys.not-on-curve"),
        ({"crv": "P-521"}, "C2.not-allowed"),
        ({"kty": "RSA"}, "C2.not-allowed"),
        ({"y": RFC_7515_A3["x"]}, "keys.not-on-curve"),
        ({"y": RFC_7515_A3["y"] + "="}, "formats.base64url"),
        ({"y": "AA"}, "keys.key-length"),
    ],
)
def test_refuses_other_jwks(change: dict[str, str], code: str) -> None:
    with refused(code):
        PublicKey.from_jwk({**RFC_7515_A3, **change})


def test_refuses_the_cookbooks_keys_of_other_curves() -> None:
    for name in ("rfc7520_3_1.ec_public_key", "rfc7520_3_2.ec_private_key"):
        with pytest.raises(Malformed):
            PublicKey.from_jwk(load_vectors(f"jose/{name}.json"))


@pytest.mark.parametrize("curve", [Curve.SECP256K1, Curve.P256])
def test_refuses_what_is_no_point(curve: Curve) -> None:
    point = SoftwareKey.generate(curve, "a").public.uncompressed()
    hybrid = bytes([6 + (point[64] & 1)]) + point[1:]
    for bad in (
        b"\x02" + b"\xff" * 32,
        b"\x05" + point[1:33],
        hybrid,
        point[:64] + bytes([point[64] ^ 2]),
        point[:64] + bytes([point[64] ^ 1]),
    ):
        with refused("keys.not-on-curve"):
            PublicKey.from_sec1(curve, bad)
    for bad in (b"", b"\x00", point[:64], point[1:33]):
        with refused("keys.key-length"):
            PublicKey.from_sec1(curve, bad)


# The points of small order, canonical: under each of them somebody can sign without a key.
@pytest.mark.parametrize(
    "text",
    [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ],
)
def test_refuses_ed25519_keys_of_small_order_or_in_a_second_spelling(text: str) -> None:
    with refused("keys.not-on-curve"):
        PublicKey.from_ed25519(bytes.fromhex(text))


@given(st.binary(max_size=100))
def test_own_signatures_verify_and_others_do_not(message: bytes) -> None:
    for curve in CURVES:
        key, other = SoftwareKey.generate(curve, "a"), SoftwareKey.generate(curve, "b")
        signature = key.sign(message)
        assert key.public.verify(message, signature)
        assert not key.public.verify(message + b"x", signature)
        assert not other.public.verify(message, signature)
        assert not key.public.verify(message, signature[:-1])


@pytest.mark.parametrize("curve", [Curve.SECP256K1, Curve.P256])
def test_the_high_twin_of_a_valid_signature_is_refused(curve: Curve) -> None:
    key = SoftwareKey.generate(curve, "a")
    digest = bytes(range(32))
    signature = key.sign_digest(digest)
    twin = signature[:32] + (ORDER[curve] - int.from_bytes(signature[32:])).to_bytes(32)
    assert key.public.verify_digest(digest, signature)
    assert not key.public.verify_digest(digest, twin)


def test_digests_have_32_bytes_and_an_ecdsa_key() -> None:
    with refused("keys.digest-length"):
        SoftwareKey.generate(Curve.P256, "a").public.verify_digest(bytes(31), bytes(64))
    for use in (
        lambda: SoftwareKey.generate(Curve.ED25519, "a").public.verify_digest(bytes(32), bytes(64)),
        lambda: SoftwareKey.generate(Curve.ED25519, "a").public.uncompressed(),
    ):
        with refused("keys.not-ecdsa"):
            use()


def test_only_secp256k1_keys_have_an_ethereum_address() -> None:
    key = SoftwareKey(Curve.SECP256K1, bytes(31) + b"\x01").public
    assert key.ethereum_address().hex() == "7e5f4552091a69125d5dfcb7b8c2659029395bdf"
    with refused("keys.not-secp256k1"):
        SoftwareKey.generate(Curve.P256, "a").public.ethereum_address()


@pytest.mark.parametrize(
    ("name", "curve", "high"),
    [
        ("ecdsa_secp256k1_sha256_p1363", Curve.SECP256K1, 72),
        ("ecdsa_secp256r1_sha256_p1363", Curve.P256, 70),
    ],
)
def test_wycheproof_with_low_s_only(name: str, curve: Curve, high: int) -> None:
    counted: Counter[str] = Counter()
    for group in load_vectors(f"ecdsa/wycheproof_{name}_test.json")["testGroups"]:
        key = PublicKey.from_sec1(curve, bytes.fromhex(group["publicKey"]["uncompressed"]))
        for case in group["tests"]:
            signature = bytes.fromhex(case["sig"])
            verified = key.verify(bytes.fromhex(case["msg"]), signature)
            is_high = case["result"] == "valid" and not is_low_s(curve, signature)
            counted["high" if is_high else case["result"]] += 1
            assert verified == (case["result"] == "valid" and not is_high), case["tcId"]
    # Published as valid, refused here: the high twin of each is what anybody can make of the low one.
    assert counted["high"] == high


def test_wycheproof_bitcoin_signatures() -> None:
    for group in load_vectors("ecdsa/wycheproof_ecdsa_secp256k1_sha256_bitcoin_test.json")["testGroups"]:
        key = PublicKey.from_sec1(Curve.SECP256K1, bytes.fromhex(group["publicKey"]["uncompressed"]))
        for case in group["tests"]:
            signature = attempt(lambda der=case["sig"]: from_der(bytes.fromhex(der)))
            verified = isinstance(signature, bytes) and key.verify(bytes.fromhex(case["msg"]), signature)
            assert verified == (case["result"] == "valid"), case["tcId"]


def test_wycheproof_ed25519() -> None:
    for group in load_vectors("ecdsa/wycheproof_ed25519_test.json")["testGroups"]:
        key = PublicKey.from_ed25519(bytes.fromhex(group["publicKey"]["pk"]))
        for case in group["tests"]:
            verified = key.verify(bytes.fromhex(case["msg"]), bytes.fromhex(case["sig"]))
            assert verified == (case["result"] == "valid"), case["tcId"]


def test_libsecp256k1_agrees_on_the_compressed_point() -> None:
    key = SoftwareKey.generate(Curve.SECP256K1, "a").public
    assert coincurve.PublicKey(key.data).format(compressed=False) == key.uncompressed()
