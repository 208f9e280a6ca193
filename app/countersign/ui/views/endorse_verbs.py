"""What Review asks of a compliance officer's console: to endorse a contract, to decline it with a reason."""

from collections.abc import Awaitable, Callable

from PySide6.QtWidgets import QPlainTextEdit, QWidget

from countersign.desk.surfaces import OfficerConsole
from countersign.ui.strings import label
from countersign.ui.theme import measure
from countersign.ui.views.context import Context
from countersign.ui.views.dialog import Dialog
from countersign.ui.views.governance_verbs import Unlocked
from countersign.ui.views.review_screen import ReviewScreen
from countersign.ui.widgets.button import Button
from countersign.ui.widgets.label import PlainLabel
from countersign.ui.widgets.layout import Note, column, row
from countersign.ui.widgets.picture import Picture


class EndorseVerbs:
    """Joins a Review screen to a console; what the identity key signs goes through `unlocked`, then all is shown anew."""

    def __init__(
        self,
        screen: ReviewScreen,
        console: OfficerConsole,
        context: Context,
        unlocked: Unlocked,
        refresh: Callable[[], Awaitable[None]],
    ) -> None:
        self._screen, self._console, self._context = screen, console, context
        self._unlocked, self._refresh = unlocked, refresh
        self._reasons: dict[str, str] = {}  # typed for what did not come about
        screen.endorsing.connect(lambda contract: self._context.runner.start(self._endorse(contract)))
        screen.declining.connect(lambda contract: self._context.runner.start(self._decline(contract)))

    async def _endorse(self, contract: str) -> None:
        await self._unlocked(lambda: self._console.endorse(contract))
        await self._refresh()
        self._screen.say(label("review.endorsed"))

    async def _decline(self, contract: str) -> None:
        dialog = DeclineDialog(self._screen)
        dialog.reason.setPlainText(self._reasons.get(contract, ""))
        if await dialog.answer():
            why = self._reasons[contract] = dialog.text
            await self._unlocked(lambda: self._console.decline(contract, why))
            del self._reasons[contract]
            await self._refresh()
            self._screen.say(label("review.declined"))


class DeclineDialog(Dialog):
    """Asks why; without a reason nothing is declined."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(label("decline.title"), parent)
        self.reason = QPlainTextEdit()
        self.reason.setAccessibleName(label("decline.reason"))
        self.reason.setTabChangesFocus(True)
        self.reason.setFixedHeight(measure.UNIT * 10)
        cancel = Button(label("common.cancel"), "Esc")
        cancel.clicked.connect(self.reject)
        self.now = Button(label("decline.now"), "Ctrl+Return", icon="refuse", part="refuse-now")
        self.now.clicked.connect(self.accept)
        self.now.setEnabled(False)
        self.reason.textChanged.connect(lambda: self.now.setEnabled(bool(self.text)))
        box = column(PlainLabel(label("decline.title"), "title"), gap=measure.UNIT, margin=measure.WIDE)
        box.addWidget(Note(label("decline.explain"), "warn", Picture("warning", "warn")))
        box.addWidget(PlainLabel(label("decline.reason"), "caption"))
        box.addWidget(self.reason)
        box.addLayout(row(None, cancel, self.now))
        self.setLayout(box)
        self.reason.setFocus()

    @property
    def text(self) -> str:
        """The reason."""
        return self.reason.toPlainText().strip()
