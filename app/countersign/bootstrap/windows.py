"""The demonstration's windows: one that a newcomer sits at, or all screens grabbed while the story plays by itself."""

import asyncio
import os
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Literal

from countersign.bootstrap.instruments import instruments
from countersign.bootstrap.stage import DemonstrationStage
from countersign.cli import watching
from countersign.demonstration import cast, headless
from countersign.demonstration.story import Story
from countersign.demonstration.window import NextStep
from countersign.ui.application import OfficerWindow, open_officer, run, screens
from countersign.ui.presenters.banner import BannerFacts, Mode
from countersign.ui.strings import label

QUIET = "default.warning=false"  # the offscreen platform complains of every size hint
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
NOTES = ("demo.note-chains", "demo.note-witnesses")


def play_headless(out: Path) -> int:
    """The whole story without a window; exit status 0 only if it ended as it should."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ.setdefault("QT_LOGGING_RULES", QUIET)
    return run(lambda: _play(out))


async def _play(out: Path) -> int:
    with tempfile.TemporaryDirectory(prefix="countersign-") as folder:
        stage = DemonstrationStage(Path(folder))
        await stage.open()
        try:
            done = await headless.play(stage, out, tell, Screens(stage).grab)
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
        return self._window


def banner(next_step: Callable[[], Awaitable[str]] | None) -> BannerFacts:
    """The demonstration's banner: what is embedded, the PIN, the others' next step."""
    return BannerFacts(Mode.DEMONSTRATION, tuple(label(key) for key in NOTES), cast.PIN, next_step)


def open_window() -> int:
    """Officer A's window on an embedded demonstration desk; ends when it is closed."""
    return run(_sit)


async def _sit() -> int:
    with tempfile.TemporaryDirectory(prefix="countersign-") as folder:
        stage = DemonstrationStage(Path(folder))
        await stage.open()
        try:
            story = Story(stage, Path(folder) / "hands")
            await story.found()
            window = open_officer(story.console(), banner(NextStep(story)), instruments(stage.carrier))
            window.banner.say(label("demo.founded"))
            over = asyncio.Event()
            window.closed.connect(over.set)
            window.show()
            window.begin()
            await over.wait()
        finally:
            await stage.aclose()
    return 0
