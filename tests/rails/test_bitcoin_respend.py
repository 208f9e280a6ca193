"""The same coins again: a void brings everything home, a replacement pays the same with a higher fee."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.bitcoin import psbt as psbts
from countersign.bitcoin.inspect import facts
from countersign.bitcoin.psbt import Psbt
from countersign.errors import Refused
from countersign.rails import bitcoin as rail
from countersign.rails.bitcoin import Funds, Wallet
from countersign.rails.bitcoin_respend import respend
from countersign.settlement import netting
from countersign.settlement.netting import Obligation
from support import alter
from support import settlement_world as world
from support.bitcoin_vault import funded
from support.review_cases import COIN, Plan, coins, held, two_vault_trades, wallet

ONE, TWO = Plan(), two_vault_trades()


def parts(plan: Plan) -> tuple[bytes, tuple[Wallet, ...], tuple[Obligation, ...]]:
    """The original's bytes, its paying vaults, what it pays."""
    desk, trades = held(plan)
    every = netting.obligations(desk.state.roster, [trade.contract.terms for trade in trades])
    owed = tuple(each for each in every if each.asset == world.BTC)
    paying = tuple(wallet(desk, vault) for vault in sorted({each.vault for each in owed}))
    funds = [Funds(each, coins(each, tag), 3) for tag, each in enumerate(paying)]
    return psbts.serialise(rail.build(owed, funds, 2).psbt), paying, owed


def outpoints(psbt: Psbt) -> list[str]:
    return [str(fact.outpoint) for fact in facts(psbt).inputs]


@pytest.mark.parametrize("plan", [ONE, TWO], ids=["one vault", "two vaults"])
@given(rate=st.integers(1, 500))
def test_a_void_spends_the_same_coins_back_to_their_own_vaults(plan: Plan, rate: int) -> None:
    original, paying, owed = parts(plan)
    made = respend(original, paying, settled=owed, owed=(), rate=rate, spare={})
    assert outpoints(made.psbt) == outpoints(psbts.parse(original))
    read = rail.readback(facts(made.psbt), paying, ())
    assert (read.payments, read.extra, read.foreign) == ((), (), ())
    for side in read.sides:
        assert side.balances
        assert len(side.change) == 1
        assert side.spent - side.change_satoshis == side.share
    assert made.fee == rate * facts(made.psbt).vsize


@pytest.mark.parametrize("plan", [ONE, TWO], ids=["one vault", "two vaults"])
def test_a_replacement_pays_the_same_and_each_vaults_change_bears_the_higher_fee(plan: Plan) -> None:
    original, paying, owed = parts(plan)
    made = respend(original, paying, settled=owed, owed=owed, rate=9, spare={})
    before, after = (
        rail.readback(facts(psbts.parse(original)), paying, owed),
        rail.readback(facts(made.psbt), paying, owed),
    )
    assert after.missing == after.extra == ()
    assert all(side.balances for side in after.sides)
    assert (after.fee or 0) > (before.fee or 0)
    for old, new in zip(before.sides, after.sides, strict=True):
        assert new.change_satoshis - old.change_satoshis == (old.share or 0) - (new.share or 0)


def test_change_goes_where_the_originals_goes() -> None:
    original, paying, owed = parts(ONE)
    made = respend(original, paying, settled=owed, owed=(), rate=2, spare={"meridian-btc": 0})
    assert [paying[0].slot_of(each.output.script_pubkey) for each in facts(made.psbt).outputs] == [3]


def test_what_would_be_dust_is_refused_and_one_satoshi_a_vbyte_less_is_not() -> None:
    original, paying, owed = parts(ONE)
    size = facts(respend(original, paying, settled=owed, owed=(), rate=1, spare={}).psbt).vsize
    too_high = (3 * COIN - 329) // size + 1
    with pytest.raises(Refused) as refused:
        respend(original, paying, settled=owed, owed=(), rate=too_high, spare={})
    assert refused.value.code == "rails.change-dust"
    assert respend(original, paying, settled=owed, owed=(), rate=too_high - 1, spare={}).fee == size * (too_high - 1)
    with pytest.raises(Refused) as refused:
        respend(original, paying, settled=owed, owed=(), rate=0, spare={})
    assert refused.value.code == "bitcoin.rate"


def test_coins_of_another_vault_are_refused() -> None:
    original, _, owed = parts(ONE)
    desk, _ = held(ONE)
    with pytest.raises(Refused) as refused:
        respend(original, [wallet(desk, "harbour-btc")], settled=owed, owed=(), rate=2, spare={})
    assert refused.value.code == "rails.foreign-coin"


def built_of(paying: Wallet, owed: tuple[Obligation, ...], amounts: list[int], rate: int = 2) -> bytes:
    """The original over coins of these amounts."""
    return psbts.serialise(rail.build(owed, [Funds(paying, made_coins(paying, amounts), 3)], rate).psbt)


def made_coins(paying: Wallet, amounts: list[int], nonce: int = 0) -> tuple[tuple[bytes, int], ...]:
    return tuple((coin.parent.data, 1) for coin in funded(paying.places, amounts, nonce))


def least_fee(original: bytes, size: int) -> int:
    """BIP-125, rule 4, at a satoshi a virtual byte."""
    return (facts(psbts.parse(original)).fee or 0) + size


def test_a_replacement_costs_more_by_its_own_relay_or_is_refused_with_the_rate_that_does() -> None:
    _, (paying,), owed = parts(ONE)
    due = sum(each.amount for each in owed)
    # 400 satoshis too little for change went to the fee, so one more satoshi a vbyte is not enough for a while.
    original = built_of(paying, owed, [due + 2 * 190 + 400])
    more = {paying.id: made_coins(paying, [COIN], 9)}
    with pytest.raises(Refused) as refused:
        respend(original, [paying], settled=owed, owed=owed, rate=2, spare={paying.id: 2}, more=more)
    assert refused.value.code == "rails.replacement-fee"
    rate = int(dict(refused.value.values)["rate"])
    made = respend(original, [paying], settled=owed, owed=owed, rate=rate, spare={paying.id: 2}, more=more)
    assert made.fee >= least_fee(original, facts(made.psbt).vsize)
    with pytest.raises(Refused, match=r"rails\.replacement-fee"):
        respend(original, [paying], settled=owed, owed=owed, rate=rate - 1, spare={paying.id: 2}, more=more)


def test_a_replacement_of_an_exact_match_takes_a_further_coin_and_a_void_does_not() -> None:
    _, (paying,), owed = parts(ONE)
    original = built_of(paying, owed, [sum(each.amount for each in owed) + 2 * 190])
    assert len(facts(psbts.parse(original)).outputs) == len(owed)
    with pytest.raises(Refused) as refused:
        respend(original, [paying], settled=owed, owed=owed, rate=20, spare={paying.id: 2})
    assert refused.value.code == "rails.change-dust"
    more = {paying.id: made_coins(paying, [5_000, 700_000, 6_000], 9)}
    made = respend(original, [paying], settled=owed, owed=owed, rate=20, spare={paying.id: 2}, more=more)
    assert set(outpoints(psbts.parse(original))) < set(outpoints(made.psbt))
    assert len(outpoints(made.psbt)) == 2
    (side,) = rail.readback(facts(made.psbt), [paying], owed).sides
    assert side.balances
    assert made.changes[0] > 330
    void = respend(original, [paying], settled=owed, owed=(), rate=20, spare={paying.id: 2}, more=more)
    assert outpoints(void.psbt) == outpoints(psbts.parse(original))


def test_what_did_not_say_that_it_may_be_replaced_is_not() -> None:
    original, paying, owed = parts(ONE)
    final = psbts.serialise(alter.paid(psbts.parse(original), lambda _: None, sequence=0xFFFFFFFF))
    with pytest.raises(Refused) as refused:
        respend(final, paying, settled=owed, owed=owed, rate=9, spare={})
    assert refused.value.code == "rails.not-replaceable"
    assert respend(final, paying, settled=owed, owed=(), rate=9, spare={}).fee


def test_a_replacement_pays_for_the_child_that_leaves_the_pool_with_the_original() -> None:
    original, paying, owed = parts(ONE)
    given = {"settled": owed, "owed": owed, "spare": {}}
    paid = facts(psbts.parse(original)).fee or 0
    alone = respend(original, paying, rate=5, **given)  # type: ignore[arg-type]
    room = alone.fee - paid - facts(alone.psbt).vsize
    assert respend(original, paying, rate=5, thrown_out=room, **given).fee == alone.fee  # type: ignore[arg-type]
    with pytest.raises(Refused, match=r"rails\.replacement-fee"):
        respend(original, paying, rate=5, thrown_out=room + 1, **given)  # type: ignore[arg-type]
