"""The shapes that a contract's parties and legs may have, one a template.

- `bilateral-spot`: two institutions, one book each, two legs that cross, two assets.
- `multi-leg-basket`: two institutions, one book each, three legs or more, both ways, each asset once each way
  (an exchange-traded fund's rebalance: many assets against many).
- `block-trade`: two institutions, several books; one asset against another, split over the books.
- `withdrawal`: one book that sends its own assets away; one leg, from itself to itself, to a place outside.
- `award`: what an arbitration ruling moves, between any of the disputed contract's books; one leg or more.

    >>> check("bilateral-spot", "MH-1", parties, [Movement(0, 1, btc), Movement(1, 0, usdc)])
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from countersign.errors import Malformed
from countersign.settlement.roster import Party

SPOT, BASKET, BLOCK = "bilateral-spot", "multi-leg-basket", "block-trade"
WITHDRAWAL, AWARD = "withdrawal", "award"
SALES = (SPOT, BASKET, BLOCK)
TEMPLATES = (*SALES, WITHDRAWAL, AWARD)


@dataclass(frozen=True, slots=True)
class Movement:
    """Who delivers which asset to whom: positions in `parties`, both within them."""

    payer: int
    receiver: int
    asset: str


def check(template: str, id: str, parties: Sequence[Party], legs: Sequence[Movement]) -> None:
    """Raises `Malformed` settlement.terms-… if parties and legs are not of the template's shape. `id`: the contract's."""
    if len(set(parties)) != len(parties):
        raise Malformed("settlement.terms-book-twice", id=id)
    if {at for leg in legs for at in (leg.payer, leg.receiver)} != set(range(len(parties))):
        raise Malformed("settlement.terms-idle-party", id=id)
    _SHAPES[template](id, parties, legs)


def _check_two(id: str, parties: Sequence[Party], legs: Sequence[Movement]) -> None:
    """Two institutions; every leg crosses between them, and something goes each way."""
    if len({party.lei for party in parties}) != 2:
        raise Malformed("settlement.terms-one-party", id=id)
    ways = {(parties[leg.payer].lei, parties[leg.receiver].lei) for leg in legs}
    if len(ways) != 2 or any(payer == receiver for payer, receiver in ways):
        raise Malformed("settlement.terms-legs-cross", id=id)


def _check_spot(id: str, parties: Sequence[Party], legs: Sequence[Movement]) -> None:
    _check_count(id, len(parties) == 2 and len(legs) == 2, parties, legs)
    _check_two(id, parties, legs)
    if len({leg.asset for leg in legs}) != 2:
        raise Malformed("settlement.terms-one-asset", id=id)


def _check_basket(id: str, parties: Sequence[Party], legs: Sequence[Movement]) -> None:
    _check_count(id, len(parties) == 2 and len(legs) >= 3, parties, legs)
    _check_two(id, parties, legs)
    if len({leg.asset for leg in legs}) != len(legs):
        raise Malformed("settlement.terms-one-asset", id=id)


def _check_block(id: str, parties: Sequence[Party], legs: Sequence[Movement]) -> None:
    _check_count(id, len(parties) >= 3 and len(legs) >= 3, parties, legs)
    _check_two(id, parties, legs)
    sides: dict[str, set[str]] = {}
    for leg in legs:
        sides.setdefault(parties[leg.payer].lei, set()).add(leg.asset)
    if any(len(assets) != 1 for assets in sides.values()) or len(set.union(*sides.values())) != 2:
        raise Malformed("settlement.terms-one-asset", id=id)
    if len({(leg.payer, leg.receiver) for leg in legs}) != len(legs):
        raise Malformed("settlement.terms-leg-twice", id=id)


def _check_withdrawal(id: str, parties: Sequence[Party], legs: Sequence[Movement]) -> None:
    _check_count(id, len(parties) == 1 and len(legs) == 1, parties, legs)


def _check_award(id: str, parties: Sequence[Party], legs: Sequence[Movement]) -> None:
    if any(leg.payer == leg.receiver for leg in legs):
        raise Malformed("settlement.terms-legs-cross", id=id)


def _check_count(id: str, fits: bool, parties: Sequence[Party], legs: Sequence[Movement]) -> None:
    if not fits:
        raise Malformed("settlement.terms-count", id=id, parties=len(parties), legs=len(legs))


_SHAPES: Mapping[str, Callable[[str, Sequence[Party], Sequence[Movement]], None]] = {
    SPOT: _check_spot,
    BASKET: _check_basket,
    BLOCK: _check_block,
    WITHDRAWAL: _check_withdrawal,
    AWARD: _check_award,
}
