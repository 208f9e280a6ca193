"""The vaults of a small world for the window's tests: real pages of a replayed state, nodes that are told what to say.

Meridian's bitcoin lies under extended keys on three devices, Harbour's in slots of tokens, both parties' dollars in Safes. On
chain there is half a bitcoin that nobody credited.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import cache

from countersign.desk import reconcile, vault_addresses, vault_pages
from countersign.desk.reconcile import Seen, SeenCoin
from countersign.desk.surfaces import Progress
from countersign.desk.vault_views import AddressFound, HoldingsView, PlaceView, VaultPage, VaultsView
from countersign.errors import CountersignError
from countersign.settlement.state import State
from support import ranged_world
from support import settlement_world as world

NOW = 1_795_357_800
CREDITED, STRAY = f"{'c0' * 32}:0", f"{'5a' * 32}:1"
HELD, MORE = 30_000_000_000, 50_000_000


@cache
def state() -> State:
    return ranged_world.founded().state


def seen(stray: int = MORE) -> Seen:
    """What the nodes say: all that the ledger has, and one coin of `stray` satoshis beside it."""
    coins = [SeenCoin(CREDITED, HELD, 6), *([SeenCoin(STRAY, stray, 6)] if stray else [])]
    safes = {("harbour-safe", world.USDC): 25_000_000_000_000, ("meridian-safe", world.USDC): 0}
    return Seen({"meridian-btc": tuple(coins), "harbour-btc": ()}, safes, {}, {}, {CREDITED: ("meridian-btc", HELD)})


class VaultsDouble:
    """A console's vaults: it remembers what it was asked. `gate` holds the nodes back; `silent` chains do not answer."""

    def __init__(self, ask: Callable[..., None]) -> None:
        self._ask = ask
        self.state = state()
        self.seen = seen()
        self.size = 26
        self.gate: asyncio.Event | None = None
        self.silent: dict[str, CountersignError] = {}
        self.altered: Callable[[VaultPage], VaultPage] = lambda page: page

    async def view(self) -> VaultsView:
        found = vault_pages.view(self.state, vault_pages.uses(self.state))
        return replace(found, size=self.size, pages=tuple(self.altered(each) for each in found.pages))

    async def place(self, vault: str, number: int) -> PlaceView:
        return vault_pages.place(self.state, self.state.roster.vault(vault), number, vault_pages.uses(self.state))

    async def check_address(self, text: str) -> AddressFound:
        self._ask("check address", text)
        return vault_addresses.check(self.state, text)

    async def holdings(self, progress: Progress) -> HoldingsView:
        self._ask("holdings")
        progress(0, 2)
        if self.gate is not None:
            await self.gate.wait()
        lines, breaks = reconcile.of_chain(self.state, self.seen)
        shown = vault_pages.holding_lines(self.state.roster, lines, breaks)
        chains = {each.id: each.chain for each in self.state.roster.vaults.values()}
        answered = tuple(each for each in shown if chains[each.vault] not in self.silent)
        return HoldingsView(NOW, 26, answered, dict(self.silent))


def withdrawn(page: VaultPage) -> VaultPage:
    """The page with its first key withdrawn, too few left."""
    first = replace(page.keys[0], token="", serial="", model="", withdrawn=True)
    return replace(page, keys=(first, *page.keys[1:]), able=False)


def slot_descriptor() -> str:
    """A registered descriptor of plain keys."""
    return state().roster.vault("harbour-btc").descriptors[0]  # type: ignore[union-attr]


@cache
def with_order() -> State:
    """The same world with an order that Harbour's Safe have a threshold of three."""
    desk = ranged_world.founded()
    desk.log("owners.ordered", ["compliance", "officer-d"], world.owners_body(desk, world.SAFE_OWNERS, 3))
    return desk.state
