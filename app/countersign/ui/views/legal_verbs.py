"""What Review asks of its console about a legal text: to read it, to take it in from a file."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from PySide6.QtWidgets import QWidget

from countersign.desk.surfaces import OfficerConsole
from countersign.ui.presenters import legal_text
from countersign.ui.views.context import Context
from countersign.ui.views.legal_dialog import LegalDialog
from countersign.ui.views.review_screen import ReviewScreen


class LegalVerbs:
    """Joins a Review screen to a console; `show` makes the screen anew from a fresh view."""

    def __init__(
        self, screen: ReviewScreen, console: OfficerConsole, context: Context, show: Callable[[str], Awaitable[None]]
    ) -> None:
        self._screen, self._console, self._context, self._show = screen, console, context, show
        screen.reading.connect(self._read)
        screen.taking.connect(self._take)

    def _read(self, contract: str) -> None:
        self._context.runner.start(self._opened(contract))

    async def _opened(self, contract: str) -> None:
        text = await self._console.legal_text(contract)
        view = self._screen.view
        if view is not None and view.contract == contract:
            parent: QWidget = self._screen.window()
            dialog = LegalDialog(text, view.contract_id, self._context, parent)
            dialog.open()
            dialog.begin()

    def _take(self, contract: str, file: Path) -> None:
        self._context.runner.start(self._taken(contract, file))

    async def _taken(self, contract: str, file: Path) -> None:
        kept = await self._console.take_legal_text(file)
        await self._show(contract)
        view = self._screen.view
        if view is not None:
            self._screen.say(legal_text.taken(kept, view.contract_id))
