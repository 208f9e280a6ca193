"""What History asks of its console: the story of a settlement, its evidence pack, and a signed PDF of what is shown.

- The report is of this machine's history as it is when it is made, under the search that stands there; the head is in it.
- It is painted on a thread, with progress and a way out, then signed, then both files are written.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path

from countersign.desk.report_file import SUFFIX, Claim
from countersign.desk.surfaces import OfficerConsole
from countersign.ui.presenters.report import Paper, laid_out
from countersign.ui.strings import label
from countersign.ui.tasks.runner import aside
from countersign.ui.views.context import Context
from countersign.ui.views.history_screen import HistoryScreen
from countersign.ui.views.report_pdf import painted

WithToken = Callable[[Callable[[], Awaitable[bytes]]], Awaitable[bytes]]
_OFTEN = 32
"""Settlements between two words of progress."""


class _Enough(Exception):
    """The officer has had enough."""


class HistoryVerbs:
    """Joins a History screen to a console."""

    def __init__(self, screen: HistoryScreen, console: OfficerConsole, context: Context, with_token: WithToken) -> None:
        self._screen, self._console, self._context, self._with_token = screen, console, context, with_token
        self._making: asyncio.Task[None] | None = None
        screen.chosen.connect(self._tell)
        screen.packing.connect(self.pack)
        screen.reporting.connect(self.report)
        screen.progress.cancelled.connect(self._stop)

    def _tell(self, contract: str) -> None:
        self._context.runner.start(self._console.story(contract), self._screen.show_story)

    def report(self, path: Path) -> None:
        """Paint what is shown, sign it, write both files."""
        self._make(self._report(path), "history.reporting")

    def pack(self, contract: str, path: Path) -> None:
        """Gather a settlement's evidence, write it."""
        self._make(self._pack(contract, path), "history.packing")

    def _make(self, work: Coroutine[object, object, str], doing: str) -> None:
        """One thing at a time, with progress and a way out."""
        self._screen.set_busy(True)
        self._screen.progress.begin(label(doing))

        def ended() -> None:
            self._screen.progress.end()
            self._screen.set_busy(False)

        self._making = self._context.runner.start(work, self._screen.say, ended)

    async def _pack(self, contract: str, path: Path) -> str:
        keep, found = self._context.instruments.drives.keep, await self._console.evidence(contract)
        await aside(lambda: keep(path.parent, path.name, found.data))
        said = [label("history.exported", path=str(path))]
        if found.absent:
            said.append(label("history.pack-absent", absent=", ".join(found.absent)))
        return " ".join((*said, label("history.pack-words", words=found.words)))

    async def _report(self, path: Path) -> str:
        screen, keep = self._screen, self._context.instruments.drives.keep
        ground = await self._console.report_ground(screen.told)
        rows, search, beside = screen.listed(ground.view), screen.search.text(), f"{path.name}{SUFFIX}"
        pdf = await self._painted(laid_out(ground, rows, search, path.name))
        claim = Claim.of(ground.head, pdf, search, len(rows), screen.told)
        signature = await self._with_token(lambda: self._console.sign_report(claim))
        await aside(lambda: keep(path.parent, path.name, pdf))
        await aside(lambda: keep(path.parent, beside, signature))
        return label("history.reported", path=str(path), signature=beside)

    async def _painted(self, paper: Paper) -> bytes:
        """On a thread, which stops at its next settlement when nobody waits for it any more."""
        loop, enough = asyncio.get_running_loop(), threading.Event()

        def going(done: int, total: int) -> None:
            if enough.is_set():
                raise _Enough
            if done % _OFTEN == 0:
                loop.call_soon_threadsafe(self._screen.progress.advance, done, total)

        try:
            return await aside(lambda: painted(paper, going))
        finally:
            enough.set()

    def _stop(self) -> None:
        if self._making is not None:
            self._making.cancel()
