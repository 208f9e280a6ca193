"""A signing officer's window: Desk, Review, Sign, Carry, Log over one console.

- Every verb of the console is awaited through the runner; after each the screens are made anew from fresh views.
- Nothing advances by itself: a refresh, a press or *Next step* moves things.
"""

from collections.abc import Awaitable, Callable

from countersign.desk.surfaces import OfficerConsole
from countersign.ui.presenters.banner import BannerFacts
from countersign.ui.presenters.instruments import Instruments
from countersign.ui.strings import label
from countersign.ui.tasks.runner import Runner
from countersign.ui.views.context import Context
from countersign.ui.views.desk_screen import DeskScreen
from countersign.ui.views.frame import Frame
from countersign.ui.views.review_screen import ReviewScreen

_RAIL = {"desk": "desk", "review": "desk"}


class OfficerWindow(Frame):
    """One officer, one console."""

    def __init__(self, console: OfficerConsole, banner: BannerFacts, instruments: Instruments) -> None:
        context = Context(Runner(), instruments)
        self.console, self.facts = console, banner
        self.desk = DeskScreen(context)
        self.review = ReviewScreen(context)
        super().__init__(context, banner, {"desk": self.desk, "review": self.review}, _RAIL)
        self.desk.opened.connect(self.open_review)
        self.review.left.connect(lambda: self.open_screen("desk"))
        self.banner.stepped.connect(self._play_next)
        self.rail.refreshing.connect(self.begin)
        self.open_screen("desk")

    def begin(self) -> None:
        """Take in what was logged and show it."""
        self.context.runner.start(self.refresh())

    async def refresh(self) -> None:
        """Synchronise, then make every screen anew."""
        await self.console.synchronise()
        await self.show_all()

    async def show_all(self) -> None:
        """Every screen from fresh views."""
        self.strip.show_view(await self.console.strip(), self.context.now)
        self.desk.show_view(await self.console.desk())
        if self.review.view is not None:
            self.review.show_view(await self.console.review(self.review.view.contract))

    def open_review(self, contract: str) -> None:
        """Run every check of a settlement and show it."""

        async def work() -> None:
            self.review.show_view(await self.console.review(contract))
            self.open_screen("review")

        self.context.runner.start(work())

    def _play_next(self) -> None:
        step: Callable[[], Awaitable[str]] | None = self.facts.next_step
        if step is None:
            return
        self.banner.step.setEnabled(False)
        self.banner.say(label("banner.playing"))

        async def work() -> None:
            said = await step()
            self.banner.say(said)
            await self.refresh()

        self.context.runner.start(work(), ended=lambda: self.banner.step.setEnabled(True))
