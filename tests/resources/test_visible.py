"""D4: foreign text is shown as it is or spelt out, never acted upon."""

from hypothesis import given
from hypothesis import strategies as st

from countersign.resources.visible import visible


@given(st.text("abc ÄöЖ東<>&"))
def test_plain_text_stays(text: str) -> None:
    assert visible(text) == text


def test_controls_are_spelt_out() -> None:
    assert visible("a\n\x1b[31m\u202e\u2028b") == "a\\u{a}\\u{1b}[31m\\u{202e}\\u{2028}b"
