"""What a contract is worth, and whether its notional agrees with published prices (rule 7).

- Worth is an exact fraction of dollars; fractions are added and compared by multiplying integers.
- The notional is what the first leg's deliverer gives: for a spot or block sale its amount at the agreed price, to the
  dollar; for a basket every leg of that side at published prices.
- Caps and quorums judge at the published price, unless that lies further below the agreed one than the policy tolerates: who
  publishes a lower price after the parties agreed passes no cap with it (`judged`). Of several assets that one side
  delivers, the agreed price is what was published at the entry by which they agreed.
- Each side at published prices agrees with the notional, and the agreed price with the published one, within the
  policy's tolerance. There is a minimum, and no maximum.

    >>> check_notional(state, terms)
"""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from math import ceil

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


def agreed_prices(state: State, contracts: Iterable[Terms]) -> dict[str, Fraction]:
    """Dollars of a base unit at the highest price that parties agreed: of a side that delivers one asset the notional's, of
    one that delivers several what was published when the contract was agreed."""
    found: dict[str, Fraction] = {}
    for terms in contracts:
        for asset, price in (*_alone(terms), *_together(state, terms)):
            found[asset] = max(found.get(asset, price), price)
    return found


def prices_agreed(state: State, terms: Terms) -> tuple[tuple[str, str], ...]:
    """What is published of each asset of a side that delivers several, ascending: the notional holds their sum only."""
    several = {leg.asset for legs in _sides(terms) if len({leg.asset for leg in legs}) > 1 for leg in legs}
    return tuple((asset, state.prices[asset].price) for asset in sorted(several & set(state.prices)))


def _sides(terms: Terms) -> list[list[Leg]]:
    """What each institution delivers, from all of its books."""
    givers = dict.fromkeys(terms.payer(leg).lei for leg in terms.legs)
    return [[leg for leg in terms.legs if terms.payer(leg).lei == each] for each in givers]


def _alone(terms: Terms) -> Iterator[tuple[str, Fraction]]:
    for legs in _sides(terms):
        if len(assets := {leg.asset for leg in legs}) == 1:
            yield assets.pop(), Fraction(terms.notional.usd, sum(leg.amount for leg in legs))


def _together(state: State, terms: Terms) -> Iterator[tuple[str, Fraction]]:
    record = state.contracts.get(state.versions.get((terms.id, terms.version), ""))
    for asset, price in record.prices if record is not None and record.terms == terms else ():
        yield asset, _fraction(1, state, asset, price)


def judged(state: State, asset: str, units: int, agreed: Fraction | None) -> Fraction:
    """Dollars at the published price, or at the `agreed` one (a base unit) where the published lies too far below it.

    An agreed price is a quotient without a finite decimal form: what it makes of these units is taken to the next cent.
    Raises as `worth`.
    """
    published = worth(state, asset, units)
    signed = Fraction(0) if agreed is None else agreed * units
    tolerance = Fraction(state.adopted().price_tolerance_bps, 10_000)
    return Fraction(ceil(signed * 100), 100) if signed > published * (1 + tolerance) else published


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
