"""A child that pays for its parent: the change comes home again, less a fee that lifts both; and the lies about it."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.bitcoin import psbt as psbts
from countersign.bitcoin.build import create
from countersign.bitcoin.inspect import facts
from countersign.bitcoin.psbt import Psbt
from countersign.bitcoin.transaction import Output, Satoshis
from countersign.errors import Refused
from countersign.rails import bitcoin as rail
from countersign.rails.bitcoin_child import lift, require_child
from countersign.rails.wallets import Wallet
from countersign.settlement.netting import Obligation
from rails.test_bitcoin_respend import ONE, TWO, built_of, parts
from support import alter
from support.bitcoin_vault import payment
from support.review_cases import Plan

CAP = 100_000


def made(plan: Plan, rate: int = 20) -> tuple[bytes, bytes, tuple[Wallet, ...], tuple[Obligation, ...]]:
    """Child, parent, paying vaults, what the parent pays."""
    parent, paying, owed = parts(plan)
    child = lift(parent, paying, settled=owed, rate=rate, spare={each.id: 2 for each in paying}).psbt
    return psbts.serialise(child), parent, paying, owed


def judge(child: bytes, plan: Plan = ONE, cap: int = CAP) -> None:
    _, parent, paying, owed = made(plan)
    require_child(child, parent, paying, settled=owed, caps={each.id: cap for each in paying})


@pytest.mark.parametrize("plan", [ONE, TWO], ids=["one vault", "two vaults"])
@given(rate=st.integers(3, 200))
def test_both_together_pay_the_rate_and_every_vault_bears_its_share(plan: Plan, rate: int) -> None:
    data, parent, paying, owed = made(plan, rate)
    child, before = facts(psbts.parse(data)), facts(psbts.parse(parent))
    assert (child.fee or 0) + (before.fee or 0) == rate * (child.vsize + before.vsize)
    read = rail.readback(child, paying, ())
    assert (read.payments, read.extra, read.foreign) == ((), (), ())
    assert all(side.balances and len(side.change) == len(side.inputs) == 1 for side in read.sides)
    assert {str(fact.outpoint).split(":")[0] for fact in child.inputs} == {before.txid[::-1].hex()}
    assert child.replaceable
    require_child(data, parent, paying, settled=owed, caps={each.id: 10**8 for each in paying})


def test_what_has_no_change_or_pays_enough_already_is_not_lifted() -> None:
    _, (paying,), owed = parts(ONE)
    spare = {paying.id: 2}
    exact = built_of(paying, owed, [sum(each.amount for each in owed) + 2 * 190])
    with pytest.raises(Refused, match=r"rails\.nothing-to-lift"):
        lift(exact, [paying], settled=owed, rate=9, spare=spare)
    parent, _, _ = parts(ONE)
    with pytest.raises(Refused, match=r"rails\.lifted-already"):
        lift(parent, [paying], settled=owed, rate=2, spare=spare)
    assert lift(parent, [paying], settled=owed, rate=3, spare=spare).fee
    with pytest.raises(Refused, match=r"bitcoin\.rate"):
        lift(parent, [paying], settled=owed, rate=0, spare=spare)


def test_change_that_cannot_bear_it_is_refused() -> None:
    _, (paying,), owed = parts(ONE)
    small = built_of(paying, owed, [sum(each.amount for each in owed) + 6_000])
    most = next(
        rate
        for rate in range(3, 60)
        if isinstance(attempt(lambda: lift(small, [paying], settled=owed, rate=rate, spare={paying.id: 2})), Refused)  # noqa: B023
    )
    with pytest.raises(Refused, match=r"rails\.change-dust"):
        lift(small, [paying], settled=owed, rate=most, spare={paying.id: 2})
    assert lift(small, [paying], settled=owed, rate=most - 1, spare={paying.id: 2}).changes[0] >= 330


def attempt(work: Callable[[], object]) -> object:
    try:
        return work()
    except Refused as refused:
        return refused


def other_coin(_: Psbt) -> Psbt:
    """A void's look: the parent's own coins, not its change."""
    parent, paying, _ = parts(ONE)
    coin = rail.coin_of(paying[0], next(iter(psbts.parse(parent).parents.values())), 1)
    place = paying[0].descriptor(2)
    return create([coin], [(Output(place.script_pubkey, Satoshis(coin.output.satoshis - 9_000)), place)])


def same_address(psbt: Psbt) -> Psbt:
    """Back to the very place where the change lies."""
    _, paying, _ = parts(ONE)
    place = paying[0].descriptor(3)
    ((output, fields),) = list(zip(psbt.tx.vout, psbt.outputs, strict=True))  # noqa: RUF015
    assert fields
    coin = rail.coin_of(paying[0], next(iter(psbt.parents.values())), psbt.tx.vin[0].prevout.n)
    return create([coin], [(Output(place.script_pubkey, Satoshis(output.nValue)), place)])


def paying_a_stranger(psbt: Psbt) -> Psbt:
    """A satoshi's worth of dust, to somebody else."""
    return alter.paid(psbt, lambda found: found.append((payment(600), {})))


LIES = {
    "another coin": (other_coin, "rails.child-coins"),
    "a payment": (paying_a_stranger, "rails.child-pays"),
    "the same address": (same_address, "rails.child-address"),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_child_that_does_anything_else_is_refused(lie: str) -> None:
    change, code = LIES[lie]
    child = psbts.parse(made(ONE)[0])
    judge(psbts.serialise(child))
    with pytest.raises(Refused) as refused:
        judge(psbts.serialise(change(child)))
    assert refused.value.code == code


def test_a_satoshi_moved_between_two_vaults_is_refused() -> None:
    child = psbts.parse(made(TWO)[0])
    judge(psbts.serialise(child), TWO)

    def move(found: alter.Paid) -> None:
        for at, by in ((0, 1), (1, -1)):
            alter.add(at, by)(found)

    with pytest.raises(Refused, match=r"rails\.child-unbalanced"):
        judge(psbts.serialise(alter.paid(child, move)), TWO)


def test_both_fees_count_against_one_cap() -> None:
    child, parent, _, _ = made(ONE)
    both = sum(facts(psbts.parse(each)).fee or 0 for each in (child, parent))
    judge(child, cap=both)
    with pytest.raises(Refused) as refused:
        judge(child, cap=both - 1)
    assert (refused.value.code, dict(refused.value.values)["fee"]) == ("rails.child-fee", both)


def test_a_child_in_the_place_of_another_pays_for_that_one_too() -> None:
    parent, (paying,), owed = parts(ONE)
    spare = {paying.id: 2}
    first = lift(parent, [paying], settled=owed, rate=20, spare=spare)
    again = lift(parent, [paying], settled=owed, rate=20, spare=spare, instead=first.fee)
    assert again.fee == first.fee + facts(again.psbt).vsize
    dearer = lift(parent, [paying], settled=owed, rate=40, spare=spare, instead=first.fee)
    assert dearer.fee == lift(parent, [paying], settled=owed, rate=40, spare=spare).fee > again.fee
