"""The left rail: only the screens that exist, each with its key, some with a count of what waits."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QFrame

from countersign.ui.strings import label
from countersign.ui.theme import measure
from countersign.ui.widgets.button import Button
from countersign.ui.widgets.layout import column

_KEYS = tuple(f"Ctrl+{number}" for number in range(1, 9))


class Rail(QFrame):
    """`chosen` says the key of the screen: desk, sign, carry, log, history, vault."""

    chosen = Signal(str)
    refreshing = Signal()
    searching = Signal()

    def __init__(self, screens: Sequence[str], *, search: bool) -> None:
        super().__init__()
        self.setProperty("part", "rail")
        self.setAccessibleName(label("rail.name"))
        self.setFixedWidth(measure.RAIL)
        self.buttons: dict[str, Button] = {}
        group = QButtonGroup(self)
        box = column(gap=measure.HALF, margin=measure.UNIT)
        for screen, key in zip(screens, _KEYS, strict=False):
            button = Button(label(f"rail.{screen}"), key, icon=screen, part="rail")
            button.setCheckable(True)
            button.clicked.connect(lambda _=False, screen=screen: self.chosen.emit(screen))
            group.addButton(button)
            box.addWidget(button)
            self.buttons[screen] = button
        box.addStretch(1)
        if search:
            self.search = Button(label("rail.search"), "Ctrl+K", icon="search", part="rail", name=label("search.name"))
            self.search.clicked.connect(self.searching)
            box.addWidget(self.search)
        self.refresh = Button(label("rail.refresh"), "F5", icon="refresh", part="rail")
        self.refresh.clicked.connect(self.refreshing)
        box.addWidget(self.refresh)
        self.setLayout(box)

    def mark(self, screen: str) -> None:
        """Show which screen is open."""
        self.buttons[screen].setChecked(True)

    def count(self, screen: str, number: int) -> None:
        """How much waits on a screen; zero is not shown."""
        words = label(f"rail.{screen}")
        button = self.buttons[screen]
        button.setText(f"{words}  ({number})" if number else words)
        button.setAccessibleName(label("rail.count", screen=words, count=number) if number else words)
