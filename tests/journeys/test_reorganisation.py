"""A chain that changes its mind, read aloud: before the end finality waits, after it the custodian owes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from countersign.demonstration import cast
from countersign.desk import releasing
from countersign.settlement.ledger import Account
from support import stopped_stage as stage
from support.contrary_chains import Forgetful, desk_over
from support.software_stage import Table


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Table]:
    found = Table.at(tmp_path)
    yield found
    found.stage.holds.close()


async def sent(table: Table) -> tuple[str, str]:
    """A settlement whose transactions are both in a block; contract and cycle."""
    await table.until("step-found")
    contract = await stage.agreed(table)
    cycle = await stage.instructed(table, contract)
    await stage.signed_by_both(table, cycle)
    operations = table.author("operations")
    release = await releasing.make_release(table.desk, cycle, operations, "compliance")
    await releasing.check_release(table.desk, release, table.author("compliance"))
    await releasing.broadcast(table.desk, cycle, operations)
    await releasing.observe(table.desk, cycle, operations)
    return contract, cycle


async def confirmed(table: Table, contract: str) -> None:
    for party in ("meridian", "harbour"):
        await releasing.confirm_delivery(table.desk, contract, table.author(party))


def not_to_be_spent(table: Table) -> int:
    """The satoshis that the buyer received and may not spend on chain."""
    return table.desk.state.unconfirmed.get(Account(stage.BUYER.lei, stage.BUYER.book, cast.BTC), 0)


async def test_before_the_end_finality_waits_until_the_transaction_is_back(table: Table) -> None:
    contract, cycle = await sent(table)
    operations, psbt = table.author("operations"), stage.live(table, cycle)[0]
    await confirmed(table, contract)

    # Bitcoin reorganises: the transaction waits again. What both said counts no longer.
    node = Forgetful(table.stage.bitcoin, gone={psbt.transaction or ""})
    await releasing.observe(desk_over(table, bitcoin=node), cycle, operations)
    assert await stage.refusal(lambda: releasing.make_final(table.desk, cycle)) == "settlement.not-observed"

    assert table.desk.state.contract(contract).confirmed == ()

    # In a block again; both look again, and it is final.
    await releasing.observe(table.desk, cycle, operations)
    await confirmed(table, contract)
    await releasing.make_final(table.desk, cycle)
    assert stage.stands(table, contract) == "final"
    assert cycle not in table.desk.state.breaks
    assert await stage.books_balance(table)


async def test_after_the_end_nothing_is_reversed_and_the_custodian_owes_until_it_is_confirmed_again(
    table: Table,
) -> None:
    contract, cycle = await sent(table)
    operations, psbt = table.author("operations"), stage.live(table, cycle)[0]
    for _ in range(cast.CONFIRMATIONS):
        await releasing.observe(table.desk, cycle, operations)
    await confirmed(table, contract)
    await releasing.make_final(table.desk, cycle)
    received = stage.balance(table, stage.BUYER, cast.BTC)
    assert not_to_be_spent(table) == 0

    # The block is gone. The buyer keeps what it received, may not spend it on chain, and the custodian owes it.
    transaction = psbt.transaction or ""
    node = Forgetful(table.stage.bitcoin, gone={transaction})
    desk = desk_over(table, bitcoin=node)
    await releasing.observe(desk, cycle, operations)
    assert stage.stands(table, contract) == "final"
    assert stage.balance(table, stage.BUYER, cast.BTC) == received
    assert not_to_be_spent(table) == cast.SOLD
    [owed] = table.desk.state.breaks[cycle]
    assert (owed.cause.value, owed.creditor, owed.units, owed.closed) == ("reorganised", stage.BUYER, cast.SOLD, None)

    # Another block takes it in; with the policy's confirmations the break closes by itself.
    node.gone.clear()
    node.fresh[transaction] = 0
    for _ in range(cast.CONFIRMATIONS * 2):
        await releasing.observe(desk, cycle, operations)
    assert not_to_be_spent(table) == 0
    assert table.desk.state.breaks[cycle][0].closed is not None
