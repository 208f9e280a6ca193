"""A table of whole rows: one is chosen at a time, no grid, no numbers at the side; Tab leaves it."""

from collections.abc import Iterable

from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from countersign.ui.theme import measure
from countersign.ui.widgets.cells import CellDelegate


class RowTable(QTableView):
    """Over `model`; `name` is what a screen reader says; `widths` columns and pixels, `stretch` the one that takes the rest."""

    def __init__(
        self,
        model: QAbstractItemModel,
        name: str,
        widths: Iterable[tuple[int, int]],
        stretch: int,
        height: int = measure.ROW,
    ) -> None:
        super().__init__()
        self.setModel(model)
        self.setItemDelegate(CellDelegate(self))
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(height)
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        for at, width in widths:
            self.setColumnWidth(at, width)
        header.setSectionResizeMode(stretch, QHeaderView.ResizeMode.Stretch)
