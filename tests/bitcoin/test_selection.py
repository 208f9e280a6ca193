"""Choosing coins: exact matches where the vaults' equation allows them, the same whatever the order, honest refusals."""

from itertools import combinations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countersign.bitcoin import fees, inspect, psbt, script, transaction, weights
from countersign.bitcoin.build import Built, build
from countersign.bitcoin.selection import MORE_INPUTS, Payer
from countersign.errors import Refused
from support.bitcoin_vault import SoftwareVault, funded, payment, software_vault

NORTH, SOUTH = software_vault("north"), software_vault("south", 3, 5)
INPUT, CHANGE, PAYMENT = weights.finished_input(2, 3), weights.output(NORTH.vault.slots[3].script_pubkey), 124
DUST = script.dust_limit(NORTH.vault.slots[3].script_pubkey)


def payer(held: SoftwareVault, amounts: list[int], owed: int, nonce: int = 0) -> Payer:
    return Payer(held.vault.checksum, funded(held.vault, amounts, nonce), (payment(owed),), held.vault.slots[3])


def lone_fee(inputs: int, rate: int, *, change: bool = False) -> int:
    """What a lone 2-of-3 vault with one payment pays."""
    weight = weights.overhead(inputs, 1 + change) + inputs * INPUT + PAYMENT + change * CHANGE
    return rate * transaction.virtual_size(weight)


def spent(built: Built) -> list[int]:
    return sorted(int(fact.spent.satoshis) for fact in inspect.facts(built.psbt).inputs if fact.spent)


def test_coins_that_match_exactly_leave_no_change_and_the_largest_stay_at_home() -> None:
    owed = 70_000 - lone_fee(2, 3)
    built = build([payer(NORTH, [90_000, 40_000, 30_000, 500_000], owed)], 3)
    assert (spent(built), built.changes, built.fee) == ([30_000, 40_000], (0,), lone_fee(2, 3))
    # one satoshi short of it is no match: the largest coin pays, with change
    near = build([payer(NORTH, [90_000, 40_000, 29_999, 500_000], owed)], 3)
    assert (spent(near), near.changes[0] > 0) == ([500_000], True)


def test_what_a_lone_vault_leaves_to_the_fee_is_less_than_change_would_cost_and_dust() -> None:
    rate = 4
    most = lone_fee(1, rate, change=True) + DUST - 1  # with a satoshi more, change could come home
    built = build([payer(NORTH, [50_000], 50_000 - most)], rate)
    assert (built.changes, built.fee) == ((0,), most)
    near = build([payer(NORTH, [50_000], 50_000 - most - 1)], rate)
    assert (near.changes, near.fee) == ((DUST,), lone_fee(1, rate, change=True))


def two(coin: int, rate: int = 2) -> Built:
    """North has a coin that may match exactly, beside a large one; South pays with change."""
    return build([payer(NORTH, [coin, 900_000], 100_000), payer(SOUTH, [800_000], 300_000, 100)], rate)


def norths_share(rate: int = 2) -> int:
    """North's share with one input and no change, beside South's one input with change."""
    south_own = weights.finished_input(3, 5) + CHANGE
    size = transaction.virtual_size(weights.overhead(2, 3) + 2 * PAYMENT + INPUT + south_own)
    return fees.shares(rate * size, [(NORTH.vault.checksum, INPUT), (SOUTH.vault.checksum, south_own)])[0]


def test_beside_another_vault_a_match_is_exact_to_the_satoshi_or_there_is_change() -> None:
    built = two(100_000 + norths_share())
    assert spent(built) == [100_000 + norths_share(), 800_000]
    assert built.changes[0] == 0 < built.changes[1]
    assert built.fee == 2 * inspect.facts(built.psbt).vsize
    for off in (-1, 1):
        near = two(100_000 + norths_share() + off)
        assert spent(near) == [800_000, 900_000]
        assert min(near.changes) >= DUST


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_no_smaller_choice_would_have_matched_and_none_is_larger_than_the_largest_first_needs(
    data: st.DataObject,
) -> None:
    amounts = data.draw(st.lists(st.integers(3_000, 60_000), min_size=1, max_size=9))
    owed, rate = data.draw(st.integers(2_000, 200_000)), data.draw(st.integers(1, 15))
    try:
        built = build([payer(NORTH, amounts, owed)], rate)
    except Refused:
        return
    chosen, ordered = spent(built), sorted(amounts, reverse=True)

    def matching(count: int) -> bool:
        least, most = lone_fee(count, rate), lone_fee(count, rate, change=True) + DUST
        return any(least <= sum(each) - owed < most for each in combinations(amounts, count))

    needed = next(
        (n for n in range(1, len(ordered) + 1) if sum(ordered[:n]) - owed >= lone_fee(n, rate, change=True) + DUST),
        len(ordered),
    )
    smallest = next((n for n in range(1, min(needed + MORE_INPUTS, len(ordered)) + 1) if matching(n)), None)
    assert (built.changes == (0,)) is (smallest is not None)
    assert len(chosen) == (needed if smallest is None else smallest)
    if smallest is None:
        assert chosen == sorted(ordered[:needed])


def outcome(payers: list[Payer], rate: int) -> object:
    """The bytes that were built, or what was refused."""
    try:
        return psbt.serialise(build(payers, rate).psbt)
    except Refused as refused:
        return refused.code, refused.values


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.integers(2_000, 60_000), min_size=2, max_size=12),
    st.integers(2_000, 90_000),
    st.integers(1, 9),
    st.integers(0, 2**32),
)
def test_shuffled_coins_and_vaults_give_the_same_bytes(amounts: list[int], owed: int, rate: int, seed: int) -> None:
    both = [payer(NORTH, amounts, owed), payer(SOUTH, [400_000, 30_000], 60_000, 100)]
    for payers in ([both[0]], both):
        dice = Random(seed)  # noqa: S311  (a test's dice)
        shuffled = [Payer(p.checksum, tuple(dice.sample(p.coins, len(p.coins))), p.payments, p.change) for p in payers]
        assert outcome(payers, rate) == outcome(shuffled, rate) == outcome(shuffled[::-1], rate)


@given(st.lists(st.integers(2_500, 9_000), min_size=1, max_size=8), st.integers(72_000, 200_000), st.integers(1, 20))
def test_what_is_missing_is_named_and_with_it_the_vault_can_pay(amounts: list[int], owed: int, rate: int) -> None:
    with pytest.raises(Refused) as refused:
        build([payer(NORTH, amounts, owed)], rate)
    values = dict(refused.value.values)
    assert (refused.value.code, values["vault"]) == ("bitcoin.funds", NORTH.vault.checksum)
    enough = [amounts[0] + values["missing"], *amounts[1:]]
    assert build([payer(NORTH, enough, owed)], rate).changes == (0,)
    with pytest.raises(Refused, match=r"bitcoin\.funds"):
        build([payer(NORTH, [enough[0] - 1, *enough[1:]], owed)], rate)


def test_a_vault_that_lacks_funds_beside_another_is_named_with_what_it_lacks() -> None:
    rich, poor = payer(NORTH, [900_000], 100_000), payer(SOUTH, [200_000], 200_000, 100)
    with pytest.raises(Refused) as refused:
        build([rich, poor], 2)
    values = dict(refused.value.values)
    assert values["vault"] == SOUTH.vault.checksum
    enough = payer(SOUTH, [200_000 + values["missing"]], 200_000, 100)
    assert build([rich, enough], 2).changes[1] == DUST
    with pytest.raises(Refused, match=r"bitcoin\.funds"):
        build([rich, payer(SOUTH, [200_000 + values["missing"] - 1], 200_000, 100)], 2)


def test_a_coin_that_brings_less_than_its_input_costs_stays_where_it_is() -> None:
    worth = 10 * transaction.virtual_size(INPUT)

    def missing(*amounts: int) -> object:
        with pytest.raises(Refused) as refused:
            build([payer(NORTH, list(amounts), 60_000)], 10)
        return dict(refused.value.values)["missing"]

    assert missing(50_000) == missing(50_000, worth) == 10_000 + lone_fee(1, 10)
    assert missing(50_000, worth + 11) < missing(50_000)  # type: ignore[operator]


def test_a_vault_without_coins_lacks_everything() -> None:
    with pytest.raises(Refused) as refused:
        build([payer(NORTH, [], 5_000)], 1)
    assert dict(refused.value.values)["missing"] == 5_000 + lone_fee(1, 1)
    assert build([payer(NORTH, [5_000 + lone_fee(1, 1)], 5_000)], 1).changes == (0,)
