"""One of several choices: its words, the group in which only one is chosen, what pressing it does."""

from collections.abc import Callable

from PySide6.QtWidgets import QButtonGroup, QRadioButton

from countersign.ui.widgets import letters


class Option(QRadioButton):
    """`name` is what a screen reader says where it is more than the words; `number` its id in the group."""

    def __init__(
        self,
        words: str,
        group: QButtonGroup,
        pressed: Callable[[], None],
        *,
        chosen: bool = False,
        name: str = "",
        number: int = -1,
    ) -> None:
        super().__init__(letters.pressed(words))
        self.setAccessibleName(name or words)
        self.setChecked(chosen)
        self.clicked.connect(lambda _=False: pressed())
        group.addButton(self, number)
