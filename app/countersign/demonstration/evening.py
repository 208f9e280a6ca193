"""The evening's forty trades: who gives whom what, as data; the same in every run.

- The first sells what is lent, the last more than its buyer can pay, the one before it is disputed.
- One is a basket, as a fund rebalances: bitcoin and ether for dollars and euros. One is a block, split over two books.
- The others are spots of whole bitcoin at the published price.

    >>> next(trades()).moves[0].symbol
    'BTC'
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from countersign.demonstration import cast
from countersign.demonstration.cast import Book
from countersign.desk import deals

CONTRACTS = 40
BASKET, BLOCK, DISPUTED = 20, 30, CONTRACTS - 1
"""The numbers of the basket, of the block trade, and of the contract that is disputed; the last one is the short one."""
LENDER, SHORT = cast.NEWCOMERS[0].trading, cast.NEWCOMERS[1].trading
PRICES = {"BTC": "80000", "ETH": "4000", "USDC": "1", "EURC": "1.25"}
"""Dollars for one whole unit, as published."""
UNITS = {"BTC": 10**8, "ETH": 10**18, "USDC": 10**6, "EURC": 10**6}
"""Base units of one whole one."""


@dataclass(frozen=True, slots=True)
class Move:
    """One book gives another so many whole units."""

    giver: Book
    taker: Book
    symbol: str
    whole: int

    @property
    def units(self) -> int:
        """Base units."""
        return self.whole * UNITS[self.symbol]

    @property
    def usd(self) -> Fraction:
        """What it is worth, in dollars."""
        return self.whole * Fraction(PRICES[self.symbol])


@dataclass(frozen=True, slots=True)
class Trade:
    """What two institutions exchange; the first move is what is priced."""

    number: int
    template: str
    moves: tuple[Move, ...]

    @property
    def id(self) -> str:
        """The contract's id."""
        return f"MKT-2026-{self.number:04d}"

    @property
    def seller(self) -> cast.Institution:
        """Who gives first."""
        return self.moves[0].giver.institution

    @property
    def buyer(self) -> cast.Institution:
        """Who takes first."""
        return self.moves[0].taker.institution

    @property
    def usd(self) -> int:
        """What the seller gives, in whole dollars."""
        return int(sum(each.usd for each in self.moves if each.giver.institution is self.seller))


def trades(seed: int = 2026) -> Iterator[Trade]:
    """The evening's trades in the order of their numbers."""
    chance = random.Random(seed)
    books = [each.trading for each in cast.TRADERS]
    told = {1: _spot(1, LENDER, books[0], 60), CONTRACTS: _spot(CONTRACTS, books[0], SHORT, 60)}
    told |= {BASKET: _basket(BASKET), BLOCK: _block(BLOCK)}
    for number in range(1, CONTRACTS + 1):
        seller, buyer = chance.sample(books, 2)
        any_spot = _spot(number, seller, buyer, chance.randint(2, 7))
        yield told.get(number, any_spot)


def _spot(number: int, seller: Book, buyer: Book, bitcoin: int) -> Trade:
    """Bitcoin for dollars at the published price."""
    return Trade(number, deals.SPOT, (Move(seller, buyer, "BTC", bitcoin), _paid(buyer, seller, bitcoin)))


def _paid(buyer: Book, seller: Book, bitcoin: int) -> Move:
    return Move(buyer, seller, "USDC", bitcoin * int(PRICES["BTC"]))


def _basket(number: int) -> Trade:
    """Lindgren's fund leaves bitcoin and ether for dollars and euros: four assets, both ways."""
    fund, other = cast.NEWCOMERS[2].trading, cast.BUYER.trading
    gives = (Move(fund, other, "BTC", 10), Move(fund, other, "ETH", 100))
    takes = (Move(other, fund, "USDC", 700_000), Move(other, fund, "EURC", 400_000))
    return Trade(number, deals.BASKET, gives + takes)


def _block(number: int) -> Trade:
    """Meridian sells twelve bitcoin to Harbour Prime, which takes seven itself and five for its clients."""
    seller, own, clients = cast.SELLER.trading, cast.BUYER.trading, Book(cast.BUYER, cast.CLIENTS)
    split = ((own, 7), (clients, 5))
    moves = [(Move(seller, book, "BTC", bitcoin), _paid(book, seller, bitcoin)) for book, bitcoin in split]
    return Trade(number, deals.BLOCK, tuple(move for both in moves for move in both))
