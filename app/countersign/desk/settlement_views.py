"""Read models of a settlement beside its transactions: legs, obligations, the conservation proof, what stops it."""

from dataclasses import dataclass

from countersign.desk.money import Money


@dataclass(frozen=True, slots=True)
class LegView:
    """One leg of a contract, or one obligation of a cycle: who gives what to whom (institution, book), and where."""

    giver: str
    taker: str
    money: Money
    destination: str  # CAIP-10


@dataclass(frozen=True, slots=True)
class PositionView:
    """One book in one asset over a cycle: what the contracts move, and its net position before and after netting."""

    owner: str
    gross_in: Money
    gross_out: Money
    before: Money
    after: Money


@dataclass(frozen=True, slots=True)
class CycleView:
    """The cycle a settlement belongs to. `proved`: every position is conserved and every asset sums to zero."""

    id: str
    netting: str
    cut_off: int
    contracts: tuple[str, ...]  # ids
    obligations: tuple[LegView, ...]
    positions: tuple[PositionView, ...]
    proved: bool
    transactions_gross: int
    transactions_net: int
    usd_gross: int
    usd_net: int


@dataclass(frozen=True, slots=True)
class StopView:
    """What stops a settlement, or stands over one that is over: `kind` frozen or disputed, by whom (names), its order and
    paper (SHA-256), its entry; what a dispute's opener expects to have moved.
    """

    kind: str
    by: tuple[str, ...]
    order: str
    reason: str
    document: str
    index: int
    expected: tuple[LegView, ...] = ()
