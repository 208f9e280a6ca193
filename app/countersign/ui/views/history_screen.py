"""History: what happened to a settlement? Every settlement with search, the timeline of one, what all add up to."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QLineEdit, QTableView, QVBoxLayout, QWidget

from countersign.desk.history import HistoryRow, HistoryView
from countersign.desk.report_file import LONGEST
from countersign.desk.telling import Story
from countersign.desk.views import TokenView
from countersign.ui.models.history_model import HistoryModel
from countersign.ui.presenters import history, writing
from countersign.ui.strings import label
from countersign.ui.tasks.runner import aside
from countersign.ui.theme import measure
from countersign.ui.views.context import Context
from countersign.ui.widgets.bars import Bars
from countersign.ui.widgets.button import Button
from countersign.ui.widgets.label import PlainLabel, WholeValue
from countersign.ui.widgets.layout import Card, Note, clear, column, fields, page, row, scrolling
from countersign.ui.widgets.picture import Picture
from countersign.ui.widgets.progress import ProgressLine
from countersign.ui.widgets.row_table import RowTable

_WIDTHS = (184, 122, 190, 138)
_MANY = 2_000


class HistoryScreen(QWidget):
    """`chosen` asks for the story of a contract, `packing` for its evidence pack at a path, `reporting` for a signed PDF at a
    path, `unlocking` for the PIN."""

    chosen = Signal(str)
    packing = Signal(str, Path)
    reporting = Signal(Path)
    unlocking = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.setProperty("part", "page")
        self.view: HistoryView | None = None
        self.newest: HistoryView | None = None  # what will be shown once it can be searched
        self.stacks: list[str] = []
        self.told = ""
        self.model = HistoryModel()
        self.search = QLineEdit()
        self.search.setAccessibleName(label("history.search"))
        self.search.setToolTip(label("key.tip", action=label("history.search"), key="Ctrl+F"))
        self.search.setMaxLength(LONGEST)
        self.search.setPlaceholderText(label("history.search-hint"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(lambda _: self.arrange())
        self.go_search = Button(label("history.find"), "Ctrl+F", icon="search")
        self.go_search.clicked.connect(self.search.setFocus)
        self.export = Button(label("history.export"), "Ctrl+Shift+E")
        self.export.explain(label("history.export-tip"), "Ctrl+Shift+E")
        self.export.clicked.connect(self._export)
        self.report = Button(label("history.report"), "Ctrl+S", icon="sign")
        self.report.clicked.connect(self._ask_report)
        self.unlock = Button(label("sign.unlock"), "Ctrl+U", icon="unlocked")
        self.unlock.clicked.connect(self.unlocking)
        self.pack: Button | None = None  # of the settlement that is told
        self.progress = ProgressLine(label("history.reporting"))
        self.token: TokenView | None = None
        self.busy = False
        self.count = PlainLabel("", "quiet", wrap=False)
        self.why = PlainLabel("", "quiet", wrap=False)
        self.said, self.summary, self.story = column(gap=0), column(gap=measure.UNIT), column(gap=measure.UNIT)
        self.story.addWidget(PlainLabel(label("history.none"), "quiet"))
        self.table = self._table()
        self.setLayout(self._page())

    def _page(self) -> QVBoxLayout:
        left = column(row(self.search, self.go_search, self.count), gap=measure.UNIT)
        left.addWidget(self.table, 1)
        right = scrolling(page(self.summary, self.story, margin=0), label("history.timeline-area"))
        both = row(gap=measure.GAP)
        both.addLayout(left, 3)
        both.addWidget(right, 2)
        title = PlainLabel(label("screen.history"), "title", wrap=False)
        head = row(title, None, self.progress, self.why, self.unlock, self.report, self.export)
        self.offer()
        whole = column(head, self.said, gap=measure.UNIT, margin=measure.GAP)
        whole.addLayout(both, 1)
        return whole

    def _table(self) -> QTableView:
        table = RowTable(self.model, label("history.table"), enumerate(_WIDTHS), stretch=2)
        table.selectionModel().currentRowChanged.connect(lambda current, _: self._choose(current.row()))
        return table

    def show_view(self, view: HistoryView) -> None:
        """Show this history; the settlement that was being read stays chosen."""
        self.newest = view
        if len(view.rows) <= _MANY:
            self._show(view, history.haystacks(view.rows))
        else:
            work = aside(lambda: history.haystacks(view.rows))
            self.context.runner.start(work, lambda stacks: self._show(view, stacks))

    def _show(self, view: HistoryView, stacks: list[str]) -> None:
        if view is not self.newest:
            return
        self.view, self.stacks = view, stacks
        clear(self.summary)
        card = Card(label("history.summary"))
        card.body.addLayout(fields([(name, PlainLabel(value)) for name, value in history.summary(view)]))
        if view.volume:
            card.body.addWidget(PlainLabel(label("history.volume"), "caption"))
            card.body.addWidget(Bars(label("history.volume"), history.bars(view.volume)))
        self.summary.addWidget(card)
        self.arrange()

    def arrange(self) -> None:
        """Show the rows that hold every word of the search."""
        if self.view is None:
            return
        places = history.found(self.stacks, self.search.text())
        wanted = self.told
        self.model.show(self.view.rows, places)
        shown = label("history.count", shown=f"{len(places):,}", all=f"{len(self.view.rows):,}")
        self.count.say(shown if self.view.rows else label("history.empty"))
        for line, place in enumerate(places):
            if self.view.rows[place].contract == wanted:
                self.table.selectRow(line)
                return

    def show_token(self, token: TokenView | None) -> None:
        """The officer's token as it is now."""
        self.token = token
        self.offer()

    def offer(self) -> None:
        """Whether a report can be signed now, else why not."""
        hindrance = history.hindrance(self.token)
        self.report.setEnabled(not hindrance and not self.busy and self.context.runner.sound)
        if self.pack is not None:
            self.pack.setEnabled(not self.busy and self.context.runner.sound)
        self.report.explain(hindrance or label("history.report-tip"), "Ctrl+S")
        self.why.say(hindrance)
        self.why.setVisible(bool(hindrance) and not self.busy)
        shut = self.token is not None and not self.token.unlocked and self.token.tries != "locked"
        self.unlock.setVisible(shut and not self.busy)

    def set_busy(self, busy: bool) -> None:
        """Whether a report or a pack is being made."""
        self.busy = busy
        self.offer()

    def listed(self, view: HistoryView) -> list[HistoryRow]:
        """The rows of a fresher view that the search leaves."""
        places = history.found(history.haystacks(view.rows), self.search.text())
        return [view.rows[at] for at in places]

    def say(self, words: str) -> None:
        """What came of it, above the table."""
        clear(self.said)
        self.said.addWidget(Note(words, "ok", Picture("pass", "ok")))

    def _ask_report(self) -> None:
        self._ask("report", "pdf", self.reporting.emit)

    def _ask(self, what: str, suffix: str, then: Callable[[Path], object]) -> None:
        """Ask where to write to."""
        dialog = QFileDialog(self, label(f"history.{what}"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(label(f"history.{what}-kinds"))
        dialog.setDefaultSuffix(suffix)
        dialog.fileSelected.connect(lambda chosen: then(Path(chosen)))
        dialog.open()

    def _choose(self, line: int) -> None:
        found = self.model.at(line)
        if found is not None:
            self.chosen.emit(found.contract)

    def show_story(self, story: Story) -> None:
        """Show what happened to one settlement."""
        self.told = story.contract
        clear(self.story)
        card = Card(label("history.timeline"), self._pack_of(story.contract))
        name = label("history.hash")
        card.body.addWidget(PlainLabel(name, "caption"))
        card.body.addWidget(WholeValue(name, story.contract, writing.groups(story.contract)))
        for when, what, fault in history.lines(story):
            line = Note(what, "bad", Picture("fail", "bad")) if fault else PlainLabel(what)
            card.body.addWidget(PlainLabel(when, "caption"))
            card.body.addWidget(line)
        self.story.addWidget(card)

    def _pack_of(self, contract: str) -> Button:
        """The button that writes this settlement's evidence."""
        self.pack = Button(label("history.pack"), "Ctrl+E")
        self.pack.explain(label("history.pack-tip"), "Ctrl+E")
        self.pack.clicked.connect(lambda: self._ask("pack", "zip", lambda path: self.packing.emit(contract, path)))
        self.offer()
        return self.pack

    def _export(self) -> None:
        self._ask("export", "csv", self.export_to)

    def export_to(self, path: Path) -> None:
        """Write the rows that are shown; JSON where the name says so, else CSV."""
        rows = [self.model.rows[at] for at in self.model.places]
        data = history.exported(rows, as_json=path.suffix.lower() == ".json")
        keep = self.context.instruments.drives.keep

        def told(_: object) -> None:
            self.say(label("history.exported", path=str(path)))

        self.context.runner.start(aside(lambda: keep(path.parent, path.name, data)), told)
