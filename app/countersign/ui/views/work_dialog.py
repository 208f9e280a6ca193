"""A dialog in which something is done and its result shown: it stays open, says what was refused, and can be left at any time.

- A foreseen error stands in the dialog itself, with what to do next: nothing that was typed is lost.
- Closing it cancels what runs.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import TypeVar

from PySide6.QtWidgets import QVBoxLayout, QWidget

from countersign.errors import CountersignError
from countersign.ui.presenters.problem import problem
from countersign.ui.theme import measure
from countersign.ui.views.context import Context
from countersign.ui.views.dialog import Dialog
from countersign.ui.widgets.layout import Note, clear, column
from countersign.ui.widgets.picture import Picture
from countersign.ui.widgets.progress import ProgressLine

_Done = TypeVar("_Done")
CANCELLED = "ui.secret-cancelled"
"""What the person left on purpose: no word about it."""


class WorkDialog(Dialog):
    """`said` is where words go; subclasses lay it out with `progress`, and offer their buttons in `offer`."""

    def __init__(self, title: str, context: Context, parent: QWidget) -> None:
        super().__init__(title, parent)
        self.context = context
        self.task: asyncio.Task[None] | None = None
        self.said: QVBoxLayout = column(gap=measure.UNIT)
        self.progress = ProgressLine(title)
        self.progress.cancelled.connect(self._stop)
        self.finished.connect(lambda _: self._stop())

    @property
    def busy(self) -> bool:
        """Whether something runs."""
        return self.task is not None

    def offer(self) -> None:
        """What can be pressed now."""

    def say(self, words: str, tone: str, icon: str) -> None:
        """One sentence instead of whatever stood there."""
        clear(self.said)
        self.said.addWidget(Note(words, tone, Picture(icon, tone)))

    def work(
        self, words: str, work: Coroutine[object, object, _Done], done: Callable[[_Done], None], stopped: str = ""
    ) -> None:
        """Run it with progress; `done` takes the result, a refusal is said here, and `stopped` when it was cancelled."""
        if self.busy:
            work.close()
            return
        clear(self.said)
        self.progress.begin(words)

        async def run() -> None:
            try:
                done(await work)
            except CountersignError as error:
                if error.code != CANCELLED:
                    self.refuse(error)
            except asyncio.CancelledError:
                if stopped and self.isVisible():
                    self.say(stopped, "warn", "information")
                raise

        self.task = self.context.runner.start(run(), ended=self._ended)
        self.task.add_done_callback(lambda _: work.close())
        self.offer()

    def _ended(self) -> None:
        self.task = None
        self.progress.end()
        self.offer()

    def refuse(self, error: CountersignError) -> None:
        """Say what was refused, what is safe, what to do next."""
        found = problem(error)
        self.say(f"{found.happened} {found.safe} {found.next}", "bad", "warning")

    def _stop(self) -> None:
        if self.task is not None:
            self.task.cancel()
