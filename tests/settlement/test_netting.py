"""Obligations: the legs if gross, sums if several, the same whatever the order."""

from itertools import permutations

from countersign.settlement import netting
from support import settlement_world as world


def test_a_gross_cycle_owes_the_contracts_legs() -> None:
    roster = world.founded().state.roster
    terms = world.terms()
    owed = netting.obligations(roster, [terms])
    assert {(each.vault, each.asset, each.amount, each.destination) for each in owed} == {
        ("meridian-btc", world.BTC, world.BTC_UNITS, terms.legs[0].destination),
        ("harbour-safe", world.USDC, world.USDC_UNITS, terms.legs[1].destination),
    }
    assert [group.kind for group in netting.groups(owed)] == ["psbt", "safe-tx"]
    caps = netting.fee_caps(roster, [terms])
    assert [(cap.vault, cap.coin, cap.cap) for cap in caps] == [("meridian-btc", world.BTC, world.FEE_CAP)]
    assert netting.owed_by(owed, netting.groups(owed)[0])[0].vault == "meridian-btc"


def test_several_contracts_add_up_in_any_order() -> None:
    roster = world.founded().state.roster
    terms = [world.terms(number) for number in (1, 2, 3)]
    found = {netting.obligations(roster, order) for order in permutations(terms)}
    assert len(found) == 1
    assert {each.amount for each in found.pop()} == {3 * world.BTC_UNITS, 3 * world.USDC_UNITS}
