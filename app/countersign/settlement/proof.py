"""The conservation proof of a cycle, as values: netting moved no position, and this is what it saved.

- For every asset and book: gross in, gross out, and the net position before and after netting. Every pair is equal, and
  every asset sums to zero.
- Nobody pays itself, but for a withdrawal, which goes from a book to its own place outside.
- Saved: one transaction for each group of each contract alone, against one for each group of the netted cycle; by asset
  what would have moved against what moves; in dollars at published prices.
- Pure and linear in the legs: whoever has the contracts makes the same proof.

    >>> prove(roster, terms, MULTILATERAL).holds
    True
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from countersign.settlement import netting, valuation
from countersign.settlement.contract import Terms
from countersign.settlement.netting import Obligation
from countersign.settlement.records import Cycle
from countersign.settlement.roster import Party, Roster
from countersign.settlement.state import State


@dataclass(frozen=True, slots=True)
class Position:
    """One book in one asset, base units: `before` from the contracts' legs, `after` from the obligations."""

    asset: str
    book: Party
    gross_in: int
    gross_out: int
    net_in: int
    net_out: int

    @property
    def before(self) -> int:
        """The net position that the contracts give."""
        return self.gross_in - self.gross_out

    @property
    def after(self) -> int:
        """The net position that the obligations give."""
        return self.net_in - self.net_out

    @property
    def conserved(self) -> bool:
        """Whether netting left it as it was."""
        return self.before == self.after


@dataclass(frozen=True, slots=True)
class AssetFlow:
    """One asset over the whole cycle, base units: what moves gross and netted, in how many payments, and both sums."""

    asset: str
    gross: int
    net: int
    gross_payments: int
    net_payments: int
    sum_before: int
    sum_after: int


@dataclass(frozen=True, slots=True)
class Proof:
    """The proof of one cycle; positions ascend by asset and book, assets by id."""

    positions: tuple[Position, ...]
    assets: tuple[AssetFlow, ...]
    transactions_gross: int
    transactions_net: int

    @property
    def holds(self) -> bool:
        """Whether every position is conserved and every asset sums to zero, before and after."""
        return all(each.conserved for each in self.positions) and all(
            each.sum_before == 0 == each.sum_after for each in self.assets
        )


@dataclass(frozen=True, slots=True)
class Dollars:
    """Whole dollars that move gross and netted, rounded down; assets without a published price are named and left out."""

    gross: int
    net: int
    unpriced: tuple[str, ...]


def prove(roster: Roster, contracts: Sequence[Terms], mode: str) -> Proof:
    """The proof of contracts netted in a mode. Raises `Refused` as `netting.obligations`."""
    return of(roster, contracts, netting.obligations(roster, contracts, mode))


def of_cycle(state: State, cycle: Cycle) -> Proof:
    """The proof of a closed cycle, from its contracts and the obligations that it was closed with."""
    return of(state.roster, [state.contract(each).terms for each in cycle.contracts], cycle.obligations)


def of(roster: Roster, contracts: Sequence[Terms], owed: Sequence[Obligation]) -> Proof:
    """The proof that these obligations discharge these contracts."""
    before = [(each.asset, each.payer, each.receiver, each.amount) for each in netting.deliveries(contracts)]
    after = [(each.asset, each.payer, each.receiver, each.amount) for each in owed]
    gross, net = _flows(before), _flows(after)
    positions = tuple(
        Position(asset, book, *gross.get((asset, book), (0, 0)), *net.get((asset, book), (0, 0)))
        for asset, book in sorted(gross.keys() | net.keys())
    )
    alone = sum(len(netting.groups(netting.obligations(roster, [terms]))) for terms in contracts)
    return Proof(positions, _assets(positions, before, after), alone, len(netting.groups(owed)))


def dollars(state: State, proof: Proof) -> Dollars:
    """What moves gross and netted at the newest published prices."""
    gross = net = Fraction(0)
    unpriced = []
    for flow in proof.assets:
        if flow.asset not in state.prices:
            unpriced.append(flow.asset)
            continue
        gross += valuation.worth(state, flow.asset, flow.gross)
        net += valuation.worth(state, flow.asset, flow.net)
    return Dollars(int(gross), int(net), tuple(unpriced))


_Payment = tuple[str, Party, Party, int]


def _flows(payments: Iterable[_Payment]) -> dict[tuple[str, Party], tuple[int, int]]:
    """In and out by asset and book."""
    found: dict[tuple[str, Party], tuple[int, int]] = {}
    for asset, payer, receiver, units in payments:
        paid, taken = found.get((asset, payer), (0, 0)), (asset, receiver)
        found[asset, payer] = (paid[0], paid[1] + units)
        got = found.get(taken, (0, 0))
        found[taken] = (got[0] + units, got[1])
    return found


def _assets(
    positions: Iterable[Position], before: Iterable[_Payment], after: Iterable[_Payment]
) -> tuple[AssetFlow, ...]:
    sums: dict[str, list[int]] = {}
    for position in positions:
        row = sums.setdefault(position.asset, [0] * 6)
        row[4] += position.before
        row[5] += position.after
    for place, payments in enumerate((before, after)):
        for asset, _, _, units in payments:
            sums[asset][place] += units
            sums[asset][place + 2] += 1
    return tuple(AssetFlow(asset, *sums[asset]) for asset in sorted(sums))
