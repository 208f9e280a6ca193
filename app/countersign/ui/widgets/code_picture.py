"""One QR code: black on white in every theme, four modules of quiet zone, a whole number of pixels a module, never < 3."""

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from countersign.ui.theme.palette import CODE_GROUND, CODE_INK

QUIET = 4
LEAST = 3


class CodePicture(QWidget):
    """The modules of one code as large as fits, or as large as `wanted` pixels a module."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.wanted = 0
        self.image = QImage()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_modules(self, modules: tuple[tuple[bool, ...], ...]) -> None:
        """Show this code; True is a dark module."""
        side = len(modules)
        image = QImage(side + 2 * QUIET, side + 2 * QUIET, QImage.Format.Format_RGB32)
        image.fill(QColor(CODE_GROUND))
        dark = QColor(CODE_INK).rgb()
        for y, line in enumerate(modules):
            for x, black in enumerate(line):
                if black:
                    image.setPixel(x + QUIET, y + QUIET, dark)
        resized = image.size() != self.image.size()
        self.image = image
        if resized:
            self.updateGeometry()
        self.update()

    @property
    def pixels(self) -> int:
        """Pixels a module as it is painted now."""
        if self.image.isNull():
            return 0
        fits = min(self.width(), self.height()) // self.image.width()
        return max(LEAST, min(fits, self.wanted) if self.wanted else fits)

    def minimumSizeHint(self) -> QSize:
        return self.image.size() * LEAST

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self.image.isNull():
            return
        side = self.image.width() * self.pixels
        place = QRect((self.width() - side) // 2, max(0, (self.height() - side) // 2), side, side)
        QPainter(self).drawImage(place, self.image)
