"""CAIP-2, CAIP-10 and CAIP-19, each in one spelling only."""

import pytest

from countersign.formats.caip import BITCOIN_REGTEST, AccountId, AssetId, ChainId, coin, hrp
from support.refusals import refused

REGTEST = "bip122:0f9188f13cb7b2c71f2a335e3a4fc328"
PROGRAM = bytes.fromhex("1863143c14c5166804bd19203356da136c985678cd4d27a1b8c6329604903262")
TB = "bip122:000000000933ea01ad0ee984209779ba:tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7"
ADDRESS = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"


@pytest.mark.parametrize("text", [REGTEST, "eip155:1", "eip155:31337"])
def test_chains_round_trip(text: str) -> None:
    assert str(ChainId.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    ["", "eip155", "eip155:", "eip155:01", "eip155:0", "eip155:x", "bip122:" + "0F" * 16, "cosmos:x", "eip155:1\n"],
)
def test_refuses_other_chains(text: str) -> None:
    with refused("formats.chain"):
        ChainId.parse(text)


def test_a_chain_knows_its_coin_and_its_prefix() -> None:
    assert str(coin(BITCOIN_REGTEST)) == REGTEST + "/slip44:0"
    assert str(coin(ChainId.parse("eip155:31337"))) == "eip155:31337/slip44:60"
    assert (hrp(BITCOIN_REGTEST), ChainId.parse("eip155:31337").number) == ("bcrt", 31337)
    for chain in ("bip122:" + "ab" * 16, "eip155:1"):
        with refused("formats.chain-unknown"):
            hrp(ChainId.parse(chain))
    with refused("formats.chain"):
        _ = BITCOIN_REGTEST.number


@pytest.mark.parametrize("text", [REGTEST + "/slip44:0", "eip155:1/slip44:60", f"eip155:31337/erc20:{ADDRESS}"])
def test_assets_round_trip(text: str) -> None:
    asset = AssetId.parse(text)
    assert str(asset) == text
    assert asset.is_coin == ("slip44" in text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (f"eip155:31337/erc20:{ADDRESS.lower()}", "E6.checksum"),
        (f"{REGTEST}/erc20:{ADDRESS}", "formats.asset"),
        (f"{REGTEST}/slip44:1", "formats.asset"),
        ("eip155:1/slip44:060", "formats.asset"),
        ("eip155:1/slip44:0", "formats.asset"),
        ("eip155:1/erc721:1", "formats.asset"),
        ("eip155:1", "formats.asset"),
        ("eip155:1/slip44", "formats.asset"),
        ("xyz:1/slip44:60", "formats.chain"),
        ("eip155:1/slip44:60/x", "formats.asset"),
        ("eip155:1/slip44:60\n", "formats.asset"),
        ("eip155:1/erc20:0x12", "formats.address"),
    ],
)
def test_refuses_other_assets(text: str, code: str) -> None:
    with refused(code):
        AssetId.parse(text)


def test_a_token_has_an_address_and_a_coin_has_none() -> None:
    assert AssetId.parse(f"eip155:1/erc20:{ADDRESS}").token == bytes.fromhex(ADDRESS[2:])
    with refused("formats.asset"):
        _ = AssetId.parse("eip155:1/slip44:60").token


def test_destinations_round_trip_and_say_what_pays_them() -> None:
    bitcoin, ethereum = AccountId.parse(TB), AccountId.parse(f"eip155:1:{ADDRESS}")
    assert (str(bitcoin), str(ethereum)) == (TB, f"eip155:1:{ADDRESS}")
    assert bitcoin.script_pubkey == b"\x00\x20" + PROGRAM
    assert ethereum.ethereum_address == bytes.fromhex(ADDRESS[2:])
    assert AccountId.of_address(ethereum.chain, ethereum.ethereum_address) == ethereum
    with refused("formats.account"):
        _ = ethereum.script_pubkey
    with refused("formats.account"):
        _ = bitcoin.ethereum_address


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (TB.replace("tb1", "TB1"), "formats.bech32-case"),
        (TB.replace("000000000933ea01ad0ee984209779ba", "0f9188f13cb7b2c71f2a335e3a4fc328"), "B1.hrp"),
        (TB[:-1] + "8", "formats.bech32-checksum"),
        (f"eip155:1:{ADDRESS.lower()}", "E6.checksum"),
        (f"eip155:1:{ADDRESS[2:]}", "formats.address"),
        ("eip155:1", "formats.account"),
        (f"{REGTEST}:{ADDRESS}", "formats.bech32-case"),
        (f"{REGTEST}:mww4LvqtTMKvmeQvizPz2EQv26xTneWrbg", "formats.bech32-case"),
        (f"bip122:{'ab' * 16}:bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "formats.chain-unknown"),
    ],
)
def test_refuses_other_destinations(text: str, code: str) -> None:
    with refused(code):
        AccountId.parse(text)
