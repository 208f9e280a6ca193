"""C7 at the agreed price: it always ends, and it is the price of what leaves beside, too."""

from dataclasses import replace

from countersign.review.case import Case
from countersign.review.checks import verdict
from countersign.settlement.state import State
from hostile.policy_cases import MILLION, NO_CAPS
from support import review_cases
from support import settlement_world as world


def cheap(state: State, asset: str = world.BTC, price: str = "1", **caps: int) -> State:
    """The desk published another price after the parties had agreed."""
    known = state.prices[asset]
    policy = replace(state.adopted(), caps=replace(NO_CAPS, **caps))
    return replace(state, policy=policy, prices=state.prices.set(asset, replace(known, price=price)))


def reasons(case: Case) -> list[str]:
    return [each.reason for each in verdict(case).of("C7")]


def test_a_worth_without_finite_decimals_is_said_all_the_same() -> None:
    sold, other = review_cases.two_vault_trades().terms
    legs = (replace(sold.legs[0], amount=24_999_999_997), sold.legs[1])  # 20,000,000 USD to the dollar
    case = review_cases.two_vaults(
        plan=replace(review_cases.two_vault_trades(), terms=(replace(sold, legs=legs), other))
    )
    assert case.state is not None
    assert "C7.judged-by" in reasons(case)
    assert "C7.judged-by" in reasons(replace(case, state=cheap(case.state)))


def test_what_leaves_beside_is_judged_at_the_agreed_price_too() -> None:
    case = review_cases.two_vaults()
    assert case.state is not None
    for price in ("1", "0.0001"):  # Meridian pays 20,000,000 USD in bitcoin and, beside it, 8,000,000 in dollars
        lowered = replace(case, state=cheap(case.state, world.USDC, price, day_usd=28 * MILLION - 1))
        assert "C7.over-day" in reasons(lowered), price
        assert "C7.day" in reasons(replace(case, state=cheap(case.state, world.USDC, price, day_usd=28 * MILLION)))
