"""Whose is an address that somebody sent? Typed text is compared with all that is registered; nothing is ever paid to it."""

from collections.abc import Callable, Coroutine

from PySide6.QtWidgets import QLineEdit, QWidget

from countersign.desk.vault_views import AddressFound, Belonging
from countersign.ui.presenters import vaults, writing
from countersign.ui.strings import label
from countersign.ui.theme import measure
from countersign.ui.views.context import Context
from countersign.ui.views.work_dialog import WorkDialog
from countersign.ui.widgets.button import Button
from countersign.ui.widgets.label import PlainLabel, WholeValue
from countersign.ui.widgets.layout import clear, column, fields, row

Check = Callable[[str], Coroutine[object, object, AddressFound]]


class AddressDialog(WorkDialog):
    """`check` says what an address is."""

    def __init__(self, check: Check, context: Context, parent: QWidget) -> None:
        super().__init__(label("vaults.check-title"), context, parent)
        self.check = check
        self.field = QLineEdit()
        self.field.setAccessibleName(label("vaults.check-field"))
        self.field.setToolTip(label("vaults.check-field"))
        self.field.setPlaceholderText(label("vaults.check-hint"))
        self.field.setMaxLength(400)
        self.field.textChanged.connect(self._changed)
        self.now = Button(label("vaults.check-now"), "Return", icon="search", part="primary")
        self.now.clicked.connect(self._check)
        self.compared = column(gap=measure.UNIT)
        close = Button(label("common.close"), "Esc")
        close.clicked.connect(self.reject)
        box = column(PlainLabel(label("vaults.check-title"), "title"), gap=measure.UNIT, margin=measure.WIDE)
        box.addWidget(PlainLabel(label("vaults.check-told")))
        box.addWidget(self.field)
        box.addWidget(self.progress)
        box.addLayout(self.said)
        box.addLayout(self.compared)
        box.addStretch(1)
        box.addLayout(row(None, self.now, close))
        self.setLayout(box)
        self.resize(measure.UNIT * 96, measure.UNIT * 48)
        self.field.setFocus()
        self.offer()

    def offer(self) -> None:
        """What can be pressed now."""
        self.now.setEnabled(bool(self.field.text().strip()) and not self.busy)

    def _changed(self) -> None:
        clear(self.said)
        clear(self.compared)
        self.offer()

    def _check(self) -> None:
        clear(self.compared)
        self.work(label("vaults.checking"), self.check(self.field.text()), self.show_found)

    def show_found(self, found: AddressFound) -> None:
        """Show what it is; of one that looks like ours both whole, and every group that differs."""
        tone, icon, words = vaults.verdict(found)
        self.say(words, tone, icon)
        pairs = [(label("vaults.typed"), found.address)]
        if found.belonging is Belonging.ALIKE:
            pairs.append((label("vaults.registered"), found.like))
        shown: list[tuple[str, QWidget]] = [
            (name, WholeValue(name, value, writing.groups(value), measure.BODY)) for name, value in pairs
        ]
        self.compared.addLayout(fields(shown))
        for line in vaults.differing(found):
            self.compared.addWidget(PlainLabel(line, "caption"))
