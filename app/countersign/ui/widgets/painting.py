"""What more than one widget paints: chips, dots of a quorum. A state is an icon and a word, colour comes third."""

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen

from countersign.ui.theme import fonts, icons, measure
from countersign.ui.theme.palette import Palette, tone

CHIP_HEIGHT = 24
DOT = 10


def chip_width(word: str) -> int:
    """The width of a chip with this word."""
    words = QFontMetrics(fonts.proportional(measure.CAPTION, bold=True)).horizontalAdvance(word)
    return words + measure.ICON - 2 + measure.UNIT * 2 + measure.HALF


def paint_chip(painter: QPainter, at: QRect, palette: Palette, name: str, icon: str, word: str) -> None:
    """A chip of tone `name` at the left of `at`, centred on its height."""
    ink, ground = tone(palette, name)
    top = at.top() + (at.height() - CHIP_HEIGHT) // 2
    box = QRect(at.left(), top, min(chip_width(word), at.width()), CHIP_HEIGHT)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(ground))
    painter.drawRoundedRect(box, CHIP_HEIGHT / 2, CHIP_HEIGHT / 2)
    ratio = painter.device().devicePixelRatio()
    drawing = icons.pixmap(icon, ink, measure.ICON - 2, ratio)
    painter.drawPixmap(QPointF(box.left() + measure.UNIT, box.top() + (CHIP_HEIGHT - measure.ICON + 2) / 2), drawing)
    painter.setPen(QColor(ink))
    painter.setFont(fonts.proportional(measure.CAPTION, bold=True))
    words = box.adjusted(measure.UNIT + measure.ICON + 2, 0, -measure.HALF, 0)
    painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, word)
    painter.restore()


def paint_dots(painter: QPainter, at: QRect, palette: Palette, there: tuple[bool, ...]) -> int:
    """A quorum: a filled dot is a signature, an empty ring a missing one. Returns the width painted."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    left = float(at.left() + 1)
    top = at.top() + (at.height() - DOT) / 2
    for filled in there:
        ink = QColor(palette.ok if filled else palette.quiet)
        painter.setPen(QPen(ink, 1.5))
        painter.setBrush(ink if filled else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(QRectF(left, top, DOT, DOT))
        left += DOT + measure.HALF
    painter.restore()
    return round(left) - at.left()
