"""What `countersign desk` and `countersign officer` call: a desk's folder opened for one piece of work, and closed again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from countersign.bootstrap.machine import CLOCK

if TYPE_CHECKING:
    from countersign.cli.seat import Seat, Secrets, TokenChoice
    from countersign.desk.ceremony import Keyring
    from countersign.desk.console import OfficerConsole
    from countersign.desk.embedded import EmbeddedDesk
    from countersign.desk.founding_plan import Place, Plan

_Done = TypeVar("_Done")


class WorkstationDesks:
    """`cli.stations.Stations` over real folders, tokens and witnesses."""

    def now_ms(self) -> int:
        """This machine's clock."""
        return CLOCK.now_ms()

    def make(self, folder: Path, plan: Plan, rings: Mapping[str, Keyring], token: TokenChoice, own: Secrets) -> bytes:
        """Make a desk's folder; the paper that its administrators sign."""
        from countersign.bootstrap import station

        return asyncio.run(station.make(folder, plan, rings, token, own))

    def new_log_key(self, folder: Path, own: Secrets, reason: str) -> bytes:
        """Add a log key; the proposal that the log changes to it."""
        from countersign.bootstrap import station

        return asyncio.run(station.new_log_key(folder, own, reason))

    def add_witness(self, folder: Path, own: Secrets, place: Place) -> None:
        """Have one more witness asked."""
        from countersign.bootstrap import station

        station.add_witness(folder, own, place)

    def take_nodes(self, folder: Path, own: Secrets, data: bytes) -> tuple[str, ...]:
        """Have the desk follow other nodes; their chains."""
        from countersign.bootstrap import station

        return asyncio.run(station.take_nodes(folder, own, data))

    def within(self, folder: Path, own: Secrets, work: Callable[[EmbeddedDesk], Awaitable[_Done]]) -> _Done:
        """Work at the open desk."""
        from countersign.bootstrap import station
        from countersign.cli.round_lines import warn_silent

        async def within() -> _Done:
            async with station.opened(folder, own) as found:
                warn_silent(found.silent)
                return await work(found.desk)

        return asyncio.run(within())

    def at(self, folder: Path, own: Secrets, seat: Seat, work: Callable[[OfficerConsole], Awaitable[_Done]]) -> _Done:
        """Work at an officer's console at the open desk."""
        from countersign.bootstrap import station
        from countersign.cli.round_lines import warn_silent

        async def within() -> _Done:
            async with station.opened(folder, own) as found:
                console = await found.console(seat)
                warn_silent(found.silent)
                return await work(console)

        return asyncio.run(within())

    def sit(self, folder: Path, own: Secrets, seats: Sequence[Seat]) -> int:
        """Open a window for each seat at the open desk, until the first is closed."""
        from countersign.bootstrap.station_window import open_windows

        return open_windows(folder, own, seats)
