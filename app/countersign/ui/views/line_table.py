"""The table of a `LineModel`: rows are chosen whole, and the chosen one stays chosen when the rows are shown anew."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from countersign.ui.models.line_model import LineModel
from countersign.ui.theme import measure
from countersign.ui.widgets.cells import Cell, CellDelegate


class LineTable(QTableView):
    """`chosen` says the key of the row chosen by hand or first shown; `opened` the one that was pressed twice."""

    chosen = Signal(str)
    opened = Signal(str)

    def __init__(self, name: str, headers: Sequence[str], widths: Sequence[int], *, stretch: int) -> None:
        super().__init__()
        self.lines = LineModel(headers)
        self.picked = ""
        self.setModel(self.lines)
        self.setItemDelegate(CellDelegate(self))
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(measure.ROW)
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        for at, width in enumerate(widths):
            self.setColumnWidth(at, width)
        header.setSectionResizeMode(stretch, QHeaderView.ResizeMode.Stretch)
        self.selectionModel().currentRowChanged.connect(lambda current, _: self._choose(current.row()))
        self.activated.connect(lambda index: self.opened.emit(self.lines.key(index.row()) or ""))

    def show_rows(self, rows: Sequence[tuple[str, tuple[Cell, ...]]]) -> None:
        """Show these rows; the chosen one stays chosen, else the first is."""
        wanted = self.picked
        self.lines.show(rows)
        at = next((at for at, (key, _) in enumerate(rows) if key == wanted), 0)
        if rows:
            self.selectRow(at)
        else:
            self.picked = ""

    def _choose(self, row: int) -> None:
        key = self.lines.key(row)
        if key is not None:
            self.picked = key
            self.chosen.emit(key)
