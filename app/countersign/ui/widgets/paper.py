"""A sheet of a document, white in every theme, and the place in which it is scrolled and turned.

- `Paper` shows pixels that somebody else painted (four bytes each: blue, green, red, alpha; paper is transparent).
- `Sheets` scrolls one widget both ways. Going on at its end (wheel, `further`) asks for the next sheet, at its start for the
  one before.
"""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QScrollArea, QScrollBar, QSizePolicy, QWidget

from countersign.ui.theme.palette import PAPER


class Paper(QWidget):
    """One page. Empty until its picture has come."""

    def __init__(self) -> None:
        super().__init__()
        self.image = QImage()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_page(self, name: str, size: QSize) -> None:
        """Another page or size; its picture comes later."""
        if name != self.accessibleName():
            self.setAccessibleName(name)
            self.image = QImage()
        self.setFixedSize(size)
        self.update()

    def show_pixels(self, pixels: bytes, width: int, height: int) -> None:
        """The picture of the page shown: `4 * width * height` bytes."""
        self.image = QImage(pixels, width, height, 4 * width, QImage.Format.Format_ARGB32).copy()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(PAPER))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if not self.image.isNull():
            painter.drawImage(self.rect(), self.image)


class Sheets(QScrollArea):
    """`turned` is +1 past the end and −1 before the start; `resized` says that there is more or less room."""

    turned = Signal(int)
    resized = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setProperty("part", "sheets")  # framed: the frame of the focus stays beside the paper
        self.setAccessibleName(name)
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.setVerticalScrollBarPolicy(
            Qt.ScrollBarPolicy.ScrollBarAlwaysOn
        )  # its coming and going would change the width

    def further(self, way: int) -> None:
        """A view's height on (+1) or back (−1); at the end of the sheet, the next one."""
        bar = self.verticalScrollBar()
        if self._ends(bar, way):
            self.turned.emit(way)
        else:
            bar.setValue(bar.value() + way * bar.pageStep())

    def rest(self, *, at_end: bool) -> None:
        """Scroll to the sheet's start or end."""
        bar = self.verticalScrollBar()
        bar.setValue(bar.maximum() if at_end else bar.minimum())

    @staticmethod
    def _ends(bar: QScrollBar, way: int) -> bool:
        return bar.value() >= bar.maximum() if way > 0 else bar.value() <= bar.minimum()

    def wheelEvent(self, event: QWheelEvent) -> None:
        way = -1 if event.angleDelta().y() > 0 else 1
        if event.angleDelta().y() and self._ends(self.verticalScrollBar(), way):
            self.turned.emit(way)
            event.accept()
            return
        super().wheelEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()
