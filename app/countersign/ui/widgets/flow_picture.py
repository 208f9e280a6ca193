"""Where the money comes from and where it goes: boxes for inputs and outputs, arcs between them through one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from countersign.ui.theme import measure
from countersign.ui.theme.dress import worn
from countersign.ui.theme.palette import colours
from countersign.ui.widgets.chip import Chip
from countersign.ui.widgets.label import PlainLabel, WholeValue
from countersign.ui.widgets.layout import column, row


@dataclass(frozen=True, slots=True)
class FlowBox:
    """One input or output in words. `address` may be empty (a fee)."""

    role: str
    icon: str
    tone: str
    owner: str
    amount: str
    address_name: str
    address: str
    grouped: str


class FlowPicture(QWidget):
    """Inputs left, outputs right, the arcs between them painted."""

    def __init__(self, inputs: Sequence[FlowBox], outputs: Sequence[FlowBox], captions: tuple[str, str]) -> None:
        super().__init__()
        left, right = [_Box(box) for box in inputs], [_Box(box) for box in outputs]
        line = row(_side(captions[0], left), _Arcs(left, right), _side(captions[1], right), gap=0)
        line.setStretch(0, 1)
        line.setStretch(2, 1)
        self.setLayout(line)


class _Box(QFrame):
    def __init__(self, box: FlowBox) -> None:
        super().__init__()
        self.setProperty("part", "card")
        self.tone = box.tone
        head = row(Chip(box.role, box.icon, box.tone), PlainLabel(box.owner), gap=measure.UNIT)
        head.setStretch(1, 1)
        body = column(head, PlainLabel(box.amount, "strong"), gap=measure.HALF, margin=measure.UNIT)
        if box.address:
            body.addWidget(WholeValue(box.address_name, box.address, box.grouped))
        self.setLayout(body)


def _side(caption: str, boxes: Sequence[QWidget]) -> QWidget:
    side = column(PlainLabel(caption, "caption"), *boxes, gap=measure.UNIT)
    side.addStretch(1)
    holder = QWidget()
    holder.setLayout(side)
    return holder


class _Arcs(QWidget):
    """The arcs: from each input to the middle, from the middle to each output."""

    def __init__(self, left: Sequence[_Box], right: Sequence[_Box]) -> None:
        super().__init__()
        self.left, self.right = left, right
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(64, 1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        table = colours(worn())
        levels = [self._level(box) for box in (*self.left, *self.right)]
        middle = QPointF(self.width() / 2, (min(levels) + max(levels)) / 2) if levels else QPointF()
        for boxes, edge in ((self.left, 0.0), (self.right, float(self.width()))):
            for box in boxes:
                painter.setPen(QPen(QColor(table[box.tone]), 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawPath(_arc(middle, QPointF(edge, self._level(box))))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(table["ink"]))
        painter.drawEllipse(middle, 5, 5)

    def _level(self, box: _Box) -> float:
        return float(self.mapFromGlobal(box.mapToGlobal(box.rect().center())).y())


def _arc(start: QPointF, end: QPointF) -> QPainterPath:
    half = (start.x() + end.x()) / 2
    path = QPainterPath(start)
    path.cubicTo(QPointF(half, start.y()), QPointF(half, end.y()), end)
    return path
