"""The statement of one account over a span of dates: asked of the console off the loop, shown line by line, written as CSV."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QGridLayout, QLineEdit, QWidget

from countersign.desk.statement import Span, Statement
from countersign.desk.statement_forms import as_csv
from countersign.desk.surfaces import Progress
from countersign.formats import times
from countersign.settlement.ledger import Account
from countersign.ui.presenters import statement as words
from countersign.ui.presenters import writing
from countersign.ui.presenters.statement import Row
from countersign.ui.strings import label
from countersign.ui.tasks.runner import aside
from countersign.ui.theme import measure
from countersign.ui.views.context import Context
from countersign.ui.views.line_table import LineTable
from countersign.ui.views.work_dialog import WorkDialog
from countersign.ui.widgets.button import Button
from countersign.ui.widgets.cells import Cell
from countersign.ui.widgets.label import PlainLabel, WholeValue
from countersign.ui.widgets.layout import Card, clear, column, fields, row

Ask = Callable[[Account, Span, Progress], Awaitable[Statement]]
Shown = tuple[Statement, dict[str, Row], list[tuple[str, tuple[Cell, ...]]]]
_COLUMNS = tuple(f"statement.column-{name}" for name in ("when", "what", "amount", "after"))
_WIDTHS = (186, 260, 210, 210)
_DAYS = 30
"""How far back a statement goes unless the officer says otherwise."""


class StatementDialog(WorkDialog):
    """`ask` gives the statement of an account; `name` says whose it is before anything was read."""

    def __init__(self, account: Account, name: str, ask: Ask, context: Context, parent: QWidget) -> None:
        super().__init__(label("statement.title"), context, parent)
        self.account, self.ask = account, ask
        self.view: Statement | None = None
        self.rows: dict[str, Row] = {}
        today = context.now // times.DAY
        self.first = self._day("first", times.date_text(today - _DAYS))
        self.last = self._day("last", times.date_text(today))
        self.now = Button(label("statement.show"), "Ctrl+Return", icon="search", part="primary")
        self.now.clicked.connect(self.begin)
        self.save = Button(label("statement.save"), "Ctrl+Shift+E")
        self.save.explain(label("statement.save-tip"), "Ctrl+Shift+E")
        self.save.clicked.connect(self._choose_file)
        self.whose = PlainLabel(name, "strong")
        self.sums = column(gap=measure.HALF)
        self.table = LineTable(label("statement.table"), _COLUMNS, _WIDTHS, stretch=1)
        self.table.chosen.connect(self._show_chosen)
        self.chosen = column(gap=measure.HALF)
        self._lay_out()
        self.resize(measure.UNIT * 124, measure.UNIT * 86)
        self._clear()
        self.offer()

    def _day(self, name: str, text: str) -> QLineEdit:
        field = QLineEdit(text)
        field.setAccessibleName(label(f"statement.{name}"))
        field.setToolTip(label(f"statement.{name}-hint"))
        field.setPlaceholderText(label(f"statement.{name}-hint"))
        field.returnPressed.connect(self.begin)
        return field

    def _lay_out(self) -> None:
        close = Button(label("common.close"), "Esc")
        close.clicked.connect(self.reject)
        box = column(PlainLabel(label("statement.title"), "title"), gap=measure.UNIT, margin=measure.WIDE)
        box.addWidget(self.whose)
        box.addWidget(PlainLabel(self.account.asset, "caption"))
        days = row(
            column(PlainLabel(label("statement.first"), "caption"), self.first, gap=measure.HALF),
            column(PlainLabel(label("statement.last"), "caption"), self.last, gap=measure.HALF),
            column(PlainLabel("", "caption"), self.now, gap=measure.HALF),
        )
        days.setStretch(0, 1)
        days.setStretch(1, 1)
        box.addLayout(days)
        box.addLayout(self.said)
        box.addWidget(self.progress)
        box.addLayout(self.sums)
        box.addWidget(self.table, 1)
        box.addLayout(self.chosen)
        box.addStretch(0)
        box.addLayout(row(None, self.save, close))
        self.setLayout(box)

    def offer(self) -> None:
        """What can be pressed now."""
        self.now.setEnabled(not self.busy)
        self.save.setEnabled(self.view is not None and not self.busy)

    def begin(self) -> None:
        """Ask for the span that stands there."""
        if not self.busy:
            self._clear()
            self.work(label("statement.reading"), self._read(), self.show_found, label("statement.stopped"))

    async def _read(self) -> Shown:
        """The statement with its rows, which may be very many: they are written on a thread."""
        span = Span.read(*(field.text().strip() or None for field in (self.first, self.last)), now=self.context.now)
        found = await self.ask(self.account, span, self.progress.advance)

        def rows() -> Shown:
            lines = {str(at): each for at, each in enumerate(words.rows(found))}
            return found, lines, [(key, _cells(each)) for key, each in lines.items()]

        return await aside(rows)

    def _clear(self) -> None:
        self.view = None
        clear(self.sums)
        clear(self.chosen)
        self.table.hide()

    def show_found(self, found: Shown) -> None:
        """Show a statement."""
        self._clear()
        self.view, self.rows, cells = found
        view = found[0]
        self.say(words.headline(view), "info", "information")
        if words.note(view):
            self.said.addWidget(PlainLabel(words.note(view)))
        self.sums.addLayout(_pairs(words.summary(view)))
        self.table.setVisible(bool(cells))
        self.table.picked = ""
        self.table.show_rows(cells)
        self.offer()

    def _show_chosen(self, key: str) -> None:
        clear(self.chosen)
        line = self.rows[key]
        card = Card(label("statement.chosen"), margin=measure.UNIT)
        card.body.addLayout(_pairs(line.facts, columns=2))
        if line.contract:
            name = label("statement.hash")
            card.body.addLayout(fields([(name, WholeValue(name, line.contract, writing.groups(line.contract)))]))
        self.chosen.addWidget(card)

    def _choose_file(self) -> None:
        if self.view is None:
            return
        dialog = QFileDialog(self, label("statement.save"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(label("statement.kinds"))
        dialog.setDefaultSuffix("csv")
        dialog.selectFile(words.file_name(self.view))
        dialog.fileSelected.connect(lambda chosen: self.save_to(Path(chosen)))
        dialog.open()

    def save_to(self, path: Path) -> None:
        """Write what is shown as CSV."""
        view, keep = self.view, self.context.instruments.drives.keep
        if view is None:
            return

        def told(_: object) -> None:
            self.say(label("statement.saved", path=str(path)), "ok", "pass")

        self.work(label("statement.save"), aside(lambda: keep(path.parent, path.name, as_csv(view))), told)


def _pairs(pairs: words.Pairs, columns: int = 1) -> QGridLayout:
    shown: list[tuple[str, QWidget]] = [(caption, PlainLabel(value)) for caption, value in pairs]
    return fields(shown, columns)


def _cells(line: Row) -> tuple[Cell, ...]:
    return (
        Cell(line.when),
        Cell(line.what, chip=line.chip, strong=True),
        Cell((line.amount,), right=True),
        Cell(line.after, right=True),
    )
