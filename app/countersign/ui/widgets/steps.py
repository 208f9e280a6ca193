"""The heads of a wizard's steps: a number, a word, and which of them is now."""

from collections.abc import Collection, Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from countersign.ui.theme import fonts, icons, measure
from countersign.ui.theme.dress import worn

_CIRCLE = 36


class Steps(QWidget):
    """Numbered steps in a row; those done carry a tick, the present one is filled."""

    def __init__(self, words: Sequence[str]) -> None:
        super().__init__()
        self.words = tuple(words)
        self.now = 0
        self.done: frozenset[int] = frozenset()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def go(self, now: int, spoken: str, done: Collection[int] | None = None) -> None:
        """Step `now` (from 0); `spoken` says so to a screen reader. `done`: which steps are; None: all before it."""
        self.now = now
        self.done = frozenset(range(now) if done is None else done)
        self.setAccessibleName(spoken)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(640, 2 * measure.HUGE)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        share = self.width() / max(1, len(self.words))
        for number, word in enumerate(self.words):
            self._step(painter, number, word, QRectF(number * share, 0, share, self.height()))

    def _step(self, painter: QPainter, number: int, word: str, at: QRectF) -> None:
        palette = worn()
        here = number == self.now
        done = number in self.done and not here
        circle = QRectF(at.left(), at.center().y() - _CIRCLE / 2, _CIRCLE, _CIRCLE)
        painter.setPen(QPen(QColor(palette.ok if done else palette.accent if here else palette.quiet), 2))
        painter.setBrush(QColor(palette.accent) if here else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(circle)
        if done:
            tick = icons.pixmap("pass", palette.ok, measure.RAIL_ICON, self.devicePixelRatioF())
            painter.drawPixmap(circle.center() - QPointF(measure.RAIL_ICON / 2, measure.RAIL_ICON / 2), tick)
        else:
            painter.setPen(QColor(palette.on_accent if here else palette.quiet))
            painter.setFont(fonts.proportional(measure.STRONG, bold=True))
            painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, str(number + 1))
        font = fonts.proportional(measure.TITLE, bold=here)
        painter.setFont(font)
        painter.setPen(QColor(palette.ink if here or done else palette.quiet))
        left = circle.right() + 12
        painter.drawText(QRectF(left, at.top(), at.right() - left, at.height()), Qt.AlignmentFlag.AlignVCenter, word)
        end = left + QFontMetrics(font).horizontalAdvance(word) + 12
        if number < len(self.words) - 1 and end < at.right() - 12:
            painter.setPen(QPen(QColor(palette.line), 2))
            painter.drawLine(round(end), round(at.center().y()), round(at.right() - 12), round(at.center().y()))
