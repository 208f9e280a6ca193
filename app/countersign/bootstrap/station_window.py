"""Officers' windows at a workstation's own desk: the desk runs in this process for as long as the first window is open.

- Passphrases and the PIN of the desk's token are asked for at the terminal before a window opens; an officer's PIN in the
  window, when something is signed.
- While a window is open the desk does its round every `ROUND_SECONDS`: what it logged by itself, or could not, stands in the
  banner. No screen changes under the officer: the log is taken in when they refresh.
- A relayer's PIN is asked for in the window too, when it first sends; the newest window asks.
- The first window that is closed ends it; Ctrl+C and SIGTERM do the same.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from countersign.bootstrap import station, windows
from countersign.bootstrap.instruments import instruments
from countersign.bootstrap.station import Station
from countersign.cli.round_lines import warn_silent
from countersign.cli.seat import Seat, Secrets
from countersign.couriers.carrier import Carrier
from countersign.desk import rounds
from countersign.desk.rounds import Round
from countersign.resources.round_words import said
from countersign.resources.text import sentence
from countersign.ui.application import OfficerWindow, open_officer, run
from countersign.ui.presenters.banner import BannerFacts, Mode
from countersign.ui.strings import label
from countersign.ui.views.secret_dialog import asking

ROUND_SECONDS = 20.0


def open_windows(folder: Path, own: Secrets, seats: Sequence[Seat]) -> int:
    """A window for each seat; ends when the first is closed. Unavailable("demonstration.no-display"); what opening raises."""
    windows.require_display()
    return run(lambda: windows.until_stopped(lambda: _sit(folder, own, seats)))


async def _sit(folder: Path, own: Secrets, seats: Sequence[Seat]) -> int:
    async with station.opened(folder, own) as found:
        shown = [await window_at(found, each) for each in seats]
        warn_silent(found.silent)
        async with _rounds(found, shown):
            await windows.until_closed(shown[0], shown[1:])
        for each in shown:
            await each.at_rest()
    return 0


@asynccontextmanager
async def _rounds(found: Station, shown: Sequence[OfficerWindow]) -> AsyncIterator[None]:
    """The desk's rounds beside the windows."""

    async def forever() -> None:
        made: Round | None = None
        while True:
            try:
                made = await rounds.make(found.desk, after=made)
                tell(made, shown)
            except Exception as error:  # boundary: our own bug; the next round is made all the same, and it is said
                made = None
                for each in shown:
                    each.banner.say(label("station.failed", kind=type(error).__name__))
            await asyncio.sleep(ROUND_SECONDS)

    task = asyncio.get_running_loop().create_task(forever())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait((task,))


def tell(made: Round, shown: Sequence[OfficerWindow]) -> None:
    """Say in every window's banner what a round came to; nothing where it came to nothing."""
    words = told(made)
    if words:
        for each in shown:
            each.banner.say(words)


def told(made: Round) -> str:
    """One sentence on a round: what was logged, else what could not be; empty where nothing was due."""
    if made.done:
        why = made.done[0].due.why
        what = said(why.code, why.values)
        if len(made.done) > 1:
            what = label("station.more", what=what, count=len(made.done) - 1)
        return label("station.logged", what=what)
    if made.not_done:
        error = made.not_done[0].error
        return label("station.not-done", why=sentence(error.code, error.values))
    return ""


async def window_at(found: Station, seat: Seat) -> OfficerWindow:
    """An officer's window at an open desk; not shown yet."""
    console = await found.console(seat)
    carrier = Carrier()
    found.holds.callback(carrier.close)
    window = open_officer(console, BannerFacts(Mode.ONLINE), instruments(carrier))
    found.relayers.ask = partial(asking, window)
    window.belong_to(found.desk.state.roster.officer(console.hand.officer).name)
    return window
