"""Log: is the history whole? Head, witnesses, entries with search, the proof of one entry drawn, everything verified."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QTableView, QVBoxLayout, QWidget

from countersign.desk.views import ForkView, LogView, ProofView
from countersign.ui.models.log_model import LogModel
from countersign.ui.presenters import log, review, writing
from countersign.ui.strings import label
from countersign.ui.tasks.runner import aside
from countersign.ui.theme import measure
from countersign.ui.views import transaction_cards as cards
from countersign.ui.views.context import Context
from countersign.ui.views.fork_card import ForkCard
from countersign.ui.widgets.button import Button
from countersign.ui.widgets.label import PlainLabel, WholeValue
from countersign.ui.widgets.layout import Card, Note, clear, column, fields, page, row, scrolling
from countersign.ui.widgets.picture import Picture
from countersign.ui.widgets.progress import ProgressLine
from countersign.ui.widgets.row_table import RowTable

_MANY = 2_000


class LogScreen(QWidget):
    """`proving` asks for the proof of an entry, `verifying` for everything."""

    proving = Signal(int)
    verifying = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.setProperty("part", "page")
        self.view: LogView | None = None
        self.turn = 0
        self.model = LogModel()
        self.search = QLineEdit()
        self.search.setAccessibleName(label("log.search"))
        self.search.setToolTip(label("key.tip", action=label("log.search"), key="Ctrl+F"))
        self.search.setPlaceholderText(label("log.search-hint"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(lambda _: self.arrange())
        self.go_search = Button(label("log.find"), "Ctrl+F", icon="search")
        self.go_search.clicked.connect(self.search.setFocus)
        self.verify = Button(label("log.verify"), "Ctrl+E", icon="pass", part="primary")
        self.verify.explain(label("log.verify-tip"), "Ctrl+E")
        self.verify.clicked.connect(self.verifying)
        self.progress = ProgressLine(label("log.verifying"))
        self.count = PlainLabel("", "quiet", wrap=False)
        self.said = column(gap=measure.UNIT)
        self.head = column(gap=measure.UNIT)
        self.table = self._table()
        self.forked: ForkView | None = None
        self.fork, self.path = column(gap=0), column(PlainLabel(label("log.proof-none"), "quiet"), gap=0)
        self.proof = scrolling(page(self.fork, self.path, margin=0), label("log.proof-area"))
        self.setLayout(self._page())

    def _page(self) -> QVBoxLayout:
        title = PlainLabel(label("screen.log"), "title", wrap=False)
        left = column(self.head, row(self.search, self.go_search, self.count), gap=measure.UNIT)
        left.addWidget(self.table, 1)
        both = row(gap=measure.GAP)
        both.addLayout(left, 13)
        both.addWidget(self.proof, 10)
        head = row(title, None, self.progress, self.verify)
        whole = column(head, self.said, gap=measure.UNIT, margin=measure.GAP)
        whole.addLayout(both, 1)
        return whole

    def _table(self) -> QTableView:
        widths = enumerate((52, 156, 138, 120, 96))
        table = RowTable(self.model, label("log.table"), widths, stretch=4, height=measure.LINE_ROW)
        table.selectionModel().currentRowChanged.connect(lambda current, _: self._chosen(current.row()))
        return table

    def show_view(self, view: LogView) -> None:
        """Show this log."""
        self.view = view
        clear(self.said)
        if view.fork != self.forked:
            self.forked = view.fork
            clear(self.fork)
            if view.fork is not None:
                self.fork.addWidget(ForkCard(self.context, view.fork))
        alarm = log.alarm(view)
        if alarm is not None:
            self._say(f"{label('log.alarm')}: {alarm[0]}\n{alarm[1]}", "bad")
        clear(self.head)
        card = Card(label("log.head"))
        pairs: list[tuple[str, QWidget]] = [
            (name, PlainLabel(value)) for name, value in log.head(view, self.context.now)
        ]
        root = label("log.root")
        card.body.addLayout(fields([*pairs, (root, WholeValue(root, view.root, writing.groups(view.root)))]))
        tone, icon, words = review.witnesses(view.witnesses, view.needed)
        card.body.addLayout(_line(tone, icon, words, "strong"))
        for each in view.witnesses:
            card.body.addLayout(_line(*review.witness(each)))
        self.head.addWidget(card)
        self.arrange()

    def show_verified(self, view: LogView) -> None:
        """Everything was verified: what came of it."""
        self.show_view(view)
        words, tone = log.verified(view)
        self._say(words, tone)

    def _say(self, words: str, tone: str) -> None:
        self.said.addWidget(Note(words, tone, Picture("pass" if tone == "ok" else "warning", tone)))

    def arrange(self) -> None:
        """Search; many entries on a thread, the newest wish wins."""
        if self.view is None:
            return
        self.turn += 1
        turn, entries, needle = self.turn, self.view.entries, self.search.text()
        if len(entries) <= _MANY:
            self._show(turn, log.found(entries, needle))
        else:
            self.context.runner.start(
                aside(lambda: log.found(entries, needle)), lambda places: self._show(turn, places)
            )

    def _show(self, turn: int, places: list[int]) -> None:
        if turn != self.turn or self.view is None:
            return
        entry = self.model.entry(self.table.currentIndex().row())
        self.model.show(self.view.entries, places)
        self.count.say(label("log.count", shown=f"{len(places):,}", all=f"{len(self.view.entries):,}"))
        wanted = entry.index if entry else None
        at = next((at for at, place in enumerate(places) if self.view.entries[place].index == wanted), 0)
        if places:
            self.table.selectRow(at)

    def _chosen(self, row_number: int) -> None:
        entry = self.model.entry(row_number)
        if entry is not None:
            self.proving.emit(entry.index)

    @property
    def chosen(self) -> int | None:
        """The index of the chosen entry."""
        entry = self.model.entry(self.table.currentIndex().row())
        return None if entry is None else entry.index

    def _select(self, index: int) -> None:
        if self.view is None or self.chosen == index:
            return
        for at, place in enumerate(self.model.places):
            if self.view.entries[place].index == index:
                asking = self.blockSignals(True)
                self.table.selectRow(at)
                self.blockSignals(asking)
                self.table.scrollTo(self.model.index(at, 0), QTableView.ScrollHint.PositionAtCenter)

    def show_proof(self, proof: ProofView) -> None:
        """Choose the entry of this proof and draw its path; nothing if the search hides it."""
        self._select(proof.index)
        entry = self.model.entry(self.table.currentIndex().row())
        if entry is None or entry.index != proof.index:
            return
        card = cards.proof(proof, label("log.proof", index=f"{proof.index:,}"), witnesses=False)
        name = label("log.payload")
        card.body.insertWidget(1, WholeValue(name, entry.payload, writing.groups(entry.payload)))
        card.body.insertWidget(1, PlainLabel(name, "caption"))
        if entry.refused is not None:
            name = label("log.refused-bytes")
            card.body.insertWidget(3, PlainLabel(name, "caption"))
            card.body.insertWidget(4, WholeValue(name, entry.refused.sha256, writing.groups(entry.refused.sha256)))
        if entry.fault is not None:
            card.body.insertWidget(1, Note(log.fault(entry), "bad", Picture("fail", "bad")))
        clear(self.path)
        self.path.addWidget(card)


def _line(tone: str, icon: str, words: str, part: str = "") -> QHBoxLayout:
    line = row(Picture(icon, tone), PlainLabel(words, part))
    line.setStretch(1, 1)
    return line
