"""The whole story without a person: every step played and timed, every screen grabbed at its step, every file written.

Steps are the same as on *Next step*; the officer's own are done through the console that the window uses.
"""

import shutil
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from pathlib import Path

from countersign.demonstration import output
from countersign.demonstration.stage import Stage
from countersign.demonstration.story import Story

Say = Callable[[str, int, int], None]
Grab = Callable[[Story, str, Path], Awaitable[None]]
"""Called before (`"<step>:before"`) and after each step with the folder for screens."""


async def play(stage: Stage, folder: Path, say: Say, grab: Grab | None, *, busy: bool = False) -> Path:
    """Play everything into `folder`. Conflict("demonstration.out-not-empty"), Refused("demonstration.unfinished").

    What stops on the way leaves nothing behind: `DIR.part` goes, `DIR` stays as it was.
    """
    folder = folder.absolute()
    part = output.require_free(folder)
    with ExitStack() as unfinished:
        unfinished.callback(shutil.rmtree, part, ignore_errors=True)
        await _fill(Story(stage, part, busy=busy), part, say, grab)
        with output.writing(folder):
            part.rename(folder)
        unfinished.pop_all()
    return folder


async def _fill(story: Story, part: Path, say: Say, grab: Grab | None) -> None:
    """Every step, then every file, `result.json` last."""
    steps, timings = story.steps, dict[str, float]()
    for place, (_, key, step) in enumerate(steps):
        say(key, place, len(steps))
        if grab is not None:
            await grab(story, f"{key}:before", part / "screens")
        start = time.perf_counter()
        await step()
        timings[key] = time.perf_counter() - start
        if grab is not None:
            await grab(story, key, part / "screens")
    say("step-files", len(steps), len(steps))
    replica = story.console().replica
    output.require_whole(story, replica)
    output.write(part, output.settled_files(story, replica, timings))
    story.stage.publish_profile(part / "profile")
    output.write(part, {output.RESULT: output.result(story, replica, part)})
