"""An officer's seat as the verbs of `countersign officer` use it: work at the console, then tell what came into the log."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import typer

from countersign.cli import findings, outcome
from countersign.cli.governance_lines import proposal_lines
from countersign.cli.logged import Logged, tell_logged
from countersign.cli.seat import Seat, Secrets
from countersign.cli.stations import Stations
from countersign.desk import telling
from countersign.desk.console import OfficerConsole
from countersign.desk.ports import Record
from countersign.errors import CountersignError
from countersign.settlement import events

Work = Callable[[OfficerConsole], Awaitable[None]]


class Seated:
    """A seat and the desk it is at, as the options before the verb say."""

    def __init__(self, stations: Stations, folder: Path, own: Secrets, seat: Seat) -> None:
        self._stations, self._folder, self._own, self.seat = stations, folder, own, seat

    def do(self, work: Work) -> None:
        """Work at the console, then tell what came into the log; exit as it went."""

        async def within(console: OfficerConsole) -> list[Logged]:
            before = console.replica.state.size
            await work(console)
            await console.synchronise()
            return [_logged(console.replica.record(each)) for each in range(before, console.replica.state.size)]

        try:
            done = self._stations.at(self._folder, self._own, self.seat, within)
        except CountersignError as error:
            raise typer.Exit(outcome.tell(error, as_json=False)) from None
        tell_logged(done, as_json=False)

    async def unlock(self, console: OfficerConsole) -> None:
        """Ask for the officer's PIN, once."""
        await console.unlock(self.seat.own.pin)


def propose(context: typer.Context, verb: Callable[[OfficerConsole], Awaitable[Any]]) -> None:
    """Unlock the token, propose something, and show what it would do and who still signs it."""

    async def work(console: OfficerConsole) -> None:
        await context.obj.unlock(console)
        made = await verb(console)
        for each in made if isinstance(made, tuple) else (made,):
            findings.show(proposal_lines(each))

    context.obj.do(work)


def _logged(record: Record) -> Logged:
    event = events.parse(record.event)
    return event.type, record.index, record.time_ms, event.hash


def contract_of(console: OfficerConsole, text: str) -> str:
    """A contract's hash, by its id or its hash. Raises as `telling.only`."""
    return telling.only(console.replica.state, text).hash
