"""Taking back what an officer's own device signed: by camera, from pictures, from pasted text, or from a file."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from PySide6.QtWidgets import QWidget

from countersign.desk.device_surfaces import DeviceConsole
from countersign.ui.strings import label
from countersign.ui.theme import measure
from countersign.ui.views.context import Context
from countersign.ui.views.dialog import Dialog
from countersign.ui.views.files import PathLine
from countersign.ui.views.scan_panel import ScanPanel
from countersign.ui.widgets.button import Button
from countersign.ui.widgets.label import PlainLabel
from countersign.ui.widgets.layout import Card, column, row

Take = Callable[[bytes], Awaitable[None]]


class TakeBackDialog(Dialog):
    """`take` verifies the signed PSBT's bytes, whichever way they came; the dialog closes once it has.

    A scan belongs to one open dialog: what was read before it is none of its parts. What is refused is told and leaves the
    dialog open; while something is verified, nothing else is taken. Closing stops what runs.
    """

    def __init__(
        self,
        context: Context,
        console: DeviceConsole,
        take: Take,
        parent: QWidget,
        *,
        explain: str = "device.take-explain",
    ) -> None:
        super().__init__(label("device.take-title"), parent)
        self.context, self.console, self.take = context, console, take
        self.reading = console.device_scan()
        self.working: asyncio.Task[None] | None = None
        self.left = False
        self.scan = ScanPanel(context, hint="device.paste-hint", none="device.camera-none")
        self.scan.read.connect(self._text)
        self.scan.pictures.connect(self._pictures)
        self.scan.progress.cancelled.connect(self._stop)
        self.file = PathLine("device.file", "device.file-hint", "device.choose", folder=False, kinds="device.kinds")
        self.open_file = Button(label("device.take-file"), "Ctrl+Return", icon="pass", part="primary")
        self.open_file.clicked.connect(self._file)
        self.file.field.textChanged.connect(lambda _: self._offer())
        close = Button(label("common.close"), "Esc")
        close.clicked.connect(self.reject)
        self.rejected.connect(self._stop)
        self.finished.connect(self._leave)
        card = Card(label("device.of-file"))
        line = row(self.file, self.open_file)
        line.setStretch(0, 1)
        card.body.addLayout(line)
        box = column(
            PlainLabel(label("device.take-title"), "title"),
            PlainLabel(label(explain)),
            card,
            gap=measure.UNIT,
            margin=measure.WIDE,
        )
        box.addWidget(self.scan, 1)
        box.addLayout(row(None, close))
        self.setLayout(box)
        self.setMinimumSize(measure.UNIT * 120, measure.UNIT * 80)
        self._offer()

    def _offer(self) -> None:
        self.open_file.setEnabled(self.working is None and self.file.path is not None)

    def _text(self, text: str) -> None:
        async def work() -> None:
            if self.left or self.working is not None:  # closed, or a text before this one made the message whole
                return
            got, needed, whole = self.reading.frame(text)
            self.scan.show_received(got, needed, complete=whole is not None)
            if whole is not None:
                self._begin(lambda: _known(whole))

        self.context.runner.start(work())

    def _pictures(self, pictures: list[Path]) -> None:
        self.scan.progress.begin(label("carry.reading"))
        self._begin(lambda: self.reading.pictures(pictures, self.scan.progress.advance))

    def _file(self) -> None:
        if (file := self.file.path) is not None:
            self._begin(lambda: self.console.device_read(file))

    def _begin(self, read: Callable[[], Awaitable[bytes]]) -> None:
        if self.working is not None:
            return

        async def work() -> None:
            await self.take(await read())

        self.working = self.context.runner.start(work(), lambda _: self.accept(), self._ended)
        self._offer()

    def _ended(self) -> None:
        self.working = None
        if not self.left:
            self.scan.progress.end()
            self.scan.show_received(0, 0, complete=False)
            self._offer()

    def _stop(self) -> None:
        if self.working is not None:
            self.working.cancel()

    def _leave(self) -> None:
        self.left = True


async def _known(data: bytes) -> bytes:
    return data
