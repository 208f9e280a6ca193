"""What Enrol a vault asks of its console: files read, the vault judged, words compared, tests made and found, the proposal.

- What is refused stands in the page, with its code and what to do next; nothing that was read or typed is lost.
- Test signatures are written beside the description, where `countersign vault-enrol` keeps them: either goes on where the
  other stopped.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import TypeVar

from countersign.desk.enrolling_views import EnrolmentView, Opened, TestsView, Wanted
from countersign.desk.surfaces import OfficerConsole
from countersign.errors import CountersignError
from countersign.ui.presenters import enrol
from countersign.ui.strings import label
from countersign.ui.tasks.runner import aside
from countersign.ui.views.context import Context
from countersign.ui.views.device_take import TakeBackDialog
from countersign.ui.views.device_verbs import open_export
from countersign.ui.views.enrol_dialogs import AssembleDialog, RegisterDialog
from countersign.ui.views.enrol_screen import EnrolScreen
from countersign.ui.views.files import tests_in
from countersign.ui.views.governance_verbs import Unlocked
from countersign.ui.views.work_dialog import CANCELLED

_Done = TypeVar("_Done")
Shown = Callable[[str, str], Awaitable[None]]
"""Shows a proposal under Settings, with a sentence."""


class EnrolVerbs:
    """Joins Enrol a vault to a console; `unlocked` asks for the PIN where the token proves locked."""

    def __init__(
        self, screen: EnrolScreen, console: OfficerConsole, context: Context, unlocked: Unlocked, shown: Shown
    ) -> None:
        self._screen, self._console, self._context = screen, console, context
        self._unlocked, self._shown = unlocked, shown
        self._task: asyncio.Task[None] | None = None
        screen.file.read.connect(self.read)
        screen.file.registering.connect(self._register)
        screen.file.assembling.connect(self._assemble)
        screen.vault.judging.connect(self._judge)
        screen.comparing.connect(self._compare)
        screen.test.signing.connect(self._sign)
        screen.test.exporting.connect(self._export)
        screen.test.taking.connect(self._take)
        screen.gather.looking.connect(self._look)
        screen.gather.added.connect(self._add)
        screen.looking.connect(self._look)
        screen.proposing.connect(self._propose)
        screen.progress.cancelled.connect(self._stop)

    def begin(self) -> None:
        """The screen is opened: whose a vault may be, as of now."""
        self._screen.vault.show_choices(self._console.enrolling.choices())

    def read(self, file: Path, session: str) -> None:
        """Read a description; what was read before is forgotten, whether this one can be read or not."""
        if not self._screen.busy:
            self._screen.show_file(None)
        self._run("enrol.reading", self._console.enrolling.open(file, session), self._screen.show_file)

    def _judge(self) -> None:
        screen = self._screen

        async def work() -> EnrolmentView | None:
            own, session = screen.vault.own.path, screen.file.session.text().strip()
            screen.own = None if own is None else await self._console.enrolling.open(own, session)
            wanted = screen.wanted
            return None if wanted is None else await self._console.enrolling.plan(wanted)

        def done(view: EnrolmentView | None) -> None:
            if view is not None and view.wanted == screen.wanted:  # nothing was changed meanwhile
                screen.show_vault(view)

        self._run("enrol.judging", work(), done)

    def _compare(self, typed: str) -> None:
        if (wanted := self._wanted) is not None:
            work = self._console.enrolling.compare(wanted, typed)
            self._run("enrol.comparing", work, lambda _: self._screen.show_compared(typed))

    def _sign(self) -> None:
        view, typed = self._screen.view, self._screen.typed
        if view is None:
            return

        async def work() -> Path:
            wanted = view.wanted
            return await self._kept(
                view, await self._unlocked(lambda: self._console.enrolling.sign_test(wanted, typed))
            )

        self._run("enrol.signing", work(), self._signed)

    def _export(self) -> None:
        wanted, typed = self._wanted, self._screen.typed
        if wanted is None:
            return

        async def export(version: int) -> bytes:
            return await self._console.enrolling.device_test(wanted, typed, version)

        name = enrol.file_name(wanted.name, "unsigned")
        open_export(self._context, self._console, export, name, self._screen, explain="enrol.export-explain")

    def _take(self) -> None:
        view = self._screen.view
        if view is None:
            return

        async def take(returned: bytes) -> None:
            self._signed(await self._kept(view, await self._console.enrolling.take_test(view.wanted, returned)))

        TakeBackDialog(self._context, self._console, take, self._screen, explain="enrol.take-explain").open()

    async def _kept(self, view: EnrolmentView, test: bytes) -> Path:
        """Write this officer's test beside the description."""
        own = next(each.officer for each in view.keys if each.own)
        folder, name = view.wanted.description.file.parent, enrol.file_name(view.wanted.name, own)
        keep = self._context.instruments.drives.keep
        return await aside(lambda: keep(folder, name, test))

    def _signed(self, path: Path) -> None:
        self._screen.show_signed(label("enrol.signed", path=str(path)))

    def _add(self, files: list[Path]) -> None:
        self._screen.added += [each for each in files if each not in self._screen.added]
        self._look()

    def _look(self) -> None:
        if (wanted := self._wanted) is not None:
            self._run("enrol.looking", self._tests(wanted), self._screen.show_tests)

    async def _tests(self, wanted: Wanted) -> TestsView:
        beside = await aside(lambda: tests_in(wanted.description.file.parent))
        files = list(dict.fromkeys([*beside, *self._screen.added]))
        return await self._console.enrolling.tests(wanted, files)

    def _propose(self) -> None:
        wanted, tests, untested = self._wanted, self._screen.tests, self._screen.untested
        if wanted is None or tests is None:
            return

        async def propose() -> None:
            view = await self._unlocked(lambda: self._console.enrolling.propose(wanted, tests.good, untested))
            await self._shown(view.id, label("enrol.proposed", vault=wanted.name))

        self._run("enrol.proposing", propose(), lambda _: None)

    def _register(self) -> None:
        async def register(record: Opened, serial: str, model: str, online: bool) -> None:
            asked = self._console.enrolling
            view = await self._unlocked(lambda: asked.propose_device(record, serial, model, online=online))
            await self._shown(view.id, label("enrol.device-proposed"))

        RegisterDialog(self._console.enrolling.open, register, self._context, self._screen).open()

    def _assemble(self) -> None:
        asked, keep = self._console.enrolling, self._context.instruments.drives.keep

        async def assemble(threshold: int, records: list[Opened], chain: str, place: Path) -> Path:
            data = await asked.assemble(threshold, records, chain)
            return await aside(lambda: keep(place.parent, place.name, data))

        dialog = AssembleDialog(asked.choices(), asked.open, assemble, self._context, self._screen)

        def made() -> None:
            if dialog.made is not None:
                self._screen.file.session.setText(dialog.session.text())
                self._screen.file.file.field.setText(str(dialog.made))
                self.read(dialog.made, dialog.session.text().strip())

        dialog.accepted.connect(made)
        dialog.open()

    @property
    def _wanted(self) -> Wanted | None:
        """The judged vault: what was changed since is judged first."""
        return None if self._screen.view is None else self._screen.view.wanted

    def _run(self, words: str, work: Coroutine[object, object, _Done], done: Callable[[_Done], None]) -> None:
        screen = self._screen
        if screen.busy:
            work.close()
            return
        screen.begin(label(words))

        async def run() -> None:
            try:
                result = await work
            except CountersignError as error:
                if error.code != CANCELLED:
                    screen.refuse(error)
                return
            finally:
                screen.end()
            done(result)

        self._task = self._context.runner.start(run(), ended=screen.end)
        self._task.add_done_callback(lambda _: work.close())

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
