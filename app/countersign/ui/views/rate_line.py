"""A line for a fee rate in whole satoshis a virtual byte."""

from PySide6.QtWidgets import QLineEdit

from countersign.ui.strings import label

_USUAL, _MOST = 10, 100_000


class RateLine(QLineEdit):
    """`rate` is 0 while no such number stands there."""

    def __init__(self) -> None:
        super().__init__(str(_USUAL))
        self.setAccessibleName(label("deeds.rate"))

    @property
    def rate(self) -> int:
        """Satoshis a virtual byte, 1 to 100,000; else 0."""
        text = self.text().strip()
        found = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
        return found if found <= _MOST else 0
