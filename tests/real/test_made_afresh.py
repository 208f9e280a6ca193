"""A deposit is reorganised away and double-spent: its settlement's leg is made afresh, and the first comes back. One pays."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from countersign.chains.bitcoin_core import BitcoinCore, cookie
from countersign.chains.jsonrpc import JsonRpc
from countersign.demonstration import cast
from countersign.desk import ceremony, chain_facts, founding, mending, preparing, releasing
from countersign.desk.earlier_payments import PaidReader
from countersign.desk.vouching import Nodes
from countersign.review.case import PaidSeen
from countersign.settlement import rivalry
from countersign.settlement.records import Instruction
from journeys.test_failure import confirmed_by_both, released
from support import stopped_stage as stage
from support.bitcoin_node import RegtestNode
from support.parts import bitcoind
from support.real_stage import MATURED
from support.software_stage import Table, silent

DEEP = 2
"""Blocks that the policy asks for here, so that one is too few."""


@pytest.fixture
def node(tmp_path: Path) -> Iterator[RegtestNode]:
    with RegtestNode(bitcoind(), tmp_path / "node") as running:
        running.mine(MATURED)
        yield running


class Payer:
    """Whoever pays into custody: coins from the real node's wallet, deep enough at once; the rest as in the demonstration."""

    def __init__(self, node: RegtestNode, others: object) -> None:
        self._node, self._others = node, others

    def __getattr__(self, name: str) -> object:
        return getattr(self._others, name)

    def pay_coins(self, address: str, satoshis: int) -> None:
        self._node.pay(address, satoshis)
        self._node.mine(DEEP)


@pytest.fixture
def table(tmp_path: Path, node: RegtestNode, monkeypatch: pytest.MonkeyPatch) -> Iterator[Table]:
    monkeypatch.setattr(cast, "CONFIRMATIONS", DEEP)
    found = Table.at(tmp_path)
    found.stage.bitcoin = BitcoinCore(JsonRpc(node.url, cookie(node.cookie)))  # type: ignore[assignment]
    found.stage.outside = Payer(node, found.stage.outside)  # type: ignore[assignment]
    yield found
    found.stage.holds.close()


def coins(instruction: Instruction) -> set[str]:
    return {spend.outpoint for spend in instruction.spends}


async def signed(table: Table, leg: Instruction) -> None:
    """By who signed before, online and cold."""
    await table.officer.synchronise()
    await table.officer.unlock(table.stage.ask_pin)
    await table.officer.sign(leg.hash, silent)
    seen = await stage.cold_sees(table, leg.hash)
    assert seen["may_sign"], seen["against"]
    await stage.cold_signs(table)


def spent_again(node: RegtestNode, deposit: str) -> str:
    """The wallet pays itself with what a deposit was made of: both can never be mined."""
    made = node.rpc("getrawtransaction", deposit, True)
    inputs = []
    for each in made["vin"]:
        spent = node.rpc("getrawtransaction", each["txid"], True)["vout"][each["vout"]]
        script, amount = spent["scriptPubKey"]["hex"], str(spent["value"])
        inputs.append({"txid": each["txid"], "vout": each["vout"], "scriptPubKey": script, "amount": amount})
    there = sum(Decimal(each["amount"]) for each in inputs)
    raw = node.rpc("createrawtransaction", inputs, {node.rpc("getnewaddress"): str(there - 1)})
    found = node.rpc("signrawtransactionwithwallet", raw, inputs)
    assert found["complete"]
    return str(found["hex"])


def mined(node: RegtestNode, *raws: str) -> str:
    """A block of exactly these transactions."""
    return str(node.rpc("generateblock", node.rpc("getnewaddress"), list(raws))["hash"])


async def test_a_reorganisation_brings_the_first_back_beside_the_leg_made_afresh_and_one_is_mined(
    table: Table, node: RegtestNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    await table.until("step-found")
    desk, operations, chain = table.desk, table.author("operations"), table.stage.bitcoin
    vault = desk.state.roster.vaults[cast.SELLER.coins]
    table.stage.outside.pay_coins(ceremony.registered_address(vault, cast.RECEIVING_SLOT), 9_500_000_000)
    await founding.credit_coins(desk, operations, cast.SELLER.coins, cast.BTC)
    contract = await stage.agreed(table)
    cycle = await stage.instructed(table, contract)
    await stage.signed_by_both(table, cycle)
    await released(table, cycle)
    await releasing.broadcast(desk, cycle, operations)
    await releasing.observe(desk, cycle, operations)
    first = stage.live(table, cycle)[0]
    assert await own_node_says(table, first, monkeypatch) == PaidSeen("", 0)  # in the pool
    (youngest,) = {each for each in coins(first) if node.rpc("gettxout", *_place(each), False)["confirmations"] == DEEP}

    # The newest deposit's block is dropped, and another spends what it was made of: the first transaction is dead, one block deep.
    deposit = youngest.split(":")[0]
    raw_deposit, raw_other = node.raw(deposit).hex(), spent_again(node, deposit)
    dropped = node.rpc("getblockhash", node.rpc("getblockcount") - DEEP + 1)
    node.rpc("invalidateblock", dropped)
    taken = mined(node, raw_other)
    assert await chain.test(releasing.finish(desk, first).raw) is not None
    assert await own_node_says(table, first, monkeypatch) == PaidSeen("", 1)  # dead by what the deposit was made of
    await releasing.observe(desk, cycle, operations)
    await mending.record_failure(desk, operations, first.hash, "A deposit was reorganised away and spent otherwise.")
    first = stage.live(table, cycle)[0]
    assert (first.executable, first.for_good) == (False, False)

    await preparing.prepare(desk, operations, cycle, rate=cast.RATE)
    second = stage.live(table, cycle)[0]
    assert coins(first) - {youngest} < coins(second)
    await signed(table, second)
    await released(table, cycle)
    await releasing.broadcast(desk, cycle, operations)
    second = stage.live(table, cycle)[0]
    assert (await chain.observe(second.transaction or "")).accepted
    raw = [releasing.finish(desk, each).raw for each in (first, second)]

    # The chain goes back once more, and the first is mined after all: with it the second can never be.
    node.rpc("invalidateblock", taken)
    back = mined(node, raw_deposit, raw[0].hex())
    node.mine()
    assert [(await chain.observe(each.transaction or "")).confirmations for each in (first, second)] == [2, 0]
    assert await chain.test(raw[1]) is not None
    assert await own_node_says(table, first, monkeypatch) == PaidSeen(first.transaction or "", 0)
    await releasing.observe(desk, cycle, operations)
    assert stage.live(table, cycle)[0].hash == first.hash
    assert stage.stands(table, contract) == "settling"

    # And back again, to where it was dead: the second is mined, and the first can never be.
    node.rpc("invalidateblock", back)
    node.rpc("reconsiderblock", taken)
    mined(node, raw[1].hex())
    node.mine()
    assert [(await chain.observe(each.transaction or "")).confirmations for each in (first, second)] == [0, 2]
    assert await chain.test(raw[0]) is not None
    assert await own_node_says(table, first, monkeypatch) == PaidSeen(
        second.transaction or "", 0
    )  # which pays the same
    await releasing.observe(desk, cycle, operations)
    assert stage.live(table, cycle)[0].hash == second.hash
    assert stage.stands(table, contract) == "settling"
    await confirmed_by_both(table, contract, cycle)
    assert stage.stands(table, contract) == "final"


async def own_node_says(table: Table, first: Instruction, monkeypatch: pytest.MonkeyPatch) -> PaidSeen:
    """What officer A's own node says of the first payment, should the log call it over before another is signed."""
    replica, chain = table.officer.replica, first.group.chain
    other = replace(first, spends=tuple(replace(each, outpoint=f"{'ab' * 32}:0") for each in first.spends[:1]))
    reader = PaidReader(Nodes({chain: table.stage.bitcoin}), replica.profile)
    with monkeypatch.context() as lying:
        lying.setattr(rivalry, "past", lambda *_: True)
        found = await reader.look(replica.state, other)
    assert found is not None
    seen = found[chain_facts.txid(first, replica.profile.artefacts)]
    assert isinstance(seen, PaidSeen)
    return seen


def _place(outpoint: str) -> tuple[str, int]:
    txid, _, vout = outpoint.partition(":")
    return txid, int(vout)
