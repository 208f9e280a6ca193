"""A small bar chart, painted: one bar a day, each with its words for a screen reader and as a tooltip."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from countersign.ui.theme import fonts, measure
from countersign.ui.theme.dress import worn
from countersign.ui.widgets.letters import tip

_HEIGHT, _FOOT, _WIDEST = 72, 18, 56


class Bars(QWidget):
    """`bars`: a short name, a size (0 or more), and the same in words."""

    def __init__(self, name: str, bars: Sequence[tuple[str, int, str]]) -> None:
        super().__init__()
        self.bars = tuple(bars)
        self.setAccessibleName(name)
        self.setAccessibleDescription("\n".join(words for _, _, words in self.bars))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(measure.UNIT * 20, _HEIGHT + _FOOT)

    def _slot(self) -> float:
        return min(_WIDEST, self.width() / max(1, len(self.bars)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, palette, slot = QPainter(self), worn(), self._slot()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(fonts.proportional(measure.CAPTION - 1))
        highest = max((size for _, size, _ in self.bars), default=0) or 1
        for at, (name, size, _) in enumerate(self.bars):
            tall = max(2.0, size / highest * (_HEIGHT - measure.UNIT))
            box = QRectF(at * slot + 3, _HEIGHT - tall, max(2.0, slot - 6), tall)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(palette.accent))
            painter.drawRoundedRect(box, 2, 2)
            painter.setPen(QColor(palette.quiet))
            foot = QRectF(at * slot, _HEIGHT, slot, _FOOT)
            painter.drawText(foot, Qt.AlignmentFlag.AlignCenter, name)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            at = int(event.pos().x() // self._slot()) if self.bars else -1
            if 0 <= at < len(self.bars):
                QToolTip.showText(event.globalPos(), tip(self.bars[at][2]), self)
                return True
        return super().event(event)
