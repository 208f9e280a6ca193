"""A settlement's Bitcoin transaction sticks on a real node and its desk lifts it by a child: declared, signed, sent, both mined."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from countersign.chains.bitcoin_core import BitcoinCore, cookie
from countersign.chains.jsonrpc import JsonRpc
from countersign.demonstration import cast
from countersign.desk import declaring, evidence, legs, releasing
from journeys.test_failure import confirmed_by_both, released, signed
from support import stopped_stage as stage
from support import verify_page
from support.bitcoin_node import RegtestNode
from support.parts import bitcoind
from support.real_stage import MATURED
from support.software_stage import Table

LEAST = cast.RATE + 2
"""Satoshis a vbyte below which this node mines nothing: what the desk pays by itself waits."""


@pytest.fixture
def node(tmp_path: Path) -> Iterator[RegtestNode]:
    with RegtestNode(bitcoind(), tmp_path / "node", f"-blockmintxfee={LEAST / 100_000:.8f}") as running:
        running.mine(MATURED)
        yield running


class Payer:
    """Whoever pays into custody: coins from the real node's wallet, in a block at once; the rest as in the demonstration."""

    def __init__(self, node: RegtestNode, others: object) -> None:
        self._node, self._others = node, others

    def __getattr__(self, name: str) -> object:
        return getattr(self._others, name)

    def pay_coins(self, address: str, satoshis: int) -> None:
        self._node.rpc("prioritisetransaction", self._node.pay(address, satoshis), 0, 1_000_000)
        self._node.mine()


@pytest.fixture
def table(tmp_path: Path, node: RegtestNode, monkeypatch: pytest.MonkeyPatch) -> Iterator[Table]:
    monkeypatch.setattr(cast, "SLOTS", 6)  # one more than the story's: a child's change lies where nobody was paid
    found = Table.at(tmp_path)
    found.stage.bitcoin = BitcoinCore(JsonRpc(node.url, cookie(node.cookie)))  # type: ignore[assignment]
    found.stage.outside = Payer(node, found.stage.outside)  # type: ignore[assignment]

    async def mined() -> None:
        node.mine(cast.CONFIRMATIONS)

    found.stage.confirmed = mined  # type: ignore[method-assign]
    yield found
    found.stage.holds.close()


async def lifted(table: Table, node: RegtestNode) -> tuple[str, str]:
    """A settlement that sticks, until it is final; its contract, and the block that both are in."""
    contract, cycle = await signed(table)
    operations, compliance = table.author("operations"), table.author("compliance")
    await releasing.broadcast(table.desk, cycle, operations)
    parent = stage.live(table, cycle)[0]
    node.mine()
    assert node.rpc("getrawmempool") == [parent.transaction]  # too little by itself
    await releasing.observe(table.desk, cycle, operations)

    half = await declaring.make_child(table.desk, operations, parent.hash, rate=LEAST * 2)
    await declaring.declare(table.desk, half, compliance)
    child = table.desk.state.child(parent)
    assert child is not None
    await table.officer.synchronise()
    await table.officer.unlock(table.stage.ask_pin)
    await table.officer.sign(child.hash, lambda *_: None)
    await stage.attested(table, cycle)
    seen = await stage.cold_sees(table, child.hash)
    assert seen["may_sign"], seen["against"]
    await stage.cold_signs(table)
    await released(table, cycle)
    (shown,) = [
        each
        for each in (await legs.look(table.desk, contract, table.stage.clock.now_ms())).legs
        if each.purpose == "child"
    ]
    assert (shown.where, shown.executable, shown.sendable) == (legs.Where.UNSENT, True, True)
    await releasing.broadcast(table.desk, cycle, operations)
    child = table.desk.state.instruction(child.hash)
    waits = node.rpc("getmempoolentry", child.transaction)
    assert waits["depends"] == [parent.transaction]
    assert waits["fees"]["ancestor"] * 10**8 >= LEAST * waits["ancestorsize"]

    (block,) = node.mine()
    assert {parent.transaction, child.transaction} < set(node.rpc("getblock", block)["tx"])
    await releasing.observe(table.desk, cycle, operations)
    both = [table.desk.state.instruction(each.hash) for each in (parent, child)]
    assert [each.observed.block for each in both if each.observed is not None] == [block, block]
    await confirmed_by_both(table, contract, cycle)
    assert stage.stands(table, contract) == "final"
    assert await stage.books_balance(table)
    charged = table.desk.state.ledger.totals[cast.BTC].network_fees
    assert charged == sum(fee for each in both if each.observed is not None for _, fee in each.observed.fees)
    return contract, block


async def test_a_stuck_settlement_is_lifted_into_a_block_by_its_declared_child(table: Table, node: RegtestNode) -> None:
    await lifted(table, node)


@pytest.mark.long
async def test_a_stranger_finds_parent_and_child_on_a_node_of_their_own(
    table: Table, node: RegtestNode, tmp_path: Path
) -> None:
    """docs/verify.md as far as Bitcoin goes: the other chain is a made-up one here."""
    contract, block = await lifted(table, node)
    await table.officer.synchronise()
    pack = evidence.gather(table.officer.replica, contract)
    (tmp_path / "evidence.zip").write_bytes(evidence.serialise(pack))
    (tmp_path / "vkeys.json").write_bytes(pack.files["vkeys.json"])
    command = f"bitcoin-cli -regtest -datadir={node.folder} -rpcport={node.port}"
    run = verify_page.play(tmp_path, verify_page.blocks()[:-1], verify_page.tools() | {"bitcoin": command})
    assert (run.code, run.step, run.complaint) == (0, 0, "")
    assert ", as a child\n" in "".join(run.printed)
    deep = node.rpc("getblockcount") - node.rpc("getblockheader", block)["height"] + 1
    assert run.printed[-1] == 2 * f"Bitcoin: {deep} confirmations\n"


@pytest.mark.long
async def test_a_netted_cycle_of_several_vaults_waits_and_one_child_of_all_of_them_lifts_it(
    table: Table, node: RegtestNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The demonstration's evening on a real node: each vault's two parts of the fees are charged, and the books balance."""
    node.mine(100)  # every book of the market is paid
    table.story.busy = True
    monkeypatch.setattr(table.stage, "fill_blocks", lambda rate: None)  # this node's are
    for step in (table.story.found, table.story.open_market, table.story.close_cycle, table.story.sign_cycle):
        await step()
    evening = table.story.market
    assert evening is not None
    await evening.settle()
    parent = table.desk.state.instruction(evening.waiting)
    assert node.rpc("getrawmempool") == [parent.transaction]
    assert len(parent.group.vaults) > 1

    await evening.lift()
    await table.story.sign_cycle()
    await evening.settle()
    both = [table.desk.state.instruction(each.hash) for each in (parent, table.desk.state.child(parent) or parent)]
    blocks = [each.observed.block for each in both if each.observed is not None]
    assert len(blocks) == 2
    assert blocks[0] == blocks[1] is not None
    assert evening.reached == "final"
    charged = table.desk.state.ledger.totals[cast.BTC].network_fees
    assert charged == sum(fee for each in both if each.observed is not None for _, fee in each.observed.fees)
