"""The Desk: what needs me, by when?"""

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLineEdit, QStackedWidget, QTableView, QWidget

from countersign.desk.views import DeskView, Group
from countersign.ui.models.desk_model import DeskModel
from countersign.ui.presenters import desk
from countersign.ui.presenters.desk import Column
from countersign.ui.strings import label
from countersign.ui.tasks.runner import aside
from countersign.ui.theme import measure
from countersign.ui.views.context import Context
from countersign.ui.views.desk_totals import DeskTotals
from countersign.ui.widgets.button import Button, base_units
from countersign.ui.widgets.cells import CellDelegate
from countersign.ui.widgets.label import PlainLabel
from countersign.ui.widgets.layout import column, row

_WIDTHS = {
    Column.ACT_BY: 176, Column.STATE: 140, Column.PARTIES: 124, Column.EXCHANGE: 238, Column.NOTIONAL: 126,
    Column.SIGNATURES: 172, Column.CHECKS: 124, Column.ACTION: 162,
}  # fmt: skip
_NARROW = {Column.ACT_BY: 152, Column.CHECKS: 122}
_FOLDED = (Column.PARTIES, Column.NOTIONAL)
_ROOMY = 1_180
_MANY = 2_000


class DeskScreen(QWidget):
    """`opened` says which contract to review; `importing` asks for a batch."""

    opened = Signal(str)
    importing = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.setProperty("part", "page")
        self.view = DeskView((), ())
        self.order, self.descending, self.turn, self.arranging = Column.ACT_BY, False, 0, False
        self.stacks: list[str] = []
        self.low: list[int] = []  # rows that are headings now
        self.model = DeskModel()
        self.table = self._table()
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(label("desk.filter-hint"))
        self.filter.setAccessibleName(label("desk.filter-name"))
        self.filter.setToolTip(label("key.tip", action=label("desk.filter-name"), key="Ctrl+F"))
        self.filter.setClearButtonEnabled(True)
        self.filter.setMinimumWidth(measure.UNIT * 20)
        self.filter.setMaximumWidth(measure.UNIT * 42)
        self.filter.textChanged.connect(lambda _: self.arrange())
        QShortcut(QKeySequence("Ctrl+F"), self.filter).activated.connect(self.filter.setFocus)
        self.base = base_units(self.arrange)
        self.review = Button(
            label("desk.open"), "Ctrl+Return", icon="search", part="primary", name=label("desk.open-tip")
        )
        self.review.clicked.connect(lambda: self._open(self.table.currentIndex()))
        self.imports = Button(label("import.open"), "Ctrl+I", icon="carry")
        self.imports.clicked.connect(self.importing)
        self.offer_import(label("operations.not-yours"))
        self.count = PlainLabel("", "quiet", wrap=False)
        self.empty = PlainLabel("", "quiet")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.body = QStackedWidget()
        self.body.addWidget(self.table)
        self.body.addWidget(self.empty)
        self.totals = DeskTotals(context)
        title = PlainLabel(label("screen.desk"), "title", wrap=False)
        head = row(title, self.count, None, gap=measure.UNIT)
        for each in (self.base, self.filter, self.imports, self.review):
            head.addWidget(each)
        head.setStretch(4, 2)
        page = column(head, gap=measure.GAP, margin=measure.GAP)
        page.addWidget(self.body, 1)
        page.addWidget(self.totals)
        self.setLayout(page)

    def _table(self) -> QTableView:
        table = QTableView()
        table.setModel(self.model)
        table.setItemDelegate(CellDelegate(table))
        table.setAccessibleName(label("desk.table"))
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(measure.ROW)
        table.verticalHeader().setMinimumSectionSize(measure.CONTROL)
        header = table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        header.setSectionsClickable(True)
        header.setSortIndicatorShown(True)
        header.setSortIndicator(int(Column.ACT_BY), Qt.SortOrder.AscendingOrder)
        header.sectionClicked.connect(self.sort)
        for place, width in _WIDTHS.items():
            table.setColumnWidth(place, width)
        header.setSectionResizeMode(int(Column.EXCHANGE), QHeaderView.ResizeMode.Stretch)
        table.activated.connect(self._open)
        return table

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room parties and notional stand with the exchange."""
        super().resizeEvent(event)
        narrow = event.size().width() < _ROOMY
        if narrow != self.model.narrow:
            for place in _FOLDED:
                self.table.setColumnHidden(int(place), narrow)
            for place, width in _NARROW.items():
                self.table.setColumnWidth(int(place), width if narrow else _WIDTHS[place])
            self.model.set_narrow(narrow)

    def show_view(self, view: DeskView) -> None:
        """Show these settlements in the order and filter of now."""
        self.view, self.stacks = view, []
        if len(view.rows) <= _MANY:
            self.totals.show_sums(view.totals, desk.by_counterparty(view.rows))
        else:
            work = aside(lambda: desk.by_counterparty(view.rows))
            self.context.runner.start(work, lambda parties: self.totals.show_sums(view.totals, parties))
        self.arrange()

    def offer_import(self, hindrance: str) -> None:
        """Offer to import, or say why not."""
        self.imports.setEnabled(not hindrance)
        self.imports.explain(hindrance or label("import.open-tip"), "Ctrl+I")

    def sort(self, place: int) -> None:
        """Sort by a column; again turns the order round."""
        self.descending = place == self.order and not self.descending
        self.order = Column(place)
        order = Qt.SortOrder.DescendingOrder if self.descending else Qt.SortOrder.AscendingOrder
        self.table.horizontalHeader().setSortIndicator(place, order)
        self.arrange()

    def arrange(self) -> None:
        """Sort and filter; many rows on a thread, one after the other, until the newest wish is met."""
        self.turn += 1
        if len(self.view.rows) <= _MANY:
            self._show(self.turn, self._wish()())
        elif not self.arranging:
            self.arranging = True
            self.context.runner.start(self._catch_up(), ended=self._caught_up)

    def _wish(self) -> Callable[[], list[int | Group]]:
        rows, order, descending, needle = self.view.rows, self.order, self.descending, self.filter.text()
        stacks = self.stacks

        def work() -> list[int | Group]:
            if needle and not stacks:
                stacks.extend(desk.haystack(each) for each in rows)
            return desk.arrange(rows, order, descending=descending, needle=needle, stacks=stacks)

        return work

    async def _catch_up(self) -> None:
        turn, places = 0, []
        while turn != self.turn:
            turn = self.turn
            places = await aside(self._wish())
        self._show(turn, places)

    def _caught_up(self) -> None:
        self.arranging = False

    def _show(self, turn: int, places: list[int | Group]) -> None:
        if turn != self.turn:
            return
        chosen = self._chosen()
        self.model.show(self.view.rows, places, self.context.now, base=self.base.isChecked())
        self.table.clearSpans()
        for at in self.low:
            self.table.setRowHeight(at, measure.ROW)
        self.low = headings = self.model.headings()
        for at in headings:
            self.table.setSpan(at, 0, 1, len(Column))
            self.table.setRowHeight(at, measure.CONTROL)
        shown = len(places) - len(headings)
        self.count.say(label("desk.count", shown=f"{shown:,}", all=f"{len(self.view.rows):,}"))
        self.empty.say(label("desk.empty-filter" if self.view.rows else "desk.empty"))
        self.body.setCurrentWidget(self.table if places else self.empty)
        self._choose(chosen)

    def _chosen(self) -> str:
        row = self.model.settlement(self.table.currentIndex().row())
        return row.contract if row else ""

    def _choose(self, contract: str) -> None:
        first = 1 if self.model.rowCount() > 1 else 0
        settlements = ((at, self.model.settlement(at)) for at in range(min(self.model.rowCount(), _MANY)))
        at = next((at for at, row in settlements if row and row.contract == contract), first)
        self.table.selectRow(at)
        self.review.setEnabled(self.model.settlement(at) is not None)

    def _open(self, index: QModelIndex) -> None:
        row = self.model.settlement(index.row())
        if row is not None:
            self.opened.emit(row.contract)
