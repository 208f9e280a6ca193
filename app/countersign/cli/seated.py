"""An officer's seat as the verbs of `countersign officer` use it: work at the console, and what came into the log told after it.

- Also where the rest was refused: an entry that is logged is told before the refusal is.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import typer

from countersign.cli import findings, outcome
from countersign.cli.governance_lines import proposal_lines
from countersign.cli.logged import Logged, tell_logged
from countersign.cli.review_lines import review_lines
from countersign.cli.seat import Seat, Secrets
from countersign.cli.stations import Stations
from countersign.desk import telling
from countersign.desk.console import OfficerConsole
from countersign.desk.ports import Record
from countersign.errors import CountersignError
from countersign.settlement import events

INSTRUCTION = "An instruction's hash, its first digits, or its settlement's id where that has only one."
Work = Callable[[OfficerConsole], Awaitable[int | None]]
"""Something done at a console; its exit status where it is not 0."""


class Seated:
    """A seat and the desk it is at, as the options before the verb say."""

    def __init__(self, stations: Stations, folder: Path, own: Secrets, seat: Seat) -> None:
        self._stations, self._folder, self._own, self.seat = stations, folder, own, seat

    def do(self, work: Work, *, logs: bool = True) -> None:
        """Work at the console, then tell what came into the log; exit as it went. `logs`: whether it is there to log."""
        done: list[Logged] = []

        async def within(console: OfficerConsole) -> int:
            before = console.replica.state.size
            try:
                status = await work(console)
                await console.synchronise()
            except CountersignError:
                with suppress(CountersignError):
                    await console.synchronise()
                done.extend(_since(console, before))
                raise
            done.extend(_since(console, before))
            return status or 0

        try:
            status = self._stations.at(self._folder, self._own, self.seat, within)
        except CountersignError as error:
            if done:
                tell_logged(done, as_json=False)
            raise typer.Exit(outcome.tell(error, as_json=False)) from None
        if logs or done:
            tell_logged(done, as_json=False)
        raise typer.Exit(status)

    async def unlock(self, console: OfficerConsole) -> None:
        """Ask for the officer's PIN, once."""
        await console.unlock(self.seat.own.pin)


def _since(console: OfficerConsole, before: int) -> list[Logged]:
    return [_logged(console.replica.record(each)) for each in range(before, console.replica.state.size)]


def _logged(record: Record) -> Logged:
    event = events.parse(record.event)
    return event.type, record.index, record.time_ms, event.hash


def reviewed(context: typer.Context, id: str, act: Callable[[OfficerConsole, str], Awaitable[Any]]) -> None:
    """Show a settlement with every check, ask for the PIN, act on the contract (its hash)."""

    async def work(console: OfficerConsole) -> None:
        contract = contract_of(console, id)
        findings.warn(review_lines(await console.review(contract)))
        await context.obj.unlock(console)
        await act(console, contract)

    context.obj.do(work)


def proposing(
    verb: Callable[[OfficerConsole, str], Awaitable[Any]],
) -> Callable[[OfficerConsole, str], Awaitable[None]]:
    """What proposes something, and shows the proposals that came of it."""

    async def act(console: OfficerConsole, contract: str) -> None:
        tell_proposed(await verb(console, contract))

    return act


def propose(context: typer.Context, verb: Callable[[OfficerConsole], Awaitable[Any]]) -> None:
    """Unlock the token, propose what this officer words, and show what it would do and who still signs it."""

    async def work(console: OfficerConsole) -> None:
        await context.obj.unlock(console)
        tell_proposed(await verb(console))

    context.obj.do(work)


def tell_proposed(made: Any) -> None:
    """Show a proposal, or several."""
    for each in made if isinstance(made, tuple) else (made,):
        findings.show(proposal_lines(each))


def instruction_of(console: OfficerConsole, text: str) -> str:
    """An instruction's hash, by its hash, its first digits or its settlement. Raises as `telling.instruction_named`."""
    return telling.instruction_named(console.replica.state, text).hash


def contract_of(console: OfficerConsole, text: str) -> str:
    """A contract's hash, by its id or its hash. Raises as `telling.only`."""
    return telling.only(console.replica.state, text).hash
