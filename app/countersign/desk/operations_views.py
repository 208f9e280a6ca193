"""What an operations officer's verbs show: a reconciliation with every break, a batch with what becomes of each item.

- `BreakView.code` and `values` are a sentence's: window and terminal say the same of a break.
- Amounts carry their registered symbol and decimals; a state stands as its word.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from countersign.desk.batch import Item, Outcome
from countersign.desk.breaks import Break
from countersign.desk.money import Money, money
from countersign.desk.names import owner
from countersign.desk.questions import Question
from countersign.desk.reconciliation import Report
from countersign.desk.row import Look, Sides
from countersign.errors import CountersignError
from countersign.settlement import stops
from countersign.settlement.contract import Contract
from countersign.settlement.ledger import Account
from countersign.settlement.records import Loan
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


@dataclass(frozen=True, slots=True)
class ItemView:
    """One item of a batch; `sides`: who gives what to whom, None where it is no contract or names who is not known here."""

    item: Item
    sides: Sides | None


@dataclass(frozen=True, slots=True)
class BatchView:
    """A batch as it was judged, or as it was filed; `files` are the bytes that were read, by name."""

    files: Mapping[str, bytes]
    items: tuple[ItemView, ...]
    filed: bool = False

    @property
    def new(self) -> int:
        """How many would be filed."""
        return sum(each.item.outcome is Outcome.NEW for each in self.items)

    @property
    def contracts_only(self) -> bool:
        """Whether all that would be filed are contracts."""
        return all(isinstance(each.item.found, Contract) for each in self.items if each.item.outcome is Outcome.NEW)


def batch_view(state: State, files: Mapping[str, bytes], items: Sequence[Item], *, filed: bool = False) -> BatchView:
    """A judged batch as it is shown."""
    return BatchView(files, tuple(ItemView(each, _sides(state, each)) for each in items), filed)


def _sides(state: State, item: Item) -> Sides | None:
    known = state.roster.participants
    if not isinstance(item.found, Contract) or any(lei not in known for lei in item.found.terms.leis):
        return None
    return Look(state, "", 0).sides(item.found.terms)


@dataclass(frozen=True, slots=True)
class LoanView:
    """A loan to the custodian's pool: what is `out` now and came `back`, what the pool owes for it and has `paid`.

    `accrued_to`: the last day (since 1970) with interest; `frozen`: what comes home is frozen there; `objection`: why it
    cannot be recalled now.
    """

    id: str
    lei: str
    book: str
    rate_bps: int
    out: Money
    back: Money
    owed: Money
    paid: Money
    accrued_to: int
    frozen: bool
    objection: CountersignError | None

    @property
    def open(self) -> bool:
        """Whether anything is out or owed."""
        return self.out.units > 0 or self.owed.units > 0


def loan_views(asked: Question) -> tuple[LoanView, ...]:
    """Every loan, those that are open first, then by name."""
    found = (_loan(asked, each) for each in asked.state.loans.values())
    return tuple(sorted(found, key=lambda each: (not each.open, each.id)))


def _loan(asked: Question, loan: Loan) -> LoanView:
    state = asked.state
    out, back, owed, paid = (
        money(state.roster, loan.asset, units) for units in (loan.principal, loan.returned, loan.claim, loan.paid)
    )
    frozen = stops.stopping_account(state, Account(loan.owner.lei, loan.owner.book, loan.asset)) is not None
    objection = asked.objection("lending.recalled", {"loan": loan.id, "reason": "?"})
    return LoanView(
        loan.id,
        loan.owner.lei,
        loan.owner.book,
        loan.rate_bps,
        out,
        back,
        owed,
        paid,
        loan.accrued_to,
        frozen,
        objection,
    )


def reconciliation_view(state: State, report: Report, index: int | None = None) -> ReconciliationView:
    """A report as it is shown."""
    roster, by_asset = state.roster, dict[str, tuple[int, int]]()
    for line in report.vaults:
        ledger, chain = by_asset.get(line.asset, (0, 0))
        by_asset[line.asset] = ledger + line.ledger, chain + line.chain
    return ReconciliationView(
        report,
        owner(roster, report.lei) if report.lei else "",
        tuple(break_view(roster, each, trade=bool(report.lei)) for each in report.breaks),
        tuple(
            SumView(money(roster, asset, ledger), money(roster, asset, chain))
            for asset, (ledger, chain) in sorted(by_asset.items())
        ),
        index,
    )


def break_view(roster: Roster, found: Break, *, trade: bool) -> BreakView:
    """A break as it is shown; `trade`: a trade file was compared."""
    figures = [each for each in (found.here, found.there) if each]
    units = all(each.isdecimal() for each in figures)
    more = money(roster, found.asset, int(found.there or 0) - int(found.here or 0)) if units else None

    def side(text: str) -> Money | str | None:
        return (money(roster, found.asset, int(text)) if units else text) if text else None

    values = {"about": found.about, "book": found.book}
    return BreakView(
        found, found.code(trade=trade), values, owner(roster, found.lei), side(found.here), side(found.there), more
    )
