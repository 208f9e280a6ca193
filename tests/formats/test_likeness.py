"""What people take for the same address is named; what is merely another address is not."""

from random import Random

import pytest

from countersign.formats.likeness import alike, differing, groups, reads_alike

PLACE = "0xf34Cad38091B2dBfF9B96fff1F89564407212c9C"
BITCOIN = "bcrt1qfyl0p2x5zc7f6s3d4sqz7g4zzxxs4mgx0wq4agl9x5y58jxk9nqzjc2hz"


@pytest.mark.parametrize(
    "other",
    [
        "0xf34Cad0000000000000000000000000000002c9C",
        "0xF34CAD0000000000000000000000000000002C9C",
        "0xf34Cad3800000000000000000000000000000000",
        "0x0000000000000000000000000000000007212c9C",
        PLACE[:20] + "0000" + PLACE[24:],
    ],
    ids=["both ends", "in capitals", "the beginning", "the end", "one group in the middle"],
)
def test_an_address_made_to_be_mistaken_is_named(other: str) -> None:
    assert alike(PLACE, other)
    assert alike(other, PLACE)


@pytest.mark.parametrize(
    "other",
    [PLACE, PLACE.lower(), "0xf34C00000000000000000000000000000000219C", "0x" + "0" * 40, "", "0x"],
    ids=["itself", "itself in small letters", "seven characters at the ends", "another", "nothing", "only a prefix"],
)
def test_a_near_miss_is_not(other: str) -> None:
    assert not alike(PLACE, other)


def test_segwit_addresses_are_compared_without_their_prefix() -> None:
    assert alike(BITCOIN, BITCOIN[:10] + "q" * 44 + BITCOIN[54:])
    assert not alike(BITCOIN, "bcrt1q" + "p" * 58)


def test_random_addresses_are_not_alike() -> None:
    chance = Random(4)
    known = ["0x" + chance.randbytes(20).hex() for _ in range(120)]
    assert not any(alike(one, other) for one in known for other in known)


def test_the_places_and_groups_that_differ() -> None:
    assert differing("abcd", "abxde") == (2, 4)
    assert differing("abcd", "abcd") == ()
    assert groups("0xaaaabbbbcccc", "0xaaaabbxbcccd", 2) == ((2, "bbbb", "bbxb"), (3, "cccc", "cccd"))
    assert groups("aaaa", "aaaabb") == ((2, "", "bb"),)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("DAI", "DAl"),
        ("DAI", "DA1"),
        ("USDO", "USD0"),
        ("usdc", "USDC"),
        ("USDC", "USDC."),
        ("Barnes", "Bames"),
        ("DAI", "dAl"),  # another case as well
        ("USDo", "USD0"),
        ("USDC", "U.SDC"),
        ("Harbour Bank", "Harbour  Bank"),
        ("Harbour Bank", "HarbourBank"),
        ("WBTC", "VVBTC"),
    ],
)
def test_names_of_one_shape_read_alike(one: str, other: str) -> None:
    assert reads_alike(one, other)
    assert reads_alike(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [("DAI", "DAL"), ("USDC", "USDT"), ("USDC", "USDC.e"), ("USD0", "USDC"), ("LINK", "LLNK"), ("Harbour", "Harbor")],
)
def test_names_of_other_letters_do_not(one: str, other: str) -> None:
    assert not reads_alike(one, other)
