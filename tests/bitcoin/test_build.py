"""Building: every vault's own equation to the satoshi, deterministic coins, fees and their shares."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countersign.bitcoin import build, coins, fees, inspect, psbt, transaction, weights
from countersign.bitcoin.selection import Payer
from countersign.bitcoin.transaction import Output, Satoshis
from countersign.errors import Refused
from support.bitcoin_vault import SoftwareVault, funded, funding, payment, software_vault

NORTH, SOUTH = software_vault("north"), software_vault("south", 3, 5)


def payer(held: SoftwareVault, amounts: list[int], owed: list[int], nonce: int = 0) -> Payer:
    paid = tuple(payment(satoshis, number + 1) for number, satoshis in enumerate(owed))
    return Payer(held.vault.checksum, funded(held.vault, amounts, nonce), paid, held.vault.slots[3])


def equation_holds(payers: list[Payer], built: build.Built) -> None:
    """For every payer by itself: its inputs − its change = its payments + its share."""
    spent = {fact.outpoint for fact in inspect.facts(built.psbt).inputs}
    for one, share, change in zip(payers, built.shares, built.changes, strict=True):
        inputs = sum(coin.output.satoshis for coin in one.coins if coin.outpoint in spent)
        assert inputs - change == sum(out.satoshis for out in one.payments) + share


def built_or_poor(payers: list[Payer], rate: int) -> build.Built | None:
    """What was built, or None where a vault lacks the funds."""
    try:
        return build.build(payers, rate)
    except Refused as refused:
        if refused.code != "bitcoin.funds":
            raise
    return None


def test_one_vault_pays_the_whole_fee_and_takes_its_change_back() -> None:
    one = payer(NORTH, [40_000, 30_000, 50_000, 9_000], [100_000])
    built = build.build([one], 5)
    seen = inspect.facts(built.psbt)
    equation_holds([one], built)
    assert built.shares == (built.fee,) == (seen.fee,)
    assert built.fee == 5 * seen.vsize
    assert sorted(fact.spent.satoshis for fact in seen.inputs if fact.spent) == [30_000, 40_000, 50_000]
    change = [fact.output for fact in seen.outputs if fact.claims_change]
    assert change == [Output(NORTH.vault.slots[3].script_pubkey, Satoshis(built.changes[0]))]
    assert seen.replaceable
    assert not seen.lock_time_without_effect


def test_the_same_coins_in_any_order_give_the_same_bytes() -> None:
    one = payer(NORTH, [40_000, 30_000, 50_000, 50_000], [100_000])
    other = Payer(one.checksum, one.coins[::-1], one.payments, one.change)
    assert psbt.serialise(build.build([one], 2).psbt) == psbt.serialise(build.build([other], 2).psbt)


def test_change_below_dust_of_a_lone_vault_goes_to_the_fee() -> None:
    exact = build.build([payer(NORTH, [100_000], [90_000])], 1)
    spare = 10_000 - exact.fee
    near = build.build([payer(NORTH, [100_000], [90_000 + spare - 330])], 1)
    assert near.changes == (330,)
    dust = build.build([payer(NORTH, [100_000], [90_000 + spare - 329])], 1)
    assert dust.changes == (0,)
    assert len(dust.psbt.outputs) == 1
    assert dust.fee == 10_000 - spare + 329


def test_a_lone_vault_that_can_pay_only_without_change_does() -> None:
    least = weights.overhead(1, 1) + weights.finished_input(2, 3) + weights.output(payment(1).script_pubkey)
    fee = transaction.virtual_size(least)
    built = build.build([payer(NORTH, [100_000], [100_000 - fee])], 1)
    assert (built.fee, built.changes) == (fee, (0,))
    with pytest.raises(Refused, match=r"bitcoin\.funds"):
        build.build([payer(NORTH, [100_000], [100_001 - fee])], 1)


def test_with_two_vaults_a_dust_change_takes_another_coin() -> None:
    two = [payer(NORTH, [100_000, 20_000], [99_000]), payer(SOUTH, [200_000], [150_000], 50)]
    first = build.build(two, 1)
    equation_holds(two, first)
    assert all(change >= 330 for change in first.changes)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(5_000, 90_000), min_size=1, max_size=12),
    st.lists(st.integers(5_000, 90_000), min_size=1, max_size=12),
    st.integers(1_000, 300_000),
    st.integers(1_000, 300_000),
    st.integers(1, 40),
)
def test_every_vault_by_itself_balances_to_the_satoshi(
    north: list[int], south: list[int], owed: int, due: int, rate: int
) -> None:
    two = [payer(NORTH, north, [owed]), payer(SOUTH, south, [due], 100)]
    built = built_or_poor(two, rate)
    if built is None:
        return
    equation_holds(two, built)
    seen = inspect.facts(built.psbt)
    assert seen.fee == built.fee == rate * seen.vsize
    assert psbt.parse(psbt.serialise(built.psbt)) == built.psbt


def test_fee_shares_floor_and_give_the_rest_by_checksum() -> None:
    assert fees.shares(100, [("zz", 1)]) == (100,)
    assert fees.shares(100, [("zz", 1), ("aa", 2)]) == (33, 67)
    assert fees.shares(5, [("c", 1), ("a", 1), ("b", 1)]) == (1, 2, 2)


@given(
    st.integers(0, 10**8),
    st.lists(st.tuples(st.text("abc", min_size=8, max_size=8), st.integers(1, 10**6)), min_size=1),
)
def test_fee_shares_sum_to_the_fee_and_stay_within_one_satoshi(fee: int, vaults: list[tuple[str, int]]) -> None:
    given_shares = fees.shares(fee, vaults)
    total = sum(weight for _, weight in vaults)
    assert sum(given_shares) == fee
    assert all(0 <= part - fee * weight // total <= 1 for part, (_, weight) in zip(given_shares, vaults, strict=True))


def test_a_rate_below_one_or_no_payment_is_refused() -> None:
    with pytest.raises(Refused, match=r"bitcoin\.rate"):
        build.build([payer(NORTH, [10_000], [1_000])], 0)
    with pytest.raises(Refused, match=r"bitcoin\.no-payment"):
        build.build([payer(NORTH, [10_000], [])], 1)


def test_a_coin_is_read_from_its_parent_and_belongs_to_its_slot() -> None:
    slot = NORTH.vault.slots[0]
    paying = funding([payment(5), Output(slot.script_pubkey, Satoshis(9))])
    assert coins.of(paying, 1, slot).output.satoshis == 9
    with pytest.raises(Refused, match=r"bitcoin\.not-our-coin"):
        coins.of(paying, 0, slot)
    with pytest.raises(Refused, match=r"B3\.no-such-output"):
        coins.of(paying, 2, slot)
