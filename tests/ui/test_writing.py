"""How values are written: exact amounts, whole hashes in groups of four, moments that say UTC."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.desk.views import Money
from countersign.ui.presenters import writing
from countersign.ui.presenters.carry import density, received
from countersign.ui.presenters.search import compact


@pytest.mark.parametrize(
    "units, decimals, full, short",
    [
        (25_000_000_000, 8, "250.00000000 BTC", "250 BTC"),
        (1, 8, "0.00000001 BTC", "0.00000001 BTC"),
        (20_000_000_000_000, 6, "20,000,000.000000 BTC", "20,000,000 BTC"),
        (1_234_567, 0, "1,234,567 BTC", "1,234,567 BTC"),
        (100, 0, "100 BTC", "100 BTC"),
        (-1_50, 2, "−1.50 BTC", "−1.5 BTC"),
        (10**77, 18, f"{10**59:,}.{'0' * 18} BTC", f"{10**59:,} BTC"),
    ],
)
def test_amounts_are_exact(units: int, decimals: int, full: str, short: str) -> None:
    money = Money(units, "BTC", decimals, "asset")
    assert writing.full(money) == full
    assert writing.short(money) == short


@given(st.integers(0, 10**40), st.integers(0, 18))
def test_no_digit_of_an_amount_is_lost(units: int, decimals: int) -> None:
    text = writing.full(Money(units, "X", decimals, "asset")).removesuffix(" X").replace(",", "")
    whole, _, places = text.partition(".")
    assert len(places) == decimals
    assert int(whole + places) == units


@given(st.text(alphabet="0123456789abcdefqpzry", min_size=1, max_size=90))
def test_groups_of_four_lose_nothing(value: str) -> None:
    assert compact(writing.groups(value)) == value
    assert all(len(group) <= 4 for group in writing.groups(value).split(" "))


def test_a_leading_0x_stands_alone() -> None:
    assert writing.groups("0x90F79bf6EB2c") == "0x 90F7 9bf6 EB2c"


def test_moments_say_utc_and_spans_their_two_largest_units() -> None:
    assert writing.moment(0) == "1970-01-01 00:00:00 UTC"
    assert writing.minute(59) == "1970-01-01 00:00 UTC"
    assert [writing.span(each) for each in (5, 65, 3_720, 90_000)] == ["5 s", "1 min", "1 h 2 min", "1 d 1 h"]
    assert writing.until(100, 40) == "in 1 min"
    assert writing.until(100, 160) == "overdue by 1 min"


def test_a_known_chain_has_a_name_and_another_keeps_its_id() -> None:
    assert writing.chain("eip155:31337") == "Ethereum test chain 31337"
    assert writing.chain("eip155:99") == "eip155:99"


def test_what_is_missing_is_said() -> None:
    assert received(3, 10, complete=False) == ("3 of 10 parts read, at least 7 to come", "info")
    assert received(12, 10, complete=False)[0] == "12 of 10 parts read, at least 0 to come"
    assert received(11, 10, complete=True)[1] == "ok"
    assert density(97, 5, 60, 6) == "Version 20, 97 × 97 modules, 5 px each. One round takes 10 s."
