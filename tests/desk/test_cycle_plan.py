"""Splitting a cut-off: as few parts as the limits allow, in the order of endorsement, the same for everybody."""

from collections.abc import Sequence

import pytest

from countersign.bitcoin.build import build
from countersign.bitcoin.selection import Payer
from countersign.bitcoin.transaction import Output, Satoshis
from countersign.desk import cycle_limits, cycle_plan
from countersign.desk.cycle_plan import everything_fits
from countersign.errors import Refused
from countersign.rails.bitcoin import script_at
from countersign.settlement import builder, netting
from countersign.settlement.cut_off import gather
from countersign.settlement.netting import BILATERAL, GROSS, MULTILATERAL, Group, Obligation
from support import settlement_world as world
from support.bitcoin_vault import funded, software_vault
from support.settlement_world import BITCOIN, BTC, Desk, Trade

SMALL = 150_000_000


def held(count: int, *, withdrawals: int = 0) -> tuple[Desk, list[str]]:
    """A desk with so many small sales held, then so many withdrawals, in the order of endorsement."""
    desk, names = world.founded(), []
    for number in range(1, count + withdrawals + 1):
        if number <= count:
            terms = world.terms(number)
            legs = tuple(
                world.replace(leg, amount=units) for leg, units in zip(terms.legs, (SMALL, SMALL * 800), strict=True)
            )
            notional = world.Notional(120_000, "80000", "Northgate reference")
            trade = Trade(number, world.signed_contract(world.replace(terms, legs=legs, notional=notional)))
            desk.play(trade, until="held")
        else:
            trade = Trade(number, world.signed_contract(world.withdrawal(number), ["meridian"]))
            desk.log("withdrawal.requested", ["meridian"], builder.contract_body(trade.contract))
            desk.log("contract.endorsed", ["compliance"], {"contract": trade.hash})
            desk.log("hold.placed", ["desk"], builder.hold_body(trade.contract.terms, trade.hash, 0))
        names.append(trade.hash)
    return desk, names


def cold_limit(desk: Desk, limit: int) -> None:
    cycles = {"cut_offs": ["16:00"], "top_up_seconds": 3_600, "cold_contracts": limit}
    document = world.policy_document(version=2, cycles=cycles)
    desk.log("policy.adopted", ["compliance", "officer-d"], {"policy": document})


def at_most(outputs: int) -> cycle_plan.Fits:
    """A chain that takes so many gross deliveries' worth of units."""
    return lambda owed: sum(each.amount for each in owed if each.asset == BTC) <= outputs * SMALL


@pytest.mark.parametrize(("limit", "sizes"), [(5, [5]), (4, [3, 2]), (2, [2, 1, 2]), (1, [1, 1, 1, 1, 1])])
def test_parts_fit_and_follow_the_order_of_endorsement(limit: int, sizes: list[int]) -> None:
    desk, names = held(5)
    parts = cycle_plan.split(desk.state, names, MULTILATERAL, at_most(limit))
    assert [len(part) for part in parts] == sizes
    assert [each for part in parts for each in part] == names
    for part in parts:
        terms = [desk.state.contract(each).terms for each in part]
        assert at_most(limit)(netting.obligations(desk.state.roster, terms, MULTILATERAL))


def test_one_contract_is_never_split_however_large() -> None:
    desk, names = held(1)
    assert cycle_plan.split(desk.state, names, MULTILATERAL, lambda owed: False) == [names]


@pytest.mark.parametrize(("limit", "sizes"), [(5, [5]), (3, [3, 2]), (2, [2, 2, 1])])
def test_what_needs_cold_shares_is_as_small_as_the_policy_says(limit: int, sizes: list[int]) -> None:
    desk, names = held(5)
    cold_limit(desk, limit)
    parts = cycle_plan.split(desk.state, names, BILATERAL, everything_fits)
    assert [len(part) for part in parts] == sizes


def test_a_cycle_that_is_planned_is_one_that_the_machine_takes() -> None:
    desk, _ = held(4, withdrawals=2)
    cold_limit(desk, 3)
    moment = desk.now_ms // 1_000
    gathered = gather(desk.state, moment, moment, lambda index: desk.entries[index].time_ms)
    planned = list(cycle_plan.plan(desk.state, gathered, MULTILATERAL, everything_fits))
    assert [(each.netting, len(each.contracts)) for each in planned] == [
        (MULTILATERAL, 3),
        (GROSS, 1),
        (GROSS, 1),
        (GROSS, 1),
    ]
    assert len({each.id for each in planned}) == 4
    for each in planned:
        assert each.proof.holds
        body = builder.cycle_body(each.id, each.contracts, moment, netting=each.netting)
        desk.log("cycle.closed", ["desk"], body)
    assert all(desk.state.contract(each).cycle for each in gathered.ready)


def owed(count: int) -> Sequence[Obligation]:
    """Meridian owes one bitcoin to each of so many destinations."""
    payer, receiver = world.OWNERS["meridian"], world.OWNERS["harbour"]
    place = world.destination("harbour", BTC)
    return [Obligation("meridian-btc", payer, receiver, BTC, 10**8, place) for _ in range(count)]


GROUP = Group(BITCOIN, "psbt", ("meridian-btc",))


@pytest.mark.parametrize(("count", "fits"), [(1, True), (1_999, True), (2_000, False)])
def test_a_transaction_has_at_most_two_thousand_outputs_with_its_change(count: int, fits: bool) -> None:
    state = world.founded().state
    purses = {"meridian-btc": (count * 10**8 + 10**6,)}
    assert cycle_limits.fits(state, GROUP, owed(count), purses, {"meridian-btc": 50_000}) is fits


@pytest.mark.parametrize(("coins", "fits"), [(900, True), (955, True), (956, False), (1_100, False)])
def test_a_transaction_weighs_at_most_four_hundred_thousand_units_signed(coins: int, fits: bool) -> None:
    # One input of a 2-of-3 slot weighs 418 units, the rest of this transaction 730.
    state = world.founded().state
    purses = {"meridian-btc": tuple([10**8 // coins + 1] * coins)}
    assert cycle_limits.fits(state, GROUP, owed(1), purses, {}) is fits


@pytest.mark.parametrize(("coins", "fits"), [(955, True), (956, False)])
def test_what_is_told_to_fit_is_built_and_what_is_not_the_rail_refuses(coins: int, fits: bool) -> None:
    held, amount = software_vault("limits").vault, 10**8 // coins + 1
    all_but_fee = Output(script_at(world.destination("harbour", BTC)), Satoshis(amount * coins - 101_000))
    payer = Payer(held.checksum, funded(held, [amount] * coins), (all_but_fee,), held.slots[3])
    assert cycle_limits.fits(world.founded().state, GROUP, owed(1), {"meridian-btc": (amount,) * coins}, {}) is fits
    if fits:
        assert len(build([payer], 1).psbt.inputs) == coins
    else:
        with pytest.raises(Refused, match=r"bitcoin\.too-heavy"):
            build([payer], 1)


@pytest.mark.parametrize(("count", "fits"), [(1, True), (128, True), (129, False)])
def test_a_safes_transaction_has_at_most_as_many_payments_as_a_batch_has_calls(count: int, fits: bool) -> None:
    state, place = world.founded().state, world.destination("meridian", world.USDC)
    payer, receiver = world.OWNERS["harbour"], world.OWNERS["meridian"]
    many = [Obligation("harbour-safe", payer, receiver, world.USDC, 5, place)] * count
    group = Group(world.ETHEREUM, "safe-tx", ("harbour-safe",))
    assert cycle_limits.fits(state, group, many, {}, {}) is fits


@pytest.mark.parametrize(("cap", "sizes"), [(None, [4]), (480_000, [4]), (479_999, [2, 2]), (120_000, [1, 1, 1, 1])])
def test_the_policys_cap_on_one_transaction_makes_several(cap: int | None, sizes: list[int]) -> None:
    desk, names = held(4)
    caps = {"transaction_usd": None if cap is None else str(cap), "day_usd": None, "counterparty_usd": None}
    document = world.policy_document(version=2, caps=caps)
    desk.log("policy.adopted", ["compliance", "officer-d"], {"policy": document})
    parts = cycle_plan.split(desk.state, names, MULTILATERAL, everything_fits)
    assert [len(part) for part in parts] == sizes


@pytest.mark.parametrize(("usd", "sizes"), [(480_001, [4]), (480_000, [2, 2]), (200_000, [1, 1, 1, 1])])
def test_what_needs_more_signatures_than_a_vault_has_is_not_put_into_one(usd: int, sizes: list[int]) -> None:
    desk, names = held(4)
    document = world.policy_document(version=2, quorums=[{"from_usd": str(usd), "signatures": 3}])
    desk.log("policy.adopted", ["compliance", "officer-d"], {"policy": document})
    parts = cycle_plan.split(desk.state, names, MULTILATERAL, everything_fits)
    assert [len(part) for part in parts] == sizes


def test_only_as_many_coins_count_as_are_needed_with_the_fee() -> None:
    state = world.founded().state
    purses = {"meridian-btc": (10**8, *[1] * 2_000)}
    assert cycle_limits.fits(state, GROUP, owed(1), purses, {})
    assert cycle_limits.fits(state, GROUP, owed(1), purses, {"meridian-btc": 900})
    assert not cycle_limits.fits(state, GROUP, owed(1), purses, {"meridian-btc": 2_000})
