"""D4: foreign text is shown as it is or spelt out, never acted upon."""

from hypothesis import given
from hypothesis import strategies as st

from countersign.resources.visible import visible


@given(st.text("abc ÄöЖ東<>&"))
def test_plain_text_stays(text: str) -> None:
    assert visible(text) == text


def test_controls_are_spelt_out() -> None:
    assert visible("a\n\x1b[31m\u202e\u2028b") == "a\\u{a}\\u{1b}[31m\\u{202e}\\u{2028}b"


def test_what_is_drawn_as_nothing_is_spelt_out_and_marks_that_are_seen_stay() -> None:
    assert visible("a\u3164b\ufe0fc\u2800d\u034fe\U000e0100") == r"a\u{3164}b\u{fe0f}c\u{2800}d\u{34f}e\u{e0100}"
    assert visible("नमस्ते 서울 ⠁ é") == "नमस्ते 서울 ⠁ é"


def test_marks_are_spelt_out_from_the_fourth_on_and_where_they_have_no_letter() -> None:
    tower = "x\u0302\u0302\u0302\u0302\u20dd a\u0302\u0302\u0302"
    assert visible(tower) == "x\u0302\u0302\u0302\\u{302}\\u{20dd} a\u0302\u0302\u0302"
    assert visible("\u0338 1\u0338") == "\\u{338} 1\u0338"
    assert visible("ड़ुंगर น้ำ Việt") == "ड़ुंगर น้ำ Việt"
