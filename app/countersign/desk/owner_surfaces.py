"""What the window may ask of a console about a Safe's change of its own owners (`owner_changes.OwnerChanges`)."""

from collections.abc import Callable
from typing import Protocol

from countersign.desk.governance_views import ProposalView
from countersign.desk.owner_choices import OwnersGround, OwnersPlan, OwnersWanted
from countersign.desk.ports import Receipt
from countersign.desk.views import InstructionView, OwnersView

Progress = Callable[[int, int], None]


class Owning(Protocol):
    """What an officer does about a Safe's change of its own owners: propose one, and sign, send, look for what is under way."""

    async def ground(self, vault: str) -> OwnersGround:
        """What a change can be made of: owners of today, keys that could come in, who orders it."""

    def plan(self, vault: str, wanted: OwnersWanted) -> OwnersPlan:
        """A wanted change, and what stands against it."""

    async def propose(self, vault: str, *, add: str | None, remove: str | None, threshold: int | None) -> ProposalView:
        """Read the Safe on its chain, build the one call, draft the order for the administrators."""

    async def look(self, vault: str) -> OwnersView:
        """The change, its bytes decoded, every check run now. Refused("desk.no-order")."""

    async def sign(self, vault: str, progress: Progress, shown: InstructionView | None = None) -> None:
        """Sign it with the officer's vault key; `shown` as `demand_shown` says."""

    async def send(self, vault: str) -> Receipt:
        """Send it once its quorum is there."""

    async def observe(self, vault: str) -> Receipt | None:
        """Log what this console's node sees of it; None where there is nothing new."""


class OwningConsole(Protocol):
    """A console that has such changes."""

    @property
    def owner_changes(self) -> Owning:
        """Changes of Safes' owners."""
