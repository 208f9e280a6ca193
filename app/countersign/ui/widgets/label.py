"""Labels: always plain text, always wrapping; invisible characters are spelt out (CHECKS D4).

- `PlainLabel.shown` is the text as it was given, made visible; what Qt paints may hold extra places to break a long word.
- `WholeValue` is an address, a hash or a key: monospaced, in groups of four, named for a screen reader, never elided.
"""

import re
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from countersign.resources.visible import visible
from countersign.ui.theme import fonts, measure

BREAK = "\u200b"
LONG: Final = 48
"""From so many characters on, words that stand in one line get room to wrap."""
_LONG = re.compile(r"\S{24,}")


def breakable(text: str) -> str:
    """The text with a place to break after every eighth character of a long word."""
    return _LONG.sub(lambda word: BREAK.join(re.findall(r".{1,8}", word[0])), text)


def spelt(text: str) -> str:
    """Line by line as it comes, with what cannot be seen spelt out."""
    return "\n".join(visible(line) for line in text.split("\n"))


class PlainLabel(QLabel):
    """Words. `part` names the style ("title", "caption", …), `tone` the meaning."""

    def __init__(self, text: str = "", part: str = "", tone: str = "", *, wrap: bool = True) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        self.setProperty("part", part)
        self.setProperty("tone", tone)
        policy = QSizePolicy.Policy.Preferred if wrap else QSizePolicy.Policy.Minimum
        self.setSizePolicy(policy, QSizePolicy.Policy.Minimum if wrap else QSizePolicy.Policy.Preferred)
        self.shown = ""
        self.say(text)

    def say(self, text: str, tone: str | None = None) -> None:
        """Show this text, line by line as it comes; a new tone takes effect at once."""
        self.shown = spelt(text)
        self.setText(breakable(self.shown) if self.wordWrap() else self.shown)
        if tone is not None and tone != self.property("tone"):
            self.setProperty("tone", tone)
            restyle(self)


class WholeValue(PlainLabel):
    """An address, a hash or a key, whole. `grouped` is what is painted, `value` what it is."""

    def __init__(self, name: str, value: str, grouped: str, pixels: int = measure.CAPTION) -> None:
        super().__init__(grouped)
        self.setFont(fonts.monospaced(pixels))
        self.setStyleSheet(f"font-size: {pixels}px;")
        self.setAccessibleName(name)
        self.setAccessibleDescription(value)
        self.value = visible(value)


def restyle(widget: QWidget) -> None:
    """Take the style sheet again after a property has changed."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)
