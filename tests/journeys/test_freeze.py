"""A freeze, read aloud: a court's order stops a book, neither machine signs, the order is lifted, it settles."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from countersign.demonstration import cast
from countersign.desk import evidence, stopping
from countersign.errors import Refused
from countersign.settlement import stops
from countersign.settlement.ledger import Account, Balance
from countersign.settlement.stop_bodies import Scope
from support import stopped_stage as stage
from support.software_stage import Table, silent

ORDER = b"The court orders: nothing of Harbour Prime, book main, moves. Demonstration only.\n"
DISCHARGE = b"The court discharges its order. Demonstration only.\n"


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Table]:
    found = Table.at(tmp_path)
    yield found
    found.stage.holds.close()


async def test_a_frozen_book_stops_both_machines_until_the_order_is_lifted(table: Table) -> None:
    await table.until("step-found")
    contract = await stage.agreed(table)
    cycle = await stage.instructed(table, contract)
    await table.officer.unlock(table.stage.ask_pin)
    officers = [table.author("compliance"), table.author("operations")]

    # Two officers record the order with its paper; the ledger does not move, and nothing of Harbour's is available.
    token = table.stage.outside.token()
    before = stage.balance(table, stage.BUYER, token)
    scope = Scope("book", cast.HARBOUR, "main")
    await stopping.order_freeze(table.desk, "HC-2026-114", scope, ORDER, "By order of the court.", officers)
    account = Account(cast.HARBOUR, "main", token)
    assert stage.balance(table, stage.BUYER, token) == before
    assert stops.balance(table.desk.state, account) == Balance(0, before.held, before.available)

    # Neither machine signs, of either chain: Meridian's coins are to go to the frozen book.
    assert "L8" in await stage.online_objects(table, contract)
    for each in stage.live(table, cycle):
        with pytest.raises(Refused):
            await table.officer.sign(each.hash, silent)
        seen = await stage.cold_sees(table, each.hash)
        assert "L8" in stage.objections(seen)
        with pytest.raises(Refused):
            await table.stage.vault.sign()

    # The order is lifted by its paper; the same instructions are signed, and it settles.
    await stopping.lift_freeze(table.desk, "HC-2026-114", DISCHARGE, "Discharged.", officers)
    assert await stage.online_objects(table, contract) == set()
    await stage.signed_by_both(table, cycle)
    await stage.delivered(table, cycle)
    assert stage.stands(table, contract) == "final"
    assert await stage.books_balance(table)

    # The evidence pack holds both papers.
    await table.officer.synchronise()
    pack = evidence.parse(evidence.serialise(evidence.gather(table.officer.replica, contract)))
    assert {ORDER, DISCHARGE} <= set(pack.artefacts.values())


async def test_an_order_that_comes_to_a_cold_machine_by_qr_is_judged_there(table: Table) -> None:
    await table.until("step-found")
    contract = await stage.agreed(table)
    cycle = await stage.instructed(table, contract)
    await table.officer.unlock(table.stage.ask_pin)
    officers = [table.author("compliance"), table.author("operations")]
    scope = Scope("contract", contract=contract)
    await stopping.order_freeze(table.desk, "HC-2026-115", scope, ORDER, "By order of the court.", officers)
    await table.officer.synchronise()
    [psbt, _] = stage.live(table, cycle)
    seen = await stage.cold_sees(table, psbt.hash, by_qr=True)
    assert not seen["may_sign"]
    assert "L8" in stage.objections(seen)
