"""Settings' proposals: what each changes in words, who has signed, who can still; sign, log, hand on, withdraw."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from countersign.desk.governance_views import ProposalView
from countersign.ui.presenters import settings, writing
from countersign.ui.strings import label
from countersign.ui.theme import measure
from countersign.ui.views.context import Context
from countersign.ui.views.files import pick
from countersign.ui.views.line_table import LineTable
from countersign.ui.widgets.button import Button
from countersign.ui.widgets.cells import Cell
from countersign.ui.widgets.chip import Chip
from countersign.ui.widgets.drop import DropPlace
from countersign.ui.widgets.label import PlainLabel, WholeValue
from countersign.ui.widgets.layout import Card, Note, clear, column, fields, page, row, scrolling
from countersign.ui.widgets.picture import Picture

_WIDTHS = (300, 140)


class ProposalsPart(QWidget):
    """Signals carry the proposal's hash; `files` the files to take in, `keeping` where to write the one handed on."""

    signing = Signal(str)
    logging = Signal(str)
    withdrawing = Signal(str)
    keeping = Signal(str, Path)
    files = Signal(list)
    proposing = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.views: Sequence[ProposalView] = ()
        self.said = column(gap=0)
        columns = ("settings.column-what", "settings.column-state")
        self.table = LineTable(label("settings.table"), columns, _WIDTHS, stretch=0)
        self.table.chosen.connect(lambda _: self._show_chosen())
        self.detail = column(gap=measure.UNIT)
        self._buttons()
        drop = DropPlace(label("settings.drop"))
        drop.dropped.connect(self.files)
        left = column(row(self.new, self.file, None), gap=measure.UNIT)
        left.addWidget(self.table, 1)
        left.addWidget(drop)
        right = column(scrolling(page(self.detail, margin=0), label("settings.changes")), gap=measure.UNIT)
        right.setStretch(0, 1)
        right.addLayout(row(self.withdraw, self.hand_on, None, self.log, self.sign))
        both = row(gap=measure.GAP)
        both.addLayout(left, 10)
        both.addLayout(right, 13)
        whole = column(self.said, gap=measure.UNIT)
        whole.addLayout(both, 1)
        self.setLayout(whole)

    def _buttons(self) -> None:
        self.new = Button(label("settings.new"), "Ctrl+P", part="primary")
        self.new.clicked.connect(self.proposing)
        self.file = Button(label("settings.from-file"), "Ctrl+O")
        self.file.explain(label("settings.from-file-tip"), "Ctrl+O")
        self.file.clicked.connect(self._pick)
        self.sign = Button(label("settings.sign"), "Ctrl+S", icon="sign", part="primary")
        self.sign.clicked.connect(lambda: self.signing.emit(self.table.picked))
        self.log = Button(label("settings.log"), "Ctrl+L", icon="log")
        self.log.clicked.connect(lambda: self.logging.emit(self.table.picked))
        self.hand_on = Button(label("settings.hand-on"), "Ctrl+Shift+E", icon="carry")
        self.hand_on.clicked.connect(self._place)
        self.withdraw = Button(label("settings.withdraw"), "Ctrl+Del", icon="refuse", part="refuse")
        self.withdraw.clicked.connect(lambda: self.withdrawing.emit(self.table.picked))

    def _pick(self) -> None:
        pick(
            self, self.file.text(), lambda chosen: self.files.emit([Path(chosen)]), folder=False,
            kinds="settings.file-kinds",
        )  # fmt: skip

    def _place(self) -> None:
        chosen = self.table.picked
        dialog = QFileDialog(self, label("settings.hand-on"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(label("settings.proposal-kinds"))
        dialog.setDefaultSuffix("proposal")
        dialog.selectFile(f"{chosen[:16]}.proposal")
        dialog.fileSelected.connect(lambda path: self.keeping.emit(chosen, Path(path)))
        dialog.open()

    def show_views(self, views: Sequence[ProposalView]) -> None:
        """Show these proposals; the chosen one stays chosen."""
        self.views = views
        self.table.show_rows([(each.id, _cells(each, self.context.now)) for each in views])
        self._show_chosen()

    def say(self, words: str) -> None:
        """One sentence above everything, until the next."""
        clear(self.said)
        self.said.addWidget(Note(words, "ok", Picture("pass", "ok")))

    def choose(self, proposal: str) -> None:
        """Show this one."""
        self.table.picked = proposal
        self.show_views(self.views)

    def offer(self) -> None:
        """What can be pressed now."""
        view = next((each for each in self.views if each.id == self.table.picked), None)
        open_ = view is not None and not view.logged and view.objection is None
        sound = self.context.runner.sound
        self.sign.setEnabled(view is not None and view.yours and sound)
        self.log.setEnabled(view is not None and open_ and view.complete and sound)
        self.hand_on.setEnabled(view is not None)
        self.withdraw.setEnabled(view is not None)

    def _show_chosen(self) -> None:
        clear(self.detail)
        view = next((each for each in self.views if each.id == self.table.picked), None)
        self.offer()
        if view is None:
            self.detail.addWidget(PlainLabel(label("settings.none"), "quiet"))
            return
        tone, icon, word = settings.state(view)
        card = Card()
        head = row(PlainLabel(settings.kind(view), "title"), Chip(word, icon, tone))
        head.setStretch(0, 1)
        card.body.addLayout(head)
        against = settings.objection(view)
        if against:
            card.body.addWidget(Note(against, "bad", Picture("fail", "bad")))
        if (due := settings.due_in_full(view, self.context.now)) is not None:
            told, do, tone = due
            card.body.addWidget(PlainLabel(told, "strong", tone))
            card.body.addWidget(PlainLabel(do, "caption"))
        told = label("settings.signatures", signed=len(view.signed), wanted=view.wanted)
        card.body.addWidget(PlainLabel(told, "strong"))
        nobody, name = label("settings.nobody"), label("settings.hash")
        pairs: list[tuple[str, QWidget]] = [
            (label("settings.signed"), PlainLabel(", ".join(view.signed) or nobody)),
            (label("settings.missing"), PlainLabel(", ".join(view.missing) or nobody)),
            (name, WholeValue(name, view.id, writing.groups(view.id))),
        ]
        card.body.addLayout(fields(pairs))
        self.detail.addWidget(card)
        changes = Card(label("settings.changes"))
        for words in settings.changes(view):
            changes.body.addWidget(PlainLabel(words))
        self.detail.addWidget(changes)


def _cells(view: ProposalView, now: int) -> tuple[Cell, ...]:
    told = (settings.kind(view), settings.due(view, now), settings.summary(view))
    return Cell(tuple(each for each in told if each), strong=True), Cell(chip=settings.state(view))
