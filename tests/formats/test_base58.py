"""Base58Check: one text a value, published addresses, and every slip of the pen refused."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.errors import Malformed
from countersign.formats import base58
from support.vectors import load_vectors

GENESIS = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"  # the address of the first block's coinbase


def test_the_first_address_there_ever_was() -> None:
    assert base58.decode(GENESIS).hex() == "0062e907b15cbf27d5425399ebf6f0fb50ebb88f18"
    assert base58.encode(base58.decode(GENESIS)) == GENESIS


def test_every_base58_address_and_key_of_bitcoin_core_reads_back() -> None:
    valid = [text for text, _, about in load_vectors("addresses/core_key_io_valid.json") if "tryCaseFlip" not in about]
    assert len(valid) > 30
    for text in valid:
        assert base58.encode(base58.decode(text)) == text


def test_bitcoin_core_s_invalid_strings_are_no_addresses_of_any_length() -> None:
    """Base58Check itself accepts some of them: their payload has no length or version that anybody knows."""
    for (text,) in load_vectors("addresses/core_key_io_invalid.json"):
        with contextlib.suppress(Malformed):
            payload = base58.decode(text)
            assert (len(payload), payload[:1]) not in [(21, b"\x00"), (21, b"\x05"), (21, b"\x6f"), (21, b"\xc4")]


@given(st.binary(max_size=80))
def test_what_is_written_is_read_back(payload: bytes) -> None:
    assert base58.decode(base58.encode(payload)) == payload


@given(st.text(max_size=140))
def test_any_text_is_read_or_refused_and_read_means_one_spelling(text: str) -> None:
    with contextlib.suppress(Malformed):
        assert base58.encode(base58.decode(text)) == text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "formats.base58-checksum"),
        ("1", "formats.base58-checksum"),
        (GENESIS[:-1] + "b", "formats.base58-checksum"),
        ("1" + GENESIS, "formats.base58-checksum"),
        (GENESIS + " ", "formats.base58-character"),
        (GENESIS.replace("A", "O", 1), "formats.base58-character"),
        ("2" * 129, "formats.base58-length"),
    ],
)
def test_slips_are_refused_by_name_and_never_repeated(text: str, code: str) -> None:
    with pytest.raises(Malformed) as caught:
        base58.decode(text)
    assert caught.value.code == code
    assert not text or text not in str(caught.value)
