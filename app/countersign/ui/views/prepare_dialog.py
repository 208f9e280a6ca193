"""Preparing the transactions of a closed cycle: the one thing to say is the fee rate."""

from PySide6.QtWidgets import QWidget

from countersign.desk.fee_rates import FeeRate
from countersign.ui.strings import label
from countersign.ui.theme import measure
from countersign.ui.views.dialog import Dialog
from countersign.ui.views.rate_line import RateLine, rate_field
from countersign.ui.widgets.button import Button
from countersign.ui.widgets.label import PlainLabel
from countersign.ui.widgets.layout import Note, column, row
from countersign.ui.widgets.picture import Picture


class PrepareDialog(Dialog):
    """`rate`: satoshis a virtual byte."""

    def __init__(self, found: FeeRate | None, parent: QWidget) -> None:
        super().__init__(label("prepare.title"), parent)
        self.line = RateLine(found)
        cancel = Button(label("common.cancel"), "Esc")
        cancel.clicked.connect(self.reject)
        self.now = Button(label("prepare.now"), "Ctrl+Return", icon="sign", part="primary")
        self.now.clicked.connect(self.accept)
        self.line.textChanged.connect(lambda _: self.now.setEnabled(self.rate > 0))
        box = column(PlainLabel(label("prepare.title"), "title"), gap=measure.UNIT, margin=measure.WIDE)
        box.addWidget(Note(label("prepare.explain"), "info", Picture("information", "info")))
        box.addWidget(rate_field(self.line, found))
        self.now.setEnabled(self.rate > 0)
        box.addStretch(1)
        box.addLayout(row(None, cancel, self.now))
        self.setLayout(box)

    @property
    def rate(self) -> int:
        """The fee rate; 0 while none is given."""
        return self.line.rate
