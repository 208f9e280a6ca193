"""A seat at a workstation's desk for tests of commands: `officer …` on a story's own console; it counts the PINs it asks."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import typer
from click.testing import Result
from typer.testing import CliRunner

from countersign.cli.officer import officer_app
from countersign.demonstration import cast
from countersign.desk.console import OfficerConsole
from support.software_stage import Table


class SeatedOfficer:
    """What every command at the seat shares; `at` says whose console sits there."""

    def __init__(self, table: Table) -> None:
        self.table, self.asked = table, 0

    def at(self, _folder: Path, _own: object, _seat: object, work: Callable[[OfficerConsole], Awaitable[Any]]) -> Any:
        raise NotImplementedError

    def hidden(self, *_: object, **__: object) -> str:
        self.asked += 1
        return cast.PIN

    def run(self, *arguments: str) -> Result:
        app = typer.Typer()
        app.add_typer(officer_app(self), name="officer")  # type: ignore[arg-type]
        seat = ["--desk", "d", "--profile", "p", "--token", "t", "--softhsm", "s"]
        return CliRunner().invoke(app, ["officer", *seat, *arguments])
