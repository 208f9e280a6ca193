"""Declared instructions: two persons put a void or a replacement in the place of an instruction that has shares."""

import pytest

from countersign.settlement.records import ContractState
from support import settlement_world as world
from support import trouble_world as trouble
from support.trouble_world import DUAL


def test_a_fee_that_wants_both_is_consented_to_by_two_who_then_do_not_sign() -> None:
    desk, trade = trouble.begun("instructed")
    entry = world.officer_entry("officer-c")
    both = {**world.no_entries(), "officers": [entry | {"roles": ["compliance", "signing", "vault"]}]}
    desk.log("roster.changed", ["compliance", "officer-d"], both)
    desk.log("instruction.prepared", ["operations", "officer-c"], world.psbt_body(trade))
    psbt = trouble.live(desk, trade, "psbt")
    assert (psbt.purpose, psbt.preparer, psbt.declarer, psbt.declared) == (
        "settlement",
        "operations",
        "officer-c",
        False,
    )
    assert desk.attempt(*world.share_step(psbt.hash, "officer-c", "meridian-btc")) == "C5.preparer-signs"
    assert desk.attempt(*world.share_step(psbt.hash, "officer-a", "meridian-btc")) is None


def test_a_void_is_declared_by_operations_and_compliance_together() -> None:
    desk, trade = trouble.begun("instructed")
    psbt = trouble.live(desk, trade, "psbt")
    kind, _, body = trouble.prepared(trade, psbt, "void")
    desk.log(*world.share_step(psbt.hash, "officer-a", "meridian-btc"))
    assert desk.attempt(kind, ["operations"], body) == "settlement.declared-alone"
    assert desk.attempt(kind, ["operations", "officer-d"], body) == "settlement.wrong-signers"
    desk.log(kind, DUAL, body)
    void = trouble.live(desk, trade, "psbt")
    assert (void.purpose, void.preparer, void.declarer) == ("void", "operations", "compliance")


def test_who_prepared_a_void_or_declared_it_does_not_sign_it() -> None:
    entry = world.officer_entry("officer-c")
    desk, trade = trouble.begun("partly signed")
    both = {**world.no_entries(), "officers": [entry | {"roles": ["compliance", "signing", "vault"]}]}
    desk.log("roster.changed", ["compliance", "officer-d"], both)
    kind, _, body = trouble.prepared(trade, trouble.live(desk, trade, "psbt"), "void")
    desk.log(kind, ["operations", "officer-c"], body)
    void = trouble.live(desk, trade, "psbt")
    assert desk.attempt(*world.share_step(void.hash, "officer-c", "meridian-btc")) == "C5.preparer-signs"
    assert desk.attempt(*world.share_step(void.hash, "officer-a", "meridian-btc")) is None


def prepared_by_officer_d() -> tuple[world.Desk, world.Trade]:
    """Both instructions stand; the Bitcoin one was prepared by an officer who may sign as well."""
    desk = world.founded()
    entry = world.officer_entry("officer-d")
    both = {**world.no_entries(), "officers": [entry | {"roles": ["administrator", "operations", "vault"]}]}
    desk.log("roster.changed", ["compliance", "officer-d"], both)
    trade = desk.trade()
    desk.play(trade, until="held")
    desk.log("cycle.closed", ["desk"], world.builder.cycle_body(trade.cycle, [trade.hash], world.START))
    desk.log("instruction.prepared", ["officer-d"], world.psbt_body(trade))
    desk.log("instruction.prepared", ["operations"], desk.safe_body(trade))
    return desk, trade


def test_who_prepared_what_a_replacement_pays_again_does_not_sign_the_replacement() -> None:
    desk, trade = prepared_by_officer_d()
    psbt, safe = trouble.live(desk, trade, "psbt"), trouble.live(desk, trade, "safe-tx")
    for each in (psbt, safe):
        desk.log(*world.share_step(each.hash, "officer-a", each.group.vaults[0]))
    for each in (psbt, safe):
        desk.log(*world.share_step(each.hash, "officer-c", each.group.vaults[0]))
    desk.log(*trouble.release(desk, trade, psbt, safe))
    desk.log(*trouble.broadcast(psbt))
    desk.log(*trouble.prepared(trade, psbt, "replacement"))
    again = trouble.live(desk, trade, "psbt")
    assert desk.attempt(*world.share_step(again.hash, "officer-d", "meridian-btc")) == "C5.preparer-signs"
    assert desk.attempt(*world.share_step(again.hash, "officer-a", "meridian-btc")) is None


def test_who_prepared_what_a_void_ends_may_sign_the_void() -> None:
    desk, trade = prepared_by_officer_d()
    psbt = trouble.live(desk, trade, "psbt")
    desk.log(*world.share_step(psbt.hash, "officer-a", "meridian-btc"))
    assert desk.attempt(*world.share_step(psbt.hash, "officer-d", "meridian-btc")) == "C5.preparer-signs"
    desk.log(*trouble.prepared(trade, psbt, "void"))
    void = trouble.live(desk, trade, "psbt")
    assert desk.attempt(*world.share_step(void.hash, "officer-d", "meridian-btc")) is None


@pytest.mark.parametrize("until", ["held", "instructed"])
def test_before_the_first_share_nothing_is_voided(until: str) -> None:
    desk, trade = trouble.begun("instructed")
    step = trouble.prepared(trade, trouble.live(desk, trade, "psbt"), "void")
    assert desk.attempt(*step) == "settlement.wrong-state"


@pytest.mark.parametrize("state", ["partly signed", "signed", "released"])
def test_a_void_may_be_declared_until_something_was_sent(state: str) -> None:
    desk, trade = trouble.begun(state)
    psbt = trouble.live(desk, trade, "psbt")
    desk.log(*trouble.prepared(trade, psbt, "void"))
    assert desk.stands(trade) is ContractState.PARTLY_SIGNED
    assert desk.state.instruction(psbt.hash).superseded_by == trouble.live(desk, trade, "psbt").hash
    cancel = {"contract": trade.hash, "reason": "Called off."}
    assert desk.attempt("contract.cancelled", ["meridian", "harbour"], cancel) == "settlement.wrong-state"


def test_once_something_was_sent_nothing_is_voided() -> None:
    desk, trade = trouble.begun("settling")
    step = trouble.prepared(trade, trouble.live(desk, trade, "safe-tx"), "void")
    assert desk.attempt(*step) == "settlement.wrong-state"


def test_a_void_spends_the_same_coins_and_the_same_nonce() -> None:
    desk, trade = trouble.begun("partly signed")
    psbt, safe = trouble.live(desk, trade, "psbt"), trouble.live(desk, trade, "safe-tx")
    desk.log(*world.share_step(safe.hash, "officer-a", "harbour-safe"))
    kind, names, body = trouble.prepared(trade, psbt, "void")
    spends = body["spends"]
    assert isinstance(spends, list)
    assert desk.attempt(kind, names, {**body, "spends": spends[:2]}) == "settlement.void-coins"
    other = [*spends[:2], {**spends[2], "outpoint": f"{world.digest('another coin')}:0"}]
    assert desk.attempt(kind, names, {**body, "spends": other}) == "settlement.void-coins"
    kind, names, body = trouble.prepared(trade, safe, "void")
    assert desk.attempt(kind, names, {**body, "replaces": psbt.hash}) == "settlement.replaces"
    assert desk.attempt(kind, names, body) is None


def test_what_has_no_share_is_freed_and_needs_no_void() -> None:
    desk, trade = trouble.begun("partly signed")
    safe = trouble.live(desk, trade, "safe-tx")
    assert desk.attempt(*trouble.prepared(trade, safe, "void")) == "settlement.void-unshared"
    desk.log(*trouble.prepared(trade, trouble.live(desk, trade, "psbt"), "void"))
    assert desk.state.safes["harbour-safe"].pending is None
    assert [each.group.kind for each in desk.state.live(desk.state.cycle(trade.cycle))] == ["psbt"]
    assert desk.attempt(*world.share_step(safe.hash, "officer-a", "harbour-safe")) == "settlement.superseded"


def test_while_a_void_is_under_way_the_others_take_no_shares_and_nothing_of_them_is_released() -> None:
    desk, trade = trouble.begun("signed")
    psbt, safe = trouble.live(desk, trade, "psbt"), trouble.live(desk, trade, "safe-tx")
    early = trouble.release(desk, trade, psbt, safe)
    desk.log(*trouble.prepared(trade, psbt, "void"))
    void = trouble.live(desk, trade, "psbt")
    trouble.signed(desk, void)
    assert desk.stands(trade) is ContractState.PARTLY_SIGNED  # the other has shares, and no void yet
    assert desk.attempt(*world.share_step(safe.hash, "officer-d", "harbour-safe")) == "settlement.voiding"
    for step in (early, trouble.release(desk, trade, void, safe), trouble.release(desk, trade, void)):
        assert desk.attempt(*step) == "settlement.wrong-state"
    desk.log(*trouble.prepared(trade, safe, "void"))
    trouble.signed(desk, trouble.live(desk, trade, "safe-tx"))
    assert desk.stands(trade) is ContractState.SIGNED
    assert desk.attempt(*early) == "settlement.release-instructions"


def test_a_void_may_be_signed_and_released_after_the_time_to_settle() -> None:
    desk, trade = trouble.begun("partly signed")
    desk.now_ms = (trade.contract.terms.settle_by + 60) * 1_000
    psbt = trouble.live(desk, trade, "psbt")
    assert desk.attempt(*world.share_step(psbt.hash, "officer-c", "meridian-btc")) == "C4.expired"
    trouble.void_all(desk, trade)
    desk.log("settlement.voided", ["desk"], {"cycle": trade.cycle})
    assert desk.stands(trade) is ContractState.VOIDED


def test_neither_an_order_nor_a_dispute_stops_a_void() -> None:
    desk, trade = trouble.begun("signed")
    step = trouble.prepared(trade, trouble.live(desk, trade, "psbt"), "void")
    opened = world.dispute_step(trade.hash, "harbour", world.transfer("meridian", "harbour", world.BTC, 7))
    disputed = desk.copy()
    disputed.log(*opened)
    assert disputed.attempt(*step) is None
    desk.log(*world.freeze_step())
    live = desk.state.live(desk.state.cycle(trade.cycle))
    assert desk.attempt(*trouble.release(desk, trade, *live)) == "settlement.frozen"
    trouble.void_all(desk, trade)
    desk.log("settlement.voided", ["desk"], {"cycle": trade.cycle})
    assert desk.stands(trade) is ContractState.VOIDED


def test_a_void_that_nobody_signed_in_time_is_declared_again() -> None:
    desk, trade = trouble.begun("partly signed")
    desk.log(*trouble.prepared(trade, trouble.live(desk, trade, "psbt"), "void"))
    first = trouble.live(desk, trade, "psbt")
    trouble.signed(desk, first, "officer-a")
    desk.now_ms += 86_401_000
    assert desk.attempt(*world.share_step(first.hash, "officer-c", "meridian-btc")) == "C4.request-expired"
    desk.log(*trouble.prepared(trade, first, "void", 2))
    second = trouble.live(desk, trade, "psbt")
    assert [each.purpose for each in desk.state.replaced_by(second)] == ["void", "settlement"]
    trouble.signed(desk, second)
    assert desk.stands(trade) is ContractState.SIGNED


def test_a_replacement_comes_after_the_release_and_spends_every_coin_of_what_it_replaces() -> None:
    desk, trade = trouble.begun("signed")
    psbt = trouble.live(desk, trade, "psbt")
    assert desk.attempt(*trouble.prepared(trade, psbt, "replacement")) == "settlement.wrong-state"
    desk.play(trade, until="settling")
    kind, names, body = trouble.prepared(trade, psbt, "replacement")
    spends = body["spends"]
    assert isinstance(spends, list)
    elsewhere = [{**each, "outpoint": f"{world.digest(each['outpoint'])}:0"} for each in spends]
    # Two that share one coin with their neighbour in a row of replacements need not exclude each other.
    for left_out in (elsewhere, [*elsewhere[:2], spends[2]], spends[:2]):
        assert desk.attempt(kind, names, {**body, "spends": left_out}) == "settlement.replacement-coins"
    safe = trouble.live(desk, trade, "safe-tx")
    assert desk.attempt(*trouble.prepared(trade, safe, "replacement")) == "settlement.replacement-kind"
    desk.log(kind, names, {**body, "spends": [*spends, elsewhere[0]]})
    replacement = trouble.live(desk, trade, "psbt")
    assert desk.stands(trade) is ContractState.SETTLING
    assert desk.attempt(*trouble.broadcast(replacement)) == "settlement.not-released"
    trouble.signed(desk, replacement)
    desk.log(*trouble.release(desk, trade, replacement))
    desk.log(*trouble.broadcast(replacement))
    desk.log(*trouble.observed(replacement, 3))
    assert desk.attempt(*trouble.prepared(trade, trouble.live(desk, trade, "psbt"), "replacement")) == (
        "settlement.already-executed"
    )
