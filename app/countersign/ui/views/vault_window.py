"""A vault operator's window: the wizard and the Log over one air-gapped console. No menus."""

import asyncio
from pathlib import Path

from countersign.desk.surfaces import VaultConsole
from countersign.desk.views import TokenView, VaultRequestView
from countersign.ui.presenters import review as words
from countersign.ui.presenters.banner import BannerFacts
from countersign.ui.presenters.instruments import Instruments
from countersign.ui.strings import label
from countersign.ui.tasks.runner import Runner, aside
from countersign.ui.views.context import Context
from countersign.ui.views.frame import Frame
from countersign.ui.views.log_screen import LogScreen
from countersign.ui.views.log_verbs import LogVerbs
from countersign.ui.views.refuse_dialog import RefuseDialog
from countersign.ui.views.secret_dialog import LAST, asking
from countersign.ui.views.vault_device_verbs import VaultDeviceVerbs
from countersign.ui.views.vault_wizard import GIVE, REVIEW, SIGN, TAKE, VaultWizard

_RAIL = {"vault": "vault", "log": "log"}


class VaultWindow(Frame):
    """One operator, one console, one request at a time."""

    def __init__(self, console: VaultConsole, banner: BannerFacts, instruments: Instruments) -> None:
        context = Context(Runner(), instruments)
        self.console = console
        self.vault, self.log = VaultWizard(context), LogScreen(context)
        self.view: VaultRequestView | None = None
        self.token: TokenView | None = None
        self.working: asyncio.Task[None] | None = None
        super().__init__(context, banner, {"vault": self.vault, "log": self.log}, _RAIL)
        self._connect()
        self.open_screen("vault")

    def _connect(self) -> None:
        wizard = self.vault
        self.context.runner.broken.connect(lambda _: wizard.sign.offer())
        self.rail.refreshing.connect(self.begin)
        self.strip.locking.connect(self._lock)
        wizard.clock.answered.connect(self._confirm_clock)
        wizard.take.scan.read.connect(self._take_text)
        wizard.take.scan.pictures.connect(self._take_pictures)
        wizard.take.usb.reading.connect(self._take_usb)
        wizard.review.going.connect(self._go_on)
        wizard.review.over.connect(lambda: wizard.go(TAKE))
        wizard.review.refusing.connect(self._refuse)
        wizard.sign.back.connect(lambda: wizard.go(REVIEW))
        wizard.sign.unlocking.connect(self._unlock)
        wizard.sign.signing.connect(self._sign)
        wizard.progress.cancelled.connect(lambda: self.working and self.working.cancel())
        wizard.take.scan.progress.cancelled.connect(lambda: self.working and self.working.cancel())
        wizard.give.usb.writing.connect(self._write)
        wizard.give.show_panel.asked.connect(lambda: self.context.runner.start(self._show_answer()))
        wizard.give.another.connect(self._start_over)
        self.by_device = VaultDeviceVerbs(wizard.sign, self.console, self.context, self._made)
        self.history = LogVerbs(self.log, self.console, self.context.runner)

    def begin(self) -> None:
        """Look at this machine and show it."""
        self.context.runner.start(self.refresh())

    async def refresh(self) -> None:
        """Strip, interfaces, log, and the open request if there is one."""
        await self._look()
        self.log.show_view(await self.console.log())
        request = await self.console.request()
        if request is not None and self.vault.at in (TAKE, REVIEW):
            self._opened(request)

    async def _look(self) -> None:
        strip = await self.console.strip()
        self.token = strip.token
        self.strip.show_view(strip, self.context.now)
        self.banner.show_interfaces(tuple(await self.console.interfaces_up()))

    def _confirm_clock(self, confirmed: bool) -> None:
        async def work() -> None:
            await self.console.confirm_clock(confirmed)
            self.vault.go(TAKE)
            await self.refresh()

        self.context.runner.start(work())

    def _opened(self, view: VaultRequestView) -> None:
        self.view = view
        self.vault.sign.ticked = False
        self.vault.take.scan.show_received(0, 0, complete=False)
        self.vault.review.show_view(view, sound=self.context.runner.sound)
        self.vault.go(REVIEW)

    def _take_text(self, text: str) -> None:
        async def work() -> None:
            got, needed, complete = await self.console.take_frame(text)
            self.vault.take.scan.show_received(got, needed, complete=complete)
            if complete:
                await self.refresh()

        self.context.runner.start(work())

    def _take_pictures(self, pictures: list[Path]) -> None:
        scan = self.vault.take.scan
        scan.progress.begin(label("carry.reading"))
        work = self.console.take_pictures(pictures, scan.progress.advance)
        self.working = self.context.runner.start(work, self._opened, scan.progress.end)

    def _take_usb(self, file: Path) -> None:
        self.context.runner.start(self.console.take_from_usb(file), self._opened)

    def _go_on(self) -> None:
        view = self.view
        if view is None:
            return
        if view.answered:
            self.context.runner.start(self._give(view))
        else:
            self.vault.sign.show_view(view, self.token)
            self.vault.go(SIGN)

    def _unlock(self) -> None:
        async def work() -> None:
            await self._look()
            tries = self.token.tries if self.token else "ok"
            try:
                await self.console.unlock(asking(self, tries), last_try=tries == LAST)
            finally:
                await self._look()
                if self.view is not None:
                    self.vault.sign.show_view(self.view, self.token)

        self.context.runner.start(work())

    def _lock(self) -> None:
        async def work() -> None:
            await self.console.lock()
            await self._look()
            if self.view is not None:
                self.vault.sign.show_view(self.view, self.token)

        self.context.runner.start(work())

    def _sign(self) -> None:
        if not self.context.runner.sound:
            return
        self._busy(True)
        self.vault.progress.begin(label("sign.signing"))
        shown = self.view

        async def work() -> None:
            await self._made(
                await self.console.sign(self.vault.progress.advance, None if shown is None else shown.instruction)
            )

        def ended() -> None:
            self.vault.progress.end()
            self._busy(False)

        self.working = self.context.runner.start(work(), ended=ended)

    async def _made(self, view: VaultRequestView) -> None:
        """Something was signed: the answer, or what is still to be signed."""
        self.view = view
        if view.answered:
            await self._give(view)
        else:
            await self._look()
            self.vault.sign.show_view(view, self.token)

    def _busy(self, busy: bool) -> None:
        self.vault.sign.busy = busy
        self.vault.sign.offer()

    async def _give(self, view: VaultRequestView) -> None:
        self.vault.give.show_view(view)
        await self._show_answer()
        self.vault.go(GIVE)

    async def _show_answer(self) -> None:
        panel = self.vault.give.show_panel
        panel.show_texts(await self.console.answer_frames(panel.density))

    def _write(self, folder: Path) -> None:
        async def work() -> None:
            written = await self.console.answer_to_usb(folder)
            drives = self.context.instruments.drives
            self.vault.give.usb.show_written(str(written), await aside(lambda: drives.fingerprint(written)))

        self.context.runner.start(work())

    def _refuse(self) -> None:
        view = self.view
        if view is None:
            return
        verdicts = [(view.instruction.instruction, words.kind(view.instruction), view.instruction.verdict)]
        dialog = RefuseDialog(verdicts, self)

        async def work() -> None:
            if await dialog.answer():
                await self.console.refuse(dialog.text)
                self.view = await self.console.request()
                if self.view is not None:
                    await self._give(self.view)

        self.context.runner.start(work())

    def _start_over(self) -> None:
        self.view = None
        self.vault.take.usb.forget()
        self.vault.go(TAKE)
