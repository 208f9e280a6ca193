"""The read model of the next cut-off: what would be settled together, gross beside net, who lacks what, what blocks,
which loans have to be recalled; and whether the last one is still open.

- Planned by `cycle_plan` from this machine's own replica; nothing is closed by looking.
- A plan that the rules refuse (a payer without a vault) is shown with the refusal, never left out.

    cut_off_view(state, now, moment_of).lacking
"""

from dataclasses import dataclass

from countersign.desk import cycle_plan
from countersign.desk.closing import Closing
from countersign.desk.money import Money, money
from countersign.desk.names import owner
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
class Recalling:
    """A loan that an operations officer recalls first, so that its owner's contracts are covered."""

    owner: str
    loan: str
    money: Money


@dataclass(frozen=True, slots=True)
class StillOpen:
    """A cut-off that has passed, whose time to top up is over, and over which nothing could be closed: nobody is covered.

    `at`: unix seconds; `contracts`: how many it would take as soon as they are.
    """

    at: int
    contracts: int


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
    recalls: tuple[Recalling, ...] = ()
    still_open: StillOpen | None = None
    due: bool = False  # it has passed, and the desk closes it on its next round


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
        recalls=tuple(_recalling(state, each) for each in found.gathered.recalls),
        still_open=_still_open(found.last),
        due=bool(found.last.contracts),
    )


def _still_open(last: Closing) -> StillOpen | None:
    if not last.first or last.waits or last.contracts or not last.short:
        return None
    return StillOpen(last.gathered.cut_off, len({each.contract for each in last.short}))


def _recalling(state: State, name: str) -> Recalling:
    loan = state.loans[name]
    return Recalling(owner(state.roster, loan.owner.lei), name, money(state.roster, loan.asset, loan.principal))


def _lacking(state: State, account: Account, units: int) -> Lacking:
    return Lacking(owner(state.roster, account.lei), account.book, money(state.roster, account.asset, units))
