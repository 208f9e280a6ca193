"""What Sign asks of its console for an officer's own device: the transaction out, as file or codes; the signed file back."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from countersign.desk.surfaces import OfficerConsole
from countersign.desk.views import ReviewView
from countersign.ui.strings import label
from countersign.ui.tasks.runner import aside
from countersign.ui.views.context import Context
from countersign.ui.views.device_dialog import DeviceDialog
from countersign.ui.views.files import pick
from countersign.ui.views.sign_screen import SignScreen

WithToken = Callable[[Callable[[], Awaitable[ReviewView]]], Awaitable[ReviewView]]
Signed = Callable[[ReviewView], Awaitable[None]]


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
        """Open the dialog; each press in it exports again what was confirmed."""
        shown = self._screen.shown(instruction)
        dialog = DeviceDialog(self._context.instruments.draw_code, self._screen)

        async def exported() -> bytes:
            return await self._console.device_export(instruction, dialog.version, shown)

        def write(folder: Path) -> None:
            async def work() -> Path:
                data, keep = await exported(), self._context.instruments.drives.keep
                return await aside(lambda: keep(folder, file_name(instruction), data))

            self._context.runner.start(work(), lambda path: dialog.told.say(label("device.written", path=str(path))))

        def show() -> None:
            async def work() -> None:
                data = await exported()
                dialog.panel.show_texts(self._console.device_frames(data, dialog.tag, dialog.panel.density))

            self._context.runner.start(work())

        dialog.writing.connect(write)
        dialog.showing.connect(show)
        dialog.open()

    def take(self, instruction: str) -> None:
        """Choose the file that the device signed."""
        kinds = "device.kinds"
        pick(
            self._screen,
            label("device.take"),
            lambda file: self.taken(instruction, Path(file)),
            folder=False,
            kinds=kinds,
        )

    def taken(self, instruction: str, file: Path) -> None:
        """Take this file back: verified, journalled, given to the desk."""
        self._screen.set_busy(True)

        async def work() -> None:
            await self._signed(await self._with_token(lambda: self._console.device_file(instruction, file)))

        self._context.runner.start(work(), ended=lambda: self._screen.set_busy(False))


def file_name(instruction: str) -> str:
    """The exported file's name, short enough for a device's list."""
    return f"countersign-{instruction[:8]}.psbt"
