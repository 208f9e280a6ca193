"""Asks a person for the PIN: modal, opened with `open()`; the field is emptied as soon as its text is handed over.

On the token's last try the person must type that they know it. Cancelling raises Unavailable("ui.secret-cancelled").
"""

from PySide6.QtWidgets import QLineEdit, QWidget

from countersign.desk.ports import AskSecret
from countersign.errors import Unavailable
from countersign.resources.text import next_step, sentence
from countersign.ui.strings import label
from countersign.ui.theme import measure
from countersign.ui.views.dialog import Dialog
from countersign.ui.widgets.button import Button
from countersign.ui.widgets.label import PlainLabel
from countersign.ui.widgets.layout import Note, column, row
from countersign.ui.widgets.picture import Picture

LAST = "last"


class SecretDialog(Dialog):
    """`code` is the sentence of what is asked, `tries` what the token says: ok, low, last."""

    def __init__(self, code: str, tries: str, parent: QWidget) -> None:
        super().__init__(label("secret.title"), parent)
        asked = sentence(code, {})
        self.field = QLineEdit()
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setAccessibleName(asked)
        self.field.setToolTip(asked)
        self.word = QLineEdit()
        self.word.setAccessibleName(label("secret.last-name"))
        self.word.setToolTip(label("secret.last-name"))
        self.last = tries == LAST
        cancel = Button(label("common.cancel"), "Esc")
        cancel.clicked.connect(self.reject)
        self.ok = Button(label("secret.ok"), "Return", icon="unlocked", part="primary")
        self.ok.clicked.connect(self.accept)
        items: list[QWidget] = [PlainLabel(asked, "title")]
        items.append(PlainLabel(label("secret.tries", tries=label(f"token.tries-{tries}")), "strong"))
        if tries == "low":
            items.append(Note(label("secret.few"), "warn", Picture("warning", "warn")))
        if self.last:
            told = label("secret.last", word=label("secret.last-word"))
            items += [Note(told, "bad", Picture("warning", "bad"))]
            items += [PlainLabel(label("secret.last-name"), "caption"), self.word]
        items += [PlainLabel(label("secret.field"), "caption"), self.field, PlainLabel(next_step(code, {}), "caption")]
        box = column(*items, gap=measure.UNIT, margin=measure.WIDE)
        box.addStretch(1)
        box.addLayout(row(None, cancel, self.ok))
        self.setLayout(box)
        self.field.textChanged.connect(self._look)
        self.word.textChanged.connect(self._look)
        self._look()
        self.field.setFocus()

    def _look(self) -> None:
        sure = not self.last or self.word.text() == label("secret.last-word")
        self.ok.setEnabled(bool(self.field.text()) and sure)

    def take(self) -> str:
        """The secret; the field forgets it."""
        secret = self.field.text()
        self.field.clear()
        return secret


def asking(parent: QWidget, tries: str) -> AskSecret:
    """The prompt as the port that consoles expect."""

    async def ask(code: str) -> str:
        dialog = SecretDialog(code, tries, parent)
        if not await dialog.answer():
            raise Unavailable("ui.secret-cancelled")
        return dialog.take()

    return ask
