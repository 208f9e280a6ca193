"""Our own SVG drawings of `resources/icons`, painted in a colour of the palette.

Each file is a 16 × 16 drawing whose strokes say `currentColor`.
"""

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from countersign.resources.location import data_path
from countersign.ui.theme import measure


@lru_cache(maxsize=64)
def _drawing(name: str) -> str:
    return data_path(f"icons/{name}.svg").read_text("utf-8")


@lru_cache(maxsize=256)
def pixmap(name: str, colour: str, pixels: int = measure.ICON, ratio: float = 1.0) -> QPixmap:
    """The drawing `name` in `colour`, `pixels` wide on a screen of `ratio` device pixels a pixel."""
    side = round(pixels * ratio)
    result = QPixmap(side, side)
    result.fill(Qt.GlobalColor.transparent)
    painter = QPainter(result)
    renderer = QSvgRenderer(QByteArray(_drawing(name).replace("currentColor", colour).encode()))
    renderer.render(painter, QRectF(0, 0, side, side))
    painter.end()
    result.setDevicePixelRatio(ratio)
    return result


def icon(name: str, colour: str, pixels: int = measure.ICON) -> QIcon:
    """The drawing as an icon, sharp on screens of one and two device pixels a pixel."""
    result = QIcon(pixmap(name, colour, pixels))
    result.addPixmap(pixmap(name, colour, pixels, 2.0))
    return result
