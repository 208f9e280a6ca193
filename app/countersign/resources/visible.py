r"""Foreign text made visible: what a label, a terminal or an error may show of it (CHECKS D4). Pure.

- Control, format, surrogate, private-use and unassigned characters, and every line or paragraph separator, appear as
  `\u{..}`: no message can be forged, reversed or split with them.
- So do the letters, marks and the one symbol that are drawn as nothing: with them two names would look the same.
- So do marks beyond the third upon one letter (UTS #39 §5.4): a tower of them is painted over what stands above or below;
  and a mark without a letter, which would change what the text is set behind.
- Everything else stays as it is.

    >>> visible("a\x00b")
    'a\\u{0}b'
"""

import unicodedata
from collections.abc import Iterator

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_BLANK = frozenset(
    chr(code)
    for first, last in (
        (0x034F, 0x034F),  # combining grapheme joiner
        (0x115F, 0x1160),  # Hangul fillers
        (0x17B4, 0x17B5),  # Khmer inherent vowels
        (0x180B, 0x180F),  # Mongolian variation selectors
        (0x2800, 0x2800),  # braille without a dot
        (0x3164, 0x3164),  # Hangul filler
        (0xFE00, 0xFE0F),  # variation selectors
        (0xFFA0, 0xFFA0),  # Hangul filler of half width
        (0xE0100, 0xE01EF),  # more variation selectors
    )
    for code in range(first, last + 1)
)
"""Unicode's Default_Ignorable_Code_Point beyond those categories, and the empty braille cell."""

_MARKS = frozenset({"Mn", "Me"})
STACKED = 3
"""So many marks may stand upon one letter; no living orthography in composed form (NFC) needs more."""


def hidden(char: str) -> bool:
    """Whether a character is not seen where it stands: invisible, without a glyph, or changing the direction."""
    return unicodedata.category(char) in _HIDDEN or char in _BLANK


def grouped(value: str) -> str:
    """A hash or an address in groups of four, to be compared with a device's screen; a leading 0x stands alone."""
    text = visible(value)
    head, rest = ("0x ", text[2:]) if text.startswith("0x") else ("", text)
    return head + " ".join(rest[at : at + 4] for at in range(0, len(rest), 4))


def towering(text: str) -> Iterator[bool]:
    """Of each character, whether it is a mark upon a letter that has its three already, or upon whatever stands before."""
    marks = STACKED
    for char in text:
        marks = marks + 1 if unicodedata.category(char) in _MARKS else 0
        yield marks > STACKED


def spelled(char: str) -> str:
    """A character by its number."""
    return f"\\u{{{ord(char):x}}}"


def visible(text: str) -> str:
    """The text with every invisible or direction-changing character spelt out, and every mark too many."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        spelled(char) if hidden(char) or over else char for char, over in zip(text, towering(text), strict=True)
    )
