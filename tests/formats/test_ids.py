"""D3 and C2: identifiers, names, amounts and prices that cannot pass for others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.errors import Malformed
from countersign.formats import ids
from support.refusals import refused


@pytest.mark.parametrize("text", ["a", "Desk-1:x_y.z", "0" * 64])
def test_identifiers(text: str) -> None:
    assert ids.identifier(text) == text


@pytest.mark.parametrize("text", ["", "a b", "a\n", "0" * 65, "é", "a/b", "а"])
def test_refuses_other_identifiers(text: str) -> None:
    with refused("D3.identifier"):
        ids.identifier(text)


# LEIs of GLEIF and of its examples: published, with valid check digits.
@pytest.mark.parametrize("text", ["506700GE1G29325QX363", "5493001KJTIIGC8Y1R12", "HWUPKR0MPOU8FGXBT394"])
def test_leis(text: str) -> None:
    assert ids.lei(text) == text
    assert ids.lei_check_digits(text[:18]) == text[18:]


@pytest.mark.parametrize("text", ["506700GE1G29325QX364", "506700GE1G29325QX36", "506700ge1g29325qx363", "", "A" * 20])
def test_refuses_wrong_leis(text: str) -> None:
    with refused("formats.lei"):
        ids.lei(text)


@given(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=18, max_size=18))
def test_every_stem_has_check_digits(stem: str) -> None:
    assert ids.lei(stem + ids.lei_check_digits(stem))


def test_refuses_wrong_stems() -> None:
    with refused("formats.lei"):
        ids.lei_check_digits("short")


@pytest.mark.parametrize(
    "text",
    [
        "Meridian Capital",
        "Zürich & Söhne (2) No. 7",
        "Ёлка",
        "東京デスク",
        "서울 은행",
        "Νικόλαος",
        "O'Hara-Šimić",
        "ड़ुंगर",
        "น้ำ",
        "x\u0323\u0302\u0302",
    ],
)
def test_names(text: str) -> None:
    assert ids.name(text) == text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "D3.name-length"),
        ("x" * 101, "D3.name-length"),
        ("Mer\u202eidian", "D3.hidden-character"),
        ("Mer\u200bidian", "D3.hidden-character"),
        ("Mer\x00idian", "D3.hidden-character"),
        ("Mer\ue000idian", "D3.hidden-character"),
        ("Mer\ud800idian", "D3.hidden-character"),
        ("Mer\u0378idian", "D3.hidden-character"),
        ("Meridian\nCapital", "D3.hidden-character"),
        ("Meridian\u2028Capital", "D3.hidden-character"),
        ("Meri\u034fdian", "D3.hidden-character"),
        ("Meridian\ufe0f Capital", "D3.hidden-character"),
        ("Meridian \u2800Capital", "D3.hidden-character"),
        ("서울\u3164은행", "D3.hidden-character"),
        ("Zu\u0308rich", "D3.not-nfc"),
        ("Meridiax\u0302\u0302\u0302\u0302n", "D3.marks"),
        ("ก็็็็", "D3.marks"),
        ("\u0338Meridian", "D3.marks"),
        (" Meridian", "D3.spaces"),
        ("Meridian  Capital", "D3.spaces"),
        ("Meridian\u00a0Capital", "D3.spaces"),
        ("Mеridian", "D3.mixed-scripts"),
        ("Meridian Ωmega", "D3.mixed-scripts"),
        ("שלום", "D3.right-to-left"),
        ("Ｍeridian", "D3.script"),
        ("𝐌eridian", "D3.script"),
        ("Meridian ２", "D3.script"),
        ("Meridian Ⅷ", "D3.script"),
    ],
)
def test_refuses_names_that_deceive(text: str, code: str) -> None:
    with refused(code):
        ids.name(text)


def test_a_registry_may_list_a_mixed_or_right_to_left_name_but_nothing_hidden() -> None:
    for text in ("Meridian Ωmega", "שלום"):
        assert ids.name(text, listed={text}) == text
    with refused("D3.hidden-character"):
        ids.name("a\u202eb", listed={"a\u202eb"})


@given(st.integers(0, 10**78 - 1))
def test_amounts_round_trip(units: int) -> None:
    assert ids.amount(ids.amount_text(units)) == units


@pytest.mark.parametrize(
    "text",
    ["", "1e3", "+5", "-5", "007", "00", "１２３", " 1_000 ", "1.0", "1\n", "1" * 79, "0x10", "1,000", "9" * 5000],
)
def test_refuses_other_spellings_of_amounts(text: str) -> None:
    with refused("C2.amount"):
        ids.amount(text)


@pytest.mark.parametrize("units", [-1, 10**78])
def test_refuses_amounts_out_of_range(units: int) -> None:
    with refused("C2.amount"):
        ids.amount_text(units)


@given(st.integers(0, 10**40), st.integers(0, 18))
def test_prices_round_trip(mantissa: int, scale: int) -> None:
    try:
        text = ids.price_text(mantissa, scale)
    except Malformed:
        assert mantissa >= 10 ** (30 + scale)
    else:
        assert ids.price(text) == (mantissa, scale)


@pytest.mark.parametrize("text", ["80000", "80000.50", "0.000001", "0"])
def test_prices_keep_their_scale(text: str) -> None:
    assert ids.price_text(*ids.price(text)) == text


@pytest.mark.parametrize("text", ["", ".5", "5.", "05", "-1", "1e5", "1,5", "1.5\n", "٣"])
def test_refuses_other_spellings_of_prices(text: str) -> None:
    with refused("formats.price"):
        ids.price(text)


def test_refuses_negative_prices() -> None:
    with refused("formats.price"):
        ids.price_text(-1, 0)
