"""What a contract is worth, and whether its notional agrees with published prices (rule 7).

- Worth is an exact fraction of dollars; fractions are added and compared by multiplying integers.
- The notional is what the first leg's deliverer gives: for a spot or block sale its amount at the agreed price, to the
  dollar; for a basket every leg of that side at published prices.
- Each side at published prices agrees with the notional, and the agreed price with the published one, within the
  policy's tolerance. There is a minimum, and no maximum.

    >>> check_notional(state, terms)
"""

from collections.abc import Iterable
from fractions import Fraction

from countersign.errors import Refused
from countersign.settlement import templates
from countersign.settlement.assets import dollars, within
from countersign.settlement.contract import Leg, Terms
from countersign.settlement.state import State


def check_notional(state: State, terms: Terms) -> None:
    """Raises `Refused` settlement.minimum-notional, .notional-arithmetic, .no-price or .price-tolerance."""
    policy, notional = state.adopted(), terms.notional
    if notional.usd < policy.minimum_notional_usd:
        raise Refused("settlement.minimum-notional", usd=str(notional.usd), minimum=str(policy.minimum_notional_usd))
    if terms.template != templates.BASKET:
        _check_arithmetic(state, terms)
    first = terms.legs[0].asset
    agreed = _fraction(10 ** state.roster.asset(first).decimals, state, first, notional.price)
    _check_within(state, terms, first, agreed, worth(state, first, 10 ** state.roster.asset(first).decimals))
    giver = terms.payer(terms.legs[0]).lei
    for side in (True, False):
        legs = [leg for leg in terms.legs if (terms.payer(leg).lei == giver) is side]
        _check_within(state, terms, legs[0].asset, Fraction(notional.usd), worth_of(state, legs))


def worth(state: State, asset: str, units: int) -> Fraction:
    """Dollars of so many base units at the published price; `Refused` settlement.no-price where there is none."""
    published = state.prices.get(asset)
    if published is None:
        raise Refused("settlement.no-price", asset=asset)
    return _fraction(units, state, asset, published.price)


def worth_of(state: State, legs: Iterable[Leg]) -> Fraction:
    """Dollars of these legs together at published prices."""
    return sum((worth(state, leg.asset, leg.amount) for leg in legs), Fraction(0))


def _fraction(units: int, state: State, asset: str, price: str) -> Fraction:
    return Fraction(*dollars(units, state.roster.asset(asset), price))


def _check_arithmetic(state: State, terms: Terms) -> None:
    notional, first = terms.notional, terms.legs[0]
    side = [leg for leg in terms.legs if terms.payer(leg).lei == terms.payer(first).lei]
    exact = _fraction(sum(leg.amount for leg in side), state, first.asset, notional.price)
    if abs(exact - notional.usd) >= 1:
        raise Refused("settlement.notional-arithmetic", usd=str(notional.usd), price=notional.price)


def _check_within(state: State, terms: Terms, asset: str, agreed: Fraction, published: Fraction) -> None:
    tolerance = state.adopted().price_tolerance_bps
    if not within(agreed.as_integer_ratio(), published.as_integer_ratio(), tolerance):
        raise Refused(
            "settlement.price-tolerance",
            asset=asset,
            published=state.prices[asset].price,
            usd=str(terms.notional.usd),
            tolerance=tolerance,
        )
