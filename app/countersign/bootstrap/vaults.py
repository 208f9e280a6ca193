"""A vault operator's console on an air-gapped machine: walls first, then profile, token and console."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from countersign.bootstrap.machine import CLOCK, ENTROPY

if TYPE_CHECKING:
    from countersign.cli.seat import Seat
    from countersign.desk.vault_console import Vault


class VaultSeats:
    """`cli.vault.Vaults` on this machine. What is done here ends with the process: the walls do not come down again."""

    def now(self) -> int:
        """This machine's clock, unix seconds."""
        return CLOCK.now_ms() // 1_000

    def at(self, seat: Seat, work: Callable[[Vault], Awaitable[None]]) -> None:
        """Work at the console."""
        from countersign.couriers import isolation

        isolation.enter()

        async def within() -> None:
            async with opened(seat) as console:
                await work(console)

        asyncio.run(within())

    def sit(self, seat: Seat) -> int:
        """Open the operator's window, until it is closed."""
        from countersign.bootstrap import windows
        from countersign.couriers import isolation
        from countersign.ui.application import run

        windows.require_display()
        isolation.enter()
        return run(lambda: windows.until_stopped(lambda: _sit(seat)))


@asynccontextmanager
async def opened(seat: Seat) -> AsyncIterator[Vault]:
    """The console of whoever holds the seat's token, on a profile that was enrolled. The token stays locked.

    Refused("cli.not-an-officers-token"); what opening raises.
    """
    from countersign.bootstrap.seating import hand, held
    from countersign.couriers.carrier import Carrier
    from countersign.couriers.isolation import interfaces_up
    from countersign.desk.author import Scribe
    from countersign.desk.replica import Replica
    from countersign.desk.vault_console import Vault as Console
    from countersign.store.profile import open_profile

    async with AsyncExitStack() as holds:
        store = open_profile(seat.profile, seat.own.passphrase)
        holds.callback(store.close)
        replica = Replica(store, CLOCK)
        officer = hand(replica.state, await held(holds, seat.token))
        carrier = Carrier()
        holds.callback(carrier.close)
        scribe = Scribe(replica.anchor.origin, CLOCK, ENTROPY)
        yield Console(replica, officer, CLOCK, scribe, carrier, interfaces_up)


async def _sit(seat: Seat) -> int:
    from countersign.bootstrap import windows
    from countersign.bootstrap.instruments import instruments
    from countersign.couriers.carrier import Carrier
    from countersign.ui.application import open_vault
    from countersign.ui.presenters.banner import BannerFacts, Mode

    async with opened(seat) as console:
        carrier = Carrier()
        try:
            window = open_vault(console, BannerFacts(Mode.VAULT), instruments(carrier))
            await windows.until_closed(window)
            await window.at_rest()
        finally:
            carrier.close()
    return 0
