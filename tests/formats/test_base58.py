"""Base58Check: one text a value, published addresses, and every slip of the pen refused."""

import contextlib
from collections import Counter

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


def test_every_string_of_bitcoin_core_that_is_base58_holds_what_core_says() -> None:
    """Every case has its verdict: bech32 is `test_bech32`'s, and the console takes neither these addresses nor keys in."""
    kinds: Counter[str] = Counter()
    for text, expected, about in load_vectors("addresses/core_key_io_valid.json"):
        if about.get("tryCaseFlip"):
            kinds["bech32"] += 1
            continue
        payload = base58.decode(text)
        assert base58.encode(payload) == text
        held, kind = payload[1:].hex(), "private key" if about["isPrivkey"] else "address"
        form = {"private key": (held[:64],), "address": (f"76a914{held}88ac", f"a914{held}87")}[kind]
        assert expected in form
        kinds[kind] += 1
    assert kinds == {"bech32": 32, "address": 22, "private key": 16}


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
        ("2" * 128, "formats.base58-checksum"),
        ("2" * 129, "formats.base58-length"),
    ],
)
def test_slips_are_refused_by_name_and_never_repeated(text: str, code: str) -> None:
    with pytest.raises(Malformed) as caught:
        base58.decode(text)
    assert caught.value.code == code
    assert not text or text not in str(caught.value)
