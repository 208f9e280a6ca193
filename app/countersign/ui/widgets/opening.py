"""A line that opens to what lies behind it. What is closed has not been built: hundreds of checks stay cheap."""

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from countersign.ui.theme import measure
from countersign.ui.widgets.button import Button
from countersign.ui.widgets.label import PlainLabel
from countersign.ui.widgets.layout import column, row


class Opening(QWidget):
    """`head` in one line; pressed, it builds and shows its body once."""

    def __init__(self, head: str, build: Callable[[], QWidget], *beside: QWidget, words: str = "") -> None:
        super().__init__()
        self.build = build
        self.inner: QWidget | None = None
        self.button = Button("", icon="closed", part="opening", name=head)
        self.button.setCheckable(True)
        self.button.toggled.connect(self.turn)
        self.button.setFixedWidth(measure.CONTROL)
        self.title = PlainLabel(words or head)
        line = row(self.button, *beside, self.title, gap=measure.UNIT)
        line.setStretch(line.count() - 1, 1)
        self.box: QVBoxLayout = column(line, gap=measure.HALF)
        self.setLayout(self.box)

    def turn(self, opened: bool) -> None:
        """Show or hide the body."""
        self.button.drawing = "open" if opened else "closed"
        self.button.draw()
        if opened and self.inner is None:
            self.inner = self.build()
            holder = row(self.inner)
            holder.setContentsMargins(measure.CONTROL + measure.UNIT, 0, 0, measure.UNIT)
            self.box.addLayout(holder)
        if self.inner is not None:
            self.inner.setVisible(opened)

    def open_up(self) -> None:
        """As if pressed."""
        self.button.setChecked(True)
