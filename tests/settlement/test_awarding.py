"""Awards: they move exactly what they say, from the frozen holds first, and go the ordinary way to finality."""

import pytest

from countersign.settlement import builder, contract
from countersign.settlement.contract import Leg
from countersign.settlement.ledger import Account, Balance
from countersign.settlement.records import ContractState
from support import settlement_world as world
from support.settlement_world import BTC, FEE_CAP, USDC, Desk, Trade

COINS = Account(world.MERIDIAN, "main", BTC)
DOLLARS = Account(world.HARBOUR, "main", USDC)
AWARDED = 10_000_000_000


def disputed(until: str = "held", **deposits: int) -> tuple[Desk, Trade]:
    desk = world.founded(**deposits)
    trade = desk.trade()
    desk.play(trade, until=until)
    desk.log(*world.dispute_step(trade.hash))
    return desk, trade


def carry_out(desk: Desk, trade: Trade) -> None:
    """The ordinary way of an award over one Bitcoin leg."""
    desk.log("cycle.closed", ["desk"], builder.cycle_body(trade.cycle, [trade.hash], world.START))
    desk.log("instruction.prepared", ["operations"], world.psbt_body(trade))
    [psbt] = desk.state.live(desk.state.cycle(trade.cycle))
    for officer in ("officer-a", "officer-c"):
        desk.log(*world.share_step(psbt.hash, officer, "meridian-btc"))
    desk.log("release.authorised", ["operations", "compliance"], world.release_body(trade, psbt.hash))
    names, transaction = ["desk", "operations"], trade.bitcoin_transaction
    desk.log("transaction.broadcast", names, world.broadcast_body(psbt.hash, transaction))
    desk.log("transaction.observed", names, world.observed_body(psbt.hash, transaction, 3, 1_000))
    desk.log("settlement.final", ["desk"], {"cycle": trade.cycle})


def test_the_frozen_units_go_to_the_award_and_the_rest_returns_to_its_owners() -> None:
    desk, trade = disputed()
    desk.log(*world.award_step(world.award(trade.hash)))
    held = AWARDED + FEE_CAP
    assert desk.state.ledger.balance(COINS) == Balance(30_000_000_000 - held, held)
    assert desk.state.ledger.balance(DOLLARS) == Balance(25_000_000_000_000)
    assert desk.stands(trade) is ContractState.AWARDED
    record = desk.state.contract(trade.hash)
    award = desk.state.contract(record.award or "")
    assert (award.state, len(award.holds)) == (ContractState.HELD, 1)
    assert record.dispute is not None
    assert record.dispute.outcome == "awarded"


def test_an_award_goes_to_finality_and_moves_exactly_what_it_says() -> None:
    desk, trade = disputed()
    ruled = world.award(trade.hash)
    desk.log(*world.award_step(ruled))
    award = Trade(80, world.signed_contract(ruled, ["compliance", "officer-d"]))
    carry_out(desk, award)
    assert desk.stands(award) is ContractState.FINAL
    assert desk.state.ledger.balance(COINS) == Balance(30_000_000_000 - AWARDED - 1_000)
    assert desk.state.ledger.balance(Account(world.HARBOUR, "main", BTC)) == Balance(AWARDED)
    assert desk.state.ledger.balance(DOLLARS) == Balance(25_000_000_000_000)
    assert desk.state.ledger.balances_with_totals()


def test_what_the_frozen_units_do_not_cover_comes_from_available_ones() -> None:
    desk, trade = disputed()
    more = world.award(trade.hash, legs=(Leg(0, 1, BTC, 29_000_000_000, world.destination("harbour", BTC)),))
    desk.log(*world.award_step(more))
    assert desk.state.ledger.balance(COINS).held == 29_000_000_000 + FEE_CAP


def test_an_award_beyond_both_is_refused() -> None:
    desk, trade = disputed()
    leg = Leg(0, 1, BTC, 30_000_000_000, world.destination("harbour", BTC))  # and no fee left to pay
    assert desk.attempt(*world.award_step(world.award(trade.hash, legs=(leg,)))) == "settlement.insufficient"


def test_a_final_contract_stays_final_and_its_award_takes_available_units() -> None:
    desk, trade = disputed("final", bitcoin=60_000_000_000)
    before = desk.state.ledger.balance(COINS)
    desk.log(*world.award_step(world.award(trade.hash)))
    assert desk.stands(trade) is ContractState.FINAL
    held = AWARDED + FEE_CAP
    assert desk.state.ledger.balance(COINS) == Balance(before.available - held, held)


@pytest.mark.parametrize("until", ["released", "settling"])
def test_what_is_on_its_way_is_awarded_when_it_has_arrived(until: str) -> None:
    desk, trade = disputed(until)
    assert desk.attempt(*world.award_step(world.award(trade.hash))) == "settlement.wrong-state"


def test_after_a_share_the_settlement_is_voided_first() -> None:
    desk, trade = disputed("partly signed")
    assert desk.attempt(*world.award_step(world.award(trade.hash))) == "settlement.share-exists"


def test_without_a_dispute_there_is_no_award() -> None:
    desk = world.founded()
    trade = desk.trade()
    desk.play(trade, until="held")
    assert desk.attempt(*world.award_step(world.award(trade.hash))) == "settlement.no-dispute"


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (["compliance"], "settlement.wrong-signers"),
        (["operations", "officer-d"], "settlement.wrong-signers"),
        (["compliance", "officer-d", "operations"], "settlement.wrong-signers"),
        (["meridian", "harbour"], "settlement.wrong-signers"),
    ],
)
def test_an_award_is_two_officers_one_of_them_of_compliance(names: list[str], code: str) -> None:
    desk, trade = disputed()
    assert desk.attempt(*world.award_step(world.award(trade.hash), names)) == code


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (["compliance"], "settlement.award-officers"),
        (["operations", "officer-d"], "settlement.award-officers"),
        (["meridian", "harbour"], "settlement.award-signer"),
        (["compliance", "operations"], "settlement.award-signers"),
    ],
)
def test_the_terms_themselves_bear_the_same_two_signatures(names: list[str], code: str) -> None:
    desk, trade = disputed()
    signed = world.signed_contract(world.award(trade.hash), names)
    assert desk.attempt("award.made", ["compliance", "officer-d"], builder.contract_body(signed)) == code


def test_an_award_lies_between_the_contracts_books_and_goes_to_registered_places() -> None:
    desk, trade = disputed()
    outside = Leg(0, 1, BTC, AWARDED, world.outside("harbour", BTC))
    code = desk.attempt(*world.award_step(world.award(trade.hash, legs=(outside,))))
    assert code == "settlement.destination-unregistered"
    sale = world.signed_contract(world.terms(81), ["compliance", "officer-d"])
    code = desk.attempt("award.made", ["compliance", "officer-d"], builder.contract_body(sale))
    assert code == "settlement.not-an-award"


def test_an_award_binds_a_suspended_participant_too() -> None:
    desk, trade = disputed()
    body = {**world.no_entries(), "participants": [world.participant_entry("meridian", suspended=True)]}
    desk.log("roster.changed", ["compliance", "officer-d"], body)
    assert desk.attempt(*world.award_step(world.award(trade.hash))) is None


def test_under_an_order_nothing_is_awarded_until_it_is_lifted() -> None:
    desk, trade = disputed()
    desk.log(*world.freeze_step(contract=trade.hash))
    assert desk.attempt(*world.award_step(world.award(trade.hash))) == "settlement.frozen"
    desk.log(*world.lift_step())
    assert desk.attempt(*world.award_step(world.award(trade.hash))) is None


def test_a_contract_is_awarded_once_unless_its_award_ended_unfulfilled() -> None:
    desk, trade = disputed()
    first = world.award(trade.hash)
    desk.log(*world.award_step(first))
    second = world.award(trade.hash, 82)
    assert desk.attempt(*world.award_step(second)) == "settlement.wrong-state"
    desk.now_ms = (first.settle_by + 1) * 1_000
    name = contract.hash_of(first.serialise())
    desk.log("contract.expired", ["desk"], {"contract": name})
    assert desk.state.ledger.balance(COINS).held == 0
    later = world.replace(second, settle_by=first.settle_by + 86_400)
    desk.log(*world.award_step(later))
    assert desk.state.ledger.balance(COINS).held == AWARDED + FEE_CAP


def test_an_award_is_not_disputed() -> None:
    desk, trade = disputed()
    ruled = world.award(trade.hash)
    desk.log(*world.award_step(ruled))
    assert desk.attempt(*world.dispute_step(contract.hash_of(ruled.serialise()))) == "settlement.not-disputable"
