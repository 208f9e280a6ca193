"""What a cycle is, for a person or a program: its contracts, what they owe after netting, the proof, what it saved, who
was short, what blocks it; and without an id every cycle, and what the next cut-off would close.

- From what a machine has replayed; no node is asked, so the size of a chain's transaction splits nothing here.
- Transactions are those that the log knows: one for each group, where one was broadcast its id.

    >>> one(state, "cycle-2026-11-22-1600-1").proof.holds
    True
"""

from collections.abc import Mapping
from dataclasses import dataclass

from countersign.desk import cycle_plan
from countersign.desk.cycle_plan import Block, Preview
from countersign.desk.money import Money, money
from countersign.desk.names import owner
from countersign.settlement import proof
from countersign.settlement.assets import Asset
from countersign.settlement.cut_off import MomentOf
from countersign.settlement.proof import Dollars, Proof
from countersign.settlement.records import Cycle
from countersign.settlement.roster import Party
from countersign.settlement.state import State
from countersign.settlement.stops import standing

CALLED_OFF = "called off"


@dataclass(frozen=True, slots=True)
class Member:
    """A contract of a cycle, or one that was left out: hash, id, where it stands."""

    contract: str
    id: str
    state: str


@dataclass(frozen=True, slots=True)
class Lack:
    """What was missing when a contract was left out."""

    contract: Member
    owner: str
    book: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Owed:
    """One payment after netting: names with books, the vault it comes from, and where it goes (CAIP-10)."""

    payer: str
    receiver: str
    vault: str
    destination: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Sent:
    """One instruction of the cycle: chain, paying vaults, shares it still lacks, its transaction if it was broadcast."""

    chain: str
    vaults: tuple[str, ...]
    instruction: str
    missing: int
    transaction: str


@dataclass(frozen=True, slots=True)
class CycleReport:
    """One closed cycle. `state`: where its contracts stand, or called off. `units` and `names`: what the proof's assets and
    LEIs are called."""

    id: str
    state: str
    netting: str
    cut_off: int
    index: int
    contracts: tuple[Member, ...]
    owed: tuple[Owed, ...]
    proof: Proof
    worth: Dollars
    short: tuple[Lack, ...]
    sent: tuple[Sent, ...]
    blocks: tuple[Block, ...]
    units: Mapping[str, Asset]
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Upcoming:
    """The plan of the cut-off that comes, with what must still come in, by account, in words."""

    preview: Preview
    ready: tuple[Member, ...]
    lacking: tuple[tuple[str, str, Money], ...]
    aside: tuple[tuple[Member, str], ...]


@dataclass(frozen=True, slots=True)
class Cycles:
    """Every cycle in the log's order, and the cut-off that comes."""

    size: int
    cycles: tuple[CycleReport, ...]
    upcoming: Upcoming


def one(state: State, cycle: str) -> CycleReport:
    """The cycle of that id. Refused("settlement.unknown-cycle")."""
    found = state.cycle(cycle)
    shown = proof.of_cycle(state, found)
    return CycleReport(
        found.id,
        _stands(state, found),
        found.netting,
        found.cut_off,
        found.index,
        tuple(_member(state, each) for each in found.contracts),
        tuple(
            Owed(
                _name(state, each.payer),
                _name(state, each.receiver),
                each.vault,
                each.destination,
                money(state.roster, each.asset, each.amount),
            )
            for each in found.obligations
        ),
        shown,
        proof.dollars(state, shown),
        tuple(
            Lack(
                _member(state, each.contract),
                owner(state.roster, each.lei),
                each.book,
                money(state.roster, each.asset, each.missing),
            )
            for each in found.short
        ),
        tuple(
            Sent(each.group.chain, each.group.vaults, each.hash, state.missing(each), each.transaction or "")
            for each in state.under_way(found)
        ),
        cycle_plan.blocked_by(state, found),
        {each.asset: state.roster.asset(each.asset) for each in shown.assets},
        {each.book.lei: owner(state.roster, each.book.lei) for each in shown.positions},
    )


def every(state: State, now: int, moment_of: MomentOf) -> Cycles:
    """All cycles, and what comes; `now`: unix seconds. Refused("settlement.no-policy") before the first policy."""
    order = sorted(state.cycles.values(), key=lambda each: each.index)
    return Cycles(state.size, tuple(one(state, each.id) for each in order), _upcoming(state, now, moment_of))


def _upcoming(state: State, now: int, moment_of: MomentOf) -> Upcoming:
    found = cycle_plan.upcoming(state, now, moment_of)
    gathered = found.gathered
    return Upcoming(
        found,
        tuple(_member(state, each) for each in gathered.ready),
        tuple(
            (owner(state.roster, account.lei), account.book, money(state.roster, account.asset, units))
            for account, units in gathered.lacking
        ),
        tuple((_member(state, each.contract), each.reason) for each in gathered.aside),
    )


def _stands(state: State, cycle: Cycle) -> str:
    return CALLED_OFF if cycle.called_off else _member(state, cycle.contracts[0]).state


def _member(state: State, contract: str) -> Member:
    record = state.contract(contract)
    return Member(contract, record.terms.id, standing(state, record).value)


def _name(state: State, party: Party) -> str:
    return f"{owner(state.roster, party.lei)}, {party.book}"
