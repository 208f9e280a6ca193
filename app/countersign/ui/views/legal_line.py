"""The legal text on Review: its hash whole, whether it is at hand and was checked; read it, or take it in from a file."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from countersign.desk.legal_text import SHOWN
from countersign.desk.views import LegalKind, LegalTextView
from countersign.ui.presenters import legal_text, writing
from countersign.ui.strings import label
from countersign.ui.theme import measure
from countersign.ui.views.files import pick
from countersign.ui.widgets.button import Button
from countersign.ui.widgets.chip import Chip
from countersign.ui.widgets.drop import DropPlace
from countersign.ui.widgets.label import WholeValue
from countersign.ui.widgets.layout import column, row


class LegalLine(QWidget):
    """`reading` asks to see the text, `taking` gives a file that should be it."""

    reading = Signal()
    taking = Signal(object)

    def __init__(self, view: LegalTextView) -> None:
        super().__init__()
        tone, icon, words = legal_text.state(view)
        state = row(Chip(words, icon, tone))
        box = column(WholeValue(label("legal.name"), view.sha256, writing.groups(view.sha256)), state, gap=measure.HALF)
        if view.kind in SHOWN:
            self.open = Button(label("legal.open"), "Ctrl+G", name=label("legal.open-tip"))
            self.open.clicked.connect(self.reading)
            state.addWidget(self.open)
        elif view.kind is LegalKind.ABSENT:
            self.take = Button(label("legal.take"), "Ctrl+I")
            self.take.explain(label("legal.take-tip"), "Ctrl+I")
            self.take.clicked.connect(self._pick)
            drop = DropPlace(label("legal.drop"))
            drop.dropped.connect(lambda files: self.taking.emit(files[0]))
            state.addWidget(self.take)
            box.addWidget(drop)
        state.addStretch(1)
        self.setLayout(box)

    def _pick(self) -> None:
        def put(chosen: str) -> None:
            self.taking.emit(Path(chosen))

        pick(self.window(), label("legal.take"), put, folder=False, kinds="legal.files")
