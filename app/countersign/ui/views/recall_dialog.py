"""Recalling a loan: which, what it will do, and why."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from countersign.desk.operations_views import LoanView
from countersign.ui.presenters import loans
from countersign.ui.strings import label
from countersign.ui.theme import measure
from countersign.ui.views.dialog import Dialog
from countersign.ui.widgets.button import Button
from countersign.ui.widgets.label import PlainLabel
from countersign.ui.widgets.layout import Card, clear, column, row
from countersign.ui.widgets.letters import Choices
from countersign.ui.widgets.reason import ReasonField


class RecallDialog(Dialog):
    """`which` is the chosen loan of those that can be recalled (at least one)."""

    def __init__(self, offered: Sequence[LoanView], parent: QWidget) -> None:
        super().__init__(label("loans.title"), parent)
        self.offered = tuple(offered)
        self.list = Choices(label("loans.which"))
        self.list.offer(loans.choice(each) for each in self.offered)
        self.list.setFixedHeight(measure.UNIT * 16)
        self.will = Card(label("loans.will"))
        self.told = column(gap=measure.HALF)
        self.will.body.addLayout(self.told)
        self.reason = ReasonField(label("loans.reason"), label("loans.reason-hint"))
        cancel = Button(label("common.cancel"), "Esc")
        cancel.clicked.connect(self.reject)
        self.now = Button(label("loans.recall-now"), "Ctrl+Return", icon="sign", part="primary")
        self.now.clicked.connect(self.accept)
        self.now.setEnabled(False)
        self.reason.textChanged.connect(lambda: self.now.setEnabled(bool(self.reason.text)))
        self.list.currentRowChanged.connect(self._show)
        box = column(PlainLabel(label("loans.title"), "title"), gap=measure.UNIT, margin=measure.WIDE)
        box.addWidget(PlainLabel(label("loans.which"), "caption"))
        box.addWidget(self.list)
        box.addWidget(self.will)
        box.addWidget(PlainLabel(label("loans.reason"), "caption"))
        box.addWidget(self.reason)
        box.addLayout(row(None, cancel, self.now))
        self.setLayout(box)
        self.setMinimumWidth(measure.UNIT * 88)
        self.list.setCurrentRow(0)
        self.reason.setFocus()

    @property
    def which(self) -> LoanView:
        """The chosen loan."""
        return self.offered[max(0, self.list.currentRow())]

    def _show(self, _row: int) -> None:
        clear(self.told)
        for words in loans.consequence(self.which):
            self.told.addWidget(PlainLabel(words))
