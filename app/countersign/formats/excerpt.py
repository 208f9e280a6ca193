r"""A short, harmless piece of foreign text, for the values of an error.

- At most 64 characters; what was cut is shown by an ellipsis.
- Control, format, surrogate and bidirectional characters appear as `\u{..}` (CHECKS D4), so that no message can be forged.

    >>> excerpt("a\x00b")
    'a\\u{0}b'
"""

import unicodedata

LENGTH = 64


def plain(text: str) -> str:
    """The text with every invisible or direction-changing character spelt out. Any length; raises nothing."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        f"\\u{{{ord(char):x}}}" if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} else char
        for char in text
    )


def excerpt(value: object) -> str:
    """At most 64 characters of `value`'s text, made visible."""
    if isinstance(value, str):
        text = value[: LENGTH + 1]
    elif isinstance(value, int):
        text = str(value) if value.bit_length() <= 256 else f"an integer of {value.bit_length()} bits"
    else:
        text = type(value).__name__
    return plain(text[:LENGTH]) + ("…" if len(text) > LENGTH else "")
