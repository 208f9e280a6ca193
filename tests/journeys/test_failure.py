"""One chain accepted, the other refused, read aloud: what is held stays held until the other leg is delivered too."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from countersign.demonstration import cast
from countersign.desk import auditing, declaring, evidence, grounding, mending, releasing, reworking
from countersign.desk.pack_checking import judge_pack
from countersign.review.finding import Status
from support import stopped_stage as stage
from support.contrary_chains import Dropping, Forgetful, Pooling, Refusing, desk_over
from support.software_stage import Table


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Table]:
    found = Table.at(tmp_path)
    yield found
    found.stage.holds.close()


async def signed(table: Table) -> tuple[str, str]:
    """A settlement with both quorums, and the release signed by two; contract and cycle."""
    await table.until("step-found")
    contract = await stage.agreed(table)
    cycle = await stage.instructed(table, contract)
    await stage.signed_by_both(table, cycle)
    await released(table, cycle)
    return contract, cycle


async def released(table: Table, cycle: str) -> None:
    release = await releasing.make_release(table.desk, cycle, table.author("operations"), "compliance")
    await releasing.check_release(table.desk, release, table.author("compliance"))


async def audited(table: Table) -> set[str]:
    """The checks that object when an auditor judges every instruction and every share again, as history."""
    await table.officer.synchronise()
    ground = grounding.of_replica(table.officer.replica)
    found: set[str] = set()
    for each in ground.state.instructions.values():
        judged = auditing.instruction_in_history(ground, each, table.stage.clock.seconds)
        found |= {finding.check for finding in judged.verdict.against}
        found |= {finding.reason for finding in reworking.rework(ground, each) if finding.status is Status.FAIL}
    return found


async def confirmed_by_both(table: Table, contract: str, cycle: str) -> None:
    for party in ("meridian", "harbour"):
        await releasing.confirm_delivery(table.desk, contract, table.author(party))
    await releasing.make_final(table.desk, cycle)


async def test_bitcoin_accepts_and_ethereum_refuses_until_it_is_sent_again(table: Table) -> None:
    contract, cycle = await signed(table)
    operations = table.author("operations")
    refusing = Refusing(table.stage.ethereum, "chains.ethereum-refused")
    desk = desk_over(table, ethereum=refusing)
    assert await stage.refusal(lambda: releasing.broadcast(desk, cycle, operations)) == "chains.ethereum-refused"
    await releasing.observe(table.desk, cycle, operations)
    psbt, safe = stage.live(table, cycle)
    assert (psbt.seen, safe.transaction, stage.stands(table, contract)) == (True, None, "settling")

    # Recorded: the buyer's dollars stay held, and the custodian owes them to the seller.
    await mending.record_failure(table.desk, operations, safe.hash, "The node refused it: too little gas.")
    assert stage.stands(table, contract) == "failed"
    assert stage.balance(table, stage.BUYER, table.stage.outside.token()).held == cast.PAID
    [owed] = table.desk.state.breaks[cycle]
    assert (owed.creditor, owed.units, owed.account.book, owed.closed) == (stage.SELLER, cast.PAID, "suspense", None)
    assert await stage.refusal(lambda: releasing.make_final(table.desk, cycle)) == "settlement.wrong-state"

    # The same finished transaction again; this time it is mined, and the settlement goes on as if nothing had been.
    await mending.retry(table.desk, cycle, operations, "Sent again.")
    await releasing.observe(table.desk, cycle, operations)
    assert stage.stands(table, contract) == "settling"
    await confirmed_by_both(table, contract, cycle)
    assert stage.stands(table, contract) == "final"
    assert table.desk.state.breaks[cycle][0].closed is not None
    assert await stage.books_balance(table)


async def test_an_outer_transaction_that_was_dropped_is_replaced_by_another(table: Table) -> None:
    contract, cycle = await signed(table)
    operations = table.author("operations")
    dropping = Dropping(table.stage.ethereum)
    desk = desk_over(table, ethereum=dropping)
    await releasing.broadcast(desk, cycle, operations)
    dropping.dropped = True
    await releasing.observe(desk, cycle, operations)
    _, safe = stage.live(table, cycle)
    await mending.record_failure(desk, operations, safe.hash, "It paid too little gas, and no node has it any more.")
    assert stage.stands(table, contract) == "failed"

    # The same call in another outer transaction: nobody signs again, and the log names both.
    await mending.retry(table.desk, cycle, operations, "The first was dropped.")
    _, safe = stage.live(table, cycle)
    assert (safe.others, safe.transaction != Dropping.NAME) == ((Dropping.NAME,), True)
    await releasing.observe(table.desk, cycle, operations)
    assert stage.stands(table, contract) == "settling"
    await confirmed_by_both(table, contract, cycle)
    assert await stage.books_balance(table)


async def test_ethereum_accepts_and_bitcoins_stuck_transaction_is_replaced_with_a_higher_fee(table: Table) -> None:
    contract, cycle = await signed(table)
    operations, compliance = table.author("operations"), table.author("compliance")
    refusing = Refusing(table.stage.bitcoin, "chains.bitcoin-refused")
    assert (
        await stage.refusal(lambda: releasing.broadcast(desk_over(table, bitcoin=refusing), cycle, operations))
        == "chains.bitcoin-refused"
    )
    # Ethereum's went out by hand meanwhile: the desk logs both, Bitcoin's waits in no block.
    psbt = stage.live(table, cycle)[0]
    waiting = Forgetful(table.stage.bitcoin, gone={releasing.finish(table.desk, psbt).transaction})
    stuck = desk_over(table, bitcoin=Pooling(waiting))
    await releasing.broadcast(stuck, cycle, operations)
    await releasing.observe(stuck, cycle, operations)
    await mending.record_failure(stuck, operations, psbt.hash, "It pays too little to be mined.")
    assert stage.stands(table, contract) == "failed"

    # A replacement: the same payment, the same coins, a higher fee; declared by two, signed by a quorum, released anew.
    half = await declaring.make_replacement(table.desk, operations, psbt.hash, rate=cast.RATE * 3)
    await declaring.declare(table.desk, half, compliance)
    await table.officer.synchronise()
    assert await stage.online_objects(table, contract) == set()
    replacement = stage.live(table, cycle)[0]
    await table.officer.unlock(table.stage.ask_pin)
    await table.officer.sign(replacement.hash, lambda *_: None)
    await stage.attested(table, cycle)  # the Safe that executed stands one further, as it must
    seen = await stage.cold_sees(table, replacement.hash)
    assert seen["may_sign"], seen["against"]
    await stage.cold_signs(table)
    await released(table, cycle)
    await releasing.broadcast(table.desk, cycle, operations)
    await releasing.observe(table.desk, cycle, operations)
    await confirmed_by_both(table, contract, cycle)
    assert stage.stands(table, contract) == "final"
    assert all(each.closed is not None for each in table.desk.state.breaks[cycle])
    assert await audited(table) == set()
    pack = evidence.parse(evidence.serialise(evidence.gather(table.officer.replica, contract)))
    judged = judge_pack(pack, "pack", grounding.of_pack(pack, pack.vkeys), pack.vkeys, table.stage.clock.seconds)
    assert {finding.check for each in judged for finding in each.verdict.against} == set()
    assert await stage.books_balance(table)
