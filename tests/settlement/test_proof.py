"""Netting conserves every position, pays no more often than it must, and says what it saved."""

import random
from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from countersign.settlement import netting, proof
from countersign.settlement.contract import Terms
from countersign.settlement.netting import BILATERAL, GROSS, MODES, MULTILATERAL
from countersign.settlement.roster import Party
from support import settlement_world as world
from support.many_books import Market

MARKET = Market(institutions=6, books=3, tokens=4)
RANDOM = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def spot(number: int, dice: random.Random) -> Terms:
    """One asset against another between two books."""
    one, other = two_books(dice)
    first, second = dice.sample(MARKET.assets, 2)
    legs = ((0, 1, first, dice.randint(1, 10**9)), (1, 0, second, dice.randint(1, 10**9)))
    return MARKET.terms(number, (one, other), legs)


def basket(number: int, dice: random.Random) -> Terms:
    """Every asset, one way or the other, between two books."""
    one, other = two_books(dice)
    ways = [(place % 2, asset) for place, asset in enumerate(dice.sample(MARKET.assets, len(MARKET.assets)))]
    legs = tuple((way, 1 - way, asset, dice.randint(1, 10**9)) for way, asset in ways)
    return MARKET.terms(number, (one, other), legs)


def block(number: int, dice: random.Random) -> Terms:
    """One book's asset against another, split over the books of the other side."""
    seller = dice.choice(MARKET.parties)
    lei = dice.choice([each.lei for each in MARKET.parties if each.lei != seller.lei])
    buyers = [each for each in MARKET.parties if each.lei == lei]
    first, second = dice.sample(MARKET.assets, 2)
    legs = tuple(
        leg
        for place in range(1, len(buyers) + 1)
        for leg in ((0, place, first, dice.randint(1, 10**9)), (place, 0, second, dice.randint(1, 10**9)))
    )
    return MARKET.terms(number, (seller, *buyers), legs)


def two_books(dice: random.Random) -> tuple[Party, Party]:
    one = dice.choice(MARKET.parties)
    return one, dice.choice([each for each in MARKET.parties if each.lei != one.lei])


SHAPES: tuple[Callable[[int, random.Random], Terms], ...] = (spot, basket, block)


def contracts(seed: int, count: int) -> list[Terms]:
    dice = random.Random(seed)  # noqa: S311  (a test's dice)
    return [dice.choice(SHAPES)(number, dice) for number in range(count)]


SEEDS = st.integers(0, 2**32)
COUNTS = st.integers(1, 300)


@RANDOM
@given(seed=SEEDS, count=COUNTS, mode=st.sampled_from(MODES))
def test_every_position_is_conserved_and_every_asset_sums_to_zero(seed: int, count: int, mode: str) -> None:
    agreed = contracts(seed, count)
    found = proof.prove(MARKET.roster, agreed, mode)
    assert found.holds
    expected: Counter[tuple[str, Party]] = Counter()
    for terms in agreed:
        for leg in terms.legs:
            expected[leg.asset, terms.payer(leg)] -= leg.amount
            expected[leg.asset, terms.receiver(leg)] += leg.amount
    assert {(each.asset, each.book): each.after for each in found.positions} == dict(expected)


@RANDOM
@given(seed=SEEDS, count=COUNTS)
def test_multilateral_netting_pays_less_often_than_there_are_books_in_each_asset(seed: int, count: int) -> None:
    agreed = contracts(seed, count)
    owed = netting.obligations(MARKET.roster, agreed, MULTILATERAL)
    for asset, books in netting.net_positions(netting.deliveries(agreed)).items():
        payments = [each for each in owed if each.asset == asset]
        moving = [units for units in books.values() if units]
        assert len(payments) <= max(0, len(moving) - 1)
        payers, receivers = ({each.payer for each in payments}, {each.receiver for each in payments})
        assert not payers & receivers
        assert len(payments) <= max(0, len(payers) + len(receivers) - 1)
        assert sum(each.amount for each in payments) == sum(units for units in moving if units > 0)


@RANDOM
@given(seed=SEEDS, count=COUNTS)
def test_bilateral_netting_pays_one_way_between_two_books(seed: int, count: int) -> None:
    owed = netting.obligations(MARKET.roster, contracts(seed, count), BILATERAL)
    pairs = [(each.asset, *sorted((each.payer, each.receiver))) for each in owed]
    assert len(set(pairs)) == len(pairs)


@RANDOM
@given(seed=SEEDS, count=COUNTS, mode=st.sampled_from(MODES))
def test_nobody_pays_itself_and_nothing_moves_for_nothing(seed: int, count: int, mode: str) -> None:
    for owed in netting.obligations(MARKET.roster, contracts(seed, count), mode):
        assert owed.payer != owed.receiver
        assert owed.amount > 0
        assert MARKET.roster.vault(owed.vault).owner == owed.payer


@RANDOM
@given(seed=SEEDS, count=COUNTS, mode=st.sampled_from(MODES), order=SEEDS)
def test_the_order_of_the_contracts_changes_nothing(seed: int, count: int, mode: str, order: int) -> None:
    agreed = contracts(seed, count)
    shuffled = list(agreed)
    random.Random(order).shuffle(shuffled)  # noqa: S311  (a test's dice)
    roster = MARKET.roster
    assert netting.obligations(roster, shuffled, mode) == netting.obligations(roster, agreed, mode)
    assert proof.prove(roster, shuffled, mode) == proof.prove(roster, agreed, mode)


@RANDOM
@given(seed=SEEDS, count=COUNTS)
def test_netting_never_moves_more_than_gross(seed: int, count: int) -> None:
    agreed = contracts(seed, count)
    gross, two, many = (proof.prove(MARKET.roster, agreed, mode) for mode in (GROSS, BILATERAL, MULTILATERAL))
    for flows in zip(gross.assets, two.assets, many.assets, strict=True):
        assert flows[0].net == flows[0].gross >= flows[1].net >= flows[2].net
        assert flows[0].gross_payments == flows[1].gross_payments == flows[2].gross_payments
    assert many.transactions_net <= many.transactions_gross == gross.transactions_gross


def test_a_proof_that_was_altered_does_not_hold() -> None:
    agreed = contracts(7, 20)
    owed = list(netting.obligations(MARKET.roster, agreed, MULTILATERAL))
    assert proof.of(MARKET.roster, agreed, owed).holds
    more = world.replace(owed[0], amount=owed[0].amount + 1)
    assert not proof.of(MARKET.roster, agreed, [more, *owed[1:]]).holds
    assert not proof.of(MARKET.roster, agreed, owed[1:]).holds
    elsewhere = world.replace(owed[0], receiver=owed[0].payer)
    assert not proof.of(MARKET.roster, agreed, [elsewhere, *owed[1:]]).holds


def test_a_ring_of_three_nets_to_nothing() -> None:
    books = [MARKET.parties[place * 3] for place in range(3)]
    btc, usd = MARKET.assets[:2]
    ring = [
        MARKET.terms(number, (books[number], books[(number + 1) % 3]), ((0, 1, btc, 5), (1, 0, usd, 7)))
        for number in range(3)
    ]
    found = proof.prove(MARKET.roster, ring, MULTILATERAL)
    assert (found.transactions_gross, found.transactions_net, found.holds) == (6, 0, True)
    assert [(each.gross, each.net) for each in found.assets] == [(15, 0), (21, 0)]
    assert proof.prove(MARKET.roster, ring, BILATERAL).transactions_net == 4  # one PSBT over three vaults, three Safes


@pytest.mark.parametrize("mode", MODES)
def test_what_was_saved_is_counted_in_transactions_amounts_and_dollars(mode: str) -> None:
    desk = world.founded()
    there, back = world.terms(1), world.terms(2)
    parties, legs = back.parties[::-1], []
    for leg, to in zip(back.legs, ("meridian", "harbour"), strict=True):
        legs.append(world.replace(leg, amount=leg.amount // 2, destination=world.destination(to, leg.asset)))
    back = world.replace(back, parties=parties, legs=tuple(legs))
    found = proof.prove(desk.state.roster, [there, back], mode)
    worth = proof.dollars(desk.state, found)
    left = {GROSS: (60_000_000, 4), BILATERAL: (20_000_000, 2), MULTILATERAL: (20_000_000, 2)}[mode]
    assert (worth.gross, worth.net, worth.unpriced) == (60_000_000, left[0], ())
    assert found.transactions_gross == 4
    assert found.transactions_net == {GROSS: 3, BILATERAL: 2, MULTILATERAL: 2}[mode]
    unpriced = world.replace(desk.state, prices=desk.state.prices.delete(world.BTC))
    assert proof.dollars(unpriced, found).unpriced == (world.BTC,)
