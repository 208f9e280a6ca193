"""What an error may repeat of foreign text."""

from hypothesis import given
from hypothesis import strategies as st

from countersign.formats.excerpt import LENGTH, excerpt


@given(st.text() | st.integers() | st.binary() | st.none())
def test_is_short_and_visible(value: object) -> None:
    text = excerpt(value)
    assert text.replace("…", "").isprintable() or "\u00a0" in text or any(char.isspace() for char in text)
    assert len(text) <= 10 * (LENGTH + 1)


def test_spells_out_what_cannot_be_seen() -> None:
    assert excerpt("a\u202eb") == "a\\u{202e}b"
    assert excerpt("x" * 65) == "x" * 64 + "…"
    assert excerpt(10**400) == "an integer of 1329 bits"
    assert excerpt(b"secret") == "bytes"
