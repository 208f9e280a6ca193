"""BIP-66: one DER form for each signature."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.errors import Malformed
from countersign.keys.der import from_der, to_der
from support.refusals import attempt, refused
from support.vectors import load_vectors


@given(st.binary(min_size=64, max_size=64))
def test_round_trip(signature: bytes) -> None:
    assert from_der(to_der(signature)) == signature


@given(st.binary(min_size=64, max_size=64), st.data())
def test_a_changed_byte_is_refused_or_another_signature(signature: bytes, data: st.DataObject) -> None:
    der = bytearray(to_der(signature))
    der[data.draw(st.integers(0, len(der) - 1))] ^= data.draw(st.integers(1, 255))
    read = attempt(lambda: from_der(bytes(der)))
    assert isinstance(read, Malformed) or (read != signature and to_der(read) == bytes(der))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "3006020101020101" + "00",
        "3006020101020101"[:-2],
        "3007020101020101",
        "300602010102017f00",
        "3006020181020101",
        "300702020001020101",
        "30060201010201ff",
        "3006030101020101",
        "3106020101020101",
        "308106020101020101",
        "3005020002010101",
        "3006020301020101",
        "3080020101020101" + "0000",
    ],
)
def test_refuses_every_other_form(text: str) -> None:
    with refused("keys.der"):
        from_der(bytes.fromhex(text))


def test_refuses_integers_of_more_than_256_bits() -> None:
    number = b"\x02\x21" + b"\x01" * 33
    with refused("keys.der"):
        from_der(b"\x30\x26" + number + b"\x02\x01\x01")


def test_refuses_other_lengths_to_write() -> None:
    with refused("keys.signature-length"):
        to_der(bytes(63))


def test_published_forms_are_written_again_or_refused() -> None:
    vectors = load_vectors("ecdsa/wycheproof_ecdsa_secp256k1_sha256_bitcoin_test.json")
    for group in vectors["testGroups"]:
        for case in group["tests"]:
            der = bytes.fromhex(case["sig"])
            read = attempt(lambda der=der: from_der(der))
            assert case["result"] != "valid" if isinstance(read, Malformed) else to_der(read) == der
