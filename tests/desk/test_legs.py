"""A released settlement seen through from an operations officer's console: looked at, sent, sent again, its failure recorded."""

from itertools import count

import pytest

from countersign.demonstration import cast
from countersign.desk import releasing
from countersign.desk.legs import ChainLeg, LegsView, Where
from countersign.desk.operations import Operations
from countersign.desk.replica import Replica
from countersign.desk.vouching import Nodes
from countersign.errors import Refused, Unavailable
from support.contrary_chains import Dropping, Forgetful, Refusing, desk_over
from support.refusals import refused
from support.software_stage import Table


@pytest.fixture
async def released(table: Table) -> Table:
    """Both quorums and the release; nothing is sent."""
    await table.until("step-usb")
    release = await releasing.make_release(table.desk, table.story.cycle, table.author("operations"), "compliance")
    await releasing.check_release(table.desk, release, table.author("compliance"))
    return table


_CONSOLES = count(1)


def console(table: Table, officer: str = "operations", bitcoin: object = None, ethereum: object = None) -> Operations:
    """A console of its own; its nodes may be contrary while the desk's are not."""
    stage = table.stage
    nodes = Nodes({cast.BITCOIN: bitcoin or stage.bitcoin}, {cast.ETHEREUM: ethereum or stage.ethereum})  # type: ignore[dict-item]
    replica = Replica(stage.profile(f"{officer}-{next(_CONSOLES)}"), stage.clock)
    return Operations(replica, table.desk, table.author(officer), table.desk.scribe, stage.clock, nodes)


def leg(view: LegsView, kind: str) -> ChainLeg:
    return next(each for each in view.legs if each.kind == kind)


def where(view: LegsView) -> dict[str, str]:
    return {each.kind: each.where.value for each in view.legs}


async def test_what_was_released_is_sent_and_what_the_chains_say_is_logged(released: Table) -> None:
    operations, contract = console(released), released.story.contract
    view = await operations.look(contract)
    assert (where(view), view.state) == ({"psbt": "unsent", "safe-tx": "unsent"}, "released")
    assert all(each.sendable and each.executable for each in view.legs)
    assert [(each.payer, each.amount.units) for each in leg(view, "psbt").owed] == [
        (f"{cast.SELLER.name} (main)", cast.SOLD)
    ]
    view = await operations.send(contract, "")
    assert (where(view), view.state) == ({"psbt": "block", "safe-tx": "block"}, "settling")
    assert not any(each.sendable or each.seen or each.same for each in view.legs)
    view = await operations.observe(contract)
    assert all(each.seen and each.same and each.confirmations for each in view.legs)


async def test_a_leg_that_a_chain_refused_is_recorded_as_failed_and_sent_again(released: Table) -> None:
    contract, token = released.story.contract, released.stage.outside.token()
    contrary = console(released, ethereum=Refusing(released.stage.ethereum, "chains.ethereum-refused"))
    with refused("chains.ethereum-refused", Refused):
        await contrary.send(contract, "")
    view = await contrary.look(contract)
    assert where(view) == {"psbt": "block", "safe-tx": "unsent"}
    objection = leg(view, "safe-tx").objection
    assert objection is not None
    assert objection.code == "settlement.nothing-delivered"  # the log does not know yet that the other was
    view = await contrary.observe(contract)
    safe = leg(view, "safe-tx")
    assert (safe.objection, safe.executable, safe.failed) == (None, True, False)
    assert leg(view, "psbt").objection is not None
    view = await contrary.record_failure(contract, safe.instruction, "The node refused it: too little gas.")
    assert (view.state, leg(view, "safe-tx").failed, leg(view, "psbt").failed) == ("failed", True, False)
    account = next(
        each for each in released.desk.state.ledger.balances if (each.lei, each.asset) == (cast.HARBOUR, token)
    )
    assert released.desk.state.ledger.balance(account).held == cast.PAID
    with refused("settlement.failed-already", Refused):
        await contrary.record_failure(contract, safe.instruction, "Again.")
    view = await console(released).send(contract, "Sent again.")
    view = await console(released).observe(contract)
    assert (view.state, where(view), leg(view, "safe-tx").failed) == (
        "settling",
        {"psbt": "block", "safe-tx": "block"},
        True,  # the custodian's break closes when the settlement is final
    )


async def test_a_transaction_that_no_node_has_any_more_is_replaced_by_another_and_the_log_names_both(
    released: Table,
) -> None:
    contract, dropping = released.story.contract, Dropping(released.stage.ethereum)
    lost = desk_over(released, ethereum=dropping)
    await releasing.broadcast(lost, released.story.cycle, released.author("operations"))
    dropping.dropped = True
    operations = console(released)
    await operations.observe(contract)
    view = await operations.look(contract)
    assert (leg(view, "safe-tx").where, leg(view, "safe-tx").transaction) == (Where.NOWHERE, Dropping.NAME)
    view = await operations.send(contract, "The first was dropped.")
    assert leg(view, "safe-tx").where is Where.BLOCK
    assert released.live("safe-tx").others == (Dropping.NAME,)


async def test_what_can_never_execute_is_told_and_is_not_sendable(released: Table) -> None:
    contract = released.story.contract
    contrary = console(released, ethereum=Refusing(released.stage.ethereum, "chains.ethereum-refused"))
    with refused("chains.ethereum-refused", Refused):
        await contrary.send(contract, "")
    await contrary.observe(contract)
    for safe in released.stage.ethereum.safes.values():
        safe.nonce += 1
    found = leg(await contrary.look(contract), "safe-tx")
    assert (found.executable, found.sendable, found.objection) == (False, False, None)
    view = await contrary.record_failure(contract, found.instruction, "Its nonce is used.")
    assert not released.live("safe-tx").executable
    assert isinstance(leg(view, "safe-tx").objection, Refused)


async def test_the_desk_does_not_sign_beside_what_its_own_node_sees_delivered(released: Table) -> None:
    contract = released.story.contract
    operations = console(released)
    await operations.send(contract, "")
    psbt = released.live("psbt")
    blind = console(released, bitcoin=Forgetful(released.stage.bitcoin, gone={psbt.transaction or ""}))
    await operations.observe(contract)
    assert leg(await blind.look(contract), "psbt").where is Where.WAITING
    size = released.desk.state.size
    with pytest.raises(Refused) as error:
        await blind.record_failure(contract, psbt.hash, "My node does not see it.")
    assert error.value.code in ("desk.executed-after-all", "desk.other-executable")
    assert released.desk.state.size == size


async def test_without_a_node_nothing_is_claimed(released: Table) -> None:
    stage = released.stage
    replica = Replica(stage.profile("blind"), stage.clock)
    blind = Operations(
        replica, released.desk, released.author("operations"), released.desk.scribe, stage.clock, Nodes()
    )
    with refused("desk.no-node", Unavailable):
        await blind.look(released.story.contract)


async def test_before_the_release_and_without_the_role_there_is_nothing_to_do(table: Table) -> None:
    await table.until("step-usb")
    operations = console(table)
    with refused("desk.not-on-chains", Refused):
        await operations.look(table.story.contract)
    assert not operations.on_chains(table.story.contract)
    assert not operations.on_chains("00" * 32)
    with refused("desk.not-operations", Refused):
        await console(table, "compliance").send(table.story.contract, "")
