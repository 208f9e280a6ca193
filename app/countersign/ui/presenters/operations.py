"""What an operations officer sees of a reconciliation, in words: what was compared, every break with its cause, the sums.

- Every amount is whole; where a side has nothing it says so. A break's sentence and what to do come from `resources/`.
- `hindrance` says why a verb cannot be pressed; empty where it can.
"""

from dataclasses import dataclass

from countersign.desk.breaks import Cause
from countersign.desk.money import Money
from countersign.desk.operations_views import BreakView, ReconciliationView, Standing, SumView
from countersign.resources.text import next_step, sentence
from countersign.resources.visible import visible
from countersign.ui.presenters import writing
from countersign.ui.strings import label

Chip = tuple[str, str, str]
_KEYS = {
    Cause.MISSING_HERE: "missing-here",
    Cause.MISSING_THERE: "missing-there",
    Cause.AMOUNT: "amount",
    Cause.STATE: "state",
    Cause.FEE: "fee",
    Cause.UNCONFIRMED: "unconfirmed",
    Cause.FAILED: "failed",
    Cause.UNEXPLAINED: "unexplained",
}


@dataclass(frozen=True, slots=True)
class BreakLine:
    """One break as a row: its cause as a chip, whose it is, both sides and the difference; the sentences beneath it."""

    chip: Chip
    about: str
    whose: str
    here: str
    there: str
    more: str
    happened: str
    next: str
    reference: str


def hindrance(standing: Standing | None) -> str:
    """Why this officer cannot do what only operations may; empty where they can."""
    return "" if standing is not None and standing.may else label("operations.not-yours")


def blind(standing: Standing) -> str:
    """Why the chains cannot be compared from here; empty where they can."""
    if not standing.unfollowed:
        return ""
    chains = ", ".join(writing.chain(each) for each in standing.unfollowed)
    return label("reconcile.blind", chains=chains)


def headline(view: ReconciliationView) -> Chip:
    """Tone, icon and words of the whole comparison."""
    size, count = f"{view.report.as_of:,}", f"{view.report.accounts:,}"
    trade = bool(view.report.file)
    key = "trades" if trade else "vaults"
    what = label(f"reconcile.compared-{key}", count=count, size=size, name=view.participant)
    if not view.breaks:
        return "ok", "pass", f"{what} {label('reconcile.whole')}"
    lasting, passing = view.lasting, len(view.breaks) - view.lasting
    if not lasting:
        return "info", "clock", f"{what} {label('reconcile.passing', count=f'{passing:,}')}"
    told = label("reconcile.broken", count=f"{len(view.breaks):,}", lasting=f"{lasting:,}", passing=f"{passing:,}")
    return "bad", "fail", f"{what} {told}"


def sums(view: SumView) -> tuple[str, str]:
    """One asset over all vaults: its symbol; ledger, chain, and their difference in words."""
    more = Money(view.chain.units - view.ledger.units, *_unit(view.chain))
    told = label(
        "reconcile.sum-line",
        ledger=writing.full(view.ledger),
        chain=writing.full(view.chain),
        difference=_more(more) if more.units else label("reconcile.equal"),
    )
    return visible(view.ledger.symbol), told


def _unit(money: Money) -> tuple[str, int, str]:
    return money.symbol, money.decimals, money.asset


def _more(money: Money) -> str:
    return f"+{writing.full(money)}" if money.units > 0 else writing.full(money)


def line(view: BreakView) -> BreakLine:
    """One break."""
    found = view.found
    tone, icon = ("info", "clock") if found.passing else ("bad", "fail")
    book = label("reconcile.whose", owner=view.owner, book=found.book)
    return BreakLine(
        (tone, icon, label(f"reconcile.cause-{_KEYS[found.cause]}")),
        visible(found.about),
        book,
        _side(view.here),
        _side(view.there),
        _more(view.more) if view.more is not None else "",
        sentence(view.code, view.values),
        next_step(view.code, view.values),
        visible(found.reference),
    )


def _side(side: Money | str | None) -> str:
    if side is None:
        return label("reconcile.nothing")
    return writing.full(side) if isinstance(side, Money) else visible(side)
