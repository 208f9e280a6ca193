"""Progress with a word, a number and a way out."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar, QWidget

from countersign.ui.strings import label
from countersign.ui.widgets.button import Button
from countersign.ui.widgets.label import PlainLabel
from countersign.ui.widgets.layout import column, row


class ProgressLine(QWidget):
    """Hidden until something runs; `cancelled` when the person has had enough."""

    cancelled = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(name)
        self.words = PlainLabel("", wrap=False)
        self.cancel = Button(label("common.cancel"), "Ctrl+.")
        self.cancel.clicked.connect(self.cancelled)
        self.setLayout(row(column(self.words, self.bar, gap=4), self.cancel))
        self.hide()

    def begin(self, words: str) -> None:
        """Something has begun, of unknown length."""
        self.title = words
        self.words.say(words)
        self.bar.setRange(0, 0)
        self.show()

    def advance(self, done: int, total: int) -> None:
        """So much of it is done; total 0 means unknown."""
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        if total:
            self.words.say(f"{self.title} {label('common.of', done=f'{done:,}', total=f'{total:,}')}")

    def end(self) -> None:
        """It is over."""
        self.hide()
