"""Foreign words where Qt reads more than letters: tooltips, buttons, titles, lists (CHECKS D4).

Qt takes a tooltip that looks like markup for markup, `&` on a button for a key, `[*]` in a title for a mark, and cuts a
list's entry at the edge. Names, ids and file names come from outside: each is shown letter for letter.

- What is invisible is spelt out, as on a label. Accessible names are not read that way and stay as they are.
- Every tooltip, button, title and list of the window goes through here (`tests/hostile/test_labels.py`).
"""

import re
from collections.abc import Iterable, Sequence
from html import escape

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtGui import Qt as GuiQt
from PySide6.QtWidgets import QListWidget, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from countersign.resources.visible import visible
from countersign.ui.theme import fonts, measure
from countersign.ui.widgets.label import BREAK, breakable, spelt

FOLD = f"{BREAK}\n"
"""Where a button's text goes on in another line."""


def tip(text: str) -> str:
    """A tooltip's text that shows as it was written. What Qt would take for markup becomes markup that shows it."""
    shown = spelt(text)
    if not GuiQt.mightBeRichText(shown):
        return shown
    return f"<p style='white-space: pre-wrap'>{escape(shown, quote=False)}</p>"


def pressed(text: str, width: int = 0) -> str:
    """A button's text, in which an ampersand is an ampersand and no key; folded where lines have so many pixels at most."""
    shown = spelt(text)
    if width:
        shown = folded(shown, QFontMetrics(fonts.proportional(bold=True)), width)
    return shown.replace("&", "&&")


def folded(text: str, metrics: QFontMetrics, width: int) -> str:
    """A button's text in lines no wider than this: at words, and within a word that is wider than a line."""
    found = ""
    for word in re.findall(r"\n|[^\S\n]+|\S+", text):
        pieces = (word,) if metrics.horizontalAdvance(word) <= width else word
        for piece in pieces:
            line = found.rpartition("\n")[2]
            if line.strip() and not piece.isspace() and metrics.horizontalAdvance(line + piece) > width:
                found += FOLD
            found += piece
    return found


def entitle(window: QWidget, title: str) -> None:
    """Give a window its title; `[*]` in it is no mark of Qt's."""
    window.setWindowTitle(visible(title).replace("[*]", "[*][*]"))


class _Whole(QStyledItemDelegate):
    """As much room as an entry's words take beside the style sheet's padding, which Qt leaves out where they wrap."""

    def __init__(self, choices: QListWidget) -> None:
        super().__init__(choices)
        self.choices = choices

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        frame = self.choices.style().pixelMetric(QStyle.PixelMetric.PM_FocusFrameHMargin, None, self.choices) + 1
        room = QRect(0, 0, self.choices.viewport().width() - 2 * (measure.UNIT + frame), 1 << 16)
        words = str(index.data(Qt.ItemDataRole.DisplayRole))
        needed = QFontMetrics(self.choices.font()).boundingRect(room, int(Qt.TextFlag.TextWordWrap), words)
        hint = super().sizeHint(option, index)
        return QSize(hint.width(), max(hint.height(), needed.height() + 2 * measure.UNIT))


class Choices(QListWidget):
    """A list to choose one entry of: each wraps as far down as it needs, and none is cut."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setItemDelegate(_Whole(self))
        self.setWordWrap(True)
        self.setTextElideMode(Qt.TextElideMode.ElideNone)
        self.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def offer(self, entries: Iterable[str]) -> None:
        """Offer these instead of what was offered before."""
        self.clear()
        for each in entries:
            self.more(each)

    def offer_lines(self, entries: Iterable[Sequence[str]]) -> None:
        """Offer these, each in lines of its own."""
        self.clear()
        for each in entries:
            self.more(*each)

    def more(self, *lines: str) -> None:
        """Offer this beside the others."""
        self.addItem("\n".join(breakable(visible(line)) for line in lines))
