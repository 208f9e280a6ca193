"""Desks of a workstation without a folder: an open desk and a console that a test already has; and a hand that types secrets.

status, out, err = ran(officer_app(At(desk, console)), *SEAT, "sign", "MH-2026-0001")
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest
import typer

from countersign.cli import pins
from countersign.cli.app import run
from countersign.cli.seat import Seat, Secrets, TokenChoice
from countersign.desk.ceremony import Keyring
from countersign.desk.founding_plan import Place, Plan

_Done = TypeVar("_Done")
SEAT = ("--desk", "northgate", "--profile", "p", "--token", "officer-a", "--softhsm", "tokens")


@dataclass
class At:
    """`cli.stations.Stations` over one desk and one console; `calls`: what else was asked of it."""

    desk: Any = None
    console: Any = None
    time_ms: int = 0
    calls: list[tuple[Any, ...]] = field(default_factory=list)
    paper: Callable[[], bytes] = bytes

    def now_ms(self) -> int:
        return self.time_ms

    def make(self, folder: Path, plan: Plan, rings: Mapping[str, Keyring], token: TokenChoice, own: Secrets) -> bytes:
        self.calls.append(("make", folder, token.label))
        return self.paper()

    def new_log_key(self, folder: Path, own: Secrets, reason: str) -> bytes:
        self.calls.append(("new-log-key", folder, reason))
        return b"{}"

    def add_witness(self, folder: Path, own: Secrets, place: Place) -> None:
        self.calls.append(("witness", folder, place.url))

    def take_nodes(self, folder: Path, own: Secrets, data: bytes) -> tuple[str, ...]:
        self.calls.append(("nodes", folder, data))
        return ("bip122:00",)

    def within(self, folder: Path, own: Secrets, work: Callable[[Any], Awaitable[_Done]]) -> _Done:
        self.calls.append(("within", folder))
        return asyncio.run(_awaited(work(self.desk)))

    def at(self, folder: Path, own: Secrets, seat: Seat, work: Callable[[Any], Awaitable[_Done]]) -> _Done:
        return asyncio.run(_awaited(work(self.console)))

    def sit(self, folder: Path, own: Secrets, seats: Sequence[Seat]) -> int:
        self.calls.append(("sit", folder, tuple(each.token.label for each in seats)))
        return 0


async def _awaited(work: Awaitable[_Done]) -> _Done:
    return await work


class Typing:
    """Who types secrets: what was asked, and what stood on the terminal before each question."""

    def __init__(self, patch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.asked: list[str] = []
        self.shown = ""
        self.then: Callable[[], None] = lambda: None
        patch.setattr(pins, "hidden", self._hidden)

    def _hidden(self, question: str, *, twice: bool = False) -> str:
        out, err = self._capsys.readouterr()
        self.shown += out + err
        self.asked.append(question)
        self.then()
        return "what is typed"

    def run(self, app: typer.Typer, *arguments: str) -> tuple[int, str, str]:
        """Exit status, and what came to stdout and stderr after the last question."""
        self._capsys.readouterr()
        self.asked, self.shown = [], ""
        status = run(typer.main.get_group(app), arguments, Path("unexpected.log"))
        out, err = self._capsys.readouterr()
        assert "what is typed" not in self.shown + out + err
        return status, out, err
