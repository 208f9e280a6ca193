"""`countersign demo [--headless] [--out DIR]`: the demonstration, in its window or as the whole story without one."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from countersign.cli import outcome
from countersign.errors import CountersignError

BAD_PLACE = "demonstration.out-not-empty"
"""The one refusal of `demo` that is the caller's own mistake in the arguments: exit 2, as typer gives for others."""
Demonstrate = Callable[[bool, Path | None], int]
"""headless, where the files go → exit status"""
HeadlessOption = Annotated[bool, typer.Option("--headless", help="Without a window, from beginning to end.")]
OutOption = Annotated[Path | None, typer.Option("--out", help="Where the files go: absent or empty.")]


def demo_command(demonstrate: Demonstrate) -> Callable[..., None]:
    """The command over its use case."""

    def command(headless: HeadlessOption = False, out: OutOption = None) -> None:
        try:
            status = demonstrate(headless, out)
        except CountersignError as error:
            status = outcome.tell(error, as_json=False)
            status = outcome.MALFORMED if error.code == BAD_PLACE else status
        raise typer.Exit(status)

    return command
