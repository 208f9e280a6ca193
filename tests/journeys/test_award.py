"""An award, read aloud: disputed, ruled upon, carried out by an ordinary instruction, and it moves exactly what it says."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from countersign.demonstration import cast
from countersign.desk import evidence, grounding, stopping
from countersign.desk.pack_checking import judge_pack
from countersign.settlement.ledger import Balance
from support import stopped_stage as stage
from support.software_stage import Table

RULING = b"The tribunal awards 100 BTC to Harbour Prime. Demonstration only.\n"
AWARDED = 10_000_000_000


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Table]:
    found = Table.at(tmp_path)
    yield found
    found.stage.holds.close()


async def test_a_dispute_ends_in_an_award_that_settles_like_any_contract(table: Table) -> None:
    await table.until("step-found")
    dollars = stage.balance(table, stage.BUYER, table.stage.outside.token())
    contract = await stage.agreed(table)
    await stopping.open_dispute(table.desk, contract, table.author("meridian"), [], "Delivery was never agreed.")
    assert stage.stands(table, contract) == "disputed"

    # The tribunal rules; two officers carry the ruling out. Frozen units go to it, the rest returns.
    officers = [table.author("compliance"), table.author("officer-d")]
    terms = stage.award(table, contract, AWARDED, RULING)
    wrong = b"another ruling"
    assert await stage.refusal(lambda: stopping.make_award(table.desk, terms, wrong, officers)) == "desk.other-ruling"
    award, _ = await stopping.make_award(table.desk, terms, RULING, officers)
    assert (stage.stands(table, contract), stage.stands(table, award.hash)) == ("awarded", "held")
    held, whole = AWARDED + cast.FEE_CAP, sum(cast.DEPOSITS)
    assert stage.balance(table, stage.SELLER, cast.BTC) == Balance(whole - held, held)
    assert stage.balance(table, stage.BUYER, table.stage.outside.token()) == dollars

    # An ordinary instruction: one share online, one on the cold machine, which reads the award for itself.
    cycle = await stage.instructed(table, award.hash)
    [psbt] = stage.live(table, cycle)
    assert await stage.online_objects(table, award.hash) == set()
    await stage.signed_online(table, cycle)
    seen = await stage.cold_sees(table, psbt.hash)
    assert seen["may_sign"], seen["against"]
    await stage.cold_signs(table)
    await stage.delivered(table, cycle)

    # Final: exactly what it says, and the network's fee.
    assert stage.stands(table, award.hash) == "final"
    assert stage.balance(table, stage.BUYER, cast.BTC) == Balance(AWARDED)
    assert stage.balance(table, stage.BUYER, table.stage.outside.token()) == dollars
    paid = stage.balance(table, stage.SELLER, cast.BTC)
    assert 0 < whole - AWARDED - paid.total <= cast.FEE_CAP
    assert (paid.held, paid.frozen) == (0, 0)
    assert await stage.books_balance(table)

    # Its evidence pack holds dispute, ruling and award, and proves all of it without the desk.
    await table.officer.synchronise()
    pack = evidence.parse(evidence.serialise(evidence.gather(table.officer.replica, award.hash)))
    assert RULING in pack.artefacts.values()
    judged = judge_pack(pack, "pack", grounding.of_pack(pack, pack.vkeys), pack.vkeys, table.stage.clock.seconds)
    assert [each.about for each in judged][-1] == ("pack: psbt",)
    assert {finding.check for each in judged for finding in each.verdict.against} == set()


async def test_an_award_crosses_by_qr_with_all_that_it_rests_on(table: Table) -> None:
    await table.until("step-found")
    contract = await stage.agreed(table)
    await stopping.open_dispute(table.desk, contract, table.author("harbour"), [], "Delivery was never agreed.")
    officers = [table.author("compliance"), table.author("officer-d")]
    award, _ = await stopping.make_award(table.desk, stage.award(table, contract, AWARDED, RULING), RULING, officers)
    cycle = await stage.instructed(table, award.hash)
    [psbt] = stage.live(table, cycle)
    await table.officer.unlock(table.stage.ask_pin)
    table.story.contract = award.hash
    await table.story.attest()
    seen = await stage.cold_sees(table, psbt.hash, by_qr=True)
    assert seen["may_sign"], seen["against"]
    await stage.cold_signs(table)
    [share] = table.desk.state.instruction(psbt.hash).shares
    assert share.officer == "officer-c"
