"""One QR code: black on white in every theme, four modules of quiet zone, a whole number of pixels a module, never < 3."""

from PySide6.QtCore import QRect, QSize, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from countersign.ui.theme.palette import CODE_GROUND, CODE_INK

QUIET = 4
LEAST = 3


def code_image(modules: tuple[tuple[bool, ...], ...]) -> QImage:
    """A code as a picture of one pixel a module, quiet zone included; True is a dark module."""
    side = len(modules) + 2 * QUIET
    light, dark = QColor(CODE_GROUND).red(), QColor(CODE_INK).red()
    edge, margin = bytes([light]) * side, bytes([light]) * QUIET
    rows = [margin + bytes(dark if black else light for black in line) + margin for line in modules]
    data = b"".join([edge] * QUIET + rows + [edge] * QUIET)
    return QImage(data, side, side, side, QImage.Format.Format_Grayscale8).copy()


class CodePicture(QWidget):
    """A code as large as fits, or as large as `wanted` pixels a module. `resized`: its place has another size."""

    resized = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.wanted = 0
        self.image = QImage()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_code(self, image: QImage) -> None:
        """Show this code, a picture of `code_image`."""
        resized = image.size() != self.image.size()
        self.image = image
        if resized:
            self.setMinimumSize(image.size() * LEAST)
        self.update()

    @property
    def pixels(self) -> int:
        """Pixels a module as it is painted now."""
        if self.image.isNull():
            return 0
        fits = min(self.width(), self.height()) // self.image.width()
        return max(LEAST, min(fits, self.wanted) if self.wanted else fits)

    def sizeHint(self) -> QSize:
        return self.image.size() * LEAST

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self.image.isNull():
            return
        side = self.image.width() * self.pixels
        place = QRect((self.width() - side) // 2, max(0, (self.height() - side) // 2), side, side)
        QPainter(self).drawImage(place, self.image)
