"""Hundreds of long values as plain lines that wrap, can be scrolled and are read out: one widget instead of thousands."""

from collections.abc import Sequence

from PySide6.QtWidgets import QPlainTextEdit

from countersign.resources.visible import visible
from countersign.ui.theme import fonts, measure


class LineList(QPlainTextEdit):
    """Numbered lines, monospaced, read only."""

    def __init__(self, name: str, lines: Sequence[str], pixels: int = measure.CAPTION) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setAccessibleName(name)
        self.setFont(fonts.monospaced(pixels))
        self.setMinimumHeight(measure.UNIT * 32)
        parts = (part for line in lines for part in [*line.split("\n"), ""])
        self.setPlainText("\n".join(visible(part) for part in parts))
