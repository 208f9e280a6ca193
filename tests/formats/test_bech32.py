"""BIP-173 and BIP-350, and the addresses that Bitcoin Core takes and refuses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.errors import Malformed
from countersign.formats import bech32
from support.refusals import attempt, refused
from support.vectors import load_vectors

HRP = {"main": "bc", "test": "tb", "testnet4": "tb", "signet": "tb", "regtest": "bcrt"}


def script(version: int, program: bytes) -> str:
    return (bytes([version + 0x50 if version else 0, len(program)]) + program).hex()


def segwit(text: str) -> tuple[str, int, bytes]:
    """Read as an address of whichever of the networks it names."""
    hrp = text.lower().rpartition("1")[0]
    if hrp not in HRP.values():
        raise Malformed("B1.hrp")
    return hrp, *bech32.decode_segwit(hrp, text)


@pytest.mark.parametrize(("name", "constant"), [("bech32", bech32.BECH32), ("bech32m", bech32.BECH32M)])
def test_published_strings(name: str, constant: int) -> None:
    vectors = load_vectors(f"addresses/{name}.json")
    for text in vectors["valid_strings"]:
        hrp, values, found = bech32.decode(text)
        assert found == constant
        assert bech32.encode(hrp, values, constant) == text.lower()
    for case in vectors["invalid_strings"]:
        read = attempt(lambda text=case["s"]: bech32.decode(text))
        assert isinstance(read, Malformed) or read[2] != constant


def test_published_addresses() -> None:
    # BIP-173's own version 1+ addresses are superseded by BIP-350, whose file repeats the others.
    vectors = load_vectors("addresses/bech32m.json")
    for case in vectors["valid_addresses"]:
        hrp, version, program = segwit(case["address"])
        assert script(version, program) == case["script"]
        assert bech32.encode_segwit(hrp, version, program) == case["address"].lower()
    for name in ("bech32", "bech32m"):
        for case in load_vectors(f"addresses/{name}.json")["invalid_addresses"]:
            with pytest.raises(Malformed):
                segwit(case["address"])


def test_addresses_that_bitcoin_core_takes() -> None:
    taken = 0
    for text, expected, about in load_vectors("addresses/core_key_io_valid.json"):
        if about["isPrivkey"] or not text.startswith(HRP[about["chain"]] + "1"):
            continue
        version, program = bech32.parse_segwit(HRP[about["chain"]], text)
        assert script(version, program) == expected
        assert bech32.encode_segwit(HRP[about["chain"]], version, program) == text
        for other in {"bc", "tb", "bcrt"} - {HRP[about["chain"]]}:
            with refused("B1.hrp"):
                bech32.decode_segwit(other, text)
        taken += 1
    assert taken >= 25


def test_strings_that_bitcoin_core_refuses() -> None:
    for (text,) in load_vectors("addresses/core_key_io_invalid.json"):
        with pytest.raises(Malformed):
            segwit(text)


def test_an_example_of_bip_173() -> None:
    address = "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7"
    version, program = bech32.decode_segwit("tb", address)
    assert (version, program.hex()) == (0, "1863143c14c5166804bd19203356da136c985678cd4d27a1b8c6329604903262")
    assert bech32.decode_segwit("tb", address.upper()) == (version, program)
    with refused("formats.bech32-case"):
        bech32.parse_segwit("tb", address.upper())


@given(st.sampled_from(["bc", "tb", "bcrt"]), st.integers(1, 16), st.binary(min_size=2, max_size=40))
def test_round_trip(hrp: str, version: int, program: bytes) -> None:
    assert bech32.parse_segwit(hrp, bech32.encode_segwit(hrp, version, program)) == (version, program)


@given(st.binary(min_size=32, max_size=32), st.integers(0, 61), st.sampled_from("qpzry9x8gf2tvdw0s3jn54khce6mua7l"))
def test_no_single_changed_character_is_another_address(program: bytes, index: int, char: str) -> None:
    address = bech32.encode_segwit("bcrt", 0, program)
    position = 5 + index % (len(address) - 5)
    changed = address[:position] + char + address[position + 1 :]
    if changed != address:
        with pytest.raises(Malformed):
            bech32.decode_segwit("bcrt", changed)


@pytest.mark.parametrize(
    ("version", "program", "code"),
    [
        (17, bytes(32), "formats.segwit-version"),
        (0, bytes(31), "formats.segwit-length"),
        (1, bytes(1), "formats.segwit-length"),
        (1, bytes(41), "formats.segwit-length"),
    ],
)
def test_refuses_programmes_that_do_not_exist(version: int, program: bytes, code: str) -> None:
    with refused(code):
        bech32.encode_segwit("bc", version, program)


def test_refuses_an_address_without_data() -> None:
    with refused("formats.segwit-length"):
        bech32.decode_segwit("bc", bech32.encode("bc", [], bech32.BECH32))
