"""The commonest changes as a small form. It edits nothing: what comes of it is a proposal for the administrators to sign."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtWidgets import QButtonGroup, QLineEdit, QWidget

from countersign.desk.governance_views import RosterView
from countersign.ui.presenters import settings
from countersign.ui.presenters.settings import Choice
from countersign.ui.strings import label
from countersign.ui.theme import measure
from countersign.ui.views.dialog import Dialog
from countersign.ui.widgets.button import Button
from countersign.ui.widgets.label import PlainLabel
from countersign.ui.widgets.layout import Note, column, row
from countersign.ui.widgets.letters import Choices
from countersign.ui.widgets.option import Option
from countersign.ui.widgets.picture import Picture

SUSPEND, REINSTATE, CERTIFY, KEY, NUMBER = "suspend", "reinstate", "certify", "key", "number"
WHAT = (SUSPEND, REINSTATE, CERTIFY, KEY, NUMBER)
TYPED = (CERTIFY, NUMBER)


class ProposeDialog(Dialog):
    """`what` is chosen of WHAT, `which` the key of the choice, `text` the new number or day."""

    def __init__(self, roster: RosterView, numbers: Sequence[tuple[str, str]], parent: QWidget) -> None:
        super().__init__(label("settings.propose-title"), parent)
        self.what = SUSPEND
        self.choices: dict[str, tuple[Choice, ...]] = {
            SUSPEND: settings.participants_to(roster, suspend=True),
            REINSTATE: settings.participants_to(roster, suspend=False),
            CERTIFY: settings.participants_to_certify(roster),
            KEY: settings.keys_to_withdraw(roster),
            NUMBER: settings.numbers(numbers),
        }
        group, options = QButtonGroup(self), column(gap=measure.HALF)
        for what in WHAT:
            words = label(f"settings.propose-{what}")
            options.addWidget(Option(words, group, partial(self._choose, what), chosen=what == self.what))
        self.list = Choices(label("settings.propose-which"))
        self.list.currentRowChanged.connect(lambda _: self._changed())
        self.value = QLineEdit()
        self.value.setAccessibleName(label("settings.propose-value"))
        self.value.textChanged.connect(lambda _: self._offer())
        self.caption = PlainLabel(label("settings.propose-value"), "caption")
        cancel = Button(label("common.cancel"), "Esc")
        cancel.clicked.connect(self.reject)
        self.now = Button(label("settings.propose-now"), "Ctrl+Return", icon="sign", part="primary")
        self.now.clicked.connect(self.accept)
        box = column(PlainLabel(label("settings.propose-title"), "title"), gap=measure.UNIT, margin=measure.WIDE)
        box.addWidget(Note(label("settings.propose-explain"), "info", Picture("information", "info")))
        box.addWidget(PlainLabel(label("settings.propose-what"), "caption"))
        box.addLayout(options)
        box.addWidget(PlainLabel(label("settings.propose-which"), "caption"))
        box.addWidget(self.list, 1)
        box.addWidget(self.caption)
        box.addWidget(self.value)
        box.addLayout(row(None, cancel, self.now))
        self.setLayout(box)
        self.setMinimumSize(measure.UNIT * 96, measure.UNIT * 66)
        self._choose(SUSPEND)

    @property
    def which(self) -> str:
        """The key of what is chosen; "" where there is nothing to choose."""
        found, at = self.choices[self.what], self.list.currentRow()
        return found[at].key if 0 <= at < len(found) else ""

    @property
    def text(self) -> str:
        """The new number or day as it was typed."""
        return self.value.text().strip()

    def _choose(self, what: str) -> None:
        self.what = what
        self.list.offer([each.words for each in self.choices[what]] or [label("settings.propose-nothing")])
        self.list.setEnabled(bool(self.choices[what]))
        self.list.setCurrentRow(0)
        for widget in (self.caption, self.value):
            widget.setVisible(what in TYPED)
        self.value.setPlaceholderText(
            label("settings.propose-day-hint" if what == CERTIFY else "settings.propose-value-hint")
        )
        self._changed()

    def _changed(self) -> None:
        found, at = self.choices[self.what], self.list.currentRow()
        self.value.setText(found[at].value if 0 <= at < len(found) else "")
        self._offer()

    def _offer(self) -> None:
        found, at = self.choices[self.what], self.list.currentRow()
        same = self.what in TYPED and 0 <= at < len(found) and found[at].value == self.text
        self.now.setEnabled(bool(self.which) and not same)


class WithdrawDialog(Dialog):
    """Asks before a proposal is forgotten for good."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(label("settings.withdraw-title"), parent)
        cancel = Button(label("common.cancel"), "Esc")
        cancel.clicked.connect(self.reject)
        now = Button(label("settings.withdraw-now"), "Ctrl+Return", part="refuse-now")
        now.clicked.connect(self.accept)
        box = column(PlainLabel(label("settings.withdraw-title"), "title"), gap=measure.GAP, margin=measure.WIDE)
        box.addWidget(PlainLabel(label("settings.withdraw-explain")))
        box.addLayout(row(None, cancel, now))
        self.setLayout(box)
