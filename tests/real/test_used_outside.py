"""Owners of a real Safe use its numbers by another interface: the desk finds it, tells it, and pays or voids on the next one."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from countersign.demonstration import cast
from countersign.desk import declaring, mending, preparing, reconciling, releasing
from countersign.desk.breaks import Cause
from countersign.settlement import numbers
from countersign.settlement.roster import SafeVault
from support import stopped_stage as stage
from support.anvil_stage import founded
from support.ethereum_node import AnvilNode, running_node
from support.outside_use import keys, used_outside
from support.software_stage import Table

pytestmark = pytest.mark.long


@pytest.fixture
def node() -> Iterator[AnvilNode]:
    with running_node() as started:
        yield started


@pytest.fixture
async def table(tmp_path: Path, node: AnvilNode) -> AsyncIterator[Table]:
    async with founded(tmp_path, node) as found:
        yield found


def safe(table: Table) -> SafeVault:
    """The buyer's Safe, which pays."""
    found = next(
        each for each in table.desk.state.roster.vaults.values() if each.owner == stage.BUYER and each.kind == "safe"
    )
    assert isinstance(found, SafeVault)
    return found


async def outside(table: Table, node: AnvilNode, tokens: tuple[str, int] | None = None) -> None:
    """One number used, as deep as the policy asks for."""
    await used_outside(table.desk.state.roster, safe(table), keys(table), table.stage.ethereum, tokens=tokens)
    node.rpc("anvil_mine", hex(cast.CONFIRMATIONS))


async def reasons(table: Table, contract: str) -> set[str]:
    """Why officer A's console forbids a signature for a contract; nothing where it may be made."""
    await table.officer.synchronise()
    review = await table.officer.review(contract)
    return {found.reason for each in review.instructions for found in each.verdict.against}


async def test_a_contract_is_paid_on_the_next_number_once_the_books_were_compared(
    table: Table, node: AnvilNode
) -> None:
    desk, operations = table.desk, table.author("operations")
    contract = await stage.agreed(table)
    cycle = await stage.instructed(table, contract)
    await outside(table, node)
    table.stage.forward(desk.state.adopted().request_lifetime_seconds + 1)  # type: ignore[attr-defined]
    await outside(table, node)
    await preparing.prepare(desk, operations, cycle, rate=cast.RATE)
    assert stage.live(table, cycle)[1].nonce == 2
    assert [(each.first, each.last) for each in numbers.outside(desk.state, safe(table).id)] == [(0, 1)]
    await table.officer.unlock(table.stage.ask_pin)
    assert await reasons(table, contract) == {"E8.uncompared"}
    await reconciling.record(desk, operations)
    assert await reasons(table, contract) == set()
    await stage.signed_by_both(table, cycle)
    await stage.delivered(table, cycle)
    assert stage.stands(table, contract) == "final"
    assert await stage.books_balance(table)


async def test_what_was_signed_is_voided_on_the_next_number_and_what_left_is_a_break(
    table: Table, node: AnvilNode
) -> None:
    desk, operations = table.desk, table.author("operations")
    contract = await stage.agreed(table)
    cycle = await stage.instructed(table, contract)
    await stage.signed_by_both(table, cycle)
    await outside(table, node, (table.stage.outside.token().partition("erc20:")[2], 1_000_000))
    for half in await declaring.make_void(desk, operations, cycle, rate=cast.RATE + 3):
        await declaring.declare(desk, half, table.author("compliance"))
    await table.officer.synchronise()
    void = stage.live(table, cycle)[1]
    assert (void.void, void.nonce) == (True, 1)
    await stage.signed_by_both(table, cycle)
    release = await releasing.make_release(desk, cycle, operations, "compliance")
    await releasing.check_release(desk, release, table.author("compliance"))
    await releasing.broadcast(desk, cycle, operations)
    node.rpc("anvil_mine", hex(cast.CONFIRMATIONS))
    await releasing.observe(desk, cycle, operations)
    await mending.make_voided(desk, cycle)
    assert stage.stands(table, contract) == "voided"
    report, _ = await reconciling.record(desk, operations)
    [found] = [each for each in report.breaks if each.about == safe(table).id]
    assert (found.cause, found.here, found.there) == (Cause.UNEXPLAINED, "1000000", "0")
