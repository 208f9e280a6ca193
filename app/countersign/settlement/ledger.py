"""The custody ledger: double entry over participant × book × asset, with the custodian's own accounts beside.

- Every change is a posting: units move from one pocket of one account to one pocket of another, or to or from outside.
- Pockets are available, held (earmarked for a contract), frozen (stopped by a dispute or an order) and lent (in the
  custodian's pool). None is ever negative.
- For each asset the sum over all accounts = credits − withdrawals − network fees, after every posting; `Totals` keeps
  the right side, so that anybody can add up the left side and compare.
- Maps are persistent: a posting costs O(log n), and the state before it stays as it was.

    >>> ledger.post((Posting(btc, 5, None, Place(account, Pocket.AVAILABLE), Cause.CREDIT),))
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from immutables import Map

from countersign.errors import Refused
from countersign.settlement import roster
from countersign.settlement.roster import Party


class Pocket(StrEnum):
    """A part of an account."""

    AVAILABLE = "available"
    HELD = "held"
    FROZEN = "frozen"
    LENT = "lent"


class Cause(StrEnum):
    """Why units moved."""

    CREDIT = "credit"
    HOLD = "hold"
    RELEASE = "release"
    DELIVERY = "delivery"
    FEE = "fee"
    NETWORK_FEE = "network fee"
    WITHDRAWAL = "withdrawal"
    FREEZE = "freeze"
    UNFREEZE = "unfreeze"
    LEND = "lend"
    RECALL = "recall"
    INTEREST = "interest"


NETWORK_FEES, SUSPENSE, LENDING_POOL = roster.CUSTODIAN_BOOKS
"""The books of the custodian's own accounts."""


@dataclass(frozen=True, slots=True, order=True)
class Account:
    """An owner's book in one asset. The custodian owns accounts under its LEI in the books above."""

    lei: str
    book: str
    asset: str


@dataclass(frozen=True, slots=True)
class Place:
    """A pocket of an account."""

    account: Account
    pocket: Pocket


@dataclass(frozen=True, slots=True)
class Posting:
    """`units` of `asset` from `source` to `target`; None is the world outside the ledger.

    `contract`: the hash of the one it belongs to, where an entry that concerns several moves them all at once.
    """

    asset: str
    units: int
    source: Place | None
    target: Place | None
    cause: Cause
    contract: str = ""


@dataclass(frozen=True, slots=True)
class Balance:
    """What an account holds, in base units."""

    available: int = 0
    held: int = 0
    frozen: int = 0
    lent: int = 0

    @property
    def total(self) -> int:
        """All pockets together."""
        return self.available + self.held + self.frozen + self.lent

    def of(self, pocket: Pocket) -> int:
        """One pocket."""
        match pocket:
            case Pocket.AVAILABLE:
                return self.available
            case Pocket.HELD:
                return self.held
            case Pocket.FROZEN:
                return self.frozen
            case Pocket.LENT:
                return self.lent

    def plus(self, pocket: Pocket, units: int) -> "Balance":
        """With `units` more (or, negative, fewer) in a pocket."""
        match pocket:
            case Pocket.AVAILABLE:
                return replace(self, available=self.available + units)
            case Pocket.HELD:
                return replace(self, held=self.held + units)
            case Pocket.FROZEN:
                return replace(self, frozen=self.frozen + units)
            case Pocket.LENT:
                return replace(self, lent=self.lent + units)


@dataclass(frozen=True, slots=True)
class Totals:
    """What crossed the ledger's border in one asset, in base units."""

    credits: int = 0
    withdrawals: int = 0
    network_fees: int = 0

    @property
    def inside(self) -> int:
        """What all accounts together must hold."""
        return self.credits - self.withdrawals - self.network_fees


@dataclass(frozen=True, slots=True)
class Ledger:
    """All balances and the totals that they must add up to. `moved`: what the last entry posted, for statements."""

    balances: Map[Account, Balance] = field(default_factory=Map)
    totals: Map[str, Totals] = field(default_factory=Map)
    moved: tuple[Posting, ...] = field(default=(), compare=False)

    def balance(self, account: Account) -> Balance:
        """The balance of an account; empty if nothing ever moved there."""
        return self.balances.get(account, Balance())

    def post(self, postings: Iterable[Posting]) -> "Ledger":
        """The ledger after these postings, in order. Raises `Refused` if one would make a pocket negative."""
        ledger = self
        for posting in postings:
            ledger = ledger._posted(posting)
        return ledger

    def _posted(self, posting: Posting) -> "Ledger":
        if posting.units < 0:
            raise Refused("settlement.negative-posting", asset=posting.asset)
        balances, totals = self.balances, self.totals
        if posting.source is None or posting.target is None:
            totals = totals.set(posting.asset, _crossed(totals.get(posting.asset, Totals()), posting))
        for place, units in ((posting.source, -posting.units), (posting.target, posting.units)):
            if place is None:
                continue
            if place.account.asset != posting.asset:
                raise Refused("settlement.posting-asset", asset=posting.asset)
            before = balances.get(place.account, Balance())
            if before.of(place.pocket) + units < 0:
                raise insufficient(place, -units, before)
            balances = balances.set(place.account, before.plus(place.pocket, units))
        return Ledger(balances, totals, (*self.moved, posting) if posting.units else self.moved)

    def settled(self) -> "Ledger":
        """The same balances, with nothing moved yet: how every entry finds the ledger."""
        return Ledger(self.balances, self.totals) if self.moved else self

    def sums(self) -> dict[str, int]:
        """The sum over all accounts by asset. Linear: for screens, statements and tests."""
        found: dict[str, int] = dict.fromkeys(self.totals, 0)
        for account, balance in self.balances.items():
            found[account.asset] = found.get(account.asset, 0) + balance.total
        return found

    def balances_with_totals(self) -> bool:
        """Whether every asset's accounts add up to what crossed the border (rule 1). Linear."""
        return all(units == self.totals.get(asset, Totals()).inside for asset, units in self.sums().items())


def insufficient(place: Place, needed: int, balance: Balance) -> Refused:
    """The refusal that says whose account lacks what."""
    account = place.account
    return Refused(
        "settlement.insufficient",
        lei=account.lei,
        book=account.book,
        asset=account.asset,
        needed=str(needed),
        there=str(balance.of(place.pocket)),
    )


def _crossed(totals: Totals, posting: Posting) -> Totals:
    if posting.source is None and posting.target is not None:
        return replace(totals, credits=totals.credits + posting.units)
    if posting.cause is Cause.NETWORK_FEE:
        return replace(totals, network_fees=totals.network_fees + posting.units)
    return replace(totals, withdrawals=totals.withdrawals + posting.units)


def _places(owner: Party, asset: str) -> tuple[Place, Place]:
    account = Account(owner.lei, owner.book, asset)
    return Place(account, Pocket.AVAILABLE), Place(account, Pocket.HELD)


def belonging(contract: str, postings: Iterable[Posting]) -> tuple[Posting, ...]:
    """The same postings, each saying which contract it belongs to."""
    return tuple(replace(each, contract=contract) for each in postings)


def credit(owner: Party, asset: str, units: int) -> tuple[Posting, ...]:
    """A deposit, available at once."""
    return (Posting(asset, units, None, _places(owner, asset)[0], Cause.CREDIT),)


def hold(owner: Party, asset: str, units: int) -> tuple[Posting, ...]:
    """Earmark: available → held."""
    available, held = _places(owner, asset)
    return (Posting(asset, units, available, held, Cause.HOLD),)


def release(owner: Party, asset: str, units: int) -> tuple[Posting, ...]:
    """The earmark ends: held → available."""
    available, held = _places(owner, asset)
    return (Posting(asset, units, held, available, Cause.RELEASE),)


def deliver(payer: Party, receiver: Party, asset: str, units: int) -> tuple[Posting, ...]:
    """Held by the payer → available to the receiver."""
    return (Posting(asset, units, _places(payer, asset)[1], _places(receiver, asset)[0], Cause.DELIVERY),)


def move(owner: Party, asset: str, units: int, source: Pocket, target: Pocket, cause: Cause) -> tuple[Posting, ...]:
    """From one pocket of an account to another."""
    account = Account(owner.lei, owner.book, asset)
    return (Posting(asset, units, Place(account, source), Place(account, target), cause),)


def withdraw(owner: Party, asset: str, units: int) -> tuple[Posting, ...]:
    """Held by the owner → out to the chain."""
    return (Posting(asset, units, _places(owner, asset)[1], None, Cause.WITHDRAWAL),)


def network_fee(payer: Party, custodian: str, asset: str, units: int) -> tuple[Posting, ...]:
    """Charged to the payer's hold, through the custodian's network-fees account, out to the chain."""
    fees = Place(Account(custodian, NETWORK_FEES, asset), Pocket.AVAILABLE)
    return (
        Posting(asset, units, _places(payer, asset)[1], fees, Cause.FEE),
        Posting(asset, units, fees, None, Cause.NETWORK_FEE),
    )
