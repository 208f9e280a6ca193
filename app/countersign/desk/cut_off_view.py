"""The read model of the next cut-off: what would be settled together, gross beside net, who lacks what, what blocks.

- Planned by `cycle_plan` from this machine's own replica; nothing is closed by looking.
- A plan that the rules refuse (a payer without a vault) is shown with the refusal, never left out.

    cut_off_view(state, now, moment_of).lacking
"""

from dataclasses import dataclass

from countersign.desk import cycle_plan
from countersign.desk.money import Money, money
from countersign.desk.rows import MomentOf
from countersign.errors import Refused
from countersign.settlement.ledger import Account
from countersign.settlement.state import State


@dataclass(frozen=True, slots=True)
class Lacking:
    """What one book lacks for all that is short to settle."""

    owner: str
    book: str
    money: Money


@dataclass(frozen=True, slots=True)
class Blocking:
    """A Safe that waits: which settlements' instruction is not executed yet, since when (unix seconds)."""

    vault: str
    contracts: tuple[str, ...]
    since: int


@dataclass(frozen=True, slots=True)
class Saving:
    """One asset: what would move if each contract settled alone, and what moves."""

    gross: Money
    net: Money


@dataclass(frozen=True, slots=True)
class CutOffView:
    """A cut-off. `at`, `top_up_until`: unix seconds, 0 before a policy. Dollars are whole; `refusal`: why there is no plan."""

    at: int
    top_up_until: int
    contracts: int
    cycles: int
    transactions_gross: int
    transactions_net: int
    usd_gross: int
    usd_net: int
    savings: tuple[Saving, ...]
    lacking: tuple[Lacking, ...]
    dropped: int
    blocks: tuple[Blocking, ...]
    refusal: Refused | None = None


def cut_off_view(state: State, now: int, moment_of: MomentOf) -> CutOffView:
    """The next cut-off at `now` (unix seconds), or the last one while its time to top up runs."""
    try:
        found = cycle_plan.upcoming(state, now, moment_of)
    except Refused as refusal:
        return CutOffView(0, 0, 0, 0, 0, 0, 0, 0, (), (), 0, (), refusal)
    proofs = [each.proof for each in found.cycles]
    gross: dict[str, int] = {}
    net: dict[str, int] = {}
    for flow in (flow for each in proofs for flow in each.assets):
        gross[flow.asset] = gross.get(flow.asset, 0) + flow.gross
        net[flow.asset] = net.get(flow.asset, 0) + flow.net
    roster = state.roster
    return CutOffView(
        at=found.gathered.cut_off,
        top_up_until=found.top_up_until,
        contracts=len(found.gathered.ready),
        cycles=len(found.cycles),
        transactions_gross=sum(each.transactions_gross for each in proofs),
        transactions_net=sum(each.transactions_net for each in proofs),
        usd_gross=sum(each.worth.gross for each in found.cycles),
        usd_net=sum(each.worth.net for each in found.cycles),
        savings=tuple(
            Saving(money(roster, name, gross[name]), money(roster, name, net[name])) for name in sorted(gross)
        ),
        lacking=tuple(_lacking(state, account, units) for account, units in found.gathered.lacking),
        dropped=len({each.contract for each in found.gathered.short}),
        blocks=tuple(Blocking(each.vault, each.contracts, each.since_ms // 1_000) for each in found.blocks),
    )


def _lacking(state: State, account: Account, units: int) -> Lacking:
    owner = state.roster.participants.get(account.lei)
    name = owner.name if owner is not None else state.roster.custodian.name
    return Lacking(name, account.book, money(state.roster, account.asset, units))
