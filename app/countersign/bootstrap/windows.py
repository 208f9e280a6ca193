"""The demonstration's windows: one that a newcomer sits at, or all screens grabbed while the story plays by itself.

- Closing the window, Ctrl+C and SIGTERM all end it the same way: what runs is cancelled, tokens, the cold vault's process and
  the picture reader are closed, the folder is removed.
- While the window is open the process stands in the folder of things that cross the air gap (`frames`, `usb`): a relative path
  typed on Carry, and every file dialog, begins there.
- Whether Qt can open a window here is tried in a process of its own first: where it cannot, Qt aborts the process.
"""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Literal

from countersign.bootstrap.instruments import instruments
from countersign.bootstrap.stage import DemonstrationStage
from countersign.cli import watching
from countersign.demonstration import cast, headless
from countersign.demonstration.story import Story
from countersign.demonstration.window import NextStep
from countersign.desk import collector
from countersign.errors import Unavailable
from countersign.ui.application import OfficerWindow, VaultWindow, open_officer, run, screens, wear
from countersign.ui.presenters.banner import BannerFacts, Mode
from countersign.ui.strings import label
from countersign.ui.views.secret_dialog import asking

STOPPED = 130
"""The exit status after Ctrl+C."""
TITLE = 48
"""Pixels that a window's title takes at most."""
TRY_WINDOW = "from countersign.ui.application.loop import application; application()"
TRY_SECONDS = 30
QUIET = "default.warning=false"  # the offscreen platform complains of every size hint
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
NOTES = ("demo.note-chains", "demo.note-witnesses")


def play_headless(out: Path, *, busy: bool = False) -> int:
    """The whole story without a window; exit status 0 only if it ended as it should."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ.setdefault("QT_LOGGING_RULES", QUIET)
    return run(lambda: until_stopped(lambda: _play(out, busy=busy)))


async def _play(out: Path, *, busy: bool) -> int:
    with tempfile.TemporaryDirectory(prefix="countersign-") as folder:
        stage = DemonstrationStage(Path(folder))
        await stage.open()
        try:
            done = await headless.play(stage, out, tell, Screens(stage).grab, busy=busy)
        finally:
            await stage.aclose()
    print(done / "result.json")  # noqa: T201
    return 0


def tell(key: str, done: int, total: int) -> None:
    """A step begins."""
    watching.step(label(key), done, total)


class Screens:
    """Officer A's window, drawn and never shown, followed through the story."""

    def __init__(self, stage: DemonstrationStage) -> None:
        self._stage = stage
        self._window: OfficerWindow | None = None

    async def grab(self, story: Story, moment: str, folder: Path) -> None:
        """Grab what belongs to this moment into `folder`."""
        folder.mkdir(exist_ok=True)
        match moment:
            case "step-prepare":
                await self._take(story, folder, "desk")
            case "step-sign:before":
                window = await self._opened(story)
                await window.show_settlement(story.contract)
                await self._take(story, folder, "review")
                await self._take(story, folder, "sign")
            case "step-qr:before":
                story.watch = lambda _: self._vault(story, folder)
                window = await self._opened(story)
                window.carry.show_panel.show_texts(await story.console().request_frames(story.live("psbt")))
                await self._take(story, folder, "carry")
            case "step-final":
                window = await self._opened(story)
                index = story.logged_at()
                window.log.show_proof(await story.console().proof(index))
                await self._take(story, folder, "log")

    async def _vault(self, story: Story, folder: Path) -> None:
        for theme in THEMES:
            name = f"vault-{theme}"
            await story.stage.vault.grab(theme, folder / f"{name}.png", folder / f"{name}.txt")

    async def _take(self, story: Story, folder: Path, screen: str) -> None:
        window = await self._opened(story)
        for theme in THEMES:
            (folder / f"{screen}-{theme}.png").write_bytes(screens.grab(window, screen, theme))
            (folder / f"{screen}-{theme}.txt").write_text(screens.texts(window), "utf-8")

    async def _opened(self, story: Story) -> OfficerWindow:
        if self._window is None:
            self._window = open_officer(story.console(), banner(None), instruments(self._stage.carrier))
        await self._window.refresh()
        await self._window.at_rest()
        return self._window


def banner(next_step: Callable[[], Awaitable[str]] | None, pin: str | None = cast.PIN) -> BannerFacts:
    """The demonstration's banner: what is embedded, the PIN, the others' next step."""
    return BannerFacts(Mode.DEMONSTRATION, tuple(label(key) for key in NOTES), pin, next_step)


def open_window(seats: Sequence[str] = (), *, busy: bool = False) -> int:
    """Officer A's window on an embedded demonstration desk, and one for each of `seats`; ends when officer A's is closed.

    Unavailable("demonstration.no-display") where no window can be opened.
    """
    require_display()
    return run(lambda: until_stopped(lambda: _sit(seats, busy=busy)))


def require_display() -> None:
    """Unavailable("demonstration.no-display") where Qt cannot open a window: no display, or a library of it is missing."""
    tried = subprocess.run(
        [sys.executable, "-c", TRY_WINDOW],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=TRY_SECONDS, check=False,
    )  # fmt: skip
    if tried.returncode != 0:
        raise Unavailable("demonstration.no-display", display=os.environ.get("DISPLAY") or "not set")


async def until_stopped(work: Callable[[], Awaitable[int]]) -> int:
    """Work to its end, or to the first signal that asks it to stop: cancelled once, so that its clearing up is not."""
    loop, task = asyncio.get_running_loop(), asyncio.ensure_future(work())
    asked = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def stop() -> None:
        if not task.cancelling():
            task.cancel()

    for each in asked:
        loop.add_signal_handler(each, stop)
    try:
        return await task
    except asyncio.CancelledError:
        return STOPPED
    finally:
        for each in asked:
            loop.remove_signal_handler(each)


async def _sit(seats: Sequence[str], *, busy: bool) -> int:
    watching.step(label("demo.opening"), 0, 2)
    with tempfile.TemporaryDirectory(prefix="countersign-") as folder:
        hands = Path(folder) / "hands"
        hands.mkdir()
        stage = DemonstrationStage(Path(folder))
        try:
            await stage.open()
            story = Story(stage, hands, busy=busy)
            await story.found()
            watching.step(label("demo.open", folder=str(hands)), 1, 2)
            with contextlib.chdir(hands):
                await attend(story, stage, await beside(story, stage, seats))
        finally:
            await stage.aclose()
    return 0


async def attend(story: Story, stage: DemonstrationStage, others: Sequence[OfficerWindow] = ()) -> None:
    """Officer A's window on a founded story, until it is closed; the others' beside it."""
    await until_closed(seat(story, stage), others)


async def until_closed(window: OfficerWindow | VaultWindow, others: Sequence[OfficerWindow] = ()) -> None:
    """Show windows in the theme of this machine until the first of them is closed; then close the others."""
    over = asyncio.Event()
    window.closed.connect(over.set)
    theme = window.context.instruments.preferences.get("theme", "system")
    if theme != "system":
        wear(theme)
    place(window)
    collector.spare()
    for each in (window, *others):
        each.show()
        each.begin()
    try:
        await over.wait()
    finally:
        for each in (*others, window):
            each.close()


def place(window: OfficerWindow | VaultWindow) -> None:
    """Show it whole: on a screen with no room for the window and its title, it fills the screen."""
    room = window.screen().availableSize()
    if room.width() < window.width() or room.height() < window.height() + TITLE:
        window.showMaximized()
    else:
        window.show()


async def beside(story: Story, stage: DemonstrationStage, seats: Sequence[str]) -> list[OfficerWindow]:
    """Windows of other officers at the same desk, their tokens unlocked, their PINs in the banner; not shown yet."""
    found = []
    for officer in seats:
        console = await stage.console(officer, story.people[officer])
        await console.synchronise()
        window = open_officer(console, banner(None, pin=stage.pin_of(officer)), instruments(stage.carrier))
        window.belong_to(stage.desk.state.roster.officer(officer).name)
        found.append(window)
    return found


def seat(story: Story, stage: DemonstrationStage) -> OfficerWindow:
    """Officer A's window with the others behind *Next step*; not shown yet. What needs the officer's PIN asks for it there."""

    async def ask(code: str) -> str:
        token = (await window.console.strip()).token
        return await asking(window, token.tries if token else "ok")(code)

    window = open_officer(story.console(), banner(NextStep(story, ask)), instruments(stage.carrier))
    window.banner.say(label("demo.founded"))
    return window
