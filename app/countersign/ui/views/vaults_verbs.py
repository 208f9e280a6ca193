"""What Vaults asks of its console: the pages, one place's address, what the nodes say, whose an address is."""

import asyncio

from countersign.desk.surfaces import OfficerConsole
from countersign.ui.strings import label
from countersign.ui.views.address_dialog import AddressDialog
from countersign.ui.views.context import Context
from countersign.ui.views.vaults_screen import VaultsScreen


class VaultsVerbs:
    """Joins a Vaults screen to a console."""

    def __init__(self, screen: VaultsScreen, console: OfficerConsole, context: Context) -> None:
        self._screen, self._console, self._context = screen, console, context
        self._asking: asyncio.Task[None] | None = None
        screen.placing.connect(self._place)
        screen.asking.connect(self._ask)
        screen.checking.connect(self._check)
        screen.progress.cancelled.connect(self._stop)

    async def show(self) -> None:
        """Every vault, as of the log that this console has replayed."""
        self._screen.show_view(await self._console.vaults.view())

    def _place(self, vault: str, number: int) -> None:
        async def work() -> None:
            view = await self._console.vaults.place(vault, number)
            self._screen.show_place(
                view, self._context.instruments.draw_code(view.address)
            )  # small, as Carry draws its own

        self._context.runner.start(work())

    def _ask(self) -> None:
        progress = self._screen.progress
        self._screen.ask.setEnabled(False)
        progress.begin(label("vaults.asking"))

        def ended() -> None:
            progress.end()
            self._asking = None
            self._screen.ask.setEnabled(True)

        work = self._console.vaults.holdings(progress.advance)
        self._asking = self._context.runner.start(work, self._screen.show_holdings, ended)

    def _stop(self) -> None:
        if self._asking is not None and self._asking.cancel():
            self._screen.say(label("vaults.stopped"))

    def _check(self) -> None:
        AddressDialog(self._console.vaults.check_address, self._context, self._screen).open()
