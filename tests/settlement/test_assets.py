"""Exact amounts: digits move, nothing is rounded."""

from hypothesis import given
from hypothesis import strategies as st

from countersign.settlement.assets import Asset, chain_of, dollars, within
from support.settlement_world import BTC, USDC


@given(st.integers(0, 10**30), st.integers(0, 18))
def test_display_keeps_every_unit(units: int, decimals: int) -> None:
    text = Asset(BTC, "X", decimals).digits(units)
    assert int(text.replace(",", "").replace(".", "")) == units
    assert len(text.partition(".")[2]) == decimals


def test_display_of_the_story() -> None:
    assert Asset(BTC, "BTC", 8).display(25_000_000_000) == "250.00000000 BTC"
    assert Asset(USDC, "USDC", 6).display(20_000_000_000_000) == "20,000,000.000000 USDC"
    assert chain_of(USDC) == "eip155:31337"


def test_worth_is_a_fraction_and_tolerance_is_exact() -> None:
    assert dollars(25_000_000_000, Asset(BTC, "BTC", 8), "80000.50") == (25_000_000_000 * 8_000_050, 10**10)
    assert within((101, 1), (100, 1), 100)
    assert not within((1011, 10), (100, 1), 100)
    assert within((99, 1), (100, 1), 100)
