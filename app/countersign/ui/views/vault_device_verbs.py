"""What the wizard's signing page asks of an air-gapped console for a device of the operator's: out, back, handed back in part."""

from collections.abc import Awaitable, Callable

from countersign.desk.surfaces import VaultConsole
from countersign.desk.views import VaultRequestView
from countersign.ui.views.context import Context
from countersign.ui.views.device_take import TakeBackDialog
from countersign.ui.views.device_verbs import file_name, open_export
from countersign.ui.views.vault_sign_page import SignPage

Show = Callable[[VaultRequestView], Awaitable[None]]


class VaultDeviceVerbs:
    """Joins the page to a console; `show` shows the request after something of it was signed."""

    def __init__(self, page: SignPage, console: VaultConsole, context: Context, show: Show) -> None:
        self._page, self._console, self._context, self._show = page, console, context, show
        page.exporting.connect(self.export)
        page.taking.connect(self.take)
        page.giving.connect(self.give)

    def export(self) -> None:
        """Open the dialog that gives the transaction to the device."""
        if (view := self._page.view) is None:
            return
        shown = view.instruction
        open_export(
            self._context,
            self._console,
            lambda version: self._console.device_export(version, shown),
            file_name(shown.instruction),
            self._page.window(),
        )

    def take(self) -> None:
        """Open the dialog that takes back what the device signed."""

        async def take(signed: bytes) -> None:
            await self._busily(self._console.device_signed(signed))

        TakeBackDialog(self._context, self._console, take, self._page.window()).open()

    def give(self) -> None:
        """Answer with what is signed so far."""
        self._context.runner.start(self._busily(self._console.hand_back()))

    async def _busily(self, work: Awaitable[VaultRequestView]) -> None:
        self._page.busy = True
        self._page.offer()
        try:
            await self._show(await work)
        finally:
            self._page.busy = False
            self._page.offer()
