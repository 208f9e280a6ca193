"""Wycheproof beyond "valid" and "invalid" (`test_public_key.py`): why a valid signature is refused, and that a key has one value.

A signature (r, s) has a twin (r, n−s) that anybody can make of it, and both verify. Only the low one counts here, on every
curve: otherwise one signed thing would have two spellings, and two txids on a chain that hashes signatures.
"""

import pytest

from countersign.formats import jcs, strict_json
from countersign.keys.ecdsa import is_low_s, normalise
from countersign.keys.public_key import Curve, PublicKey
from support.vectors import load_vectors

P1363 = {"ecdsa_secp256k1_sha256_p1363": Curve.SECP256K1, "ecdsa_secp256r1_sha256_p1363": Curve.P256}
ALL = {**P1363, "ecdsa_secp256k1_sha256_bitcoin": Curve.SECP256K1, "ed25519": Curve.ED25519}


@pytest.mark.parametrize("name", P1363)
def test_what_is_refused_for_its_high_s_alone_verifies_once_it_is_low(name: str) -> None:
    curve, seen = P1363[name], 0
    for group in load_vectors(f"ecdsa/wycheproof_{name}_test.json")["testGroups"]:
        key = PublicKey.from_sec1(curve, bytes.fromhex(group["publicKey"]["uncompressed"]))
        for case in group["tests"]:
            message, signature = bytes.fromhex(case["msg"]), bytes.fromhex(case["sig"])
            if case["result"] != "valid" or is_low_s(curve, signature):
                continue
            low = normalise(curve, signature)
            assert not key.verify(message, signature), case["tcId"]
            assert key.verify(message, low), case["tcId"]
            assert low[:32] == signature[:32]
            seen += 1
    assert seen > 60


@pytest.mark.parametrize("name", ALL)
def test_every_key_is_one_key_in_every_spelling(name: str) -> None:
    """The point, the compressed point and the published JWK are equal, and the JWK is written as RFC 7638 hashes it."""
    vectors, cases = load_vectors(f"ecdsa/wycheproof_{name}_test.json"), 0
    for group in vectors["testGroups"]:
        cases += len(group["tests"])
        if ALL[name] is Curve.ED25519:
            key = PublicKey.from_ed25519(bytes.fromhex(group["publicKey"]["pk"]))
        else:
            key = PublicKey.from_sec1(ALL[name], bytes.fromhex(group["publicKey"]["uncompressed"]))
            assert PublicKey.from_sec1(ALL[name], key.data) == key
            assert key.uncompressed().hex() == group["publicKey"]["uncompressed"]
        if published := group.get("publicKeyJwk"):
            required = {member: published[member] for member in key.jwk()}
            assert PublicKey.from_jwk(strict_json.parse(jcs.encode(required))) == key
            assert key.jwk() == required
    assert cases == vectors["numberOfTests"]
