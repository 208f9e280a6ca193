"""Cards, rows, pages: boxes on the 8-pixel grid."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from countersign.ui.theme import measure
from countersign.ui.widgets.label import LONG, PlainLabel


def column(*items: QWidget | QLayout, gap: int = measure.UNIT, margin: int = 0) -> QVBoxLayout:
    """Items one below the other."""
    box = QVBoxLayout()
    _fill(box, items, gap, margin)
    return box


def row(*items: QWidget | QLayout | None, gap: int = measure.UNIT, margin: int = 0) -> QHBoxLayout:
    """Items side by side; None is a stretch."""
    box = QHBoxLayout()
    _fill(box, items, gap, margin)
    return box


def _fill(box: QHBoxLayout | QVBoxLayout, items: Sequence[QWidget | QLayout | None], gap: int, margin: int) -> None:
    box.setSpacing(gap)
    box.setContentsMargins(margin, margin, margin, margin)
    for item in items:
        if item is None:
            box.addStretch(1)
        elif isinstance(item, QWidget):
            box.addWidget(item)
        else:
            box.addLayout(item)


class Card(QFrame):
    """A bordered box with a heading, on the surface colour. Add to `body`."""

    def __init__(self, heading: str = "", *extra: QWidget, margin: int = measure.GAP) -> None:
        super().__init__()
        self.setProperty("part", "card")
        self.body = column(gap=measure.UNIT, margin=margin)
        self.setLayout(self.body)
        if heading:
            self.setAccessibleName(heading)
            head = row(PlainLabel(heading, "heading"), *extra)
            head.setStretch(0, 1)
            self.body.addLayout(head)


class Note(QFrame):
    """A box of one tone for a sentence that must be seen: icon left, words right."""

    def __init__(self, text: str, tone: str, picture: QWidget | None = None) -> None:
        super().__init__()
        self.setProperty("part", "note")
        self.setProperty("tone", tone)
        self.words = PlainLabel(text)
        items = (self.words,) if picture is None else (picture, self.words)
        self.setLayout(row(*items, margin=measure.UNIT))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)


def rule() -> QFrame:
    """A hairline."""
    line = QFrame()
    line.setProperty("part", "rule")
    line.setFixedHeight(1)
    return line


def fields(pairs: Sequence[tuple[str, QWidget]], columns: int = 1) -> QGridLayout:
    """Captions beside their values, in as many columns."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(measure.GAP)
    grid.setVerticalSpacing(measure.HALF)
    for at, (caption, value) in enumerate(pairs):
        line, place = divmod(at, columns)
        name = PlainLabel(caption, "caption", wrap=len(caption) > LONG)
        grid.addWidget(name, line, place * 2, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(value, line, place * 2 + 1)
        grid.setColumnStretch(place * 2 + 1, 1)
    return grid


class Page(QWidget):
    """What a page is set on: as high as its words need at the width that it has.

    A layout's own least height is that at its least width. A scroll area would leave that much room, words or not.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("part", "page")

    def minimumSizeHint(self) -> QSize:
        """No height of its own where the height follows the width: the scroll area asks for it at its width."""
        least, layout = super().minimumSizeHint(), self.layout()
        follows = layout is not None and layout.hasHeightForWidth()
        return QSize(least.width(), 0) if follows else least


def page(*items: QWidget | QLayout, gap: int = measure.GAP, margin: int = measure.GAP) -> Page:
    """A column that starts at the top of its place."""
    widget = Page()
    box = column(*items, gap=gap, margin=margin)
    box.addStretch(1)
    widget.setLayout(box)
    return widget


def scrolling(widget: QWidget, name: str) -> QScrollArea:
    """`widget`, scrolled up and down where it does not fit; never sideways."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setAccessibleName(name)
    area.setWidget(widget)
    return area


def clear(layout: QLayout) -> None:
    """Take everything out of a layout and throw it away."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()
        elif (inner := item.layout()) is not None:
            clear(inner)
            inner.deleteLater()


def holds_focus(widget: QWidget) -> bool:
    """Whether the keys go to something inside `widget`: what is made anew there takes them again."""
    focused = QApplication.focusWidget()
    return focused is not None and widget.isAncestorOf(focused)
