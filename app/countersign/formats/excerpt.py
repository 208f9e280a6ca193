r"""A short, harmless piece of foreign text, for the values of an error.

- At most 64 characters; what was cut is shown by an ellipsis.
- Hidden characters are spelt out, as everywhere that foreign text is shown (CHECKS D4).

    >>> excerpt("a\x00b")
    'a\\u{0}b'
"""

from countersign.resources.visible import visible

LENGTH = 64


def excerpt(value: object) -> str:
    """At most 64 characters of `value`'s text, made visible; of anything but str and int only the type's name."""
    if isinstance(value, str):
        text = value[: LENGTH + 1]
    elif isinstance(value, int):
        text = str(value) if value.bit_length() <= 256 else f"an integer of {value.bit_length()} bits"
    else:
        text = type(value).__name__
    return visible(text[:LENGTH]) + ("…" if len(text) > LENGTH else "")
