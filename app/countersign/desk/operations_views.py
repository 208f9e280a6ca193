"""What an operations officer's verbs show: a reconciliation with every break in words and figures, and who may do what.

- `BreakView.code` and `values` are a sentence's: window and terminal say the same of a break.
- Amounts carry their registered symbol and decimals; a state stands as its word.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from countersign.desk.accounts import owner
from countersign.desk.breaks import Break
from countersign.desk.money import Money, money
from countersign.desk.reconciliation import Report
from countersign.settlement.roster import Roster
from countersign.settlement.state import State


@dataclass(frozen=True, slots=True)
class Standing:
    """What this console can do for operations. `unfollowed`: chains of registered vaults that no node of its own follows."""

    may: bool
    unfollowed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BreakView:
    """One break. `here` and `there` are amounts, a state, or None where that side has nothing; `more` is there − here."""

    found: Break
    code: str
    values: Mapping[str, str]
    owner: str
    here: Money | str | None
    there: Money | str | None
    more: Money | None


@dataclass(frozen=True, slots=True)
class SumView:
    """One asset over every vault: what the ledger says they hold, and what their chain says."""

    ledger: Money
    chain: Money


@dataclass(frozen=True, slots=True)
class ReconciliationView:
    """One comparison. `participant`: whose trade file it was, empty where the chains were asked; `index`: where it was logged."""

    report: Report
    participant: str
    breaks: tuple[BreakView, ...]
    sums: tuple[SumView, ...]
    index: int | None = None

    @property
    def lasting(self) -> int:
        """How many breaks do not go away by themselves."""
        return len(self.report.lasting)


def reconciliation_view(state: State, report: Report, index: int | None = None) -> ReconciliationView:
    """A report as it is shown."""
    roster, by_asset = state.roster, dict[str, tuple[int, int]]()
    for line in report.vaults:
        ledger, chain = by_asset.get(line.asset, (0, 0))
        by_asset[line.asset] = ledger + line.ledger, chain + line.chain
    return ReconciliationView(
        report,
        owner(roster, report.lei) if report.lei else "",
        tuple(_break(roster, each, trade=bool(report.lei)) for each in report.breaks),
        tuple(
            SumView(money(roster, asset, ledger), money(roster, asset, chain))
            for asset, (ledger, chain) in sorted(by_asset.items())
        ),
        index,
    )


def _break(roster: Roster, found: Break, *, trade: bool) -> BreakView:
    figures = [each for each in (found.here, found.there) if each]
    units = all(each.isdecimal() for each in figures)
    more = money(roster, found.asset, int(found.there or 0) - int(found.here or 0)) if units else None

    def side(text: str) -> Money | str | None:
        return (money(roster, found.asset, int(text)) if units else text) if text else None

    values = {"about": found.about, "book": found.book}
    return BreakView(
        found, found.code(trade=trade), values, owner(roster, found.lei), side(found.here), side(found.there), more
    )
