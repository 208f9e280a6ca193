"""What a chain did is the truth: other blocks, no block, what nobody released, what a void was to prevent."""

import pytest

from countersign.settlement.ledger import Account
from countersign.settlement.records import BreakCause, ContractState, SafeUse
from support import settlement_world as world
from support import trouble_world as trouble
from support.settlement_world import Desk, Trade

FINAL = "settlement.final"


def settling() -> tuple[Desk, Trade]:
    """Both transactions in a block."""
    desk, trade = trouble.begun("signed")
    trouble.half_delivered(desk, trade)
    desk.log(*trouble.observed(trouble.live(desk, trade, "safe-tx"), 1))
    return desk, trade


def final(confirmations: int = 3) -> tuple[Desk, Trade]:
    """Final, Bitcoin's with so many confirmations."""
    desk, trade = settling()
    if confirmations > 1:
        desk.log(*trouble.observed(trouble.live(desk, trade, "psbt"), confirmations))
        desk.log(*trouble.observed(trouble.live(desk, trade, "safe-tx"), 2))
    for owner in world.OWNERS:
        desk.log("delivery.confirmed", [owner], {"contract": trade.hash})
    desk.log(FINAL, ["desk"], {"cycle": trade.cycle})
    return desk, trade


def received(desk: Desk) -> int:
    """What Harbour may not yet spend of the bitcoin it received."""
    return desk.state.unconfirmed.get(Account(world.HARBOUR, "main", world.BTC), 0)


def test_before_the_end_another_block_and_fewer_confirmations_are_taken_as_they_are() -> None:
    desk, trade = settling()
    psbt = trouble.live(desk, trade, "psbt")
    desk.log(*trouble.observed(psbt, 3))
    for step in (trouble.observed(psbt, 3, block="another"), trouble.observed(psbt, 2)):
        desk.log(*step)
        assert desk.attempt(*step) == "settlement.observation-late"
    assert trouble.live(desk, trade, "psbt").observed.confirmations == 2  # type: ignore[union-attr]
    assert not desk.state.breaks


def test_in_no_block_finality_loses_its_ground_and_the_parties_words_with_it() -> None:
    desk, trade = settling()
    confirm = ("delivery.confirmed", ["meridian"], {"contract": trade.hash})
    for owner in world.OWNERS:
        desk.log("delivery.confirmed", [owner], {"contract": trade.hash})
    assert desk.attempt(FINAL, ["desk"], {"cycle": trade.cycle}) is None
    psbt = trouble.live(desk, trade, "psbt")
    desk.log(*trouble.observed(psbt, 0))
    assert desk.attempt(*trouble.observed(psbt, 0)) == "settlement.observation-late"
    assert desk.attempt(FINAL, ["desk"], {"cycle": trade.cycle}) == "settlement.not-observed"
    assert desk.attempt(*confirm) == "settlement.not-observed"
    desk.log(*trouble.observed(psbt, 1, block="another"))
    assert desk.attempt(FINAL, ["desk"], {"cycle": trade.cycle}) == "settlement.not-delivered"
    desk.log(*confirm)
    desk.log("delivery.confirmed", ["harbour"], {"contract": trade.hash})
    assert desk.attempt(FINAL, ["desk"], {"cycle": trade.cycle}) is None


def test_a_safe_whose_transaction_is_in_no_block_has_its_nonce_again() -> None:
    desk, trade = settling()
    safe = trouble.live(desk, trade, "safe-tx")
    assert desk.state.safes["harbour-safe"] == SafeUse(None, 0)
    desk.log(*trouble.observed(safe, 0))
    assert desk.state.safes["harbour-safe"] == SafeUse(safe.hash, None)
    desk.log(*trouble.failed(trade, safe))
    assert desk.stands(trade) is ContractState.FAILED


def test_what_was_never_seen_cannot_be_in_no_block_any_more() -> None:
    desk, trade = trouble.begun("settling")
    step = trouble.observed(trouble.live(desk, trade, "psbt"), 0)
    assert desk.attempt(*step) == "settlement.observation-late"


@pytest.mark.parametrize(("confirmations", "block"), [(0, "block"), (1, "another"), (2, "block")])
def test_after_the_end_nothing_is_reversed_but_the_custodian_owes_it(confirmations: int, block: str) -> None:
    desk, trade = final()
    before = desk.state
    assert received(desk) == 0
    psbt = trouble.live(desk, trade, "psbt")
    desk.log(*trouble.observed(psbt, confirmations, block=block))
    assert desk.stands(trade) is ContractState.FINAL
    assert desk.state.ledger.balances == before.ledger.balances
    assert received(desk) == world.BTC_UNITS
    [owed] = desk.state.breaks[trade.cycle]
    assert (owed.cause, owed.creditor, owed.units) == (
        BreakCause.REORGANISED,
        world.OWNERS["harbour"],
        world.BTC_UNITS,
    )
    desk.log(*trouble.observed(psbt, 3, block="a third"))
    assert received(desk) == 0
    assert desk.state.breaks[trade.cycle][0].closed == len(desk.entries) - 1


def test_a_second_step_back_opens_no_second_break_and_a_later_one_does() -> None:
    desk, trade = final()
    psbt = trouble.live(desk, trade, "psbt")
    for confirmations, block, count in ((1, "b", 1), (0, "b", 1), (1, "c", 1), (3, "c", 1), (0, "c", 2)):
        desk.log(*trouble.observed(psbt, confirmations, block=block))
        assert len(desk.state.breaks[trade.cycle]) == count
    assert received(desk) == world.BTC_UNITS


def test_final_by_mutual_confirmation_and_gone_before_the_confirmations_it_is_the_custodians() -> None:
    desk, trade = final(confirmations=1)
    assert received(desk) == world.BTC_UNITS
    desk.log(*trouble.observed(trouble.live(desk, trade, "psbt"), 0))
    assert received(desk) == world.BTC_UNITS
    assert desk.state.breaks[trade.cycle][0].cause is BreakCause.REORGANISED


def test_another_block_with_the_policys_confirmations_is_no_break() -> None:
    desk, trade = final()
    desk.log(*trouble.observed(trouble.live(desk, trade, "psbt"), 3, block="another"))
    assert not desk.state.breaks


def test_a_voids_transaction_that_is_gone_after_the_end_is_the_custodians_break_to_the_payer() -> None:
    desk, trade = trouble.begun("signed")
    trouble.void_all(desk, trade)
    desk.log("settlement.voided", ["desk"], {"cycle": trade.cycle})
    desk.log(*trouble.observed(trouble.live(desk, trade, "psbt"), 0))
    [owed] = desk.state.breaks[trade.cycle]
    assert (owed.creditor, owed.units) == (world.OWNERS["meridian"], world.BTC_UNITS)
    assert desk.stands(trade) is ContractState.VOIDED


def test_what_nobody_released_and_is_mined_all_the_same_has_failed_until_the_other_leg_is_delivered() -> None:
    desk, trade = trouble.begun("signed")
    psbt, safe = trouble.live(desk, trade, "psbt"), trouble.live(desk, trade, "safe-tx")
    desk.log(*trouble.observed(psbt, 1))
    assert desk.stands(trade) is ContractState.FAILED
    assert [each.creditor for each in desk.state.breaks[trade.cycle]] == [world.OWNERS["meridian"]]
    desk.log(*trouble.release(desk, trade, psbt, safe))
    desk.log(*trouble.broadcast(safe))
    desk.log(*trouble.observed(trouble.live(desk, trade, "safe-tx"), 1))
    assert desk.stands(trade) is ContractState.SETTLING


def test_what_lacks_its_quorum_cannot_have_been_mined() -> None:
    desk, trade = trouble.begun("partly signed")
    assert desk.attempt(*trouble.observed(trouble.live(desk, trade, "psbt"), 1)) == "settlement.not-broadcast"


@pytest.mark.parametrize("until", ["signed", "released"])
@pytest.mark.parametrize("when", ["declared", "released"])
def test_an_original_that_beats_its_void_is_settled_and_the_other_leg_is_owed(when: str, until: str) -> None:
    desk, trade = trouble.begun(until)
    psbt, safe = trouble.live(desk, trade, "psbt"), trouble.live(desk, trade, "safe-tx")
    trouble.void_declared(desk, trade)
    if when == "released":
        voids = desk.state.live(desk.state.cycle(trade.cycle))
        for officer in ("officer-a", "officer-c"):
            for each in voids:
                trouble.signed(desk, each, officer)
        desk.log(*trouble.release(desk, trade, *voids))
    desk.log(*trouble.observed(psbt, 1))
    assert desk.stands(trade) is ContractState.FAILED
    assert [each.hash for each in desk.state.live(desk.state.cycle(trade.cycle))] == [psbt.hash, safe.hash]
    assert desk.state.spending[psbt.spends[0].outpoint] == psbt.hash
    assert [each.units for each in desk.state.breaks[trade.cycle]] == [world.USDC_UNITS]
    if until == "signed":
        desk.log(*trouble.release(desk, trade, *desk.state.live(desk.state.cycle(trade.cycle))))
    desk.log(*trouble.broadcast(safe))
    desk.log(*trouble.observed(trouble.live(desk, trade, "safe-tx"), 1))
    for owner in world.OWNERS:
        desk.log("delivery.confirmed", [owner], {"contract": trade.hash})
    desk.log(FINAL, ["desk"], {"cycle": trade.cycle})
    assert desk.state.ledger.balances_with_totals()


def test_what_was_released_and_counts_is_logged_as_sent_before_it_is_observed() -> None:
    desk, trade = trouble.begun("released")
    psbt = trouble.live(desk, trade, "psbt")
    assert desk.attempt(*trouble.observed(psbt, 1)) == "settlement.not-broadcast"
    desk.log(*trouble.broadcast(psbt))
    desk.log(*trouble.observed(psbt, 1))


def test_one_leg_voided_and_the_other_delivered_the_voided_leg_is_prepared_anew() -> None:
    desk, trade = trouble.begun("signed")
    psbt = trouble.live(desk, trade, "psbt")
    trouble.void_declared(desk, trade)
    voids = desk.state.live(desk.state.cycle(trade.cycle))
    for officer in ("officer-a", "officer-c"):
        for each in voids:
            trouble.signed(desk, each, officer)
    desk.log(*trouble.release(desk, trade, *voids))
    for each in voids:
        desk.log(*trouble.broadcast(each))
    desk.log(*trouble.observed(trouble.live(desk, trade, "safe-tx"), 2))
    desk.log(*trouble.observed(psbt, 1))
    assert desk.stands(trade) is ContractState.FAILED
    body = desk.safe_body(trade) | {"artefact": world.digest("anew")}
    assert body["nonce"] == 1
    desk.log("instruction.prepared", ["operations"], body)
    anew = trouble.live(desk, trade, "safe-tx")
    trouble.signed(desk, anew)
    desk.log(*trouble.release(desk, trade, trouble.live(desk, trade, "psbt"), anew))
    desk.log(*trouble.broadcast(anew))
    desk.log(*trouble.observed(anew, 1))
    for owner in world.OWNERS:
        desk.log("delivery.confirmed", [owner], {"contract": trade.hash})
    desk.log(FINAL, ["desk"], {"cycle": trade.cycle})
    assert desk.stands(trade) is ContractState.FINAL


def test_a_leg_freed_by_the_void_of_the_other_is_prepared_anew_when_that_one_is_delivered() -> None:
    desk, trade = trouble.begun("partly signed")
    psbt = trouble.live(desk, trade, "psbt")
    desk.log(*trouble.prepared(trade, psbt, "void"))
    desk.log(*trouble.observed(psbt, 1))  # a share that crossed by hand completed it
    assert desk.stands(trade) is ContractState.FAILED
    desk.log("instruction.prepared", ["operations"], desk.safe_body(trade))
    assert [each.group.kind for each in desk.state.live(desk.state.cycle(trade.cycle))] == ["psbt", "safe-tx"]


def test_an_original_seen_after_its_void_leaves_the_safe_to_the_settlement_that_waits_there() -> None:
    desk = world.founded(bitcoin=60_000_000_000, dollars=50_000_000_000_000)
    first, second = desk.trade(), desk.trade()
    desk.play(first, until="signed")
    original = trouble.live(desk, first, "safe-tx")
    trouble.void_all(desk, first)
    desk.play(second, until="instructed")
    waiting = trouble.live(desk, second, "safe-tx")
    desk.log(*trouble.observed(original, 1))
    assert desk.state.safes["harbour-safe"] == SafeUse(pending=waiting.hash, executed=0)
