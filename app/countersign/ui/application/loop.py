"""One loop for Qt and asyncio: the only door of qasync.

`run(story)` makes the application if there is none, runs the coroutine that `story` gives once the loop turns, and
returns its result; the loop's end is the story's end, not the last window's.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import TypeVar, cast

import qasync
from PySide6.QtWidgets import QApplication

from countersign.ui.strings import label
from countersign.ui.theme.dress import follow_system

Result = TypeVar("Result")


def application() -> QApplication:
    """The one QApplication, dressed as the system is; made at the first call."""
    existing = QApplication.instance()
    if existing is not None:
        return cast(QApplication, existing)
    made = QApplication(sys.argv[:1])
    made.setApplicationDisplayName(label("window.title"))
    made.setQuitOnLastWindowClosed(False)
    follow_system(made)
    return made


def run(story: Callable[[], Awaitable[Result]]) -> Result:
    """Run a coroutine on the window's loop to its end."""
    loop = qasync.QEventLoop(application())
    asyncio.set_event_loop(loop)
    with loop:
        return cast(Result, loop.run_until_complete(_call(story)))


async def _call(story: Callable[[], Awaitable[Result]]) -> Result:
    return await story()
