"""The top strip: who, token, log, checkpoint, witnesses, desk."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from countersign.desk.views import StripView
from countersign.ui.presenters import strip
from countersign.ui.strings import label
from countersign.ui.theme import measure
from countersign.ui.widgets.button import Button
from countersign.ui.widgets.label import PlainLabel
from countersign.ui.widgets.layout import clear, column, row
from countersign.ui.widgets.picture import Picture

_LONG = 32
"""Words longer than this fold: two unfolded would make the window wider than 1200."""


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
        parts = strip.parts(view, now)
        for part in parts:
            holder = self._holder(part)
            self.line.addWidget(holder, len(part.words) if _folds(part) else 0)
            holder.show()
        if not any(_folds(part) for part in parts):
            self.line.addStretch(1)

    def _holder(self, part: strip.StripPart) -> QWidget:
        ink = "quiet" if part.tone == "quiet" else part.tone
        words = PlainLabel(part.words, "strong", "" if part.tone == "quiet" else part.tone, wrap=_folds(part))
        texts = column(PlainLabel(part.caption, "caption", wrap=False), words, gap=0)
        texts.insertStretch(0, 1)  # where another part folds, a caption stays with its words
        texts.addStretch(1)
        holder = QWidget()
        more = (self._lock(),) if part.icon == "unlocked" else ()
        holder.setLayout(row(Picture(part.icon, ink), texts, *more, gap=measure.UNIT))
        return holder

    def _lock(self) -> Button:
        lock = Button(label("token.lock"), "Ctrl+Shift+U")
        lock.explain(label("token.lock-tip"), "Ctrl+Shift+U")
        lock.clicked.connect(self.locking)
        return lock


def _folds(part: strip.StripPart) -> bool:
    return len(part.words) > _LONG
