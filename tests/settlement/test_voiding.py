"""After the first share a settlement ends without delivery only by being voided; holds return when that is final."""

import pytest

from countersign.settlement.ledger import Account, Totals
from countersign.settlement.records import ContractState
from support import settlement_world as world
from support import trouble_world as trouble
from support.settlement_world import Desk


def balance(desk: Desk, owner: str, asset: str) -> tuple[int, int]:
    found = desk.state.ledger.balance(Account(world.OWNERS[owner].lei, "main", asset))
    return found.available, found.held


@pytest.mark.parametrize("until", ["partly signed", "signed", "released"])
def test_holds_return_less_the_network_fee_and_the_ledger_balances(until: str) -> None:
    desk, trade = trouble.begun(until)
    trouble.void_all(desk, trade)
    assert balance(desk, "meridian", world.BTC)[1] == world.BTC_UNITS + world.FEE_CAP
    desk.log("settlement.voided", ["desk"], {"cycle": trade.cycle})
    assert desk.stands(trade) is ContractState.VOIDED
    assert balance(desk, "meridian", world.BTC) == (30_000_000_000 - trouble.FEE, 0)
    assert balance(desk, "harbour", world.USDC) == (25_000_000_000_000, 0)
    assert balance(desk, "harbour", world.BTC) == (0, 0)
    assert desk.state.ledger.totals[world.BTC] == Totals(30_000_000_000, 0, trouble.FEE)
    assert desk.state.ledger.balances_with_totals()
    assert desk.state.cycle(trade.cycle).voided == len(desk.entries) - 1


def test_it_is_voided_only_once_every_void_has_the_policys_confirmations() -> None:
    desk, trade = trouble.begun("signed")
    step = ("settlement.voided", ["desk"], {"cycle": trade.cycle})
    assert desk.attempt(*step) == "settlement.wrong-state"
    trouble.void_all(desk, trade, confirmations=1)
    assert desk.attempt(*step) == "settlement.void-unconfirmed"
    desk.log(*trouble.observed(trouble.live(desk, trade, "psbt"), 3))
    assert desk.attempt(*step) == "settlement.void-unconfirmed"
    desk.log(*trouble.observed(trouble.live(desk, trade, "safe-tx"), 2))
    assert desk.attempt(*step) is None


def test_what_is_not_being_voided_cannot_be_voided_and_a_void_is_never_final() -> None:
    desk, trade = trouble.begun("settling")
    assert desk.attempt("settlement.voided", ["desk"], {"cycle": trade.cycle}) == "settlement.not-voiding"
    desk, trade = trouble.begun("signed")
    trouble.void_all(desk, trade)
    assert desk.attempt("settlement.final", ["desk"], {"cycle": trade.cycle}) == "settlement.voiding"
    assert desk.attempt("delivery.confirmed", ["meridian"], {"contract": trade.hash}) == "settlement.voiding"


def test_the_safe_is_free_again_and_nothing_revives_what_was_voided() -> None:
    desk, trade = trouble.begun("signed")
    originals = desk.state.live(desk.state.cycle(trade.cycle))
    trouble.void_all(desk, trade)
    desk.log("settlement.voided", ["desk"], {"cycle": trade.cycle})
    assert (desk.state.safes["harbour-safe"].pending, desk.state.safes["harbour-safe"].executed) == (None, 0)
    before = desk.state.contract(trade.hash)
    for each in originals:
        for step in (
            world.share_step(each.hash, "officer-d", each.group.vaults[0]),
            trouble.broadcast(each),
            trouble.prepared(trade, each, "void", 9),
        ):
            assert desk.attempt(*step) is not None
    for step in desk.story(trade):
        assert desk.attempt(*step) is not None
        if step[0] == "cycle.closed":
            break
    assert desk.state.contract(trade.hash) is before


def test_the_share_that_completes_the_first_void_waits_until_the_other_lacks_its_last() -> None:
    desk, trade = trouble.begun("signed")
    trouble.void_declared(desk, trade)
    psbt, safe = trouble.live(desk, trade, "psbt"), trouble.live(desk, trade, "safe-tx")
    trouble.signed(desk, psbt, "officer-a")
    assert desk.attempt(*world.share_step(psbt.hash, "officer-c", "meridian-btc")) == "settlement.first-quorum"
    trouble.signed(desk, safe, "officer-a")
    assert desk.attempt(*world.share_step(psbt.hash, "officer-c", "meridian-btc")) is None
