"""A chip: an icon and a word on a soft ground. Also the dots of a quorum, as a widget."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from countersign.resources.visible import visible
from countersign.ui.theme.dress import worn
from countersign.ui.widgets import painting
from countersign.ui.widgets.letters import tip


class Chip(QWidget):
    """A state in a word and a shape."""

    def __init__(self, word: str, icon: str, tone: str) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_state(word, icon, tone)

    def show_state(self, word: str, icon: str, tone: str) -> None:
        """Another state in the same place."""
        self.word, self.icon, self.tone = visible(word), icon, tone
        self.setAccessibleName(self.word)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(painting.chip_width(self.word), painting.CHIP_HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painting.paint_chip(QPainter(self), self.rect(), worn(), self.tone, self.icon, self.word)


class Dots(QWidget):
    """Signatures there and missing; `words` says the same and names the holders."""

    def __init__(self, there: tuple[bool, ...], words: str) -> None:
        super().__init__()
        self.there = there
        self.setAccessibleName(words)
        self.setToolTip(tip(words))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(len(self.there) * (painting.DOT + 4) + 4, painting.CHIP_HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painting.paint_dots(QPainter(self), self.rect(), worn(), self.there)
