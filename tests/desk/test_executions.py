"""A Safe executed its instruction, and a token that was changed meanwhile did not move what is owed: it does not count as paid."""

import pytest

from countersign.demonstration import cast
from countersign.desk import arrivals, executions, history, legs, mending, preparing, reconcile, releasing, telling
from countersign.desk.author import signed
from countersign.desk.desk_views import Remark
from countersign.desk.legs import LegsView, Where
from countersign.desk.ports import Executed, Observation
from countersign.desk.row import Look
from countersign.errors import Refused
from countersign.ethereum.abi import Address
from countersign.ethereum.movements import Movement
from countersign.settlement import events
from countersign.settlement.ledger import Account
from countersign.ui.presenters import legs as presented
from support import stopped_stage as stage
from support import turned_token as turned
from support.contrary_chains import desk_over
from support.refusals import refused
from support.software_stage import Table, silent
from support.turned_token import Turned

OTHERWISE = "desk.executed-otherwise"


@pytest.fixture
async def released(table: Table) -> Table:
    """Both quorums and the release; nothing is sent."""
    await table.until("step-usb")
    release = await releasing.make_release(table.desk, table.story.cycle, table.author("operations"), "compliance")
    await releasing.check_release(table.desk, release, table.author("compliance"))
    return table


async def sent(table: Table, changed: turned.Changed) -> None:
    """Both transactions, of which the Safe's finds the token changed: past the trial, before its block."""
    desk = desk_over(table, ethereum=Turned(table.stage.ethereum, changed))
    await releasing.broadcast(desk, table.story.cycle, table.author("operations"))


async def looked(table: Table) -> LegsView:
    return await legs.look(table.desk, table.story.contract, table.stage.clock.now_ms())


def claimed(table: Table, transaction: str, height: int, block: str) -> dict[str, object]:
    """What a console would log that believes the Safe alone."""
    name = table.live("safe-tx").hash
    said = {"instruction": name, "transaction": transaction, "block": block, "height": height}
    return {**said, "confirmations": 1, "fees": {}}


@pytest.mark.parametrize(
    "changed",
    [
        turned.answers_false,
        turned.keeps_a_part,
        pytest.param(turned.takes_more, marks=pytest.mark.long),
        pytest.param(turned.takes_back, marks=pytest.mark.long),
    ],
)
async def test_what_a_token_did_not_move_is_observed_by_no_console_and_no_desk(
    released: Table, changed: turned.Changed
) -> None:
    table, operations = released, released.author("operations")
    await sent(table, changed)
    safe = table.live("safe-tx")
    with refused(OTHERWISE, Refused, transaction=safe.transaction or ""):
        await releasing.observe(table.desk, table.story.cycle, operations)
    assert table.live("psbt").seen  # the other leg is logged all the same
    assert not table.live("safe-tx").seen
    seen = await table.stage.ethereum.observe(safe.transaction or "")
    body = claimed(table, seen.transaction, seen.height or 0, seen.block or "")
    event = await signed(table.desk.scribe.draft("transaction.observed", body), [operations])
    with refused(OTHERWISE, Refused):
        await table.desk.submit(event)
    assert table.contract_state == "settling"
    view = await looked(table)
    [leg] = [each for each in view.legs if each.kind == "safe-tx"]
    assert (leg.where, leg.sendable, leg.transaction) == (Where.OTHERWISE, False, safe.transaction)
    assert f"what is owed does not move: {cast.PAID} base units" in leg.differs or "nobody is owed" in leg.differs
    line = presented.line(leg)
    assert (line.chip[2], leg.differs in line.told[0][1]) == ("did not pay", True)
    tone, _, headline = presented.headline(view)
    assert (tone, headline.partition(". ")[0]) == ("bad", "1 of 2 legs are delivered")
    assert "Executed without moving what is owed: 1. That does not count as paid" in headline
    counted_as_paid_nowhere(table)


def counted_as_paid_nowhere(table: Table) -> None:
    """Not by the row, the settlement's page and the terminal's story, nor by the report: what nobody logged is in none of them."""
    state, contract, now = table.desk.state, table.story.contract, table.stage.clock.seconds
    row = Look(state, "compliance", now).row(state.contract(contract))
    assert (row.state, row.remark) == ("settling", Remark("young"))
    story = telling.story(state, table.desk.archive.record, contract, now)
    logged = [each.kind for each in story.lines].count("transaction.observed")
    assert (story.state, logged) == ("settling", 1)  # Bitcoin's
    told = history.Histories().view(state, lambda index: table.desk.archive.record(index).time_ms)
    assert [(each.state, each.final_at) for each in told.rows if each.contract == contract] == [("settling", None)]
    assert sum(each.settlements for each in told.volume) == 0
    terms = state.contract(contract).terms
    (leg,) = (each for each in terms.legs if each.asset.startswith("eip155:"))
    payer, receiver = terms.payer(leg), terms.parties[leg.receiver]
    assert state.ledger.balance(Account(payer.lei, payer.book, leg.asset)).held == leg.amount
    assert state.ledger.balance(Account(receiver.lei, receiver.book, leg.asset)).total == 0


async def test_the_same_of_a_token_that_moves_what_is_owed_is_observed(released: Table) -> None:
    """The near miss."""
    await sent(released, turned.honest)
    await releasing.observe(released.desk, released.story.cycle, released.author("operations"))
    assert (released.live("psbt").seen, released.live("safe-tx").seen) == (True, True)
    assert all(each.where is Where.BLOCK for each in (await looked(released)).legs)


async def test_the_leg_has_failed_and_is_paid_anew_once_the_token_pays_again(released: Table) -> None:
    table, operations, cycle = released, released.author("operations"), released.story.cycle
    await sent(table, turned.answers_false)
    first = table.live("safe-tx")
    with refused(OTHERWISE, Refused):
        await releasing.observe(table.desk, cycle, operations)
    # The officer's own console says so where it takes in what its nodes say, and no book has the payment.
    seen = await reconcile.look(table.desk.state, table.desk.archive, table.desk.artefacts, table.desk.nodes)
    assert seen.in_block[first.hash] is False
    for _ in range(cast.CONFIRMATIONS):
        await table.stage.ethereum.observe(first.transaction or "")
    await mending.record_failure(table.desk, operations, first.hash, "The token answered false.")
    [owed] = table.desk.state.breaks[cycle]
    (record,) = table.desk.archive.records(owed.opened, owed.opened + 1)
    said = getattr(events.parse(record.event).body, "reason", "")
    assert said.startswith("The token answered false. Executed by 0x")
    assert (first.transaction or "") in said
    assert (table.contract_state, owed.units, owed.closed) == ("failed", cast.PAID, None)
    # What is recorded is told no more.
    await releasing.observe(table.desk, cycle, operations)

    await preparing.prepare(table.desk, operations, cycle, rate=cast.RATE)
    await table.officer.synchronise()
    anew = table.live("safe-tx")
    assert (anew.hash != first.hash, anew.nonce) == (True, (first.nonce or 0) + 1)
    await stage.attested(table, cycle)
    await table.officer.sign(anew.hash, silent)
    assert (await stage.cold_sees(table, anew.hash))["may_sign"]
    await stage.cold_signs(table)
    release = await releasing.make_release(table.desk, cycle, operations, "compliance")
    await releasing.check_release(table.desk, release, table.author("compliance"))
    await releasing.broadcast(table.desk, cycle, operations)
    for _ in range(cast.CONFIRMATIONS):
        await releasing.observe(table.desk, cycle, operations)
    await releasing.make_final(table.desk, cycle)
    assert table.contract_state == "final"
    assert await stage.books_balance(table)


async def test_what_a_stranger_executed_properly_has_not_failed(released: Table) -> None:
    """The desk looks in whosever transaction before it signs that a leg failed: else the leg would be paid twice."""
    table, operations = released, released.author("operations")
    psbt, safe = table.live("psbt"), table.live("safe-tx")
    await table.stage.bitcoin.broadcast(releasing.finish(table.desk, psbt).raw)
    await releasing.observe(table.desk, table.story.cycle, operations)
    done = releasing.finish(table.desk, safe)
    stranger = await table.stage.ethereum.broadcast(done.to, done.raw)
    for _ in range(cast.CONFIRMATIONS):
        await table.stage.ethereum.observe(stranger)
    with refused("desk.executed-after-all", Refused, transaction=stranger):
        await mending.record_failure(table.desk, operations, safe.hash, "Its number is used.")


async def test_a_console_that_takes_in_what_its_nodes_say_names_it(released: Table) -> None:
    table = released
    await sent(table, turned.answers_false)
    found = arrivals.TakenIn()
    news = [each async for each in arrivals._news(table.desk, found)]
    assert [body["instruction"] for _, body in news] == [table.live("psbt").hash]
    assert [each.code for each in found.not_done] == [OTHERWISE]


def test_of_several_executions_each_is_held_against_what_moved_since_the_same_safes_one_before() -> None:
    """One transaction may execute a Safe twice, with another between."""
    token, mine, other, buyer = (Address(bytes([each]) * 20) for each in (0x70, 0x5A, 0x5B, 0xDD))
    first, between, second = (Executed(*each) for each in (("A", "0x01"), ("B", "0x02"), ("A", "0x03")))
    five, six, seven = (Movement(token, payer, buyer, amount) for payer, amount in ((mine, 5), (other, 6), (mine, 7)))
    seen = Observation("0x", True, 1, 1, "0x0b", (first, between, second), ((five,), (six,), (seven,)))
    for said, owed in ((first, five), (between, six), (second, seven)):
        assert executions.delivered(seen, executions.Wanted(said, (owed,))).accepted
    for said, owed in ((first, seven), (between, five), (second, five)):
        with refused(OTHERWISE, Refused):
            executions.delivered(seen, executions.Wanted(said, (owed,)))
    assert executions.delivered(seen, executions.Wanted(Executed("A", "0x04"), (five,))).block is None
