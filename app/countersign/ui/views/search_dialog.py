"""Ctrl+K: find a settlement and open its review, or a vault and show it."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget
from shiboken6 import isValid

from countersign.ui.presenters.search import Hit
from countersign.ui.strings import label
from countersign.ui.tasks.runner import Runner, aside
from countersign.ui.theme import measure
from countersign.ui.views.dialog import Dialog
from countersign.ui.widgets.button import Button
from countersign.ui.widgets.label import PlainLabel
from countersign.ui.widgets.layout import column, row
from countersign.ui.widgets.letters import Choices


class SearchDialog(Dialog):
    """`find` gives the hits of what is typed; `opened` says the contract, `holding` the hit of a vault.

    With a `runner` (many settlements) it looks up beside the window's thread, and opens nothing before it has looked for
    what stands in the field.
    """

    opened = Signal(str)
    holding = Signal(object)

    def __init__(self, find: Callable[[str], tuple[Hit, ...]], parent: QWidget, runner: Runner | None = None) -> None:
        super().__init__(label("search.title"), parent)
        self.look_up, self.runner = find, runner
        self.typed, self.found, self.looking = "", "", False
        self.hits: tuple[Hit, ...] = ()
        self.field = QLineEdit()
        self.field.setAccessibleName(label("search.name"))
        self.field.setToolTip(label("search.name"))
        self.field.setPlaceholderText(label("search.hint"))
        self.field.textChanged.connect(self._look)
        self.list = Choices(label("search.results"))
        self.list.itemActivated.connect(lambda _: self._open())
        self.none = PlainLabel(label("search.none"), "quiet")
        close = Button(label("common.close"), "Esc")
        close.clicked.connect(self.reject)
        go = Button(label("search.open"), "Return", part="primary")
        go.clicked.connect(self._open)
        box = column(self.field, self.list, self.none, gap=measure.UNIT, margin=measure.GAP)
        box.addLayout(row(None, close, go))
        self.setLayout(box)
        self.setMinimumSize(measure.UNIT * 100, measure.UNIT * 50)
        self._look("")
        self.field.setFocus()

    def _look(self, needle: str) -> None:
        self.typed = needle
        if self.runner is None:
            self._show(needle, self.look_up(needle))
        elif not self.looking:
            self.looking = True
            self.runner.start(self._catch_up(), ended=self._caught_up)

    async def _catch_up(self) -> None:
        needle, hits = None, tuple[Hit, ...]()
        while needle != self.typed:
            needle = self.typed
            hits = await aside(partial(self.look_up, needle))
        if needle is not None and isValid(self):
            self._show(needle, hits)

    def _caught_up(self) -> None:
        self.looking = False

    def _show(self, needle: str, hits: tuple[Hit, ...]) -> None:
        self.found, self.hits = needle, hits
        self.list.offer(hit.words for hit in self.hits)
        self.none.setVisible(not self.hits)
        if self.hits:
            self.list.setCurrentRow(0)

    def _open(self) -> None:
        at = self.list.currentRow()
        if 0 <= at < len(self.hits) and self.found == self.typed:
            self.accept()
            hit = self.hits[at]
            if hit.vault:
                self.holding.emit(hit)
            else:
                self.opened.emit(hit.contract)
