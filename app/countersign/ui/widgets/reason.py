"""A field for a reason that goes into the log: a few plain lines."""

from PySide6.QtWidgets import QPlainTextEdit

from countersign.ui.theme import measure


class ReasonField(QPlainTextEdit):
    """`name` is what a screen reader says, `hint` stands in the empty field."""

    def __init__(self, name: str, hint: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setPlaceholderText(hint)
        self.setTabChangesFocus(True)
        self.setFixedHeight(measure.UNIT * 8)

    @property
    def text(self) -> str:
        """What was typed, without space around it."""
        return self.toPlainText().strip()
