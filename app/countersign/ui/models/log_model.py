"""The Log's table over a plain list of entries, the newest first."""

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from countersign.desk.views import LogEntryView
from countersign.ui.presenters import log
from countersign.ui.strings import label
from countersign.ui.widgets.cells import CELL, Cell, words

_NOWHERE = QModelIndex()
Index = QModelIndex | QPersistentModelIndex
HEADERS = tuple(f"log.column-{name}" for name in ("index", "time", "kind", "signers", "subject"))


class LogModel(QAbstractTableModel):
    """Entries that match the search."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: Sequence[LogEntryView] = ()
        self.places: list[int] = []

    def show(self, entries: Sequence[LogEntryView], places: list[int]) -> None:
        """Show these entries at these places."""
        self.beginResetModel()
        self.entries, self.places = entries, places
        self.endResetModel()

    def entry(self, row: int) -> LogEntryView | None:
        """The entry of a row."""
        return self.entries[self.places[row]] if 0 <= row < len(self.places) else None

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.places)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(HEADERS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return label(HEADERS[section])
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        entry = self.entries[self.places[index.row()]]
        if role == CELL:
            text = log.cells(entry)[index.column()]
            fault = entry.fault is not None and index.column() == 2
            chip = ("bad", "fail", text) if fault else None
            return Cell(() if chip else (text,), chip=chip, right=index.column() == 0, spoken=text)
        return words(log.cells(entry)[index.column()], role)
