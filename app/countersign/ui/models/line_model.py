"""A table over a plain list of rows of cells: for lists that are written whole (participants, proposals, an import's plan)."""

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from countersign.ui.strings import label
from countersign.ui.widgets.cells import CELL, Cell, words

_NOWHERE = QModelIndex()
Index = QModelIndex | QPersistentModelIndex


class LineModel(QAbstractTableModel):
    """`headers` are label keys, one a column; every row has a key by which it is found again."""

    def __init__(self, headers: Sequence[str]) -> None:
        super().__init__()
        self.headers = tuple(headers)
        self.keys: list[str] = []
        self.cells: list[tuple[Cell, ...]] = []

    def show(self, rows: Sequence[tuple[str, tuple[Cell, ...]]]) -> None:
        """Show these rows: key and cells."""
        self.beginResetModel()
        self.keys = [key for key, _ in rows]
        self.cells = [cells for _, cells in rows]
        self.endResetModel()

    def key(self, row: int) -> str | None:
        """The key of a row."""
        return self.keys[row] if 0 <= row < len(self.keys) else None

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.keys)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.headers)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return label(self.headers[section])
        if role == Qt.ItemDataRole.TextAlignmentRole and self.cells and self.cells[0][section].right:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        cell = self.cells[index.row()][index.column()]
        return cell if role == CELL else words(cell.text, role)
