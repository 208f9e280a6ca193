"""Runs the coroutines that buttons start, on the window's loop; the outermost boundary of the window (DESIGN §10).

- A foreseen `CountersignError` goes to `refused`; cancelling is no error.
- Anything else is our own bug: the task stops, its trace (types, files, lines; no values) goes to `broken`, and
  `sound` stays False until restart: whoever signs asks it first.
- `start` returns the task, so that a cancel button can stop it. Slow computations go through `aside`, on a thread.
"""

import asyncio
import traceback
from collections.abc import Callable, Coroutine
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from countersign.errors import CountersignError

Result = TypeVar("Result")


class Runner(QObject):
    """Starts tasks and says how they ended."""

    refused = Signal(object)
    broken = Signal(str)
    settled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.sound = True
        self.running: set[asyncio.Task[None]] = set()

    def start(
        self,
        work: Coroutine[object, object, Result],
        done: Callable[[Result], None] = lambda _: None,
        ended: Callable[[], None] = lambda: None,
    ) -> "asyncio.Task[None]":
        """Run `work` on the loop; `done` takes its result, `ended` is called however it ends."""
        task = asyncio.get_event_loop().create_task(self._guard(work, done, ended))
        self.running.add(task)
        task.add_done_callback(self._forget)
        task.add_done_callback(lambda _: work.close())  # cancelled before its first step, it was never awaited
        return task

    async def _guard(
        self, work: Coroutine[object, object, Result], done: Callable[[Result], None], ended: Callable[[], None]
    ) -> None:
        try:
            done(await work)
        except CountersignError as error:
            self.refused.emit(error)
        except Exception as error:  # boundary: a bug of ours stops the task, keeps the evidence and ends signing
            self.sound = False
            self.broken.emit(trace(error))
        finally:
            ended()

    def _forget(self, task: "asyncio.Task[None]") -> None:
        self.running.discard(task)
        self.settled.emit()

    @property
    def idle(self) -> bool:
        """Whether nothing runs."""
        return not self.running

    def stop(self) -> None:
        """Cancel whatever runs: the window closes."""
        for task in tuple(self.running):
            task.cancel()


def trace(error: BaseException) -> str:
    """Where an error arose: its type and the lines of code that led there. Its message and values are left out."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return "\n".join([type(error).__qualname__, *lines])


async def aside(work: Callable[[], Result]) -> Result:
    """A slow computation on a thread of its own; the window goes on."""
    return await asyncio.to_thread(work)
