"""A declared child lifts what waits for a block: who may, over which coins, and what it costs whom, to the satoshi."""

from dataclasses import replace
from typing import Any

import pytest

from countersign.settlement import deed_words, staleness
from countersign.settlement.deadlines import deadlines
from countersign.settlement.ledger import Account
from countersign.settlement.records import ContractState
from support import settlement_world as world
from support import trouble_world as trouble
from support.settlement_world import Desk, Trade
from support.trouble_world import FEE

CHILD_FEE = 2_345


def fees(desk: Desk) -> int:
    return desk.state.ledger.totals[world.BTC].network_fees


def finish(desk: Desk, trade: Trade) -> None:
    desk.log("settlement.final", ["desk"], {"cycle": trade.cycle})


def test_a_child_is_declared_by_operations_and_compliance_and_takes_nobodys_place() -> None:
    desk, trade, parent = trouble.stuck()
    kind, _, body = trouble.lifted(trade, parent)
    assert desk.attempt(kind, ["operations"], body) == "settlement.declared-alone"
    assert desk.attempt(kind, ["compliance"], body) == "settlement.wrong-signers"
    desk.log(*trouble.lifted(trade, parent))
    child = trouble.child_of(desk, parent)
    assert (child.purpose, child.lifts, child.replaces, child.hands) == (
        "child", parent.hash, None, ("operations", "compliance")
    )  # fmt: skip
    assert desk.state.owed(child) == ()
    assert trouble.live(desk, trade, "psbt").hash == parent.hash
    assert desk.stands(trade) is ContractState.SETTLING
    for officer in ("operations", "compliance"):
        assert desk.attempt(*trouble.share(child, officer)) is not None


def test_both_fees_are_charged_to_the_satoshi_when_both_are_mined() -> None:
    desk, trade, parent = trouble.stuck()
    child = trouble.child_sent(desk, trade, parent)
    desk.log(*trouble.observed(child, 3, fee=CHILD_FEE))
    assert desk.attempt("settlement.final", ["desk"], {"cycle": trade.cycle}) == "settlement.not-observed"
    desk.log(*trouble.observed(parent, 3))
    before = desk.state.ledger.balance(Account(world.MERIDIAN, "main", world.BTC)).total
    finish(desk, trade)
    assert fees(desk) == FEE + CHILD_FEE
    paid = sum(each.amount for each in desk.state.cycle(trade.cycle).obligations if each.asset == world.BTC)
    after = desk.state.ledger.balance(Account(world.MERIDIAN, "main", world.BTC))
    assert before - after.total == paid + FEE + CHILD_FEE
    assert after.held == 0
    assert desk.state.ledger.balances_with_totals()


def test_both_fees_together_stay_within_one_cap() -> None:
    cap = 50_000
    for first, second in (("parent", "child"), ("child", "parent")):
        desk, trade, parent = trouble.stuck()
        named = {"parent": parent, "child": trouble.child_sent(desk, trade, parent)}
        desk.log(*trouble.observed(named[first], 1, fee=cap - 1_000))
        over, most = (trouble.observed(named[second], 1, fee=each) for each in (1_001, 1_000))
        assert desk.attempt(*over) == "settlement.fee-cap"
        assert desk.attempt(*most) is None


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"lifts": world.digest("nobody")}, "settlement.unknown-instruction"),
        ({"contracts": [world.digest("another")]}, "settlement.instruction-contracts"),
        ({"vaults": ["harbour-btc"]}, "settlement.not-owed"),
        ({"replaces": world.digest("nobody")}, "settlement.child-already"),
    ],
)
def test_a_child_of_anything_else_is_refused(change: dict[str, Any], code: str) -> None:
    desk, trade, parent = trouble.stuck()
    assert desk.attempt(*trouble.lifted(trade, parent, **change)) == code
    assert desk.attempt(*trouble.lifted(trade, parent)) is None


@pytest.mark.parametrize("outpoint", ["another transaction", "two of one vault"])
def test_a_child_spends_one_output_of_its_parent_for_each_vault_and_nothing_else(outpoint: str) -> None:
    desk, trade, parent = trouble.stuck()
    honest = {"outpoint": f"{parent.transaction}:1", "vault": "meridian-btc", "slot": 2}
    other = {**honest, "outpoint": f"{world.digest('elsewhere')}:1"}
    wrong = (
        [other] if outpoint == "another transaction" else [honest, {**honest, "outpoint": f"{parent.transaction}:0"}]
    )
    assert desk.attempt(*trouble.lifted(trade, parent, spends=wrong)) == "settlement.child-coins"
    assert desk.attempt(*trouble.lifted(trade, parent, spends=[honest])) is None


def test_only_what_was_sent_and_waits_for_a_block_is_lifted() -> None:
    desk, trade = trouble.begun("signed")
    parent = trouble.live(desk, trade, "psbt")
    kind, names, body = trouble.lifted(trade, replace(parent, transaction=trouble.transaction_of(parent)))
    assert desk.attempt(kind, names, body) == "settlement.child-parent-unsent"
    desk, trade, parent = trouble.stuck()
    safe = trouble.live(desk, trade, "safe-tx")
    assert desk.attempt(*trouble.lifted(trade, safe)) == "settlement.child-parent"
    seen = desk.copy()
    seen.log(*trouble.observed(parent, 1))
    assert seen.attempt(*trouble.lifted(trade, parent)) == "settlement.already-executed"
    seen.log(*trouble.observed(parent, 0))
    assert seen.attempt(*trouble.lifted(trade, parent)) is None


def test_nothing_but_a_child_spends_what_is_unconfirmed() -> None:
    desk, trade, parent = trouble.stuck()
    desk.deposit("meridian", world.BTC, 30_000_000_000, 8)
    desk.deposit("harbour", world.USDC, 25_000_000_000_000, 9)
    other = desk.trade()
    desk.play(other, until="held")
    desk.log("cycle.closed", ["desk"], world.builder.cycle_body(other.cycle, [other.hash], world.START))
    body = world.psbt_body(other)
    body = {**body, "spends": [{"outpoint": f"{parent.transaction}:1", "vault": "meridian-btc", "slot": 2}]}
    assert desk.attempt("instruction.prepared", ["operations"], body) == "settlement.coin-unconfirmed"
    desk.log(*trouble.lifted(trade, parent))
    assert desk.attempt("instruction.prepared", ["operations"], body) == "B12.outpoint-taken"


def test_a_child_is_no_parent_and_a_void_is_not_lifted() -> None:
    desk, trade, parent = trouble.stuck()
    child = trouble.child_sent(desk, trade, parent)
    assert desk.attempt(*trouble.lifted(trade, child, 2)) == "settlement.child-parent"
    desk, trade = trouble.begun("partly signed")
    trouble.void_declared(desk, trade)
    void = trouble.live(desk, trade, "psbt")
    trouble.signed(desk, void)
    desk.log(*trouble.release(desk, trade, void))
    desk.log(*trouble.broadcast(void))
    assert desk.attempt(*trouble.lifted(trade, trouble.live(desk, trade, "psbt"))) == "settlement.child-parent"


def test_a_second_child_takes_the_place_of_one_that_was_sent_over_the_same_coins() -> None:
    desk, trade, parent = trouble.stuck()
    desk.log(*trouble.lifted(trade, parent))
    first = trouble.child_of(desk, parent)
    assert desk.attempt(*trouble.lifted(trade, parent, 2)) == "settlement.child-already"
    trouble.signed(desk, first)
    again = trouble.lifted(trade, parent, 2, replaces=first.hash)
    assert desk.attempt(*again) == "settlement.child-unsent"
    desk.log(*trouble.release(desk, trade, first))
    desk.log(*trouble.broadcast(first))
    other = [{"outpoint": f"{parent.transaction}:0", "vault": "meridian-btc", "slot": 2}]
    assert desk.attempt(again[0], again[1], {**again[2], "spends": other}) == "settlement.replacement-coins"
    desk.log(*again)
    second = trouble.child_of(desk, parent)
    assert (second.replaces, desk.state.instruction(first.hash).superseded_by) == (first.hash, second.hash)
    # What was sent may be mined all the same: then it counts again, and its fee is what is charged.
    desk.log(*trouble.observed(desk.state.instruction(first.hash), 3, fee=CHILD_FEE))
    assert trouble.child_of(desk, parent).hash == first.hash
    desk.log(*trouble.observed(parent, 3))
    finish(desk, trade)
    assert fees(desk) == FEE + CHILD_FEE


def test_the_settlement_is_not_final_while_a_child_may_still_be_mined() -> None:
    desk, trade, parent = trouble.stuck()
    desk.log(*trouble.lifted(trade, parent))
    child = trouble.child_of(desk, parent)
    final = ("settlement.final", ["desk"], {"cycle": trade.cycle})
    trouble.signed(desk, child)
    desk.log(*trouble.observed(parent, 3))
    assert desk.attempt(*final) == "settlement.child-open"
    desk.log(*trouble.release(desk, trade, child))
    desk.log(*trouble.broadcast(child))
    assert desk.attempt(*final) == "settlement.child-open"
    desk.log(*trouble.observed(child, 1, fee=CHILD_FEE))
    desk.log(*trouble.observed(child, 0, fee=CHILD_FEE))
    assert desk.attempt(*final) == "settlement.child-open"
    desk.log(*trouble.observed(child, 1, block="another", fee=CHILD_FEE))
    assert desk.attempt(*final) is None


def test_a_child_that_nobody_can_send_is_dropped_when_its_parent_is_mined_alone() -> None:
    desk, trade, parent = trouble.stuck()
    desk.log(*trouble.lifted(trade, parent))
    child = trouble.child_of(desk, parent)
    trouble.signed(desk, child, "officer-a")
    desk.log(*trouble.observed(parent, 3))
    assert desk.attempt(*trouble.share(child, "officer-c")) == "settlement.already-executed"
    assert desk.attempt(*trouble.release(desk, trade, child)) == "settlement.wrong-state"
    finish(desk, trade)
    assert fees(desk) == FEE
    assert f"{parent.transaction}:1" not in desk.state.spending


def test_a_parent_that_is_replaced_takes_its_child_along_and_both_count_again_if_it_is_mined() -> None:
    desk, trade, parent = trouble.stuck()
    child = trouble.child_sent(desk, trade, parent)
    desk.log(*trouble.prepared(trade, parent, "replacement"))
    again = trouble.live(desk, trade, "psbt")
    assert [each.hash for each in desk.state.under_way(desk.state.cycle(trade.cycle)) if each.child] == []
    assert [each.hash for each in desk.state.replaced_by(again)] == [parent.hash, child.hash]
    assert desk.attempt(*trouble.lifted(trade, parent, 2, replaces=child.hash)) == "settlement.superseded"
    replaced = desk.copy()
    trouble.signed(replaced, again)
    replaced.log(*trouble.release(replaced, trade, again))
    replaced.log(*trouble.broadcast(again))
    replaced.log(*trouble.observed(trouble.live(replaced, trade, "psbt"), 3, fee=4_000))
    finish(replaced, trade)
    assert fees(replaced) == 4_000  # the child's coin never was
    for each, fee in ((child, CHILD_FEE), (parent, FEE)):
        desk.log(*trouble.observed(desk.state.instruction(each.hash), 3, fee=fee))
    assert trouble.live(desk, trade, "psbt").hash == parent.hash
    finish(desk, trade)
    assert fees(desk) == FEE + CHILD_FEE


def test_a_child_of_a_replaced_parent_takes_no_shares_and_is_not_sent() -> None:
    desk, trade, parent = trouble.stuck()
    desk.log(*trouble.lifted(trade, parent))
    child = trouble.child_of(desk, parent)
    sent = desk.copy()
    trouble.signed(sent, child)
    sent.log(*trouble.release(sent, trade, child))
    for each in (desk, sent):
        each.log(*trouble.prepared(trade, parent, "replacement"))
    assert desk.attempt(*trouble.share(child, "officer-a")) == "settlement.superseded"
    assert sent.attempt(*trouble.broadcast(child)) == "settlement.superseded"


def test_an_order_stops_a_child() -> None:
    desk, trade, parent = trouble.stuck()
    desk.log(*trouble.lifted(trade, parent))
    child = trouble.child_of(desk, parent)
    desk.log(*world.freeze_step())
    assert desk.attempt(*trouble.lifted(trade, parent, 2, replaces=child.hash)) == "settlement.frozen"
    assert desk.attempt(*trouble.share(child, "officer-a")) == "settlement.frozen"


def test_no_settlement_fails_by_a_child() -> None:
    desk, trade, parent = trouble.stuck()
    child = trouble.child_sent(desk, trade, parent)
    assert desk.attempt(*trouble.failed(trade, child)) == "settlement.child-no-leg"
    assert desk.attempt(*trouble.failed(trade, parent)) is None


def test_a_child_that_waits_for_shares_has_a_deadline_until_its_parent_is_mined() -> None:
    desk, trade, parent = trouble.stuck()
    desk.log(*trouble.lifted(trade, parent))
    child = trouble.child_of(desk, parent)
    record, now = desk.state.contracts[trade.hash], desk.now_ms // 1_000
    asked = child.time_ms // 1_000 + desk.state.adopted().request_lifetime_seconds
    assert asked in [each.at for each in deadlines(desk.state, record, now)]
    assert staleness.coin(desk.state, child) is None
    desk.log(*trouble.observed(parent, 1))
    record = desk.state.contracts[trade.hash]
    assert asked not in [each.at for each in deadlines(desk.state, record, now)]


def test_what_a_child_does_is_said_in_words() -> None:
    desk, trade, parent = trouble.stuck()
    kind, names, body = trouble.lifted(trade, parent)
    event = world.events.parse(desk.copy().log(kind, names, body).event)
    said = [each.then for each in deed_words.declared(desk.state, event.body)]  # type: ignore[arg-type]
    assert [each.code for each in said if each] == ["deed.child", "deed.child-coins", "deed.child-fee"]
