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
from support import settlement_world as world
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
