"""Ctrl+K: find a settlement and open its review."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QWidget

from countersign.resources.visible import visible
from countersign.ui.presenters.search import Hit
from countersign.ui.strings import label
from countersign.ui.theme import measure
from countersign.ui.views.dialog import Dialog
from countersign.ui.widgets.button import Button
from countersign.ui.widgets.label import PlainLabel
from countersign.ui.widgets.layout import column, row


class SearchDialog(Dialog):
    """`find` gives the hits of what is typed; `opened` says the contract."""

    opened = Signal(str)

    def __init__(self, find: Callable[[str], tuple[Hit, ...]], parent: QWidget) -> None:
        super().__init__(label("search.title"), parent)
        self.look_up = find
        self.hits: tuple[Hit, ...] = ()
        self.field = QLineEdit()
        self.field.setAccessibleName(label("search.name"))
        self.field.setToolTip(label("search.name"))
        self.field.setPlaceholderText(label("search.hint"))
        self.field.textChanged.connect(self._look)
        self.list = QListWidget()
        self.list.setAccessibleName(label("search.results"))
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
        self.hits = self.look_up(needle)
        self.list.clear()
        for hit in self.hits:
            self.list.addItem(QListWidgetItem(visible(hit.words)))
        self.none.setVisible(not self.hits)
        if self.hits:
            self.list.setCurrentRow(0)

    def _open(self) -> None:
        at = self.list.currentRow()
        if 0 <= at < len(self.hits):
            self.accept()
            self.opened.emit(self.hits[at].contract)
