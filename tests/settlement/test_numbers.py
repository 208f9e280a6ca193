"""A Safe's numbers that something outside the log used: passed by, told, and never a way to pay twice or out of turn."""

from dataclasses import replace

import pytest

from countersign.settlement import numbers
from countersign.settlement.house_records import Outside
from countersign.settlement.records import ContractState, Instruction
from countersign.settlement.roster import SafeVault
from settlement.test_owning import SAFE, A, C, D, enough, order, sent
from settlement.test_owning import refused as order_refused
from settlement.test_owning import signed as order_signed
from support import settlement_world as world
from support import trouble_world as trouble
from support.settlement_world import Desk, Trade

BY = ["operations"]


def settled() -> tuple[Desk, Trade]:
    """A desk whose Safe used number 0, and a second trade that waits for its instructions, its PSBT prepared."""
    desk = world.founded(bitcoin=90_000_000_000, dollars=90_000_000_000_000)
    desk.play(desk.trade())
    trade = desk.trade()
    desk.play(trade, until="held")
    desk.log("cycle.closed", ["desk"], world.builder.cycle_body(trade.cycle, [trade.hash], world.START))
    desk.log("instruction.prepared", BY, world.psbt_body(trade))
    return desk, trade


def prepare(desk: Desk, trade: Trade, nonce: int, **changes: object) -> Instruction:
    desk.log("instruction.prepared", BY, {**desk.safe_body(trade), "nonce": nonce, **changes})
    return trouble.live(desk, trade, "safe-tx")


def code(desk: Desk, trade: Trade, nonce: int) -> str | None:
    return desk.attempt("instruction.prepared", BY, {**desk.safe_body(trade), "nonce": nonce})


def compare(desk: Desk, as_of: int | None = None) -> None:
    size = len(desk.entries) if as_of is None else as_of
    body = {"as_of": size, "report": world.digest(f"report {size}"), "accounts": 2, "breaks": 1}
    desk.log("reconciliation.recorded", ["desk", "operations"], body)


def test_a_later_number_is_prepared_and_those_before_it_are_told_as_used_outside_the_log() -> None:
    desk, trade = settled()
    assert code(desk, trade, 0) == "E8.nonce"
    prepare(desk, trade, 3)
    assert numbers.outside(desk.state, SAFE) == (Outside(1, 2, desk.state.size - 1),)
    assert desk.state.safes[SAFE].executed == 2
    near, other = settled()
    prepare(near, other, 1)
    assert numbers.outside(near.state, SAFE) == ()


def test_nothing_is_paid_from_the_safe_before_its_books_were_compared() -> None:
    desk, trade = settled()
    compare(desk)
    instruction = prepare(desk, trade, 3)
    share = trouble.share(instruction, "officer-a")
    assert desk.attempt(*share) == "settlement.safe-uncompared"
    stale = desk.copy()
    compare(stale, stale.state.size - 1)  # books of a place before the numbers were told
    assert stale.attempt(*share) == "settlement.safe-uncompared"
    assert desk.attempt(*trouble.share(trouble.live(desk, trade, "psbt"), "officer-a")) is None
    compare(desk)
    assert desk.attempt(*share) is None
    desk.play_rest(trade)
    assert desk.stands(trade) is ContractState.FINAL
    assert desk.state.safes[SAFE].executed == 3


def test_a_number_told_as_used_may_be_named_again_until_the_log_saw_a_later_one_used() -> None:
    desk, trade = settled()
    prepare(desk, trade, 9)
    prepare(desk, trade, 4)  # the chain went back, or the first was a lie
    assert numbers.outside(desk.state, SAFE) == (Outside(1, 3, desk.state.size - 2),)
    prepare(desk, trade, 1)
    assert (numbers.outside(desk.state, SAFE), desk.state.safes[SAFE].executed) == ((), 0)
    prepare(desk, trade, 4)
    compare(desk)
    desk.play_rest(trade)
    third = desk.trade()
    desk.play(third, until="held")
    desk.log("cycle.closed", ["desk"], world.builder.cycle_body(third.cycle, [third.hash], world.START))
    assert [code(desk, third, each) for each in (1, 3, 4, 5)] == ["E8.nonce", "E8.nonce", "E8.nonce", None]


def test_of_a_safe_that_never_executed_the_lowest_prepared_number_is_the_next() -> None:
    desk = world.founded()
    trade = desk.trade()
    desk.play(trade, until="instructed")
    prepare(desk, trade, 2)
    assert [(each.first, each.last) for each in numbers.outside(desk.state, SAFE)] == [(0, 1)]


def test_another_settlement_s_instruction_keeps_the_safe_whatever_number_is_named() -> None:
    desk, trade = settled()
    prepare(desk, trade, 1)
    other = desk.trade()
    desk.play(other, until="held")
    desk.log("cycle.closed", ["desk"], world.builder.cycle_body(other.cycle, [other.hash], world.START))
    assert code(desk, other, 7) == "settlement.safe-busy"


def test_what_has_shares_gives_its_place_to_a_void_under_a_later_number_only() -> None:
    desk, trade = trouble.begun("partly signed")
    old = trouble.live(desk, trade, "safe-tx")
    desk.log(*trouble.share(old, "officer-a"))
    assert code(desk, trade, 2) == "settlement.wrong-state"
    kind, names, body = trouble.prepared(trade, old, "void")
    desk.log(kind, names, {**body, "nonce": 2})
    void = trouble.live(desk, trade, "safe-tx")
    assert (void.void, void.nonce, desk.state.safes[SAFE].pending) == (True, 2, void.hash)
    assert [(each.first, each.last) for each in numbers.outside(desk.state, SAFE)] == [(0, 1)]
    trouble.signed(desk, void)  # it pays nobody: no books need be compared


def test_a_void_comes_back_to_the_number_of_what_it_voids_where_the_later_one_was_wrong() -> None:
    desk, trade = trouble.begun("partly signed")
    old = trouble.live(desk, trade, "safe-tx")
    desk.log(*trouble.share(old, "officer-a"))
    kind, names, body = trouble.prepared(trade, old, "void")
    desk.log(kind, names, {**body, "nonce": 5})
    wrong = trouble.live(desk, trade, "safe-tx")
    kind, names, body = trouble.prepared(trade, wrong, "void", 2)
    desk.log(kind, names, {**body, "nonce": 0})
    assert (trouble.live(desk, trade, "safe-tx").nonce, numbers.outside(desk.state, SAFE)) == (0, ())


@pytest.mark.parametrize("mined", [True, False])
def test_what_was_sent_is_voided_under_a_later_number_unless_a_leg_of_it_is_in_a_block(mined: bool) -> None:
    desk, trade = trouble.begun("signed")
    desk.log(*trouble.release(desk, trade, *desk.state.live(desk.state.cycle(trade.cycle))))
    for kind in ("psbt", "safe-tx"):
        desk.log(*trouble.broadcast(trouble.live(desk, trade, kind)))
    if mined:
        desk.log(*trouble.observed(trouble.live(desk, trade, "psbt"), 1))
    old = trouble.live(desk, trade, "safe-tx")
    kind, names, body = trouble.prepared(trade, old, "void")
    assert desk.attempt(kind, names, body) == "settlement.wrong-state"
    assert desk.attempt(kind, names, {**body, "nonce": 1}) == ("settlement.wrong-state" if mined else None)
    if mined:
        return
    desk.log(kind, names, {**body, "nonce": 1})
    desk.log(*trouble.prepared(trade, trouble.live(desk, trade, "psbt"), "void"))
    voids = desk.state.live(desk.state.cycle(trade.cycle))
    for officer in ("officer-a", "officer-c"):
        for each in voids:
            desk.log(*trouble.share(each, officer))
    voids = desk.state.live(desk.state.cycle(trade.cycle))
    desk.log(*trouble.release(desk, trade, *voids))
    for each in voids:
        desk.log(*trouble.broadcast(each))
        desk.log(*trouble.observed(trouble.live(desk, trade, each.group.kind), 12))
    desk.log("settlement.voided", ["desk"], {"cycle": trade.cycle})
    assert desk.stands(trade) is ContractState.VOIDED


def test_a_change_of_owners_names_a_later_number_and_one_that_took_effect_is_taken_back_all_the_same() -> None:
    desk = world.founded()
    name = order(desk, (A, C), 2)
    order_signed(desk, name, A, C)
    sent(desk, name)
    desk.log(*trouble.observed(desk.state.instruction(name), enough(desk)))
    assert order_refused(desk, (A, C, D), 3, nonce=0) == "E8.nonce"
    order(desk, (A, C, D), 3, nonce=6)
    assert [(each.first, each.last) for each in numbers.outside(desk.state, SAFE)] == [(1, 5)]
    kind, names, body = trouble.observed(desk.state.instruction(name), enough(desk))
    desk.log(kind, names, {**body, "block": None, "height": None, "confirmations": 0})
    assert desk.state.safes[SAFE].pending == name
    assert numbers.outside(desk.state, SAFE) == ()


def test_where_two_quorums_need_share_nobody_a_contract_asked_for_under_a_lost_number_is_asked_for_no_more() -> None:
    """Of a 2-of-4 Safe two may have signed what used the number, and the other two would not know."""
    desk, trade = trouble.begun("instructed")
    assert code(desk, trade, 2) is None
    vault = desk.state.roster.vault(SAFE)
    assert isinstance(vault, SafeVault)
    extra = ("a" * 43, "b" * 43)[: max(0, 4 - len(vault.keys))]
    wide = replace(vault, keys=tuple(sorted((*vault.keys, *extra))), threshold=2)
    desk.state = replace(desk.state, roster=replace(desk.state.roster, vaults=desk.state.roster.vaults.set(SAFE, wide)))
    assert code(desk, trade, 2) == "settlement.both-payable"
    assert code(desk, trade, 0) is None
