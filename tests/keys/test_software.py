"""Ed25519 with a seed: RFC 8032's own answers."""

from countersign.keys import software
from support.refusals import refused


def test_rfc_8032_test_2() -> None:
    seed = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
    public = software.ed25519_public(seed)
    assert public.data.hex() == "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    signature = software.ed25519_sign(seed, b"\x72")
    assert signature.hex() == (
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    assert public.verify(b"\x72", signature)


def test_seeds_have_32_bytes() -> None:
    with refused("keys.seed-length"):
        software.ed25519_sign(bytes(31), b"")
