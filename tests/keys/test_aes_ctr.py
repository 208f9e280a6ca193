"""AES-256 in counter mode: NIST's example, both ways, and wrong lengths."""

import pytest

from countersign.errors import Malformed
from countersign.keys import aes_ctr

# NIST SP 800-38A, F.5.5: the first two blocks.
KEY = bytes.fromhex("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4")
COUNTER = bytes.fromhex("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff")
PLAIN = bytes.fromhex("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51")
CIPHER = bytes.fromhex("601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5")


def test_nist_s_example_both_ways() -> None:
    assert aes_ctr.apply(KEY, COUNTER, PLAIN) == CIPHER
    assert aes_ctr.apply(KEY, COUNTER, CIPHER) == PLAIN
    assert aes_ctr.apply(KEY, COUNTER, PLAIN[:5]) == CIPHER[:5]
    assert aes_ctr.apply(KEY, COUNTER, b"") == b""


@pytest.mark.parametrize(
    ("key", "counter"), [(KEY[:16], COUNTER), (KEY[:31], COUNTER), (KEY, COUNTER[:12]), (b"", b"")]
)
def test_other_lengths_are_refused(key: bytes, counter: bytes) -> None:
    with pytest.raises(Malformed, match=r"keys\.aes-form"):
        aes_ctr.apply(key, counter, PLAIN)
