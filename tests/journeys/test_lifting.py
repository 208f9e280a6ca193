"""A Bitcoin transaction that waits for a block is lifted by a child, read aloud: declared, signed by both, sent, charged."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from countersign.demonstration import cast
from countersign.desk import declaring, evidence, grounding, legs, releasing
from countersign.desk.author import signed as author_signed
from countersign.desk.embedded import EmbeddedDesk
from countersign.desk.pack_checking import judge_pack
from journeys.test_failure import audited, confirmed_by_both, released, signed
from support import stopped_stage as stage
from support.contrary_chains import Forgetful, desk_over
from support.software_stage import Table


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Table]:
    monkeypatch.setattr(cast, "SLOTS", 6)  # one more than the story's: a child's change lies where nobody was paid
    found = Table.at(tmp_path)
    yield found
    found.stage.holds.close()


async def waiting(table: Table) -> tuple[str, str, EmbeddedDesk]:
    """A settlement whose Bitcoin transaction was sent and, as its desk's node sees it, waits in the pool."""
    contract, cycle = await signed(table)
    await releasing.broadcast(table.desk, cycle, table.author("operations"))
    gone = {stage.live(table, cycle)[0].transaction or ""}
    desk = desk_over(table, bitcoin=Forgetful(table.stage.bitcoin, gone=gone))
    await releasing.observe(desk, cycle, table.author("operations"))
    return contract, cycle, desk


async def test_a_child_is_declared_signed_sent_and_its_fee_is_charged_with_its_parents(table: Table) -> None:
    contract, cycle, stuck = await waiting(table)
    operations, compliance = table.author("operations"), table.author("compliance")
    parent = stage.live(table, cycle)[0]
    assert (stage.stands(table, contract), parent.seen) == ("settling", False)

    # Operations prepares, compliance reads the same bytes back; the parent stays what counts.
    half = await declaring.make_child(stuck, operations, parent.hash, rate=cast.RATE * 5)
    await declaring.declare(stuck, half, compliance)
    child = table.desk.state.child(parent)
    assert child is not None
    assert stage.live(table, cycle)[0].hash == parent.hash

    # The online officer and the cold vault judge it by themselves, and sign.
    await table.officer.synchronise()
    assert await stage.online_objects(table, contract) == set()
    await table.officer.unlock(table.stage.ask_pin)
    await table.officer.sign(child.hash, lambda *_: None)
    await stage.attested(table, cycle)
    seen = await stage.cold_sees(table, child.hash)
    assert seen["may_sign"], seen["against"]
    await stage.cold_signs(table)

    # Beside the legs it is shown for what it is: nothing fails by it.
    shown = (await legs.look(stuck, contract, table.stage.clock.now_ms())).legs[1]
    assert (shown.instruction, shown.purpose, shown.owed) == (child.hash, "child", ())
    assert shown.objection is not None
    assert shown.objection.code == "settlement.child-no-leg"
    assert (shown.released, shown.missing, shown.sendable) == (False, 0, False)  # nothing is sent before it is released

    # Released and sent by itself; until it is in a block the settlement is not final, for its fee is not charged yet.
    await released(table, cycle)
    await releasing.broadcast(table.desk, cycle, operations)
    await releasing.observe(table.desk, cycle, operations)
    child, parent = table.desk.state.instruction(child.hash), table.desk.state.instruction(parent.hash)
    assert (child.seen, parent.seen) == (True, True)
    await confirmed_by_both(table, contract, cycle)
    assert stage.stands(table, contract) == "final"
    fees = [sum(fee for _, fee in each.observed.fees) for each in (parent, child) if each.observed is not None]
    assert table.desk.state.ledger.totals[cast.BTC].network_fees == sum(fees)
    assert len(fees) == 2
    assert await stage.books_balance(table)

    assert await audited(table) == set()
    pack = evidence.parse(evidence.serialise(evidence.gather(table.officer.replica, contract)))
    judged = judge_pack(pack, "pack", grounding.of_pack(pack, pack.vkeys), pack.vkeys, table.stage.clock.seconds)
    assert {finding.check for each in judged for finding in each.verdict.against} == set()


async def test_what_compliance_is_handed_is_read_back_before_it_is_signed(table: Table) -> None:
    _, cycle, stuck = await waiting(table)
    operations, compliance = table.author("operations"), table.author("compliance")
    parent = stage.live(table, cycle)[0]
    assert (
        await stage.refusal(lambda: declaring.make_child(stuck, operations, parent.hash, rate=1))
        == "rails.lifted-already"
    )
    body = await declaring.child_body(stuck, parent.hash, rate=cast.RATE * 5)
    lie = {**body, "artefact": parent.artefact}
    half = await author_signed(stuck.scribe.draft("instruction.prepared", lie), [operations])
    assert await stage.refusal(lambda: declaring.declare(stuck, half, compliance)) == "rails.child-coins"
    half = await author_signed(stuck.scribe.draft("instruction.prepared", body), [operations])
    await declaring.declare(stuck, half, compliance)
    assert table.desk.state.child(parent) is not None
