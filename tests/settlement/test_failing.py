"""One chain accepted, the other refused: what is held stays held, what is owed is recorded, and every way out leads on."""

import pytest

from countersign.settlement.ledger import Account
from countersign.settlement.records import BreakCause, ContractState, Instruction, SafeUse
from support import settlement_world as world
from support import trouble_world as trouble
from support.settlement_world import Desk, Trade


@pytest.fixture
def failed() -> tuple[Desk, Trade]:
    """Bitcoin delivered, Ethereum refused, and that recorded."""
    desk, trade = trouble.begun("signed")
    _, safe = trouble.half_delivered(desk, trade)
    desk.log(*trouble.failed(trade, safe))
    return desk, trade


def finish(desk: Desk, trade: Trade) -> None:
    """Both parties confirm, and it is final."""
    for owner in world.OWNERS:
        desk.log("delivery.confirmed", [owner], {"contract": trade.hash})
    desk.log("settlement.final", ["desk"], {"cycle": trade.cycle})


def test_a_failure_needs_one_leg_on_its_chain_and_this_one_not() -> None:
    desk, trade = trouble.begun("signed")
    psbt, safe = trouble.live(desk, trade, "psbt"), trouble.live(desk, trade, "safe-tx")
    assert desk.attempt(*trouble.failed(trade, safe)) == "settlement.wrong-state"
    desk.log(*trouble.release(desk, trade, psbt, safe))
    desk.log(*trouble.broadcast(psbt))
    assert desk.attempt(*trouble.failed(trade, safe)) == "settlement.nothing-delivered"
    desk.log(*trouble.observed(trouble.live(desk, trade, "psbt"), 1))
    assert desk.attempt(*trouble.failed(trade, psbt)) == "settlement.already-executed"
    assert desk.attempt(*trouble.failed(trade, safe)) is None


def test_the_counter_leg_stays_held_and_the_custodians_break_names_the_creditor(failed: tuple[Desk, Trade]) -> None:
    desk, trade = failed
    assert desk.stands(trade) is ContractState.FAILED
    dollars = desk.state.ledger.balance(Account(world.HARBOUR, "main", world.USDC))
    assert dollars.held == world.USDC_UNITS
    [owed] = desk.state.breaks[trade.cycle]
    assert owed.account == Account(world.NORTHGATE, "suspense", world.USDC)
    assert (owed.creditor, owed.units, owed.cause) == (world.OWNERS["meridian"], world.USDC_UNITS, BreakCause.FAILED)
    assert (owed.opened, owed.closed) == (len(desk.entries) - 1, None)
    reason = {"contract": trade.hash, "reason": "Give it back."}
    assert desk.attempt("contract.cancelled", ["meridian", "harbour"], reason) == "settlement.wrong-state"
    assert desk.attempt("settlement.final", ["desk"], {"cycle": trade.cycle}) == "settlement.wrong-state"
    assert desk.attempt("settlement.voided", ["desk"], {"cycle": trade.cycle}) == "settlement.wrong-state"
    safe = trouble.live(desk, trade, "safe-tx")
    assert desk.attempt(*trouble.prepared(trade, safe, "void")) == "settlement.wrong-state"
    assert desk.attempt(*trouble.failed(trade, safe)) == "settlement.failed-already"


def test_sent_again_it_is_observed_final_and_the_break_is_closed(failed: tuple[Desk, Trade]) -> None:
    desk, trade = failed
    desk.log(*trouble.observed(trouble.live(desk, trade, "safe-tx"), 1))
    assert desk.stands(trade) is ContractState.SETTLING
    assert desk.state.breaks[trade.cycle][0].closed is None
    finish(desk, trade)
    assert desk.state.breaks[trade.cycle][0].closed == len(desk.entries) - 1
    assert desk.state.ledger.balances_with_totals()


def test_what_was_released_and_never_sent_may_still_be_sent_after_the_failure() -> None:
    desk, trade = trouble.begun("signed")
    psbt, safe = trouble.live(desk, trade, "psbt"), trouble.live(desk, trade, "safe-tx")
    desk.log(*trouble.release(desk, trade, psbt, safe))
    desk.log(*trouble.broadcast(psbt))
    desk.log(*trouble.observed(trouble.live(desk, trade, "psbt"), 1))
    desk.log(*trouble.failed(trade, safe))
    desk.log(*trouble.broadcast(safe))
    desk.log(*trouble.observed(trouble.live(desk, trade, "safe-tx"), 1))
    assert desk.stands(trade) is ContractState.SETTLING


@pytest.mark.parametrize("mined", ["first", "second", "third"])
def test_whichever_outer_transaction_is_mined_counts(failed: tuple[Desk, Trade], mined: str) -> None:
    desk, trade = failed
    safe = trouble.live(desk, trade, "safe-tx")
    sent = {"first": safe.transaction or ""}
    for number, name in enumerate(("second", "third"), 1):
        sent[name] = trouble.transaction_of(safe, number)
        desk.log(*trouble.replaced(safe, list(sent.values())[-2], sent[name]))
    stranger = trouble.transaction_of(safe, 9)
    assert desk.attempt(*trouble.observed(safe, 0, transaction=stranger)) == "settlement.not-broadcast"
    desk.log(*trouble.observed(safe, 1, transaction=sent[mined]))
    now = trouble.live(desk, trade, "safe-tx")
    assert now.transaction == sent[mined]
    assert {now.transaction, *now.others} == set(sent.values())
    finish(desk, trade)


def test_an_outer_transaction_is_replaced_on_ethereum_only_and_by_a_new_one(failed: tuple[Desk, Trade]) -> None:
    desk, trade = failed
    psbt, safe = trouble.live(desk, trade, "psbt"), trouble.live(desk, trade, "safe-tx")
    old = safe.transaction or ""
    assert desk.attempt(*trouble.replaced(safe, old, old)) == "settlement.transaction-taken"
    other_chain = trouble.replaced(safe, old, world.digest("no Ethereum transaction"))
    assert desk.attempt(*other_chain) == "settlement.transaction-chain"
    assert desk.attempt(*trouble.replaced(psbt, psbt.transaction or "", world.digest("x"))) == (
        "settlement.already-executed"
    )
    desk, trade = trouble.begun("settling")
    psbt = trouble.live(desk, trade, "psbt")
    step = trouble.replaced(psbt, psbt.transaction or "", world.digest("x"))
    assert desk.attempt(*step) == "settlement.replaced-kind"


def refused_by_bitcoin() -> tuple[Desk, Trade]:
    """The other way round: Ethereum delivered, Bitcoin did not."""
    desk, trade = trouble.begun("signed")
    desk.log(*trouble.release(desk, trade, *desk.state.live(desk.state.cycle(trade.cycle))))
    for kind in ("psbt", "safe-tx"):
        desk.log(*trouble.broadcast(trouble.live(desk, trade, kind)))
    desk.log(*trouble.observed(trouble.live(desk, trade, "safe-tx"), 2))
    desk.log(*trouble.failed(trade, trouble.live(desk, trade, "psbt")))
    return desk, trade


@pytest.mark.parametrize("mined", ["replacement", "original"])
def test_a_replacement_is_signed_released_and_sent_and_either_may_be_mined(mined: str) -> None:
    desk, trade = refused_by_bitcoin()
    original = trouble.live(desk, trade, "psbt")
    desk.log(*trouble.prepared(trade, original, "replacement"))
    replacement = trouble.live(desk, trade, "psbt")
    trouble.signed(desk, replacement)
    assert desk.stands(trade) is ContractState.FAILED
    desk.log(*trouble.release(desk, trade, replacement))
    desk.log(*trouble.broadcast(replacement))
    counted = replacement if mined == "replacement" else desk.state.instruction(original.hash)
    desk.log(*trouble.observed(counted, 1, fee=2_000 if mined == "replacement" else trouble.FEE))
    assert trouble.live(desk, trade, "psbt").hash == counted.hash
    finish(desk, trade)
    fees = desk.state.ledger.totals[world.BTC].network_fees
    assert fees == (2_000 if mined == "replacement" else trouble.FEE)
    assert desk.state.ledger.balances_with_totals()
    assert all(each.closed is not None for each in desk.state.breaks[trade.cycle])


def test_the_leg_is_prepared_anew_only_once_the_old_one_can_never_execute(failed: tuple[Desk, Trade]) -> None:
    desk, trade = failed
    old = trouble.live(desk, trade, "safe-tx")
    body = desk.safe_body(trade) | {"nonce": 1, "artefact": world.digest("anew")}
    assert desk.attempt("instruction.prepared", ["operations"], body) == "settlement.still-executable"
    desk.log(*trouble.failed(trade, old, executable=False))
    assert desk.state.safes["harbour-safe"] == SafeUse(None, 0)
    assert desk.attempt("instruction.prepared", ["operations"], {**body, "nonce": 0}) == "E8.nonce"
    desk.log("instruction.prepared", ["operations"], body)
    anew = trouble.live(desk, trade, "safe-tx")
    desk.now_ms = (trade.contract.terms.settle_by + 60) * 1_000
    assert desk.attempt(*world.share_step(anew.hash, "officer-a", "harbour-safe")) == "C4.request-expired"
    desk.log("instruction.prepared", ["operations"], {**body, "artefact": world.digest("once more")})
    anew = trouble.live(desk, trade, "safe-tx")
    trouble.signed(desk, anew)
    desk.log(*trouble.release(desk, trade, anew))
    desk.log(*trouble.broadcast(anew))
    desk.log(*trouble.observed(anew, 1))
    finish(desk, trade)
    assert desk.stands(trade) is ContractState.FINAL
    assert len([each for each in desk.state.breaks[trade.cycle] if each.closed is None]) == 0


def test_bitcoins_leg_is_prepared_anew_with_other_coins_once_a_coin_of_it_was_spent() -> None:
    desk, trade = refused_by_bitcoin()
    old = trouble.live(desk, trade, "psbt")
    desk.log(*trouble.failed(trade, old, executable=False))
    assert not set(desk.state.spending) & {spend.outpoint for spend in old.spends}
    body = world.psbt_body(trade) | {"artefact": world.digest("anew")}
    desk.log("instruction.prepared", ["operations"], body)
    anew = trouble.live(desk, trade, "psbt")
    assert desk.state.instruction(old.hash).superseded_by == anew.hash
    assert desk.attempt(*trouble.failed(trade, anew)) == "settlement.not-released"


def prepared_over(desk: Desk, trade: Trade, *coins: str) -> str | None:
    """A request for Bitcoin's leg over these coins: None where it is logged, else why it is not."""
    body = world.psbt_body(trade)
    spends = body["spends"]
    assert isinstance(spends, list)
    named = [spends[0] | {"outpoint": f"{world.digest(each)}:0"} for each in coins]
    step = (
        "instruction.prepared",
        ["operations"],
        body | {"artefact": world.digest("over " + " ".join(coins)), "spends": named},
    )
    refused = desk.attempt(*step)
    if refused is None:
        desk.log(*step)
    return refused


def first_over(*coins: str) -> tuple[Desk, Trade, Instruction]:
    """A settlement whose Bitcoin leg, over these coins, was released and is in no block, while Ethereum's is in one."""
    desk, trade = trouble.begun("instructed")
    assert prepared_over(desk, trade, *coins) is None
    for officer in ("officer-a", "officer-c"):
        for each in desk.state.live(desk.state.cycle(trade.cycle)):
            trouble.signed(desk, each, officer)
    desk.log(*trouble.release(desk, trade, *desk.state.live(desk.state.cycle(trade.cycle))))
    for kind in ("psbt", "safe-tx"):
        desk.log(*trouble.broadcast(trouble.live(desk, trade, kind)))
    desk.log(*trouble.observed(trouble.live(desk, trade, "safe-tx"), 2))
    return desk, trade, trouble.live(desk, trade, "psbt")


def failed_again(desk: Desk, trade: Trade, *, for_good: bool) -> Instruction:
    """Bitcoin's leg as it counts now, signed, released, sent, and then found to be dead."""
    leg = trouble.live(desk, trade, "psbt")
    trouble.signed(desk, leg)
    desk.log(*trouble.release(desk, trade, leg))
    desk.log(*trouble.broadcast(leg))
    desk.log(*trouble.failed(trade, leg, executable=False, for_good=for_good))
    return leg


def test_until_what_took_a_coin_is_confirmed_the_leg_made_afresh_spends_a_coin_of_the_first() -> None:
    """A reorganisation may drop what took the coin; then the first could be mined beside one that shares nothing with it."""
    desk, trade, first = first_over("a", "b")
    desk.log(*trouble.failed(trade, first, executable=False, for_good=False))
    assert prepared_over(desk, trade, "c") == "settlement.both-payable"
    assert prepared_over(desk, trade, "b", "c") is None


def test_a_leg_whose_only_coin_is_gone_waits_until_it_is_gone_for_good() -> None:
    desk, trade, first = first_over("a")
    desk.log(*trouble.failed(trade, first, executable=False, for_good=False))
    assert prepared_over(desk, trade, "c") == "settlement.both-payable"
    assert desk.attempt(*trouble.failed(trade, first, executable=False, for_good=False)) == "settlement.failed-already"
    desk.log(*trouble.failed(trade, first, executable=False, for_good=True))
    assert desk.attempt(*trouble.failed(trade, first, executable=False, for_good=True)) == "settlement.failed-already"
    assert len(desk.state.breaks[trade.cycle]) == 1
    assert prepared_over(desk, trade, "c") is None


def test_a_third_is_apart_from_the_first_as_well_as_from_the_second() -> None:
    desk, trade, first = first_over("a", "b")
    desk.log(*trouble.failed(trade, first, executable=False, for_good=False))
    assert prepared_over(desk, trade, "b", "c") is None
    second = failed_again(desk, trade, for_good=False)
    assert prepared_over(desk, trade, "c", "d") == "settlement.both-payable"  # beside the first, were both to come back
    assert prepared_over(desk, trade, "a", "d") == "settlement.both-payable"  # beside the second
    desk.log(*trouble.failed(trade, first, executable=False, for_good=True))  # of what is superseded, too
    assert prepared_over(desk, trade, "a", "d") == "settlement.both-payable"
    assert prepared_over(desk, trade, "c", "d") is None
    assert desk.state.instruction(second.hash).superseded_by is not None


def test_what_spends_every_coin_of_what_is_gone_for_good_is_gone_with_it() -> None:
    desk, trade, first = first_over("a", "b")
    desk.log(*trouble.failed(trade, first, executable=False, for_good=False))
    assert prepared_over(desk, trade, "b") is None
    failed_again(desk, trade, for_good=True)
    assert prepared_over(desk, trade, "c") is None  # b is gone for good, and the first spends it


def test_what_a_replacement_took_the_place_of_might_pay_beside_a_leg_made_afresh() -> None:
    """The replacement is gone with the coin that it added; the one before it spends another and can be mined any time."""
    desk, trade, first = first_over("a")
    desk.log(*trouble.failed(trade, first))
    kind, names, body = trouble.prepared(trade, first, "replacement")
    spends = body["spends"]
    assert isinstance(spends, list)
    added = spends[0] | {"outpoint": f"{world.digest('added')}:0"}
    desk.log(kind, names, body | {"spends": [*spends, added]})
    failed_again(desk, trade, for_good=True)
    assert prepared_over(desk, trade, "c") == "settlement.both-payable"
    assert prepared_over(desk, trade, "a") is None


def test_a_first_that_a_reorganisation_brought_back_counts_again_and_the_second_does_not() -> None:
    desk, trade, first = first_over("a", "b")
    desk.log(*trouble.failed(trade, first, executable=False, for_good=False))
    assert prepared_over(desk, trade, "b", "c") is None
    second = trouble.live(desk, trade, "psbt")
    trouble.signed(desk, second)
    desk.log(*trouble.release(desk, trade, second))
    desk.log(*trouble.observed(desk.state.instruction(first.hash), 1))
    assert trouble.live(desk, trade, "psbt").hash == first.hash
    assert desk.state.instruction(second.hash).superseded_by == first.hash
    assert desk.attempt(*trouble.broadcast(second)) == "settlement.superseded"
    finish(desk, trade)
    assert desk.state.ledger.balances_with_totals()


def test_a_safes_number_counts_as_used_with_the_policys_confirmations(failed: tuple[Desk, Trade]) -> None:
    desk, trade = failed
    safe = trouble.live(desk, trade, "safe-tx")
    step = trouble.failed(trade, safe, executable=False, for_good=False)
    assert desk.attempt(*step) == "settlement.not-for-good"
    assert desk.attempt(*trouble.failed(trade, safe, for_good=True)) == "settlement.failed-contradicts"
    assert desk.attempt(*trouble.failed(trade, safe, executable=False)) is None


def test_what_was_never_released_and_lost_its_coins_is_made_afresh_too() -> None:
    desk, trade, first = first_over("a", "b")
    desk.log(*trouble.failed(trade, first, executable=False, for_good=True))
    assert prepared_over(desk, trade, "c") is None
    second = trouble.live(desk, trade, "psbt")
    assert desk.attempt(*trouble.failed(trade, second)) == "settlement.not-released"
    desk.log(*trouble.failed(trade, second, executable=False, for_good=False))
    assert prepared_over(desk, trade, "d") is None  # nobody signed the second


def test_bitcoins_leg_is_prepared_a_third_time_only_with_every_coin_of_the_second() -> None:
    """Of three that share one coin with the next, the first and the third could both be mined."""
    desk, trade = refused_by_bitcoin()
    desk.log(*trouble.failed(trade, trouble.live(desk, trade, "psbt"), executable=False))
    body = world.psbt_body(trade) | {"artefact": world.digest("anew")}
    desk.log("instruction.prepared", ["operations"], body)
    spends = body["spends"]
    assert isinstance(spends, list)
    assert len(spends) > 1
    other = spends[0] | {"outpoint": f"{world.digest('another coin')}:0"}
    once_more = body | {"artefact": world.digest("once more")}
    exchanged = once_more | {"spends": [other, *spends[1:]]}
    assert desk.attempt("instruction.prepared", ["operations"], exchanged) == "settlement.still-executable"
    assert desk.attempt("instruction.prepared", ["operations"], once_more | {"spends": [*spends, other]}) is None
