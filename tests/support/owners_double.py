"""A Safe's change of owners as a console would show it, for windows; it remembers what it was asked and signs nothing."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from countersign.desk import owner_choosing, owner_effects
from countersign.desk.governance_views import ProposalView
from countersign.desk.owner_choices import OwnersGround, OwnersPlan, OwnersWanted
from countersign.desk.ports import Receipt
from countersign.desk.views import InstructionView, OwnersView
from countersign.errors import Refused
from support import owner_cases

Progress = Callable[[int, int], None]


def view(shown: InstructionView) -> OwnersView:
    """Officer D goes; nobody has signed. `shown` lends digests and verdict."""
    scene = owner_cases.scene()
    (order,) = scene.state.orders.values()
    change = owner_effects.change_of(scene.state, order, scene.safe_tx)
    bytes_of_it = replace(
        shown, instruction=order.instruction.hash, lines=(), flows=(), fee=None, purpose="owners",
        facts=owner_effects.facts(change), signed_by_me=False,
    )  # fmt: skip
    return OwnersView(change.vault, 31337, 0, change, bytes_of_it, (), 2, None, 0)


class OwnersDouble:
    """`desk.owner_surfaces.Owning` over one view."""

    def __init__(
        self,
        ask: Callable[..., None],
        unlocked: Callable[[], None],
        shown: OwnersView,
        made: Callable[[], ProposalView],
    ) -> None:
        self._ask, self._unlocked, self.shown, self._made = ask, unlocked, shown, made
        self.state = owner_cases.ground().state
        self.seen: Receipt | None = None

    async def ground(self, vault: str) -> OwnersGround:
        return owner_choosing.ground(self.state, vault)

    def plan(self, vault: str, wanted: OwnersWanted) -> OwnersPlan:
        return owner_choosing.plan(self.state, vault, wanted)

    async def propose(self, vault: str, *, add: str | None, remove: str | None, threshold: int | None) -> ProposalView:
        await asyncio.sleep(0)
        self._ask("owners propose", vault, add, remove, threshold)
        return self._made()

    async def look(self, vault: str) -> OwnersView:
        if vault != self.shown.vault:
            raise Refused("desk.no-order", vault=vault)
        return self.shown

    async def sign(self, vault: str, progress: Progress, shown: InstructionView | None = None) -> None:
        self._unlocked()
        self._ask("owners sign", vault, shown)
        progress(1, 1)
        await asyncio.sleep(0)
        signed = replace(self.shown.instruction, signed_by_me=True)
        self.shown = replace(self.shown, instruction=signed, signed=("Ada Vale",), missing=1)

    async def send(self, vault: str) -> Receipt:
        self._ask("owners send", vault)
        self.shown = replace(self.shown, transaction="0x" + "ab" * 32)
        return Receipt(40, 0, "ab" * 32)

    async def observe(self, vault: str) -> Receipt | None:
        self._ask("owners observe", vault)
        return self.seen
