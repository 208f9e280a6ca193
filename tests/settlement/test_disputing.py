"""Disputes: what they stop before release, what they leave alone after it, and how they end (rule 12)."""

import pytest

from countersign.settlement import builder, disputing
from countersign.settlement.ledger import Account, Balance
from countersign.settlement.netting import MULTILATERAL
from countersign.settlement.records import ContractState
from countersign.settlement.roster import Party
from countersign.settlement.stop_bodies import Transfer
from support import settlement_world as world
from support import trouble_world as trouble
from support.settlement_world import BTC, FEE_CAP, USDC, Desk, Trade

COINS = Account(world.MERIDIAN, "main", BTC)
DOLLARS = Account(world.HARBOUR, "main", USDC)
BEFORE = ("held", "instructed", "partly signed", "signed")


def at(until: str) -> tuple[Desk, Trade]:
    desk = world.founded()
    trade = desk.trade()
    desk.play(trade, until=until)
    return desk, trade


def retract(trade: Trade) -> world.Step:
    return "dispute.retracted", ["harbour"], {"contract": trade.hash, "reason": "Settled by telephone."}


def resolve(trade: Trade, outcome: str, names: tuple[str, ...] = ("meridian", "harbour")) -> world.Step:
    return "dispute.resolved", list(names), {"contract": trade.hash, "outcome": outcome, "reason": "Agreed."}


@pytest.mark.parametrize("until", BEFORE)
def test_a_dispute_before_release_freezes_every_hold_and_nothing_else(until: str) -> None:
    desk, trade = at(until)
    desk.log(*world.dispute_step(trade.hash))
    assert desk.stands(trade) is ContractState.DISPUTED
    held = world.BTC_UNITS + FEE_CAP
    assert desk.state.ledger.balance(COINS) == Balance(30_000_000_000 - held, 0, held)
    assert desk.state.ledger.balance(DOLLARS) == Balance(5_000_000_000_000, 0, world.USDC_UNITS)
    assert desk.state.ledger.balances_with_totals()


def test_what_the_opener_expects_is_on_record() -> None:
    desk, trade = at("held")
    desk.log(*world.dispute_step(trade.hash, "harbour", world.transfer("meridian", "harbour", BTC, 5)))
    dispute = desk.state.contract(trade.hash).dispute
    assert dispute is not None
    assert dispute.opener == world.HARBOUR
    sides = Party(world.MERIDIAN, "main"), Party(world.HARBOUR, "main")
    assert dispute.expected == (Transfer(*sides, BTC, 5),)


@pytest.mark.parametrize("until", BEFORE)
def test_a_retracted_dispute_leaves_the_contract_to_settle_as_if_nothing_had_been(until: str) -> None:
    desk, trade = at(until)
    before = desk.state.ledger.balance(COINS)
    desk.log(*world.dispute_step(trade.hash))
    desk.log(*retract(trade))
    assert desk.stands(trade) == ("held" if until == "instructed" else until)
    assert desk.state.ledger.balance(COINS) == before
    if until == "instructed":
        trade = Trade(9, trade.contract)  # its cycle was called off: another one closes over it
    desk.play(trade)
    assert desk.stands(trade) is ContractState.FINAL


def test_a_cycle_nobody_signed_is_called_off_and_its_other_contracts_are_held_again() -> None:
    desk = world.founded(bitcoin=60_000_000_000, dollars=60_000_000_000_000)
    one, other = desk.trade(), desk.trade()
    for trade in (one, other):
        desk.play(trade, until="held")
    desk.log(
        "cycle.closed", ["desk"], builder.cycle_body("both", [one.hash, other.hash], world.START, netting=MULTILATERAL)
    )
    desk.log(*world.dispute_step(one.hash))
    assert desk.state.cycle("both").called_off
    assert (desk.stands(one), desk.stands(other)) == ("disputed", "held")
    desk.play(other)
    assert desk.stands(other) is ContractState.FINAL


def test_a_cycle_with_a_share_stands_still_until_the_dispute_ends() -> None:
    desk, trade = at("partly signed")
    psbt, safe = desk.instructions(trade)
    desk.log(*world.dispute_step(trade.hash))
    assert not desk.state.cycle(trade.cycle).called_off
    assert desk.attempt(*world.share_step(safe, "officer-a", "harbour-safe")) == "settlement.disputed"
    assert desk.attempt("instruction.prepared", ["operations"], world.psbt_body(trade)) == "settlement.disputed"
    assert desk.attempt(*resolve(trade, "cancel")) == "settlement.share-exists"
    desk.log(*resolve(trade, "resume"))
    assert desk.attempt(*world.share_step(safe, "officer-a", "harbour-safe")) is None
    assert psbt in desk.state.instructions


def test_what_is_signed_is_not_released_while_disputed() -> None:
    desk, trade = at("signed")
    body = world.release_body(trade, *desk.instructions(trade))
    desk.log(*world.dispute_step(trade.hash))
    assert desk.attempt("release.authorised", ["operations", "compliance"], body) == "settlement.disputed"


def test_all_parties_cancel_and_the_holds_return() -> None:
    desk, trade = at("instructed")
    desk.log(*world.dispute_step(trade.hash))
    assert desk.attempt(*resolve(trade, "cancel", ("meridian",))) == "settlement.resolve-all"
    desk.log(*resolve(trade, "cancel"))
    assert desk.stands(trade) is ContractState.CANCELLED
    assert desk.state.ledger.balance(COINS) == Balance(30_000_000_000)
    record = desk.state.contract(trade.hash)
    assert (record.dispute and record.dispute.outcome, dict(record.holds)) == ("cancelled", {})


@pytest.mark.parametrize("until", ["released", "settling", "final"])
def test_after_release_a_dispute_is_recorded_and_moves_nothing(until: str) -> None:
    desk, trade = at(until)
    books = dict(desk.state.ledger.balances)
    desk.log(*world.dispute_step(trade.hash))
    assert desk.stands(trade) == until
    assert dict(desk.state.ledger.balances) == books
    assert desk.attempt(*world.dispute_step(trade.hash, "meridian")) == "settlement.dispute-open"
    assert desk.attempt(*resolve(trade, "cancel")) == "settlement.wrong-state"
    desk.play(trade)
    assert desk.stands(trade) is ContractState.FINAL
    desk.log(*retract(trade))
    assert desk.stands(trade) is ContractState.FINAL


def test_the_window_closes_a_day_after_finality_to_the_second() -> None:
    desk, trade = at("final")
    ends = disputing.window_ends(desk.state.contract(trade.hash))
    assert ends == desk.entries[-1].time_ms // 1_000 + 86_400
    desk.now_ms = ends * 1_000
    assert desk.attempt(*world.dispute_step(trade.hash)) is None
    desk.now_ms += 1_000
    assert desk.attempt(*world.dispute_step(trade.hash)) == "settlement.dispute-late"


@pytest.mark.parametrize("until", ["agreed", "endorsed"])
def test_before_it_is_held_there_is_nothing_to_dispute(until: str) -> None:
    desk, trade = at(until)
    assert desk.attempt(*world.dispute_step(trade.hash)) == "settlement.wrong-state"


def test_only_who_opened_it_takes_it_back() -> None:
    desk, trade = at("held")
    desk.log(*world.dispute_step(trade.hash))
    kind, _, body = retract(trade)
    assert desk.attempt(kind, ["meridian"], body) == "settlement.not-the-opener"


def test_transfers_are_between_the_contracts_own_books() -> None:
    desk, trade = at("held")
    stranger = world.transfer("meridian", "harbour", BTC, 5)
    stranger["receiver"] = {"lei": world.HARBOUR, "book": "other"}
    assert desk.attempt(*world.dispute_step(trade.hash, "harbour", stranger)) == "settlement.not-a-party"
    itself = world.transfer("harbour", "harbour", BTC, 5)
    assert desk.attempt(*world.dispute_step(trade.hash, "harbour", itself)) == "settlement.transfer-to-self"


def test_a_disputed_contract_does_not_expire_and_is_not_cancelled_past_the_dispute() -> None:
    desk, trade = at("held")
    desk.log(*world.dispute_step(trade.hash))
    body = {"contract": trade.hash, "reason": "Never mind."}
    assert desk.attempt("contract.cancelled", ["meridian", "harbour"], body) == "settlement.wrong-state"
    desk.now_ms = (trade.contract.terms.settle_by + 1) * 1_000
    assert desk.attempt("contract.expired", ["desk"], {"contract": trade.hash}) == "settlement.wrong-state"


def test_a_withdrawal_has_nobody_to_dispute_with() -> None:
    desk = world.founded()
    mine = world.signed_contract(world.withdrawal(), ["meridian"])
    desk.log("withdrawal.requested", ["meridian"], builder.contract_body(mine))
    desk.log("contract.endorsed", ["compliance"], {"contract": mine.hash})
    desk.log("hold.placed", ["desk"], builder.hold_body(mine.terms, mine.hash, 0))
    assert desk.attempt(*world.dispute_step(mine.hash, "meridian")) == "settlement.not-disputable"


def voided(until: str) -> tuple[Desk, Trade]:
    desk, trade = at(until)
    desk.log(*world.dispute_step(trade.hash))
    trouble.void_all(desk, trade)
    desk.log("settlement.voided", ["desk"], {"cycle": trade.cycle})
    return desk, trade


@pytest.mark.parametrize("until", ["partly signed", "signed"])
def test_a_void_brings_the_coins_home_and_the_dispute_goes_on_over_them(until: str) -> None:
    desk, trade = voided(until)
    assert desk.stands(trade) is ContractState.DISPUTED
    left = 30_000_000_000 - world.BTC_UNITS - trouble.FEE
    assert desk.state.ledger.balance(COINS) == Balance(left, 0, world.BTC_UNITS)
    assert desk.state.ledger.balance(DOLLARS) == Balance(5_000_000_000_000, 0, world.USDC_UNITS)
    assert desk.state.ledger.balances_with_totals()


@pytest.mark.parametrize("end", ["retracted", "resume", "cancel"])
def test_what_was_voided_does_not_come_back_when_the_dispute_ends(end: str) -> None:
    desk, trade = voided("signed")
    desk.log(*(retract(trade) if end == "retracted" else resolve(trade, end)))
    assert desk.stands(trade) == ("cancelled" if end == "cancel" else "voided")
    assert desk.state.ledger.balance(COINS) == Balance(30_000_000_000 - trouble.FEE)
    assert desk.state.ledger.balance(DOLLARS) == Balance(25_000_000_000_000)
    assert not desk.state.contract(trade.hash).holds


def test_what_was_voided_may_be_awarded_from_what_is_frozen() -> None:
    desk, trade = voided("signed")
    desk.log(*world.award_step(world.award(trade.hash)))
    assert desk.stands(trade) is ContractState.AWARDED
    assert desk.state.ledger.balance(COINS).held == 10_000_000_000 + FEE_CAP
    assert desk.state.ledger.balance(DOLLARS) == Balance(25_000_000_000_000)


def test_nothing_is_disputed_while_it_is_voided() -> None:
    desk, trade = at("signed")
    trouble.void_declared(desk, trade)
    assert desk.attempt(*world.dispute_step(trade.hash)) == "settlement.voiding"


def test_a_contract_that_an_order_names_keeps_its_holds_though_its_coins_came_home() -> None:
    desk, trade = at("signed")
    trouble.void_all(desk, trade)
    desk.log(*world.freeze_step(contract=trade.hash))
    step = "settlement.voided", ["desk"], {"cycle": trade.cycle}
    assert desk.attempt(*step) == "settlement.frozen"
    desk.log(*world.lift_step())
    assert desk.attempt(*step) is None
