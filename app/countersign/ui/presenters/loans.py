"""Loans to the custodian's pool in words: what is out, what the pool owes for it, what recalling will do."""

from collections.abc import Sequence
from dataclasses import dataclass

from countersign.desk.operations_views import LoanView
from countersign.formats import times
from countersign.resources.text import sentence
from countersign.resources.visible import visible
from countersign.ui.presenters import writing
from countersign.ui.strings import label

Chip = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class LoanLine:
    """One loan: its name, whether it is open as a chip, its figures as captions and values."""

    id: str
    name: str
    chip: Chip
    figures: tuple[tuple[str, str], ...]


def of(loans: Sequence[LoanView], lei: str) -> list[LoanView]:
    """One participant's loans, open ones first."""
    return [each for each in loans if each.lei == lei]


def recallable(loans: Sequence[LoanView]) -> list[LoanView]:
    """Those that can be recalled now."""
    return [each for each in loans if each.objection is None]


def hindrance(loans: Sequence[LoanView]) -> str:
    """Why none of these can be recalled; empty where one can."""
    if recallable(loans):
        return ""
    first = next((each.objection for each in loans if each.open and each.objection is not None), None)
    return sentence(first.code, first.values) if first is not None else label("loans.none-open")


def line(loan: LoanView) -> LoanLine:
    """One loan."""
    chip = ("info", "forward", label("loans.open")) if loan.out.units else ("quiet", "none", label("loans.over"))
    if not loan.out.units and loan.owed.units:
        chip = ("warn", "clock", label("loans.owing"))
    return LoanLine(
        loan.id,
        label("loans.name", id=loan.id, book=loan.book, rate=_rate(loan.rate_bps)),
        chip,
        (
            (label("loans.out"), writing.full(loan.out)),
            (label("loans.back"), writing.full(loan.back)),
            (label("loans.owed"), writing.full(loan.owed)),
            (label("loans.paid"), writing.full(loan.paid)),
            (label("loans.accrued-to"), times.date_text(loan.accrued_to)),
        ),
    )


def _rate(bps: int) -> str:
    return f"{bps // 100}.{bps % 100:02d}"


def choice(loan: LoanView) -> str:
    """One loan in a list."""
    return label("loans.choice", id=visible(loan.id), book=loan.book, out=writing.full(loan.out))


def consequence(loan: LoanView) -> tuple[str, ...]:
    """What recalling it will do."""
    told = []
    if loan.out.units:
        key = "loans.comes-home-frozen" if loan.frozen else "loans.comes-home"
        told.append(label(key, amount=writing.full(loan.out), book=loan.book))
    if loan.owed.units:
        told.append(label("loans.interest", amount=writing.full(loan.owed), date=times.date_text(loan.accrued_to)))
    return (*told, label("loans.last-day"))


def recalled(loan: LoanView) -> str:
    """What came of it."""
    if loan.owed.units:
        return label("loans.recalled-owing", id=loan.id, amount=writing.full(loan.owed))
    return label("loans.recalled", id=loan.id)
