"""One transaction may carry several Safes of a settlement, and nobody else's; what somebody else sent counts, and is said to be."""

from dataclasses import replace

import pytest

from countersign.errors import Refused
from countersign.settlement import carrying
from countersign.settlement.netting import Group
from countersign.settlement.records import ContractState, Instruction
from countersign.settlement.state import State
from support import settlement_world as world
from support import trouble_world as trouble
from support.refusals import refused
from support.settlement_world import Desk, Trade

TOGETHER = "0x" + "5a" * 32


def released() -> tuple[Desk, Trade]:
    desk, trade = trouble.begun("signed")
    desk.log(*trouble.release(desk, trade, *desk.state.live(desk.state.cycle(trade.cycle))))
    return desk, trade


def beside(desk: Desk, trade: Trade, **changes: object) -> tuple[State, Instruction]:
    """A state in which another Safe's instruction of the settlement has this transaction, but for what is changed."""
    safe = trouble.live(desk, trade, "safe-tx")
    group = Group(safe.group.chain, "safe-tx", ("another-safe",))
    other = replace(safe, hash="aa" * 32, group=group, transaction=TOGETHER)
    other = replace(other, **changes)  # type: ignore[arg-type]
    state = desk.state
    state = replace(
        state,
        instructions=state.instructions.set(other.hash, other),
        transactions=state.transactions.set(TOGETHER, other.hash),
    )
    return state, safe


def test_the_safes_of_one_settlement_may_share_one_transaction() -> None:
    state, safe = beside(*released())
    carrying.check_together(state, safe, TOGETHER)
    carrying.check_free(state, safe, TOGETHER)


def test_another_settlements_safe_is_executed_with_it_by_strangers_only() -> None:
    state, safe = beside(*released(), cycle="another-cycle")
    carrying.check_free(state, safe, TOGETHER)
    with refused("settlement.transaction-taken", Refused):
        carrying.check_together(state, safe, TOGETHER)


def test_a_safes_next_number_is_executed_with_the_one_before_by_strangers_after_a_reorganisation() -> None:
    desk, trade = released()
    before = trouble.live(desk, trade, "safe-tx")
    state, safe = beside(desk, trade, group=before.group, nonce=(before.nonce or 0) + 1, cycle="another-cycle")
    carrying.check_free(state, safe, TOGETHER)
    state, safe = beside(desk, trade, group=before.group, cycle="another-cycle")
    assert taken(state, safe) == "settlement.transaction-taken"


def taken(state: State, instruction: Instruction, transaction: str = TOGETHER) -> str:
    with pytest.raises(Refused) as caught:
        carrying.check_free(state, instruction, transaction)
    return caught.value.code


def test_what_does_not_share() -> None:
    desk, trade = released()
    state, safe = beside(desk, trade)
    assert taken(state, replace(safe, transaction=TOGETHER)) == "settlement.transaction-taken"
    assert taken(state, replace(safe, others=(TOGETHER,))) == "settlement.transaction-taken"
    assert taken(state, safe, "5a" * 32) == "settlement.transaction-chain"
    for group in (safe.group, Group("eip155:5", "safe-tx", ("another-safe",)), trouble.live(desk, trade, "psbt").group):
        state, safe = beside(desk, trade, group=group)
        assert taken(state, safe) == "settlement.transaction-taken"


def test_a_safes_transaction_that_somebody_else_sent_counts_and_is_said_to_be() -> None:
    desk, trade = released()
    safe = trouble.live(desk, trade, "safe-tx")
    desk.log(*trouble.observed(safe, 1, transaction=TOGETHER))
    known = trouble.live(desk, trade, "safe-tx")
    assert (known.transaction, known.stranger, known.by_stranger, known.seen) == (TOGETHER, TOGETHER, True, True)
    assert desk.stands(trade) is ContractState.SETTLING
    psbt = trouble.live(desk, trade, "psbt")
    desk.log(*trouble.broadcast(psbt))
    assert (
        desk.attempt(*trouble.observed(psbt, 1, transaction=world.digest("a stranger's"))) == "settlement.not-broadcast"
    )
    desk.log(*trouble.observed(psbt, 1))
    for owner in world.OWNERS:
        desk.log("delivery.confirmed", [owner], {"contract": trade.hash})
    desk.log("settlement.final", ["desk"], {"cycle": trade.cycle})
    assert desk.state.ledger.balances_with_totals()


def test_one_that_was_sent_here_is_no_strangers_even_after_one() -> None:
    desk, trade = released()
    safe = trouble.live(desk, trade, "safe-tx")
    desk.log(*trouble.broadcast(safe))
    sent = trouble.transaction_of(safe)
    desk.log(*trouble.observed(safe, 1, transaction=TOGETHER))
    known = trouble.live(desk, trade, "safe-tx")
    assert (known.transaction, known.others, known.by_stranger) == (TOGETHER, (sent,), True)
    desk.log(*trouble.observed(known, 0))  # a reorganisation
    desk.log(*trouble.observed(known, 1, transaction=sent, block="another"))
    known = trouble.live(desk, trade, "safe-tx")
    assert (known.transaction, known.others, known.by_stranger, known.stranger) == (sent, (TOGETHER,), False, TOGETHER)


def test_who_is_left_behind_is_the_safe_of_the_same_chain_that_is_in_no_block() -> None:
    desk, trade = released()
    state, safe = beside(desk, trade, transaction=None)
    cycle = state.cycle(trade.cycle)
    other = state.instruction("aa" * 32)
    groups = (*cycle.groups, other.group)
    cycle = replace(cycle, groups=groups, instructions=cycle.instructions.set(other.group, other.hash))
    assert carrying.left_behind(state, cycle) == ()
    desk.log(*trouble.observed(safe, 1, transaction=TOGETHER))
    split = replace(state, instructions=state.instructions.set(safe.hash, trouble.live(desk, trade, "safe-tx")))
    assert carrying.left_behind(split, cycle) == (other,)
    own = replace(trouble.live(desk, trade, "safe-tx"), stranger=None)
    assert carrying.left_behind(replace(state, instructions=state.instructions.set(safe.hash, own)), cycle) == ()


def test_how_a_settlement_reaches_its_chains() -> None:
    desk, trade = trouble.begun("signed")
    state, record = desk.state, desk.state.contract(trade.hash)
    cycle = state.cycle(trade.cycle)
    safe = next(each for each in cycle.groups if each.kind == "safe-tx")
    other = Group(safe.chain, "safe-tx", ("another-safe",))
    for groups, code in (
        (cycle.groups, "settlement.delivery-chains"),
        ((safe,), "settlement.delivery-one"),
        ((safe, other), "settlement.delivery-atomic"),
        ((safe, replace(other, chain="eip155:5")), "settlement.delivery-chains"),
    ):
        changed = replace(state, cycles=state.cycles.set(cycle.id, replace(cycle, groups=groups)))
        assert carrying.delivery(changed, record) == code
    assert (
        carrying.delivery(replace(state, cycles=state.cycles.delete(cycle.id)), record) == "settlement.delivery-chains"
    )
