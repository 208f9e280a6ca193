"""A withdrawal, read aloud: Meridian takes 5 BTC home, by the same path and under the same checks as a sale."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from countersign.demonstration import cast
from countersign.desk import evidence, export
from countersign.desk.evidence import parse
from countersign.settlement import contract
from countersign.settlement.ledger import Balance
from support import stopped_stage as stage
from support.software_stage import Table

HOME = 500_000_000


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Table]:
    found = Table.at(tmp_path)
    yield found
    found.stage.holds.close()


async def test_a_withdrawal_goes_from_request_to_final_over_both_machines(table: Table) -> None:
    await table.until("step-found")
    before = stage.balance(table, stage.SELLER, cast.BTC)
    await stage.place_outside(table)

    # Meridian signs and files it; it is endorsed and held like a contract, alone in its cycle.
    request = await stage.requested(table, stage.withdrawal(table, HOME))
    assert stage.stands(table, request.hash) == "agreed"
    await stage.held(table, request.hash)
    held = HOME + cast.FEE_CAP
    assert stage.balance(table, stage.SELLER, cast.BTC) == Balance(before.available - held, held)

    # One Bitcoin instruction; officer A signs it online, the cold vault after reading the request itself.
    cycle = await stage.instructed(table, request.hash)
    [psbt] = stage.live(table, cycle)
    assert await stage.online_objects(table, request.hash) == set()
    await stage.signed_online(table, cycle)
    seen = await stage.cold_sees(table, psbt.hash)
    assert seen["may_sign"], seen["against"]
    await stage.cold_signs(table)
    assert stage.stands(table, request.hash) == "signed"

    # Released by two, broadcast, observed; what left custody has left the ledger too.
    await stage.delivered(table, cycle)
    assert stage.stands(table, request.hash) == "final"
    after = stage.balance(table, stage.SELLER, cast.BTC)
    fee = before.total - HOME - after.total
    assert 0 < fee <= cast.FEE_CAP
    assert (after.held, after.frozen) == (0, 0)
    assert await stage.books_balance(table)
    assert await stage.paid(table, stage.OUTSIDE) == HOME

    # What it leaves behind proves itself.
    await table.officer.synchronise()
    files = export.contract_files(table.officer.replica, request.hash)
    assert contract.parse(files["contract.json"]).hash == request.hash
    pack = parse(evidence.serialise(evidence.gather(table.officer.replica, request.hash)))
    assert pack.contract == request.hash
    written = await table.officer.evidence(request.hash)  # as a window asks for it
    assert parse(written.data) == pack
    assert written.words == pack.words
