"""The Desk: what needs me, by when?"""

import asyncio
from collections.abc import Callable

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QStackedWidget, QTableView, QWidget

from countersign.desk.views import DeskView, Group, Rows
from countersign.ui.models.desk_model import DeskModel
from countersign.ui.presenters import desk
from countersign.ui.presenters.desk import Column
from countersign.ui.strings import label
from countersign.ui.tasks.runner import aside
from countersign.ui.theme import measure
from countersign.ui.views.context import Context
from countersign.ui.views.desk_checks import DeskChecks
from countersign.ui.views.desk_totals import DeskTotals
from countersign.ui.widgets.button import Button, base_units
from countersign.ui.widgets.label import PlainLabel
from countersign.ui.widgets.layout import column, row
from countersign.ui.widgets.row_table import RowTable

_WIDTHS = {
    Column.ACT_BY: 176, Column.STATE: 140, Column.PARTIES: 124, Column.EXCHANGE: 238, Column.NOTIONAL: 126,
    Column.SIGNATURES: 172, Column.CHECKS: 124, Column.ACTION: 162,
}  # fmt: skip
_NARROW = {Column.ACT_BY: 152, Column.CHECKS: 122}
_FOLDED = (Column.PARTIES, Column.NOTIONAL)
_ROOMY = 1_180
MANY = 2_000
"""More settlements than these are sorted and searched beside the window's thread."""
_TICK = 30_000  # ms


class DeskScreen(QWidget):
    """`opened` says which contract to review; `importing` asks for a batch, `arriving` for what came in."""

    opened = Signal(str)
    importing = Signal()
    arriving = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.setProperty("part", "page")
        self.view = DeskView(Rows(), ())
        self.order, self.descending, self.turn, self.arranging = Column.ACT_BY, False, 0, False
        self.stacks, self.stacked = desk.Stacks(), list[str]()
        self.stacking: asyncio.Task[None] | None = None
        self.low: list[int] = []  # rows that are headings now
        self.model = DeskModel()
        self.table = self._table()
        self.checks = DeskChecks(self.table, self.model, context.runner)
        self.checks.learnt.connect(self.arrange)
        self.checks.progressed.connect(self._say_count)
        self.clock = QTimer(self)
        self.clock.setInterval(_TICK)
        self.clock.timeout.connect(self.tick)
        self.clock.start()
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
        self.arrivals = Button(label("arrivals.open"), "Ctrl+D", icon="vault")
        self.arrivals.clicked.connect(self.arriving)
        self.offer_operations(label("operations.not-yours"))
        self.count = PlainLabel("", "quiet", wrap=False)
        self.empty = PlainLabel("", "quiet")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.body = QStackedWidget()
        self.body.addWidget(self.table)
        self.body.addWidget(self.empty)
        self.totals = DeskTotals(context)
        title = PlainLabel(label("screen.desk"), "title", wrap=False)
        head = row(column(title, self.count, gap=0), None, gap=measure.UNIT)
        for each in (self.base, self.filter, self.arrivals, self.imports, self.review):
            head.addWidget(each)
        head.setStretch(3, 2)
        page = column(head, gap=measure.GAP, margin=measure.GAP)
        page.addWidget(self.body, 1)
        page.addWidget(self.totals)
        self.setLayout(page)

    def _table(self) -> QTableView:
        table = RowTable(self.model, label("desk.table"), _WIDTHS.items(), stretch=int(Column.EXCHANGE))
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.verticalHeader().setMinimumSectionSize(measure.CONTROL)
        header = table.horizontalHeader()
        header.setSectionsClickable(True)
        header.setSortIndicatorShown(True)
        header.setSortIndicator(int(Column.ACT_BY), Qt.SortOrder.AscendingOrder)
        header.sectionClicked.connect(self.sort)
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
        """Show these settlements in the order and filter of now; where only their totals are new, those."""
        self.totals.show_sums(view.totals, view.by_party)
        before, self.view = self.view, view
        if view.rows is not before.rows:
            self.stacked = []
            self.checks.begin(view)
            self.arrange()
        if view.totals is not None and len(view.rows) > MANY:
            self.stacking = self.context.runner.start(self._stack(view))

    async def _stack(self, view: DeskView) -> None:
        """Make what the filter looks in before anybody asks for it; with it every row is made."""
        stacked = await aside(lambda: self.stacks.of(view.rows))
        if view.rows is self.view.rows:
            self.stacked = stacked

    @property
    def now(self) -> int:
        """Unix seconds: never before the last entry of what is shown, whatever this machine's clock says."""
        return max(self.context.now, self.view.newest)

    def tick(self) -> None:
        """Time goes on: how long is left is written anew, and the checks of what is on screen run again."""
        if self.isVisible():
            self.model.write_again(self.now)
            self.checks.look_again()

    def showEvent(self, event: QShowEvent) -> None:
        """Whoever comes back sees what is so now."""
        super().showEvent(event)
        self.tick()

    def offer_operations(self, hindrance: str) -> None:
        """Offer to import and to take in what came, or say why not."""
        self.arrivals.setEnabled(not hindrance)
        self.arrivals.explain(hindrance or label("arrivals.open-tip"), "Ctrl+D")
        self.imports.setEnabled(not hindrance)
        self.imports.explain(hindrance or label("import.open-tip"), "Ctrl+I")

    def sort(self, place: int) -> None:
        """Sort by a column; again turns the order round."""
        self.descending = place == self.order and not self.descending
        self.order = Column(place)
        order = Qt.SortOrder.DescendingOrder if self.descending else Qt.SortOrder.AscendingOrder
        self.table.horizontalHeader().setSortIndicator(place, order)
        self.checks.set_everything(self.order is Column.CHECKS)
        self.arrange()

    def arrange(self) -> None:
        """Sort and filter; many rows on a thread, one after the other, until the newest wish is met."""
        self.turn += 1
        if len(self.view.rows) <= MANY:
            self._show(self.turn, self._wish()())
        elif not self.arranging:
            self.arranging = True
            self.context.runner.start(self._catch_up(), ended=self._caught_up)

    def _wish(self) -> Callable[[], list[int | Group]]:
        view, order, descending, needle = self.view, self.order, self.descending, self.filter.text()
        known, stacked = self.checks.known, self.stacked

        def work() -> list[int | Group]:
            if needle and not stacked:
                stacked.extend(self.stacks.of(view.rows))
            return desk.arrange(view.rows, order, descending=descending, needle=needle, stacks=stacked, checked=known)

        return work

    async def _catch_up(self) -> None:
        turn, places = 0, []
        while turn != self.turn:
            turn = self.turn
            if self.filter.text() and self.stacking is not None and not self.stacking.done():
                self.count.say(label("desk.count-searching", all=f"{len(self.view.rows):,}"))
                await asyncio.wait([self.stacking])
            places = await aside(self._wish())
        self._show(turn, places)

    def _caught_up(self) -> None:
        self.arranging = False

    def _show(self, turn: int, places: list[int | Group]) -> None:
        if turn != self.turn:
            return
        chosen = self.model.contract(self.table.currentIndex().row())
        self.model.show(self.view.rows, places, self.now, base=self.base.isChecked())
        self.table.clearSpans()
        for at in self.low:
            self.table.setRowHeight(at, measure.ROW)
        self.low = headings = self.model.headings
        for at in headings:
            self.table.setSpan(at, 0, 1, len(Column))
            self.table.setRowHeight(at, measure.CONTROL)
        self._say_count()
        self.empty.say(label("desk.empty-filter" if self.view.rows else "desk.empty"))
        self.body.setCurrentWidget(self.table if places else self.empty)
        self._choose(chosen)
        self.checks.look()

    def _say_count(self) -> None:
        done, count = self.checks.progress
        if done < count:
            self.count.say(label("desk.count-checking", done=f"{done:,}", count=f"{count:,}"))
            return
        shown = len(self.model.places) - len(self.model.headings)
        self.count.say(label("desk.count", shown=f"{shown:,}", all=f"{len(self.view.rows):,}"))

    def _choose(self, contract: str) -> None:
        first = 1 if self.model.rowCount() > 1 else 0
        near = range(min(self.model.rowCount(), MANY))
        at = next((at for at in near if contract and self.model.contract(at) == contract), first)
        self.table.selectRow(at)
        self.review.setEnabled(self.model.line(at) is not None)

    def _open(self, index: QModelIndex) -> None:
        contract = self.model.contract(index.row())
        if contract:
            self.opened.emit(contract)
