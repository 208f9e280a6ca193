"""Table cells of two lines, with chips and dots: one delegate paints them all.

A model gives a `Cell` under `CELL`; a group's heading row gives `HEADING` (its words). Text that does not fit its cell
is never an address or a hash; it is whole in the tooltip and in the accessible text.
"""

from bisect import bisect_left
from dataclasses import dataclass, replace

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from countersign.ui.theme import fonts, measure
from countersign.ui.theme.dress import worn
from countersign.ui.theme.palette import Palette, colours
from countersign.ui.widgets import painting
from countersign.ui.widgets.label import BREAK, spelt
from countersign.ui.widgets.letters import tip

CELL = Qt.ItemDataRole.UserRole + 1
HEADING = Qt.ItemDataRole.UserRole + 2
SORTS = Qt.ItemDataRole.UserRole + 3
_SPOKEN = (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.DisplayRole)

_WRAP = Qt.TextFlag.TextWordWrap
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Cell:
    """What one cell shows. `dots` rows stand before the lines of the same number."""

    lines: tuple[str, ...] = ()
    chip: tuple[str, str, str] | None = None  # tone, icon, word
    dots: tuple[tuple[bool, ...], ...] = ()
    ink: str = "ink"
    right: bool = False
    strong: bool = False
    spoken: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "lines", tuple(spelt(line) for line in self.lines))
        object.__setattr__(self, "spoken", spelt(self.spoken))

    @property
    def text(self) -> str:
        """The whole cell in words."""
        return self.spoken or " · ".join(((self.chip[2],) if self.chip else ()) + self.lines)


def words(text: str, role: int) -> str | None:
    """A cell's words for those who ask in this role: read out as they are, letter for letter as a tooltip."""
    if role == Qt.ItemDataRole.ToolTipRole:
        return tip(text)
    return text if role in _SPOKEN else None


def wrapping(text: str, metrics: QFontMetrics, width: int) -> str:
    """The text with places to break in each word that is wider than a line, and in no other."""
    if metrics.horizontalAdvance(text) <= width:
        return text
    return " ".join(BREAK.join(word) if metrics.horizontalAdvance(word) > width else word for word in text.split(" "))


class CellDelegate(QStyledItemDelegate):
    """Paints `Cell`s and group headings."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        palette = worn()
        heading = index.data(HEADING)
        if heading:
            self._heading(painter, option.rect, palette, heading)
            return
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.fillRect(option.rect, QColor(palette.selection if chosen else palette.surface))
        painter.setPen(QColor(palette.line))
        painter.drawLine(option.rect.bottomLeft(), option.rect.bottomRight())
        cell: Cell | None = index.data(CELL)
        if cell is not None:
            self._cell(painter, option.rect.adjusted(measure.UNIT, 0, -measure.UNIT, 0), palette, cell)

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, measure.CONTROL if index.data(HEADING) else measure.ROW)

    def _heading(self, painter: QPainter, at: QRect, palette: Palette, words: str) -> None:
        painter.fillRect(at, QColor(palette.window))
        painter.setPen(QColor(palette.ink))
        painter.setFont(fonts.proportional(measure.BODY, bold=True))
        painter.drawText(at.adjusted(measure.UNIT, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, words)

    def _cell(self, painter: QPainter, at: QRect, palette: Palette, cell: Cell) -> None:
        painter.save()
        painter.setClipRect(at)
        if cell.chip:
            painting.paint_chip(painter, at, palette, *cell.chip)
            at = at.adjusted(painting.chip_width(cell.chip[2]) + measure.UNIT, 0, 0, 0)
        cell = self._fitting(cell, at.width(), at.height())
        boxes = [self._box(cell, number, at.width()) for number in range(max(len(cell.lines), 1))]
        top = at.top() + max(0, at.height() - sum(boxes)) // 2
        for number, height in enumerate(boxes):
            line = QRect(at.left(), top, at.width(), height)
            top += height
            if number < len(cell.dots):
                line.setLeft(line.left() + painting.paint_dots(painter, line, palette, cell.dots[number]) + 4)
            if number < len(cell.lines):
                self._line(painter, line, palette, cell, number)
        painter.restore()

    def _fitting(self, cell: Cell, width: int, height: int) -> Cell:
        """The cell with each line cut at an ellipsis that leaves no room for those below: the tooltip has all of it."""
        if cell.dots:
            return cell
        for number in range(len(cell.lines)):
            below = sum(QFontMetrics(self._font(cell, each)).height() for each in range(number + 1, len(cell.lines)))
            line = self._cut(cell, number, width, height - below)
            height -= self._box(line, number, width)
            cell = line
        return cell

    def _cut(self, cell: Cell, number: int, width: int, room: int) -> Cell:
        """The cell with so much of one line as fits: whole words, of a single word so many letters."""
        if self._box(cell, number, width) <= room:
            return cell
        between = " " if " " in cell.lines[number] else ""
        pieces = cell.lines[number].split(" ") if between else list(cell.lines[number])

        def cut(kept: int) -> Cell:
            shorter = between.join(pieces[:kept]) + "…"
            return replace(cell, lines=(*cell.lines[:number], shorter, *cell.lines[number + 1 :]))

        fits = bisect_left(range(1, len(pieces)), True, key=lambda kept: self._box(cut(kept), number, width) > room)
        return cut(max(fits, 1))

    def _box(self, cell: Cell, number: int, width: int) -> int:
        """The height of a line, wrapped where it does not fit."""
        metrics = QFontMetrics(self._font(cell, number))
        if number >= len(cell.lines) or cell.dots:
            return metrics.height() + 2
        room = QRect(0, 0, max(width, 1), measure.ROW)
        return metrics.boundingRect(room, int(_WRAP), wrapping(cell.lines[number], metrics, width)).height()

    def _line(self, painter: QPainter, at: QRect, palette: Palette, cell: Cell, number: int) -> None:
        ink = cell.ink if number == 0 or cell.dots else "quiet"
        painter.setPen(QColor(colours(palette)[ink]))
        painter.setFont(self._font(cell, number))
        side = Qt.AlignmentFlag.AlignRight if cell.right else Qt.AlignmentFlag.AlignLeft
        painter.drawText(
            at,
            int(side | Qt.AlignmentFlag.AlignVCenter) | int(_WRAP),
            wrapping(cell.lines[number], painter.fontMetrics(), at.width()),
        )

    def _font(self, cell: Cell, number: int) -> QFont:
        if number == 0 or cell.dots:
            return fonts.proportional(measure.BODY, bold=cell.strong and number == 0)
        return fonts.proportional(measure.CAPTION)
