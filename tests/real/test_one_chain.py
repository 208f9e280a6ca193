"""A settlement on one chain, by the desk on a real Ethereum node with the real Safe contracts: all of it, none of it, or split.

The desk, its consoles, the cold vault and the relayer are the product's; keys are software keys, Bitcoin has no part in it.
"""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from eth_abi import encode as abi_encode

from countersign.demonstration import cast
from countersign.desk import legs, mending, preparing, releasing
from countersign.errors import Refused
from countersign.ethereum import arrivals
from countersign.ethereum.abi import Address, selector
from countersign.formats import eip55
from countersign.settlement import events
from support import one_chain_story as story
from support import stopped_stage as stage
from support.anvil_stage import OnAnvil
from support.ethereum_node import AnvilNode, hexed, running_node
from support.one_chain_story import AFTER, BEFORE, DOLLARS
from support.real_stage import RealOutside
from support.refusals import refused
from support.software_stage import Table, silent

pytestmark = pytest.mark.long
THIEF = Address(b"\xee" * 20)
HASTE = 10**12  # wei a gas: mined before whatever the relayer sent


@pytest.fixture
def node() -> Iterator[AnvilNode]:
    with running_node() as started:
        yield started


@pytest.fixture
async def table(tmp_path: Path, node: AnvilNode) -> AsyncIterator[Table]:
    found = story.one_chain_table(tmp_path, OnAnvil(tmp_path, node))
    yield found
    await found.stage.aclose()


def by_a_stranger(table: Table, node: AnvilNode, cycle: str, vault: str, *, price: int = HASTE) -> str:
    """Somebody who saw a finished Safe transaction sends it, alone and at a better price; the transaction."""
    done = releasing.finish(table.desk, story.leg(table, cycle, vault))
    return pays(node, node.accounts[1], done.to, done.raw, price)


def pays(node: AnvilNode, sender: str, to: str, data: bytes, price: int = HASTE) -> str:
    """A transaction of this account, mined where the node mines by itself; its name."""
    fields = {"from": sender, "to": to, "data": hexed(data), "gas": hex(500_000), "gasPrice": hex(price)}
    name = str(node.rpc("eth_sendTransaction", fields))
    if node.rpc("anvil_getAutomine"):
        node.receipt(name)
    return name


def moved(token: Address, to: Address, units: int) -> tuple[str, bytes]:
    """The call of a token that moves units."""
    data = selector("transfer(address,uint256)") + abi_encode(["address", "uint256"], [hexed(to), units])
    return eip55.checksum(token), data


def drained(table: Table, node: AnvilNode, vault: str, token: Address) -> str:
    """One unit leaves a Safe by no settlement of this desk (the node lets us act as the Safe); the transaction."""
    safe = story.place(table, vault)
    node.rpc("anvil_impersonateAccount", safe)
    node.rpc("anvil_setBalance", safe, hex(10**19))
    return pays(node, safe, *moved(token, THIEF, 1))


def topped_up(table: Table, node: AnvilNode, vault: str, token: Address) -> None:
    """The unit comes back."""
    to, data = moved(token, Address(eip55.parse(story.place(table, vault))), 1)
    assert node.send(data, Address(eip55.parse(to)))["status"] == "0x1"


def euro(table: Table) -> Address:
    outside = table.stage.outside
    assert isinstance(outside, RealOutside)
    return outside.second


async def final(table: Table, cycle: str) -> None:
    """Confirmed by both; the books balance with the chain, and the custodian owes nobody."""
    await story.confirmed(table, cycle)
    assert table.contract_state == "final"
    assert await story.held(table, table.stage.ethereum) == AFTER
    assert await stage.books_balance(table)
    assert all(each.closed is not None for each in table.desk.state.breaks.get(cycle, ()))


@pytest.mark.parametrize("first", [cast.SELLER.safe, cast.BUYER.safe])
async def test_a_stranger_executes_one_leg_and_the_desk_completes_the_other_and_names_it(
    table: Table, node: AnvilNode, first: str
) -> None:
    cycle = await story.signed(table)
    operations, chain = table.author("operations"), table.stage.ethereum
    assert await story.held(table, chain) == BEFORE
    await story.released(table, cycle)
    stranger = by_a_stranger(table, node, cycle, first)
    assert node.receipt(stranger)["status"] == "0x1"
    (other,) = set(AFTER) - {first}

    await releasing.broadcast(table.desk, cycle, operations)
    split, completed = story.leg(table, cycle, first), story.leg(table, cycle, other)
    assert (split.transaction, split.by_stranger) == (stranger, True)
    assert completed.transaction not in (None, stranger)
    assert node.receipt(completed.transaction or "")["status"] == "0x1"
    [owed] = table.desk.state.breaks[cycle]
    assert (owed.units, owed.group.vaults) == (DOLLARS if other == cast.BUYER.safe else story.EUROS, (other,))
    assert stranger in reason(table, owed.opened)
    await final(table, cycle)


def reason(table: Table, index: int) -> str:
    """What a logged failure says, or the event that was logged there."""
    (record,) = table.desk.archive.records(index, index + 1)
    body = events.parse(record.event).body
    return str(getattr(body, "reason", body))


async def test_a_stranger_is_mined_before_the_call_for_both(table: Table, node: AnvilNode) -> None:
    """Both wait for the same block; the stranger pays more for gas, and the desk's own call reverts behind it."""
    cycle = await story.signed(table)
    operations = table.author("operations")
    await story.released(table, cycle)
    node.rpc("evm_setAutomine", False)
    await releasing.broadcast(table.desk, cycle, operations)
    (sent,) = {each.transaction for each in stage.live(table, cycle)}
    stranger = by_a_stranger(table, node, cycle, cast.SELLER.safe)
    node.rpc("anvil_mine", "0x1")
    node.rpc("evm_setAutomine", True)
    assert (node.receipt(stranger)["status"], node.receipt(sent or "")["status"]) == ("0x1", "0x0")

    await releasing.observe(table.desk, cycle, operations)
    split, left = story.leg(table, cycle, cast.SELLER.safe), story.leg(table, cycle, cast.BUYER.safe)
    assert (split.transaction, split.by_stranger, left.seen) == (stranger, True, False)
    assert stage.stands(table, table.story.contract) == "failed"
    assert stranger in reason(table, table.desk.state.breaks[cycle][0].opened)
    await mending.retry(table.desk, cycle, operations, "The other leg was executed alone.")
    assert story.leg(table, cycle, cast.BUYER.safe).others == (sent,)
    await releasing.observe(table.desk, cycle, operations)
    await final(table, cycle)


async def test_a_leg_that_would_fail_is_refused_before_anything_is_sent(table: Table, node: AnvilNode) -> None:
    """Simulated at each of the three steps: maker, checker, sending. Nobody's release is logged, nothing goes out."""
    cycle = await story.signed(table)
    operations, compliance = table.author("operations"), table.author("compliance")
    said = {"failing": f"{cast.SELLER.safe} (GS013)", "count": 2}
    drained(table, node, cast.SELLER.safe, euro(table))
    with refused("desk.atomic-would-refuse", Refused, **said):
        await releasing.make_release(table.desk, cycle, operations, "compliance")
    topped_up(table, node, cast.SELLER.safe, euro(table))
    release = await releasing.make_release(table.desk, cycle, operations, "compliance")
    drained(table, node, cast.SELLER.safe, euro(table))
    with refused("desk.atomic-would-refuse", Refused, **said):
        await releasing.check_release(table.desk, release, compliance)
    assert stage.stands(table, table.story.contract) == "signed"
    topped_up(table, node, cast.SELLER.safe, euro(table))
    await releasing.check_release(table.desk, release, compliance)
    drained(table, node, cast.SELLER.safe, euro(table))
    with refused("desk.atomic-would-refuse", Refused, **said):
        await releasing.broadcast(table.desk, cycle, operations)
    assert not node.outbox.outgoing
    assert [each.transaction for each in stage.live(table, cycle)] == [None, None]
    topped_up(table, node, cast.SELLER.safe, euro(table))
    await releasing.broadcast(table.desk, cycle, operations)
    await final(table, cycle)


async def test_a_leg_that_fails_between_the_simulation_and_the_block_reverts_all_and_is_sent_again(
    table: Table, node: AnvilNode
) -> None:
    cycle = await story.signed(table)
    operations, chain = table.author("operations"), table.stage.ethereum
    await story.released(table, cycle)
    node.rpc("evm_setAutomine", False)
    await releasing.broadcast(table.desk, cycle, operations)
    (sent,) = {each.transaction for each in stage.live(table, cycle)}
    theft = drained(table, node, cast.SELLER.safe, euro(table))
    node.rpc("anvil_mine", "0x1")
    node.rpc("evm_setAutomine", True)
    assert (node.receipt(theft)["status"], node.receipt(sent or "")["status"]) == ("0x1", "0x0")
    short = {**BEFORE, cast.SELLER.safe: (0, 0, story.EUROS - 1)}
    assert await story.held(table, chain) == short

    # Nothing is delivered, nothing is logged as seen; looking says so of both legs, and that both can still be sent.
    assert await releasing.observe(table.desk, cycle, operations) == []
    view = await legs.look(table.desk, table.story.contract, table.stage.clock.now_ms())
    assert [(each.where, each.executable, each.sendable) for each in view.legs] == [
        (legs.Where.REVERTED, True, True)
    ] * 2
    with refused("desk.atomic-would-refuse", Refused, failing=f"{cast.SELLER.safe} (GS013)", count=2):
        await mending.retry(table.desk, cycle, operations, "Too early.")
    topped_up(table, node, cast.SELLER.safe, euro(table))
    await mending.retry(table.desk, cycle, operations, "The Safe holds its euros again.")
    again = {each.transaction for each in stage.live(table, cycle)}
    assert len(again) == 1
    assert sent not in again
    assert all(each.others == (sent,) for each in stage.live(table, cycle))
    await final(table, cycle)


async def test_a_stuck_call_for_both_is_replaced_by_one_that_pays_more(table: Table, node: AnvilNode) -> None:
    cycle = await story.signed(table)
    operations = table.author("operations")
    await story.released(table, cycle)
    node.rpc("evm_setAutomine", False)
    await releasing.broadcast(table.desk, cycle, operations)
    (sent,) = {each.transaction for each in stage.live(table, cycle)}
    await mending.raise_fees(table.desk, cycle, operations, "The blocks are full.")
    (raised,) = {each.transaction for each in stage.live(table, cycle)}
    assert raised != sent
    node.rpc("anvil_mine", "0x1")
    assert node.rpc("eth_getTransactionReceipt", sent) is None
    assert node.receipt(raised or "")["status"] == "0x1"
    await final(table, cycle)


FALSE_TO_ALL = "0x5f5f5260205ff3"
ONE_LESS = (
    "0x602435600190035f52"  # the amount less one
    f"600435337f{arrivals.TRANSFER_TOPIC.hex()}60205fa3"  # Transfer(caller, receiver, that)
    "60015f5260205ff3"  # true
)
"""What a token's proxy is upgraded to: code that answers `false` whatever it is asked; code that keeps one unit of a payment."""


def upgraded(node: AnvilNode, token: Address, code: str) -> str:
    """Another code in the token's place, over the same storage; the code before."""
    before = str(node.rpc("eth_getCode", hexed(token), "latest"))
    node.rpc("anvil_setCode", hexed(token), code)
    return before


@pytest.mark.parametrize("code", [FALSE_TO_ALL, ONE_LESS], ids=["answers false", "keeps one unit"])
async def test_a_stranger_executes_a_leg_whose_token_was_upgraded_and_nobody_books_it_as_paid(
    table: Table, node: AnvilNode, code: str
) -> None:
    """Past the trial: the Safe says that it executed, and what is owed did not move. The other leg is not sent after it."""
    cycle = await story.signed(table)
    operations = table.author("operations")
    await story.released(table, cycle)
    before = upgraded(node, euro(table), code)
    stranger = by_a_stranger(table, node, cycle, cast.SELLER.safe)
    upgraded(node, euro(table), before)
    assert (await table.stage.ethereum.observe(stranger)).executed == (
        story.said(table, story.leg(table, cycle, cast.SELLER.safe)),
    )
    for act in (releasing.broadcast, releasing.observe):
        with refused("desk.executed-otherwise", Refused, transaction=stranger):
            await act(table.desk, cycle, operations)
    assert not node.outbox.outgoing
    assert not any(each.seen or each.transaction for each in stage.live(table, cycle))
    view = await legs.look(table.desk, table.story.contract, table.stage.clock.now_ms())
    assert {each.where for each in view.legs} == {legs.Where.OTHERWISE, legs.Where.UNSENT}


async def test_a_token_upgraded_between_trial_and_block_fails_its_leg_which_is_paid_anew(
    table: Table, node: AnvilNode
) -> None:
    """The call for both: dollars move, euros do not. The log has the one; the other is the custodian's break, then paid."""
    cycle = await story.signed(table)
    operations = table.author("operations")
    await story.released(table, cycle)
    node.rpc("evm_setAutomine", False)
    await releasing.broadcast(table.desk, cycle, operations)
    before = upgraded(node, euro(table), FALSE_TO_ALL)
    node.rpc("anvil_mine", "0x1")
    node.rpc("evm_setAutomine", True)
    upgraded(node, euro(table), before)
    first = story.leg(table, cycle, cast.SELLER.safe)
    assert node.receipt(first.transaction or "")["status"] == "0x1"
    with refused("desk.executed-otherwise", Refused, transaction=first.transaction or ""):
        await releasing.observe(table.desk, cycle, operations)
    assert [story.leg(table, cycle, each).seen for each in (cast.SELLER.safe, cast.BUYER.safe)] == [False, True]
    assert (await story.held(table, table.stage.ethereum))[cast.SELLER.safe] == (1, DOLLARS, story.EUROS)

    node.rpc("anvil_mine", hex(cast.CONFIRMATIONS))
    await mending.record_failure(table.desk, operations, first.hash, "The token answered false.")
    assert stage.stands(table, table.story.contract) == "failed"
    [owed] = table.desk.state.breaks[cycle]
    assert (owed.units, owed.group.vaults) == (story.EUROS, (cast.SELLER.safe,))
    assert (first.transaction or "?") in reason(table, owed.opened)
    await preparing.prepare(table.desk, operations, cycle, rate=cast.RATE)
    anew = story.leg(table, cycle, cast.SELLER.safe)
    assert anew.nonce == (first.nonce or 0) + 1
    await table.officer.synchronise()
    await stage.attested(table, cycle)
    await table.officer.sign(anew.hash, silent)
    assert (await stage.cold_sees(table, anew.hash))["may_sign"]
    await stage.cold_signs(table)
    await story.released(table, cycle)
    await releasing.broadcast(table.desk, cycle, operations)
    node.rpc("anvil_mine", hex(cast.CONFIRMATIONS))
    await releasing.observe(table.desk, cycle, operations)
    await releasing.make_final(table.desk, cycle)
    assert table.contract_state == "final"
    assert (await story.held(table, table.stage.ethereum))[cast.SELLER.safe] == (2, DOLLARS, 0)
    assert await stage.books_balance(table)
