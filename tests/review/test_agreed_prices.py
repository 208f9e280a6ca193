"""C7 at the agreed price: it always ends, and it is the price of what leaves beside and of what was given before, too."""

from dataclasses import replace
from fractions import Fraction

from countersign.review.case import Case
from countersign.review.checks import verdict
from countersign.settlement import spending, valuation
from countersign.settlement.state import State
from countersign.settlement.templates import BASKET, BLOCK
from hostile.policy_cases import MILLION, NO_CAPS, signing
from support import review_cases
from support import settlement_world as world
from support.review_cases import basket_plan, story


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


def test_a_lowered_price_makes_nothing_of_an_earlier_payment() -> None:
    """The desk publishes a dollar for a bitcoin before the earlier instruction counts: 20,000,000 USD are counted all the same."""
    scene = story()
    mine = next(each for each in scene.state.instructions.values() if each.group.kind == "psbt")
    earlier = replace(mine, hash=world.digest("an earlier one"))
    for cap, reason in ((40, "C7.day"), (30, "C7.over-day")):
        state = cheap(scene.state, day_usd=cap * MILLION)
        state = spending.counted(replace(state, instructions=state.instructions.set(earlier.hash, earlier)), earlier)
        assert reason in reasons(signing(scene, state))


def test_a_block_from_several_books_is_worth_what_was_agreed_and_not_that_much_for_each_book() -> None:
    main, other, fund = *world.terms(1).parties, replace(world.terms(1).parties[0], book="fund")
    coins, dollars = world.terms(1).legs
    half, paid = replace(coins, amount=coins.amount // 2), replace(dollars, amount=dollars.amount // 2)
    legs = (half, replace(half, payer=2), paid, replace(paid, receiver=2))
    block = world.terms(1, template=BLOCK, parties=(main, other, fund), legs=legs)
    assert valuation.agreed_prices(State(), [block]) == valuation.agreed_prices(State(), [world.terms(1)])


def test_what_a_basket_was_agreed_at_is_what_was_published_then() -> None:
    scene = story(plan=basket_plan())
    (record,) = (each for each in scene.state.contracts.values() if each.terms.template == BASKET)
    assert dict(record.prices) == {world.BTC: "80000", review_cases.EURC: "1.25"}
    for price in ("1", "79999"):
        later = cheap(scene.state, price=price)
        assert valuation.agreed_prices(later, [record.terms])[world.BTC] == Fraction(80_000, 10**8)
    assert story().state.contracts[story().trades[0].hash].prices == ()
