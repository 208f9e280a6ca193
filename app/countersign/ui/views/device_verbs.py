"""What Sign asks of its console for an officer's own device: the transaction out, as file or codes; what it signed back."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from PySide6.QtWidgets import QWidget

from countersign.desk.device_surfaces import DeviceConsole
from countersign.desk.surfaces import OfficerConsole
from countersign.desk.views import ReviewView
from countersign.ui.strings import label
from countersign.ui.tasks.runner import aside
from countersign.ui.views.context import Context
from countersign.ui.views.device_dialog import DeviceDialog
from countersign.ui.views.device_take import TakeBackDialog
from countersign.ui.views.sign_screen import SignScreen

WithToken = Callable[[Callable[[], Awaitable[ReviewView]]], Awaitable[ReviewView]]
Signed = Callable[[ReviewView], Awaitable[None]]
Export = Callable[[int], Awaitable[bytes]]
"""The unsigned PSBT of this version, checked and journalled."""


class DeviceVerbs:
    """Joins a Sign screen to a console; `signed` shows a settlement after a share of this officer came back."""

    def __init__(
        self, screen: SignScreen, console: OfficerConsole, context: Context, with_token: WithToken, signed: Signed
    ) -> None:
        self._screen, self._console, self._context = screen, console, context
        self._with_token, self._signed = with_token, signed
        screen.exporting.connect(self.export)
        screen.taking.connect(self.take)

    def export(self, instruction: str) -> None:
        """Open the dialog that gives the transaction to the device."""
        shown = self._screen.shown(instruction)
        open_export(
            self._context,
            self._console,
            lambda version: self._console.device_export(instruction, version, shown),
            file_name(instruction),
            self._screen,
        )

    def take(self, instruction: str) -> None:
        """Open the dialog that takes back what the device signed."""

        async def take(signed: bytes) -> None:
            self._screen.set_busy(True)
            try:
                view = await self._with_token(lambda: self._console.device_signed(instruction, signed))
                await self._signed(view)
            finally:
                self._screen.set_busy(False)

        TakeBackDialog(self._context, self._console, take, self._screen).open()


def open_export(
    context: Context,
    console: DeviceConsole,
    export: Export,
    name: str,
    parent: QWidget,
    *,
    explain: str = "device.export-explain",
) -> None:
    """Open the dialog; each press in it exports again what was confirmed. Closing it stops what runs."""
    dialog = DeviceDialog(context.instruments.draw_code, parent, explain=explain)
    running: list[asyncio.Task[None]] = []

    def write(folder: Path) -> None:
        async def work() -> Path:
            data, keep = await export(dialog.version), context.instruments.drives.keep
            return await aside(lambda: keep(folder, name, data))

        running.append(
            context.runner.start(work(), lambda path: dialog.told.say(label("device.written", path=str(path))))
        )

    def show() -> None:
        async def work() -> None:
            data = await export(dialog.version)
            dialog.panel.show_texts(console.device_frames(data, dialog.tag, dialog.panel.density))

        running.append(context.runner.start(work()))

    def stop() -> None:
        for task in running:
            task.cancel()

    dialog.writing.connect(write)
    dialog.showing.connect(show)
    dialog.rejected.connect(stop)
    dialog.open()


def file_name(instruction: str) -> str:
    """The exported file's name, short enough for a device's list."""
    return f"countersign-{instruction[:8]}.psbt"
