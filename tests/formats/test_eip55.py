"""ERC-55: the checksum is demanded of people and files, and can only be waived for machines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.formats import eip55
from support.refusals import refused
from support.vectors import load_vectors

# ERC-55's own examples, typed in.
EXAMPLES = [
    "0x52908400098527886E0F7030069857D2E4169EE7",
    "0xde709f2102306220921060314715629080e2fb77",
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
]


@pytest.mark.parametrize("text", EXAMPLES)
def test_examples_of_the_standard(text: str) -> None:
    assert eip55.checksum(eip55.parse(text)) == text


def test_published_addresses() -> None:
    for text in load_vectors("ethtx/eip155_erc55.json")["erc55_checksummed"]:
        assert eip55.checksum(bytes.fromhex(text[2:])) == text
        assert eip55.parse(text) == eip55.parse_machine(text) == eip55.parse_machine(text.lower())


@given(st.binary(min_size=20, max_size=20))
def test_round_trip(address: bytes) -> None:
    assert eip55.parse(eip55.checksum(address)) == address


def test_case_is_checked() -> None:
    good = EXAMPLES[2]
    for bad in (good.lower(), good[:2] + good[2:].upper(), good[:-1] + "D"):
        with refused("E6.checksum"):
            eip55.parse(bad)
    assert eip55.parse_machine(good.lower()) == eip55.parse(good)
    with refused("E6.checksum"):
        eip55.parse_machine(good[:-1] + "D")


@pytest.mark.parametrize(
    "text", ["", "0x", EXAMPLES[0][2:], EXAMPLES[0] + "0", EXAMPLES[0] + "\n", "0X" + EXAMPLES[0][2:]]
)
def test_refuses_what_is_no_address(text: str) -> None:
    with refused("formats.address"):
        eip55.parse(text)


def test_refuses_other_lengths() -> None:
    with refused("formats.address-length"):
        eip55.checksum(bytes(19))
