"""What commands that work at a desk of this workstation call: its folder opened for one piece of work, and closed again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from countersign.cli.seat import Seat, Secrets, TokenChoice
    from countersign.desk.ceremony import Keyring
    from countersign.desk.console import OfficerConsole
    from countersign.desk.embedded import EmbeddedDesk
    from countersign.desk.founding_plan import Place, Plan

_Done = TypeVar("_Done")


class Stations(Protocol):
    """The desks of this workstation."""

    def now_ms(self) -> int:
        """This machine's clock."""

    def make(self, folder: Path, plan: Plan, rings: Mapping[str, Keyring], token: TokenChoice, own: Secrets) -> bytes:
        """Make a desk's folder; the paper that its administrators sign."""

    def new_log_key(self, folder: Path, own: Secrets, reason: str) -> bytes:
        """Add a log key to a desk's folder; the proposal that the log changes to it."""

    def add_witness(self, folder: Path, own: Secrets, place: Place) -> None:
        """Have one more witness asked from the next start on."""

    def take_nodes(self, folder: Path, own: Secrets, data: bytes) -> tuple[str, ...]:
        """Have the desk follow the nodes of a file (docs/formats/nodes.md); their chains."""

    def within(self, folder: Path, own: Secrets, work: Callable[[EmbeddedDesk], Awaitable[_Done]]) -> _Done:
        """Work at the open desk."""

    def at(self, folder: Path, own: Secrets, seat: Seat, work: Callable[[OfficerConsole], Awaitable[_Done]]) -> _Done:
        """Work at an officer's console at the open desk."""

    def sit(self, folder: Path, own: Secrets, seats: Sequence[Seat]) -> int:
        """Open a window for each seat at the open desk, until the first is closed; the exit status."""
