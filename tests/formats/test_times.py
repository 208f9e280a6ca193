"""Times and dates have one spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.formats import times
from support.refusals import refused


@given(st.integers(0, 253_402_300_799))
def test_times_round_trip(seconds: int) -> None:
    assert times.parse(times.text(seconds)) == seconds


@given(st.integers(0, 2_932_896))
def test_dates_round_trip(days: int) -> None:
    assert times.parse_date(times.date_text(days)) == days
    assert times.text(days * times.DAY) == times.date_text(days) + "T00:00:00Z"


def test_known_moments() -> None:
    assert times.parse("2001-09-09T01:46:40Z") == 10**9
    assert times.parse("2024-02-29T23:59:59Z") == 1_709_251_199
    assert times.parse_date("1970-01-02") == 1


@pytest.mark.parametrize(
    "text",
    [
        "2023-02-29T00:00:00Z",
        "2026-11-22T24:00:00Z",
        "2026-11-22T12:00:60Z",
        "2026-11-22 12:00:00Z",
        "2026-11-22T12:00:00+00:00",
        "2026-11-22T12:00:00.0Z",
        "2026-11-22T12:00:00z",
        "2026-11-22T12:00:00Z\n",
        "1969-12-31T23:59:59Z",
        "0000-01-01T00:00:00Z",
        "２０26-11-22T12:00:00Z",
        "",
    ],
)
def test_refuses_other_spellings_of_times(text: str) -> None:
    with refused("formats.time"):
        times.parse(text)


@pytest.mark.parametrize("text", ["2023-02-29", "2026-1-1", "20261122", "2026-11-22Z", "1969-12-31", "2026-11-22\n"])
def test_refuses_other_spellings_of_dates(text: str) -> None:
    with refused("formats.date"):
        times.parse_date(text)


@pytest.mark.parametrize("seconds", [-1, 253_402_300_800, 10**400])
def test_refuses_moments_that_cannot_be_written(seconds: int) -> None:
    with refused("formats.time-range"):
        times.text(seconds)
    with refused("formats.time-range"):
        times.date_text(seconds)
