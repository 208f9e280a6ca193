"""From a code and its values to words: always words, never an exception, nothing obeyed."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.resources import text
from countersign.resources.text import SENTENCES, merged, next_step, sentence


def test_a_sentence_with_its_values() -> None:
    assert sentence("T4.depth", {"limit": 16}) == "The data is nested deeper than 16 levels."
    assert next_step("T4.depth", {}).endswith(".")


def test_a_missing_value_is_said() -> None:
    assert sentence("T4.depth", {}) == "The data is nested deeper than (not given) levels."


def test_an_unknown_code_still_gives_words_and_the_code() -> None:
    assert sentence("Q9.new", {}) == "This was stopped by the rule Q9.new."
    assert "Q9.new" in next_step("Q9.new", {})


def test_values_are_not_obeyed() -> None:
    shown = sentence("C2.duplicate-key", {"key": "{limit}\x1b\u202e{0.__class__}"})
    assert "{limit}\\u{1b}\\u{202e}{0.__class__}" in shown


@given(st.sampled_from(sorted(SENTENCES)), st.dictionaries(st.text(max_size=5), st.text(max_size=5) | st.integers()))
def test_never_raises(code: str, values: dict[str, object]) -> None:
    assert sentence(code, values)
    assert next_step(code, values)


def test_a_code_has_one_home() -> None:
    with pytest.raises(ValueError, match=r"a\.b has a sentence in one and in two"):
        merged([("one", {"a.b": ("x", "y")}), ("two", {"a.b": ("x", "y")})])


def test_every_sentence_is_whole() -> None:
    for code, (happened, next_) in SENTENCES.items():
        for words in (happened, next_):
            assert words.strip() == words, code
            assert words, code
            assert not re.sub(r"\{[a-z_][a-z0-9_]*\}", "", words).count("{"), code


def test_translations_come_from_the_shipped_catalogues(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    english = SENTENCES["T4.trailing"][1]
    folder = tmp_path / "locale" / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "countersign.mo").write_bytes(
        catalogue({"": "Content-Type: text/plain; charset=UTF-8\n", english: "Neu."})
    )
    monkeypatch.setattr(text, "data_path", lambda relative: tmp_path / relative)
    text._catalogue.cache_clear()
    try:
        assert next_step("T4.trailing", {}, ("de",)) == "Neu."
        assert next_step("T4.trailing", {}, ("fr",)) == english
    finally:
        text._catalogue.cache_clear()


def catalogue(messages: dict[str, str]) -> bytes:
    """A GNU .mo file: header, two tables of (length, offset), strings."""
    pairs = sorted((key.encode(), value.encode()) for key, value in messages.items())
    count = len(pairs)
    position = 28 + 16 * count
    tables, strings = [b"", b""], b""
    for column in (0, 1):
        for pair in pairs:
            tables[column] += len(pair[column]).to_bytes(4, "little") + position.to_bytes(4, "little")
            strings += pair[column] + b"\x00"
            position += len(pair[column]) + 1
    numbers = (0x950412DE, 0, count, 28, 28 + 8 * count, 0, 28 + 16 * count)
    return b"".join(number.to_bytes(4, "little") for number in numbers) + tables[0] + tables[1] + strings
