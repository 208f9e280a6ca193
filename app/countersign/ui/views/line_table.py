"""The table of a `LineModel`: rows are chosen whole, and the chosen one stays chosen when the rows are shown anew."""

from collections.abc import Sequence

from PySide6.QtCore import Signal

from countersign.ui.models.line_model import LineModel
from countersign.ui.widgets.cells import Cell
from countersign.ui.widgets.row_table import RowTable


class LineTable(RowTable):
    """`chosen` says the key of the row chosen by hand or first shown; `opened` the one that was pressed twice."""

    chosen = Signal(str)
    opened = Signal(str)

    def __init__(self, name: str, headers: Sequence[str], widths: Sequence[int], *, stretch: int) -> None:
        self.lines = LineModel(headers)
        self.picked = ""
        super().__init__(self.lines, name, enumerate(widths), stretch)
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
