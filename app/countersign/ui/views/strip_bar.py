"""The top strip: who, token, log, checkpoint, witnesses, desk."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from countersign.desk.views import StripView
from countersign.ui.presenters import strip
from countersign.ui.strings import label
from countersign.ui.theme import measure
from countersign.ui.widgets.button import Button
from countersign.ui.widgets.label import LONG, PlainLabel
from countersign.ui.widgets.layout import clear, column, row
from countersign.ui.widgets.picture import Picture


class StripBar(QFrame):
    """Made anew from each view. `locking`: the officer wants the token locked."""

    locking = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("part", "strip")
        self.setAccessibleName(label("strip.name"))
        self.line: QHBoxLayout = row(PlainLabel(label("strip.loading"), "quiet"), gap=measure.WIDE)
        self.line.setContentsMargins(measure.GAP, measure.UNIT, measure.GAP, measure.UNIT)
        self.setLayout(self.line)

    def show_view(self, view: StripView, now: int) -> None:
        """Show the state of this console."""
        clear(self.line)
        for part in strip.parts(view, now):
            ink = "quiet" if part.tone == "quiet" else part.tone
            long = len(part.words) > LONG
            words = PlainLabel(part.words, "strong", "" if part.tone == "quiet" else part.tone, wrap=long)
            texts = column(PlainLabel(part.caption, "caption", wrap=False), words, gap=0)
            holder = QWidget()
            more = (self._lock(),) if part.icon == "unlocked" else ()
            holder.setLayout(row(Picture(part.icon, ink), texts, *more, gap=measure.UNIT))
            self.line.addWidget(holder, int(long))
            holder.show()
        self.line.addStretch(1)

    def _lock(self) -> Button:
        lock = Button(label("token.lock"), "Ctrl+Shift+U")
        lock.explain(label("token.lock-tip"), "Ctrl+Shift+U")
        lock.clicked.connect(self.locking)
        return lock
