"""Fees and nonces of the relayer: never above the caps, always enough to replace, and no nonce guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.errors import Refused
from countersign.ethereum import relaying
from countersign.ethereum.relaying import GWEI, Caps, Fees
from support.refusals import refused

PRICES = st.integers(0, 10**13)
"""Wei a unit of gas, up to 10,000 gwei."""


@given(PRICES, PRICES, PRICES)
def test_a_fresh_transaction_covers_the_base_fee_and_its_tip_and_stays_under_the_cap(
    base: int, tip: int, cap: int
) -> None:
    if base + tip > cap:
        with refused("relaying.fee-cap", Refused):
            relaying.fresh(base, tip, cap)
        return
    fees = relaying.fresh(base, tip, cap)
    assert fees.tip == tip
    assert base + tip <= fees.most <= min(cap, 2 * base + tip)


@given(st.builds(Fees, PRICES, PRICES), PRICES, PRICES, PRICES)
def test_a_replacement_raises_both_fees_by_more_than_a_tenth(before: Fees, base: int, tip: int, cap: int) -> None:
    least = max(before.most + before.most // 8 + 2, base + tip)
    fees = relaying.raised(before, base, tip, max(cap, least))
    cap = max(cap, least)
    assert fees.most * 100 >= before.most * 110
    assert fees.tip * 100 >= before.tip * 110
    assert fees.most > before.most
    assert fees.tip > before.tip
    assert base + tip <= fees.most <= cap


def test_the_cap_is_refused_by_one_wei_and_allowed_at_it() -> None:
    before = Fees(80 * GWEI, GWEI)
    assert relaying.raised(before, 0, GWEI, 90 * GWEI).most == 90 * GWEI
    with refused("relaying.fee-cap", Refused):
        relaying.raised(before, 0, GWEI, 90 * GWEI - 1)
    assert relaying.fresh(99 * GWEI, GWEI, 100 * GWEI) == Fees(100 * GWEI, GWEI)
    with refused("relaying.fee-cap", Refused):
        relaying.fresh(99 * GWEI + 1, GWEI, 100 * GWEI)
    relaying.require_gas(21_000, 21_000)
    with refused("relaying.gas-cap", Refused):
        relaying.require_gas(21_001, 21_000)
    relaying.require_funds("0x", 5, 5)
    with refused("relaying.funds", Refused):
        relaying.require_funds("0x", 4, 5)
    assert Caps().gas == 2**24


@pytest.mark.parametrize(
    "latest, own, expected",
    [(0, (), 0), (7, (), 7), (5, (3, 4), 5), (5, (5, 6), 7), (5, (4, 5, 6), 7), (9, (5, 6), 7)],
)
def test_the_next_nonce_follows_ones_own_last(latest: int, own: tuple[int, ...], expected: int) -> None:
    assert relaying.next_nonce(latest, own) == expected


@pytest.mark.parametrize("latest, own, missing", [(5, (6,), 5), (5, (5, 7), 6), (4, (5, 6), 4)])
def test_a_gap_is_named(latest: int, own: tuple[int, ...], missing: int) -> None:
    with refused("relaying.gap", Refused, nonce=missing):
        relaying.next_nonce(latest, own)
