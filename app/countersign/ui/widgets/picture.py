"""A small drawing beside words: an icon that follows the theme."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from countersign.ui.theme import icons, measure
from countersign.ui.theme.dress import worn
from countersign.ui.theme.palette import colours


class Picture(QWidget):
    """An icon in the colour `ink` of the palette. It says nothing that the words beside it do not say."""

    def __init__(self, name: str, ink: str = "quiet", pixels: int = measure.ICON) -> None:
        super().__init__()
        self.name, self.ink, self.pixels = name, ink, pixels
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(self.pixels, self.pixels)

    def show_drawing(self, name: str, ink: str) -> None:
        """Another drawing in the same place."""
        self.name, self.ink = name, ink
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        colour = colours(worn())[self.ink]
        painter.drawPixmap(0, 0, icons.pixmap(self.name, colour, self.pixels, self.devicePixelRatioF()))
