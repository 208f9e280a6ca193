"""`countersign demo [--headless] [--out DIR] [--seat ROLE …] [--busy]`: the demonstration, in windows or the whole story without.

- `--seat operations`, `--seat compliance`: a window for that officer beside officer A's, at the same desk. What takes two
  officers is proposed in one and signed in another.
- `--busy`: on the evening of the market Bitcoin's blocks are full, and the cycle's transaction waits until a child lifts it.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from countersign.cli import outcome
from countersign.errors import CountersignError

BAD_PLACE = "demonstration.out-not-empty"
"""The one refusal of `demo` that is the caller's own mistake in the arguments: exit 2, as typer gives for others."""
SEATS = ("operations", "compliance")
Demonstrate = Callable[[bool, Path | None, Sequence[str], bool], int]
"""headless, where the files go, who sits beside officer A, whether blocks are full → exit status"""
HeadlessOption = Annotated[bool, typer.Option("--headless", help="Without a window, from beginning to end.")]
OutOption = Annotated[Path | None, typer.Option("--out", help="Where the files go: absent or empty.")]

SeatOption = Annotated[
    list[str] | None, typer.Option("--seat", metavar="ROLE", help="Also a window for operations, or for compliance.")
]
BusyOption = Annotated[
    bool, typer.Option("--busy", help="Bitcoin's blocks are full in the evening: what waits is lifted by a child.")
]


def demo_command(demonstrate: Demonstrate) -> Callable[..., None]:
    """The command over its use case."""

    def command(
        headless: HeadlessOption = False, out: OutOption = None, seat: SeatOption = None, busy: BusyOption = False
    ) -> None:
        seats = tuple(dict.fromkeys(seat or ()))
        if not set(seats) <= set(SEATS) or (headless and seats):
            raise typer.BadParameter("--seat takes operations or compliance, and goes with a window")
        try:
            status = demonstrate(headless, out, seats, busy)
        except CountersignError as error:
            status = outcome.tell(error, as_json=False)
            status = outcome.MALFORMED if error.code == BAD_PLACE else status
        raise typer.Exit(status)

    return command
