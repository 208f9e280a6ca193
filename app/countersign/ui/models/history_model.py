"""History's table over a plain list of settlements."""

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from countersign.desk.history import HistoryRow
from countersign.resources.visible import visible
from countersign.ui.presenters import history
from countersign.ui.strings import label
from countersign.ui.widgets.cells import CELL, Cell, words

_NOWHERE = QModelIndex()
Index = QModelIndex | QPersistentModelIndex


class HistoryModel(QAbstractTableModel):
    """Settlements that match the search."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: Sequence[HistoryRow] = ()
        self.places: Sequence[int] = ()

    def show(self, rows: Sequence[HistoryRow], places: Sequence[int]) -> None:
        """Show these rows at these places."""
        self.beginResetModel()
        self.rows, self.places = rows, places
        self.endResetModel()

    def at(self, line: int) -> HistoryRow | None:
        """The settlement of a line."""
        return self.rows[self.places[line]] if 0 <= line < len(self.places) else None

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.places)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(history.COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return label(f"history.column-{history.COLUMNS[section]}")
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        cell = _cell(self.rows[self.places[index.row()]], history.COLUMNS[index.column()])
        return cell if role == CELL else words(cell.text, role)


def _cell(row: HistoryRow, column: str) -> Cell:
    match column:
        case "contract":
            return Cell((visible(row.contract_id), history.dated(row)), strong=True)
        case "parties":
            giver, taker = history.parties(row)
            return Cell((giver, taker), spoken=label("desk.between", giver=giver, taker=taker))
        case "exchange":
            return Cell((history.swap(row), label(f"template.{row.template}")))
        case _:
            return Cell((), chip=history.tone(row.state))
