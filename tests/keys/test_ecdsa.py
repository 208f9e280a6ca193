"""Recovery: the key is found from its signature, or the signature is somebody else's."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.errors import Refused
from countersign.formats.eip55 import checksum
from countersign.keys import ecdsa
from countersign.keys.public_key import Curve
from support.refusals import refused
from support.software_keys import SoftwareKey
from support.vectors import load_vectors

KEY = SoftwareKey.generate(Curve.SECP256K1, "vault")
OTHER = SoftwareKey.generate(Curve.SECP256K1, "other")


@given(st.binary(min_size=32, max_size=32))
def test_the_id_is_found_by_trial(digest: bytes) -> None:
    signature = KEY.sign_digest(digest)
    found = ecdsa.recovery_id(KEY.public, digest, signature)
    assert found in (0, 1)
    assert ecdsa.recover(digest, signature, found) == KEY.public
    assert ecdsa.recover(digest, signature, 1 - found) != KEY.public


def test_the_worked_example_of_eip_155() -> None:
    # EIP-155: key 0x46…46, v 37 on chain 1, so recovery id 0; the sender's address, typed in.
    key = SoftwareKey(Curve.SECP256K1, b"\x46" * 32).public
    digest = bytes.fromhex("daf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53")
    r = bytes.fromhex("28ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276")
    s = bytes.fromhex("67cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83")
    assert checksum(key.ethereum_address()) == "0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F"
    assert ecdsa.recovery_id(key, digest, r + s) == 0
    assert key.verify_digest(digest, r + s)


def test_published_signed_messages_recover() -> None:
    cases = load_vectors("eip191/personal_sign.json")
    assert cases
    for case in cases:
        digest, signature = bytes.fromhex(case["digest"][2:]), bytes.fromhex(case["signature"][2:])
        key = ecdsa.recover(digest, signature[:64], signature[64] - 27)
        assert key == SoftwareKey(Curve.SECP256K1, bytes.fromhex(case["key"])).public
        assert "0x" + key.ethereum_address().hex() == case["address"]


def test_another_key_is_refused() -> None:
    digest = sha256(b"x").digest()
    with refused("keys.recovery-mismatch", Refused):
        ecdsa.recovery_id(OTHER.public, digest, KEY.sign_digest(digest))


def test_what_recovers_to_nothing_is_malformed() -> None:
    digest, signature = sha256(b"x").digest(), KEY.sign_digest(sha256(b"x").digest())
    # 5 is no x of a point of this curve.
    no_point = (5).to_bytes(32) + signature[32:]
    for bad_signature, recovery_id in ((no_point, 0), (signature, 2), (signature, 4), (signature, -1)):
        with refused("keys.recovery"):
            ecdsa.recover(digest, bad_signature, recovery_id)
    with refused("keys.recovery-mismatch", Refused):
        ecdsa.recovery_id(KEY.public, digest, no_point)


@pytest.mark.parametrize("length", [31, 33, 64])
def test_digests_have_32_bytes(length: int) -> None:
    signature = KEY.sign_digest(bytes(32))
    with refused("keys.digest-length"):
        ecdsa.recover(bytes(length), signature, 0)
    with refused("keys.digest-length"):
        ecdsa.recovery_id(KEY.public, bytes(length), signature)
