"""Reconciling: choose what to compare with, see every break with its cause, then have the report logged."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from PySide6.QtWidgets import QButtonGroup, QRadioButton, QWidget

from countersign.desk.operations_views import ReconciliationView, Standing
from countersign.ui.presenters import operations, writing
from countersign.ui.presenters.operations import BreakLine
from countersign.ui.strings import label
from countersign.ui.tasks.runner import aside
from countersign.ui.theme import measure
from countersign.ui.views.context import Context
from countersign.ui.views.files import PathLine
from countersign.ui.views.line_table import LineTable
from countersign.ui.views.work_dialog import WorkDialog
from countersign.ui.widgets.button import Button
from countersign.ui.widgets.cells import Cell
from countersign.ui.widgets.label import PlainLabel, WholeValue
from countersign.ui.widgets.layout import Card, clear, column, fields, page, row, scrolling

Compare = Callable[[Path | None], Awaitable[ReconciliationView]]
Record = Callable[[ReconciliationView], Awaitable[ReconciliationView]]
Shown = tuple[ReconciliationView, dict[str, BreakLine], list[tuple[str, tuple[Cell, ...]]]]
_COLUMNS = tuple(f"reconcile.column-{name}" for name in ("cause", "about", "here", "there", "more"))
_WIDTHS = (146, 180, 184, 184, 184)


class ReconcileDialog(WorkDialog):
    """`compare` takes a trade file or None for the chains; `record` has what is shown logged."""

    def __init__(self, standing: Standing, compare: Compare, record: Record, context: Context, parent: QWidget) -> None:
        super().__init__(label("reconcile.title"), context, parent)
        self.compare, self.record = compare, record
        self.view: ReconciliationView | None = None
        self.lines: dict[str, BreakLine] = {}
        self.blind = operations.blind(standing)
        group = QButtonGroup(self)
        self.chains, self.trades = (QRadioButton(label(f"reconcile.with-{name}")) for name in ("chains", "trades"))
        for option in (self.chains, self.trades):
            option.setAccessibleName(option.text())
            option.clicked.connect(self.offer)
            group.addButton(option)
        (self.trades if self.blind else self.chains).setChecked(True)
        self.chains.setEnabled(not self.blind)
        self.file = PathLine(
            "reconcile.file", "reconcile.file-hint", "reconcile.choose", folder=False, kinds="reconcile.kinds"
        )
        self.file.field.textChanged.connect(self.offer)
        self.now = Button(label("reconcile.now"), "Ctrl+Return", icon="search", part="primary")
        self.now.clicked.connect(self._compare)
        self.log = Button(label("reconcile.record"), "Ctrl+L", icon="sign")
        self.log.explain(label("reconcile.record-tip"), "Ctrl+L")
        self.log.clicked.connect(self._record)
        self.sums = column(gap=measure.HALF)
        self.table = LineTable(label("reconcile.table"), _COLUMNS, _WIDTHS, stretch=1)
        self.table.chosen.connect(self._show_chosen)
        self.chosen = column(gap=measure.HALF)
        self.detail = scrolling(page(self.chosen, margin=0), label("reconcile.chosen"))
        self._lay_out()
        self.resize(measure.UNIT * 124, measure.UNIT * 82)
        self.table.hide()
        self.detail.hide()
        self.say(self.blind or label("reconcile.waiting"), "warn" if self.blind else "info", "information")
        self.offer()

    def _lay_out(self) -> None:
        close = Button(label("common.close"), "Esc")
        close.clicked.connect(self.reject)
        box = column(PlainLabel(label("reconcile.title"), "title"), gap=measure.UNIT, margin=measure.WIDE)
        box.addWidget(PlainLabel(label("reconcile.with"), "caption"))
        box.addWidget(self.chains)
        trades = row(self.trades, self.file)
        trades.setStretch(1, 1)
        box.addLayout(trades)
        box.addLayout(row(None, self.now))
        box.addLayout(self.said)
        box.addWidget(self.progress)
        box.addLayout(self.sums)
        box.addWidget(self.table, 3)
        box.addWidget(self.detail, 2)
        box.addStretch(0)
        box.addLayout(row(None, self.log, close))
        self.setLayout(box)

    def offer(self) -> None:
        """What can be pressed now."""
        self.file.setEnabled(self.trades.isChecked())
        ready = self.chains.isChecked() or self.file.path is not None
        self.now.setEnabled(ready and not self.busy)
        self.log.setEnabled(self.view is not None and self.view.index is None and not self.busy)

    def _compare(self) -> None:
        file = self.file.path if self.trades.isChecked() else None
        self._clear()

        self.work(label("reconcile.running"), _read(self.compare(file)), self.show_found)

    def _record(self) -> None:
        if self.view is not None:
            self.work(label("reconcile.recording"), _read(self.record(self.view)), self.show_found)

    def _clear(self) -> None:
        self.view = None
        clear(self.sums)
        clear(self.chosen)
        self.table.hide()
        self.detail.hide()

    def show_found(self, found: Shown) -> None:
        """Show what was found, and where it was logged if it was."""
        self._clear()
        self.view, self.lines, cells = found
        view = found[0]
        self.table.setVisible(bool(cells))
        self.table.show_rows(cells)
        for each in view.sums:
            symbol, told = operations.sums(each)
            self.sums.addWidget(PlainLabel(f"{symbol}: {told}"))
        tone, icon, words = operations.headline(view)
        self.say(words, tone, icon)
        if view.index is not None:
            self.said.addWidget(self._recorded(view, view.index))
        self.offer()

    def _recorded(self, view: ReconciliationView, index: int) -> QWidget:
        digest = view.report.digest
        name = label("reconcile.report")
        card = Card(label("reconcile.recorded", index=f"{index:,}"))
        card.body.addLayout(fields([(name, WholeValue(name, digest, writing.groups(digest)))]))
        return card

    def _show_chosen(self, key: str) -> None:
        clear(self.chosen)
        line = self.lines[key]
        card = Card(label("reconcile.chosen"), margin=measure.UNIT)
        card.body.addWidget(PlainLabel(line.happened, "strong"))
        card.body.addWidget(PlainLabel(line.next))
        if line.reference:
            name = label("reconcile.reference")
            card.body.addLayout(fields([(name, WholeValue(name, line.reference, writing.groups(line.reference)))]))
        self.chosen.addWidget(card)
        self.detail.show()


async def _read(comparing: Awaitable[ReconciliationView]) -> Shown:
    """A comparison with its rows, which may be very many: they are written on a thread."""
    view = await comparing

    def rows() -> Shown:
        lines = {str(at): operations.line(each) for at, each in enumerate(view.breaks)}
        return view, lines, [(key, _cells(each)) for key, each in lines.items()]

    return await aside(rows)


def _cells(line: BreakLine) -> tuple[Cell, ...]:
    return (
        Cell(chip=line.chip),
        Cell((line.about, line.whose), strong=True),
        Cell((line.here,), right=True),
        Cell((line.there,), right=True),
        Cell((line.more,), right=True),
    )
