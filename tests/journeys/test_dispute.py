"""A dispute, read aloud: Harbour objects, nothing can be signed on either machine, it takes the dispute back, it settles."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from countersign.demonstration import cast
from countersign.desk import stopping
from countersign.errors import Refused
from countersign.settlement.ledger import Balance
from countersign.settlement.stop_bodies import Transfer
from support import stopped_stage as stage
from support.software_stage import Table, silent


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Table]:
    found = Table.at(tmp_path)
    yield found
    found.stage.holds.close()


async def test_a_dispute_before_anybody_signed_and_its_retraction(table: Table) -> None:
    await table.until("step-found")
    contract = await stage.agreed(table)
    cycle = await stage.instructed(table, contract)
    await table.officer.unlock(table.stage.ask_pin)

    # Harbour expected fewer dollars to leave; its holds and Meridian's are frozen, and the cycle is called off.
    expected = [Transfer(stage.BUYER, stage.SELLER, table.stage.outside.token(), 19_000_000_000_000)]
    await stopping.open_dispute(table.desk, contract, table.author("harbour"), expected, "We agreed on 19 million.")
    assert stage.stands(table, contract) == "disputed"
    assert table.desk.state.cycle(cycle).called_off
    held, whole = cast.SOLD + cast.FEE_CAP, sum(cast.DEPOSITS)
    assert stage.balance(table, stage.SELLER, cast.BTC) == Balance(whole - held, 0, held)

    # Neither machine signs what was prepared before: L8 says on both that the contract is disputed.
    assert "L8" in await stage.online_objects(table, contract)
    for each in stage.live(table, cycle):
        with pytest.raises(Refused):
            await table.officer.sign(each.hash, silent)
        seen = await stage.cold_sees(table, each.hash)
        assert not seen["may_sign"]
        assert "L8" in stage.objections(seen)
        with pytest.raises(Refused):
            await table.stage.vault.sign()
        assert table.desk.state.instruction(each.hash).shares == ()

    # Harbour takes it back; the contract is held again, settles in another cycle, and the books balance.
    await stopping.retract_dispute(table.desk, contract, table.author("harbour"), "We read the wrong ticket.")
    assert stage.stands(table, contract) == "held"
    again = await stage.instructed(table, contract, "cycle-2")
    assert await stage.online_objects(table, contract) == set()
    await stage.signed_by_both(table, again)
    await stage.delivered(table, again)
    assert stage.stands(table, contract) == "final"
    assert stage.balance(table, stage.BUYER, cast.BTC) == Balance(cast.SOLD)
    assert await stage.books_balance(table)


async def test_a_dispute_after_the_first_share_stops_the_second_on_both_machines(table: Table) -> None:
    await table.until("step-found")
    contract = await stage.agreed(table)
    cycle = await stage.instructed(table, contract)
    await stage.signed_online(table, cycle)
    assert stage.stands(table, contract) == "partly signed"

    # The cycle stands still, with its shares.
    await stopping.open_dispute(table.desk, contract, table.author("meridian"), [], "Stop.")
    await table.officer.synchronise()
    assert not table.desk.state.cycle(cycle).called_off
    [psbt, _] = stage.live(table, cycle)
    seen = await stage.cold_sees(table, psbt.hash)
    assert "L8" in stage.objections(seen)
    with pytest.raises(Refused):
        await table.stage.vault.sign()

    # Both parties resolve it: it goes on where it stood, with the share that was there.
    parties = [table.author("meridian"), table.author("harbour")]
    await stopping.resolve_dispute(table.desk, contract, parties, "resume", "Go on.")
    assert stage.stands(table, contract) == "partly signed"
    await table.officer.synchronise()
    await stage.signed_cold(table, cycle)
    await stage.delivered(table, cycle)
    assert stage.stands(table, contract) == "final"
