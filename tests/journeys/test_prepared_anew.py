"""Prepared once more, read aloud: a request nobody signed in time, and the leg whose void was mined though the other settled."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from countersign.demonstration import cast
from countersign.desk import declaring, preparing, releasing
from countersign.settlement import renewing
from support import stopped_stage as stage
from support.software_stage import Table, silent


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Table]:
    found = Table.at(tmp_path)
    yield found
    found.stage.holds.close()


async def prepared(table: Table, cycle: str) -> list[str]:
    """What operations prepares now: purposes and kinds."""
    desk = table.desk
    before = set(desk.state.instructions)
    await preparing.prepare(desk, table.author("operations"), cycle, rate=cast.RATE)
    await table.officer.synchronise()
    fresh = [each for each in desk.state.instructions.values() if each.hash not in before]
    return sorted(f"{each.purpose} {each.group.kind}" for each in fresh)


async def released(table: Table, cycle: str) -> None:
    operations = table.author("operations")
    release = await releasing.make_release(table.desk, cycle, operations, "compliance")
    await releasing.check_release(table.desk, release, table.author("compliance"))


async def test_a_request_that_nobody_signed_in_time_is_asked_for_again_over_the_same_bytes(table: Table) -> None:
    await table.until("step-found")
    cycle = await stage.instructed(table, await stage.agreed(table))
    first = stage.live(table, cycle)
    desk = table.desk
    lifetime = desk.state.adopted().request_lifetime_seconds
    table.stage.clock.seconds = first[-1].time_ms // 1_000 + lifetime
    assert await prepared(table, cycle) == []  # at its last second it is still to be signed
    table.stage.clock.seconds += 1
    await table.officer.unlock(table.stage.ask_pin)
    assert await stage.refusal(lambda: table.officer.sign(first[0].hash, silent)) == "desk.checks-forbid"

    assert await prepared(table, cycle) == ["settlement psbt", "settlement safe-tx"]
    again = stage.live(table, cycle)
    assert [(each.artefact, each.nonce) for each in again] == [(each.artefact, each.nonce) for each in first]
    assert await prepared(table, cycle) == []
    await stage.signed_by_both(table, cycle)
    await stage.delivered(table, cycle)
    assert stage.stands(table, desk.state.cycle(cycle).contracts[0]) == "final"


async def test_a_leg_whose_void_was_mined_while_the_other_settled_is_prepared_anew(table: Table) -> None:
    await table.until("step-found")
    contract = await stage.agreed(table)
    cycle = await stage.instructed(table, contract)
    await stage.signed_by_both(table, cycle)
    desk, operations = table.desk, table.author("operations")
    psbt, safe = stage.live(table, cycle)
    sent = releasing.finish(desk, psbt)

    # Whole, then voided by all; but somebody who has both shares sends the Bitcoin transaction before its void is sent.
    for half in await declaring.make_void(desk, operations, cycle, rate=cast.RATE + 3):
        await declaring.declare(desk, half, table.author("compliance"))
    await table.officer.synchronise()
    await stage.signed_by_both(table, cycle)
    assert await prepared(table, cycle) == []
    await released(table, cycle)
    await table.stage.bitcoin.broadcast(sent.raw)
    assert await stage.refusal(lambda: releasing.broadcast(desk, cycle, operations)) == "desk.chain-would-refuse"
    void = releasing.finish(desk, stage.live(table, cycle)[1])
    await table.stage.ethereum.broadcast(void.to, void.raw)
    await releasing.observe(desk, cycle, operations)
    assert stage.stands(table, contract) == "failed"

    # The Safe's number went with the void. The dollars are still owed: a leg over its next number, signed and released anew.
    [wanted] = renewing.of_contract(desk.state, contract, table.stage.clock.seconds)
    assert (wanted.group, wanted.same) == (safe.group, False)
    assert await prepared(table, cycle) == ["settlement safe-tx"]
    anew = stage.live(table, cycle)[1]
    assert anew.nonce == (safe.nonce or 0) + 1
    assert await stage.online_objects(table, contract) == set()
    await table.officer.sign(anew.hash, silent)
    # A void and its block do not cross by QR: said here, before anybody films it.
    assert await stage.refusal(lambda: table.officer.request_frames(anew.hash)) == "desk.only-by-usb"
    seen = await stage.cold_sees(table, anew.hash)
    assert seen["may_sign"], seen["against"]
    await stage.cold_signs(table)
    await released(table, cycle)
    await releasing.broadcast(desk, cycle, operations)
    for _ in range(cast.CONFIRMATIONS):
        await releasing.observe(desk, cycle, operations)
    await releasing.make_final(desk, cycle)
    assert stage.stands(table, contract) == "final"
    assert all(each.closed is not None for each in desk.state.breaks[cycle])
    assert await stage.books_balance(table)
