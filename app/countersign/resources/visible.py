r"""Foreign text made visible: what a label, a terminal or an error may show of it (CHECKS D4). Pure.

- Control, format, surrogate, private-use and unassigned characters, and every line or paragraph separator, appear as
  `\u{..}`: no message can be forged, reversed or split with them.
- Everything else stays as it is.

    >>> visible("a\x00b")
    'a\\u{0}b'
"""

import unicodedata

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def visible(text: str) -> str:
    """The text with every invisible or direction-changing character spelt out."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(f"\\u{{{ord(char):x}}}" if unicodedata.category(char) in _HIDDEN else char for char in text)
