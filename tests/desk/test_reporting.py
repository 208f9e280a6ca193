"""A report is signed by the officer who makes it, over a head of this machine's own log, and verified from its profile."""

from dataclasses import replace

import pytest

from countersign.desk import report_checking, report_file
from countersign.desk.report_file import Claim
from countersign.errors import Refused, Unavailable
from support.refusals import refused
from support.software_stage import Table

PDF = b"%PDF-1.4 the report\n%%EOF\n"


@pytest.fixture
async def table(table: Table) -> Table:
    await table.until("step-contract")
    await table.officer.synchronise()
    await table.officer.unlock(table.stage.ask_pin)
    return table


async def test_what_is_told_is_of_the_proven_head_and_the_signature_verifies(table: Table) -> None:
    officer, contract = table.officer, table.story.contract
    ground = await officer.report_ground(contract)
    pin = officer.replica.replayed
    assert pin is not None
    assert (ground.head.size, ground.head.root, ground.head.officer) == (pin.size, pin.root, "officer-a")
    assert (ground.name, ground.custodian) == ("Ada Vale", "Northgate Trust")
    assert [row.contract for row in ground.view.rows] == [contract]
    assert ground.story is not None
    assert ground.story.contract == contract
    assert (await officer.report_ground("")).story is None
    signature = await officer.sign_report(Claim.of(ground.head, PDF, "", 1, contract))
    assert report_file.parse(signature).claim.head == ground.head
    store, clock = table.stage.officer_store, table.stage.clock
    assert report_checking.verify(store, clock, "x.pdf", PDF, signature).status == 0
    await table.until("step-prepare")
    await officer.synchronise()
    assert report_checking.verify(store, clock, "y.pdf", PDF, signature).status == 0, "the log has grown since"


async def test_a_locked_token_signs_no_report(table: Table) -> None:
    ground = await table.officer.report_ground("")
    await table.officer.lock()
    with refused("signers.locked", Unavailable):
        await table.officer.sign_report(Claim.of(ground.head, PDF, "", 1, ""))


@pytest.mark.parametrize("field", ["desk", "officer", "size", "root"])
async def test_only_a_head_of_this_officers_own_history_is_signed(table: Table, field: str) -> None:
    head = (await table.officer.report_ground("")).head
    other = {"desk": "elsewhere.example/desk", "officer": "compliance", "size": head.size + 1, "root": bytes(32)}
    with refused("desk.report-other-head", Refused):
        await table.officer.sign_report(Claim.of(replace(head, **{field: other[field]}), PDF, "", 1, ""))
    older = replace(head, size=3, root=table.officer.replica.log.tree.root(3))
    assert await table.officer.sign_report(Claim.of(older, PDF, "", 1, ""))
