"""Identifiers, names and numbers in their only spelling (CHECKS C2, D3; ISO 17442; DESIGN §5).

- An identifier is 1 to 64 of `A-Z a-z 0-9 . _ : -`.
- A name is NFC, of one script, without control, format, private or unassigned characters, without right-to-left text and
  with at most three marks upon a letter; a registry may have accepted (`listed`) a name that mixes scripts or runs from
  right to left.
- An amount is `0|[1-9][0-9]{0,77}` in base units; a price is a decimal string that keeps its scale.
- A LEI is 18 of `A-Z 0-9` and two check digits (ISO 7064 mod 97-10).

    >>> price("80000.50")
    (8000050, 2)
"""

import re
import unicodedata
from collections.abc import Collection

from countersign.errors import Malformed
from countersign.formats.excerpt import excerpt
from countersign.resources.visible import STACKED, hidden, towering

_IDENTIFIER = re.compile(r"[A-Za-z0-9._:-]{1,64}\Z")
_LEI = re.compile(r"[A-Z0-9]{18}[0-9]{2}\Z")
_AMOUNT = re.compile(r"(?:0|[1-9][0-9]{0,77})\Z")
_PRICE = re.compile(r"(?:0|[1-9][0-9]{0,29})(?:\.[0-9]{1,18})?\Z")
_NAME_LENGTH = 100
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN", "RLE", "RLO", "RLI", "LRE", "LRO", "LRI", "PDF", "PDI", "FSI"})
# Python knows no script property; the first word of a letter's name says it for every script admitted here.
_SCRIPTS = frozenset(
    {
        "LATIN",
        "GREEK",
        "CYRILLIC",
        "ARMENIAN",
        "GEORGIAN",
        "DEVANAGARI",
        "BENGALI",
        "TAMIL",
        "TELUGU",
        "THAI",
        "LAO",
        "ETHIOPIC",
        "KHMER",
        "CJK",
        "HIRAGANA",
        "KATAKANA",
        "HANGUL",
        "BOPOMOFO",
        "KATAKANA-HIRAGANA",
    }
)
# Scripts that one language writes together (UTS #39 §5.1).
_TOGETHER = (
    frozenset({"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"}),
    frozenset({"CJK", "HANGUL"}),
    frozenset({"CJK", "BOPOMOFO"}),
)


def identifier(text: str) -> str:
    """`text` if it is an identifier. Raises Malformed D3.identifier."""
    if not _IDENTIFIER.match(text):
        raise Malformed("D3.identifier", text=excerpt(text))
    return text


def lei(text: str) -> str:
    """`text` if it is a Legal Entity Identifier with valid check digits. Raises Malformed formats.lei."""
    if not _LEI.match(text) or int("".join(str(int(char, 36)) for char in text)) % 97 != 1:
        raise Malformed("formats.lei", text=excerpt(text))
    return text


def lei_check_digits(stem: str) -> str:
    """The two check digits of an 18-character stem. Raises Malformed formats.lei."""
    if not re.match(r"[A-Z0-9]{18}\Z", stem):
        raise Malformed("formats.lei", text=excerpt(stem))
    return f"{98 - int(''.join(str(int(char, 36)) for char in stem + '00')) % 97:02d}"


def name(text: str, *, listed: Collection[str] = ()) -> str:
    """`text` if it is a name that cannot pass for another. Raises Malformed with a D3 code.

    `listed` are names that a registry accepts although they mix scripts or run right to left; nothing else is excused.
    """
    if not 1 <= len(text) <= _NAME_LENGTH:
        raise Malformed("D3.name-length", length=len(text), limit=_NAME_LENGTH)
    for char in text:
        if hidden(char):
            raise Malformed("D3.hidden-character", character=f"U+{ord(char):04X}", name=excerpt(text))
    if unicodedata.normalize("NFC", text) != text:
        raise Malformed("D3.not-nfc", name=excerpt(text))
    if any(towering(text)):
        raise Malformed("D3.marks", limit=STACKED, name=excerpt(text))
    if any(char.isspace() and char != " " for char in text) or text != " ".join(text.split()):
        raise Malformed("D3.spaces", name=excerpt(text))
    if text not in listed:
        _refuse_right_to_left(text)
        _refuse_mixed_scripts(text)
    return text


def runs_right_to_left(char: str) -> bool:
    """Whether a character turns the direction of what stands around it: amounts and names would change places."""
    return unicodedata.bidirectional(char) in _RIGHT_TO_LEFT


def _refuse_right_to_left(text: str) -> None:
    for char in text:
        if runs_right_to_left(char):
            raise Malformed("D3.right-to-left", character=f"U+{ord(char):04X}", name=excerpt(text))


def _refuse_mixed_scripts(text: str) -> None:
    found: set[str] = set()
    for char in text:
        category = unicodedata.category(char)
        if category.startswith("L"):
            script = unicodedata.name(char, "").split(" ", 1)[0]
            if script not in _SCRIPTS:
                raise Malformed("D3.script", character=f"U+{ord(char):04X}", name=excerpt(text))
            found.add(script)
        elif category.startswith("N") and char not in "0123456789":
            raise Malformed("D3.script", character=f"U+{ord(char):04X}", name=excerpt(text))
    if len(found) > 1 and not any(found <= group for group in _TOGETHER):
        raise Malformed("D3.mixed-scripts", scripts=", ".join(sorted(found)), name=excerpt(text))


def amount(text: str) -> int:
    """The base units that a decimal string names, 0 to 10^78−1. Raises Malformed C2.amount."""
    if not _AMOUNT.match(text):
        raise Malformed("C2.amount", text=excerpt(text))
    return int(text)


def amount_text(units: int) -> str:
    """An amount of base units as its decimal string. Raises Malformed C2.amount if negative or too large."""
    if units < 0 or units >= 10**78:
        raise Malformed("C2.amount", text=excerpt(units))
    return str(units)


def price(text: str) -> tuple[int, int]:
    """A decimal string as (mantissa, scale): mantissa / 10^scale. Raises Malformed formats.price."""
    if not _PRICE.match(text):
        raise Malformed("formats.price", text=excerpt(text))
    whole, _, fraction = text.partition(".")
    return int(whole + fraction), len(fraction)


def price_text(mantissa: int, scale: int) -> str:
    """The decimal string of mantissa / 10^scale, with exactly `scale` decimals: the inverse of `price`."""
    digits = str(mantissa).rjust(scale + 1, "0")
    text = f"{digits[:-scale]}.{digits[-scale:]}" if scale else digits
    if mantissa < 0 or not _PRICE.match(text):
        raise Malformed("formats.price", text=excerpt(text))
    return text
