"""What one vault owes another party in one asset, recomputed by every machine from the logged contracts.

- Pure and total: the same contracts, in any order, give the same obligations in the same order.
- `gross`: every leg is paid; deliveries from one vault to one destination in one asset are added together.
- `bilateral`: between two books, in each asset, only the difference is paid.
- `multilateral`: of each book, in each asset, only the net position is paid or received; payers and receivers are
  matched largest first, which leaves fewer payments than there are books.
- Whatever the mode, each book's position in each asset is conserved (`proof.py` shows it).
- An instruction discharges the obligations of one group: one transaction for all paying vaults of a Bitcoin chain, one
  SafeTx for each paying Safe.

    >>> obligations(roster, [terms])[0].vault
    'meridian-btc'
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from countersign.settlement.assets import chain_of
from countersign.settlement.contract import Terms
from countersign.settlement.roster import Party, Roster

GROSS, BILATERAL, MULTILATERAL = "gross", "bilateral", "multilateral"
MODES = (GROSS, BILATERAL, MULTILATERAL)
"""How deliveries are set against each other."""


@dataclass(frozen=True, slots=True, order=True)
class Group:
    """What one instruction must discharge: a chain, the kind of signable thing, and its paying vaults, ascending."""

    chain: str
    kind: str
    vaults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Obligation:
    """`amount` base units of `asset` that `payer` owes `receiver` from `vault`, to `destination` (CAIP-10)."""

    vault: str
    payer: Party
    receiver: Party
    asset: str
    amount: int
    destination: str

    @property
    def chain(self) -> str:
        """CAIP-2 of the chain on which it is discharged."""
        return chain_of(self.asset)


@dataclass(frozen=True, slots=True)
class FeeCap:
    """The most that a vault's owner bears of the network fee, in base units of `coin`."""

    vault: str
    payer: Party
    coin: str
    cap: int


@dataclass(frozen=True, slots=True)
class Delivery:
    """One payment before vaults are asked: who owes whom how much of what, and where it goes."""

    payer: Party
    receiver: Party
    asset: str
    amount: int
    destination: str


def obligations(roster: Roster, contracts: Sequence[Terms], mode: str = GROSS) -> tuple[Obligation, ...]:
    """Every obligation, ascending by vault, asset, destination. Raises `Refused` if a payer has no vault."""
    sums: dict[tuple[str, str, str], int] = {}
    sides: dict[tuple[str, str, str], Delivery] = {}
    for each in _MODES[mode](deliveries(contracts)):
        key = (roster.paying_vault(each.payer, each.asset).id, each.asset, each.destination)
        sums[key] = sums.get(key, 0) + each.amount
        sides[key] = each
    return tuple(
        Obligation(key[0], sides[key].payer, sides[key].receiver, key[1], sums[key], key[2]) for key in sorted(sums)
    )


def deliveries(contracts: Iterable[Terms]) -> list[Delivery]:
    """Every leg of these contracts."""
    return [
        Delivery(terms.payer(leg), terms.receiver(leg), leg.asset, leg.amount, leg.destination)
        for terms in contracts
        for leg in terms.legs
    ]


def _gross(found: Sequence[Delivery]) -> Iterable[Delivery]:
    return found


def _bilateral(found: Sequence[Delivery]) -> Iterable[Delivery]:
    """Between two books, the one that owes more pays the difference."""
    owed: dict[tuple[Party, Party, str], int] = {}
    for each in found:
        low, high = sorted((each.payer, each.receiver))
        key = (low, high, each.asset)
        owed[key] = owed.get(key, 0) + (each.amount if each.payer == low else -each.amount)
    places = _places(found)
    for (low, high, asset), units in owed.items():
        if units:
            payer, receiver = (low, high) if units > 0 else (high, low)
            yield Delivery(payer, receiver, asset, abs(units), places[receiver, asset])


def _multilateral(found: Sequence[Delivery]) -> Iterable[Delivery]:
    """Payers and receivers of each asset, largest first, each payment as large as both allow."""
    places = _places(found)
    for asset, positions in net_positions(found).items():
        payers = _largest_first({book: -units for book, units in positions.items() if units < 0})
        receivers = _largest_first({book: units for book, units in positions.items() if units > 0})
        while payers:
            (payer, gives), (receiver, takes) = payers[-1], receivers[-1]
            units = min(gives, takes)
            yield Delivery(payer, receiver, asset, units, places[receiver, asset])
            _take(payers, units)
            _take(receivers, units)


def net_positions(found: Iterable[Delivery]) -> dict[str, dict[Party, int]]:
    """By asset, what each book receives less what it delivers; every asset sums to zero."""
    positions: dict[str, dict[Party, int]] = {}
    for each in found:
        books = positions.setdefault(each.asset, {})
        books[each.payer] = books.get(each.payer, 0) - each.amount
        books[each.receiver] = books.get(each.receiver, 0) + each.amount
    return positions


def _largest_first(positions: Mapping[Party, int]) -> list[tuple[Party, int]]:
    """As a stack: the largest lies on top; equal positions by their owners."""
    return sorted(positions.items(), key=lambda each: (-each[1], each[0]), reverse=True)


def _take(stack: list[tuple[Party, int]], units: int) -> None:
    book, there = stack.pop()
    if there > units:
        stack.append((book, there - units))


def _places(found: Iterable[Delivery]) -> dict[tuple[Party, str], str]:
    """Where a book receives an asset: of the destinations that its contracts name, the first in order."""
    places: dict[tuple[Party, str], str] = {}
    for each in found:
        key = (each.receiver, each.asset)
        places[key] = min(places.get(key, each.destination), each.destination)
    return places


_MODES: Mapping[str, Callable[[Sequence[Delivery]], Iterable[Delivery]]] = {
    GROSS: _gross,
    BILATERAL: _bilateral,
    MULTILATERAL: _multilateral,
}


def fee_caps(
    roster: Roster, contracts: Sequence[Terms], sunk: Mapping[str, int] = MappingProxyType({})
) -> tuple[FeeCap, ...]:
    """The fee caps of the paying vaults, added over the contracts, less what was `sunk` of them by vault, ascending by vault."""
    sums: dict[str, FeeCap] = {}
    for terms in contracts:
        for position, leg in enumerate(terms.legs):
            fee = terms.fee(position)
            if fee is not None:
                payer = terms.payer(leg)
                vault = roster.paying_vault(payer, leg.asset).id
                before = sums[vault].cap if vault in sums else 0
                sums[vault] = FeeCap(vault, payer, fee[0], before + fee[1])
    return tuple(replace(sums[vault], cap=max(0, sums[vault].cap - sunk.get(vault, 0))) for vault in sorted(sums))


def groups(owed: Sequence[Obligation]) -> tuple[Group, ...]:
    """The instructions that discharge these obligations, ascending."""
    bitcoin: dict[str, set[str]] = {}
    found: set[Group] = set()
    for obligation in owed:
        if obligation.chain.startswith("bip122:"):
            bitcoin.setdefault(obligation.chain, set()).add(obligation.vault)
        else:
            found.add(Group(obligation.chain, "safe-tx", (obligation.vault,)))
    found |= {Group(chain, "psbt", tuple(sorted(vaults))) for chain, vaults in bitcoin.items()}
    return tuple(sorted(found))


def owed_by(owed: Sequence[Obligation], group: Group) -> tuple[Obligation, ...]:
    """The obligations that one group's instruction discharges."""
    return tuple(each for each in owed if each.chain == group.chain and each.vault in group.vaults)
