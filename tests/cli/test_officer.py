"""An operations officer's seat at a terminal: what came in is told before the PIN is asked for; old payments by reference."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from countersign.cli import pins
from countersign.demonstration import cast
from countersign.desk import ceremony
from countersign.desk.console import OfficerConsole
from support.seated_officer import SeatedOfficer
from support.software_stage import Table


class Station(SeatedOfficer):
    """A workstation whose only seat is an operations officer's console on software keys; it counts the PINs that it asks."""

    def __init__(self, table: Table) -> None:
        super().__init__(table)
        self.console: OfficerConsole | None = None

    def at(self, _folder: Path, _own: object, _seat: object, work: Callable[[OfficerConsole], Awaitable[Any]]) -> Any:
        async def within() -> Any:
            if self.console is None:
                self.console = await self.table.stage.console("operations", self.table.story.people["operations"])
            await self.console.synchronise()
            return await work(self.console)

        return asyncio.run(within())

    def paid(self, units: int) -> str:
        safe = ceremony.registered_address(self.table.desk.state.roster.vault(cast.BUYER.safe), 0)
        return self.table.stage.outside.pay_tokens(safe, units)


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Station]:
    table = Table.at(tmp_path)
    asyncio.run(table.until("step-found"))
    found = Station(table)
    monkeypatch.setattr(pins, "hidden", found.hidden)
    yield found
    table.stage.holds.close()


def test_what_came_in_is_told_and_logged_and_nothing_asks_for_no_pin(at: Station) -> None:
    idle = at.run("arrivals")
    assert (idle.exit_code, idle.output.strip(), at.asked) == (0, "Nothing was logged.", 0)
    at.paid(5_000_000)
    done = at.run("arrivals")
    assert (done.exit_code, at.asked) == (0, 1)
    assert "5.000000 USDC came into the vault" in done.stderr
    assert "deposit.credited" in done.stdout


def test_a_payment_is_credited_by_its_reference_after_it_was_shown(at: Station) -> None:
    reference = at.paid(5_000_000)
    for wrong in (reference[:-1] + "7", reference[:-2], "x"):
        refused = at.run("credit", cast.BUYER.safe, "USDC", wrong)
        assert refused.exit_code in (1, 2)
        assert "[desk.deposit-" in refused.stderr
        assert "Traceback" not in refused.output
    assert at.run("credit", cast.BUYER.coins, "USDC", reference).exit_code == 1
    assert at.run("credit", cast.BUYER.safe, "DOGE", reference).exit_code == 1
    assert at.asked == 0
    done = at.run("credit", cast.BUYER.safe, "USDC", reference)
    assert "5.000000 USDC came into the vault" in done.stderr
    assert (done.exit_code, at.asked, "deposit.credited" in done.stdout) == (0, 1, True)
    assert at.run("credit", cast.BUYER.safe, "USDC", reference).exit_code == 1
