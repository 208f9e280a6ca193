"""The path from one leaf to the cosigned root, drawn as a ladder: each rung takes in a sibling from its side."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from countersign.ui.theme import measure
from countersign.ui.theme.dress import worn
from countersign.ui.widgets.label import PlainLabel, WholeValue
from countersign.ui.widgets.layout import column, fields, row

_MIDDLE, _TOP = 28, 12


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung from below to above: `kind` is leaf, left, right or root; values are (name, whole, grouped)."""

    kind: str
    words: str
    values: tuple[tuple[str, str, str], ...]


class ProofPicture(QWidget):
    """The ladder, the leaf first, the root last."""

    def __init__(self, rungs: Sequence[Rung]) -> None:
        super().__init__()
        box = column(gap=0)
        for rung in rungs:
            texts = column(PlainLabel(rung.words, "strong"), gap=2)
            hashes = [(name, WholeValue(name, whole, grouped)) for name, whole, grouped in rung.values]
            texts.addLayout(fields(hashes))
            texts.setContentsMargins(0, measure.HALF, 0, measure.HALF)
            line = row(_Step(rung.kind), texts, gap=measure.UNIT)
            line.setStretch(1, 1)
            box.addLayout(line)
        self.setLayout(box)


class _Step(QWidget):
    """The drawing beside a rung."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(2 * _MIDDLE, 32)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = worn()
        own, other = QColor(palette.accent), QColor(palette.quiet)
        painter.setPen(QPen(own, 2))
        above, below = self.kind != "leaf", self.kind != "root"
        painter.drawLine(QPointF(_MIDDLE, 0 if above else _TOP), QPointF(_MIDDLE, self.height() if below else _TOP))
        if self.kind in ("left", "right"):
            side = 8 if self.kind == "left" else 2 * _MIDDLE - 8
            painter.setPen(QPen(other, 2))
            painter.drawLine(QPointF(side, _TOP), QPointF(_MIDDLE, _TOP))
            painter.setBrush(QColor(palette.surface))
            painter.drawRect(QRectF(side - 5, _TOP - 5, 10, 10))
        painter.setPen(QPen(own, 2))
        painter.setBrush(own if self.kind in ("leaf", "root") else QColor(palette.surface))
        radius = 7 if self.kind in ("leaf", "root") else 5
        painter.drawEllipse(QPointF(_MIDDLE, _TOP), radius, radius)
