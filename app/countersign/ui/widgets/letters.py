"""Foreign words where Qt reads more than letters: tooltips, buttons, titles, lists (CHECKS D4).

Qt takes a tooltip that looks like markup for markup, `&` on a button for a key, `[*]` in a title for a mark, and cuts a
list's entry at the edge. Names, ids and file names come from outside: each is shown letter for letter.

- What is invisible is spelt out, as on a label. Accessible names are not read that way and stay as they are.
- Every tooltip, button, title and list of the window goes through here (`tests/hostile/test_labels.py`).
"""

from collections.abc import Iterable
from html import escape

from PySide6.QtCore import Qt
from PySide6.QtGui import Qt as GuiQt
from PySide6.QtWidgets import QListWidget, QWidget

from countersign.resources.visible import visible
from countersign.ui.widgets.label import breakable, spelt


def tip(text: str) -> str:
    """A tooltip's text that shows as it was written. What Qt would take for markup becomes markup that shows it."""
    shown = spelt(text)
    if not GuiQt.mightBeRichText(shown):
        return shown
    return f"<p style='white-space: pre-wrap'>{escape(shown, quote=False)}</p>"


def pressed(text: str) -> str:
    """A button's text, in which an ampersand is an ampersand and no key."""
    return spelt(text).replace("&", "&&")


def entitle(window: QWidget, title: str) -> None:
    """Give a window its title; `[*]` in it is no mark of Qt's."""
    window.setWindowTitle(visible(title).replace("[*]", "[*][*]"))


class Choices(QListWidget):
    """A list to choose one entry of: each wraps as far down as it needs, and none is cut."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setWordWrap(True)
        self.setTextElideMode(Qt.TextElideMode.ElideNone)
        self.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def offer(self, entries: Iterable[str]) -> None:
        """Offer these instead of what was offered before."""
        self.clear()
        for each in entries:
            self.more(each)

    def more(self, entry: str) -> None:
        """Offer this beside the others."""
        self.addItem(breakable(visible(entry)))
