"""What a real Ethereum node says of a Safe's payment that was signed before, when the log calls it over."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from countersign.demonstration import cast
from countersign.desk import releasing
from countersign.desk.earlier_payments import PaidReader
from countersign.review import paid_before
from countersign.review.case import PaidSeen
from countersign.settlement.records import Instruction
from countersign.settlement.roster import SafeVault
from support import stopped_stage as stage
from support.anvil_stage import founded
from support.ethereum_node import AnvilNode, hexed, running_node
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


async def signed(table: Table) -> Instruction:
    """The Safe's leg with its whole quorum, of which officer A is one."""
    cycle = await stage.instructed(table, await stage.agreed(table))
    await stage.signed_by_both(table, cycle)
    await table.officer.synchronise()
    return stage.live(table, cycle)[1]


async def said(table: Table, first: Instruction) -> PaidSeen:
    """Of the first, before officer A signs the same payment under another number."""
    replica = table.officer.replica
    found = await PaidReader(table.stage.nodes, replica.profile).look(replica.state, replace(first, nonce=7))
    assert found is not None
    (seen,) = found.values()
    assert isinstance(seen, PaidSeen)
    return seen


async def test_a_number_used_by_the_first_is_a_payment_and_one_used_otherwise_bars_it(
    table: Table, node: AnvilNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paid_before, "_used_by_another", lambda *_: True)  # the log says so, whatever the chain has
    first = await signed(table)
    assert await said(table, first) == PaidSeen("", 0)
    unused = node.rpc("evm_snapshot")

    vault = table.desk.state.roster.vaults[first.group.vaults[0]]
    assert isinstance(vault, SafeVault)
    await used_outside(table.desk.state.roster, vault, keys(table), table.stage.ethereum, tokens=None)
    node.rpc("anvil_mine", hex(cast.CONFIRMATIONS))
    barred = await said(table, first)
    assert (barred.made_by, barred.barred) == ("", table.desk.state.adopted().confirmations_on(first.group.chain))

    node.rpc("evm_revert", unused)  # had those who kept the signatures been the ones
    done = releasing.finish(table.desk, first)
    fields = {"from": node.accounts[1], "to": done.to, "data": hexed(done.raw), "gas": hex(500_000)}
    executed = node.receipt(str(node.rpc("eth_sendTransaction", fields)))
    assert await said(table, first) == PaidSeen(executed["transactionHash"], 0)
