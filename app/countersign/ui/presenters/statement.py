"""A statement in words: one line a movement or break, oldest first, and what an officer asks of the chosen one.

- What came in bears +, what went out −; between two pockets of the account it bears neither.
- A break's line says so: it moves no unit; what is owed stands under the balance.
"""

from dataclasses import dataclass

from countersign.desk.debts import OPENED, DebtLine
from countersign.desk.money import Money
from countersign.desk.statement import Movement, Statement
from countersign.formats import times
from countersign.resources.debt_words import NO_UNIT, because
from countersign.resources.text import translate
from countersign.resources.visible import visible
from countersign.settlement.ledger import Balance
from countersign.ui.presenters import accounts, writing
from countersign.ui.strings import label, label_or

Pairs = tuple[tuple[str, str], ...]
_POCKETS = ("available", "held", "frozen", "lent")


@dataclass(frozen=True, slots=True)
class Row:
    """One line: moment and place; a chip where it is a break; what happened and between whom; amount; balance and debt.

    `facts` are captions and values of the chosen line; `contract` the hash of the one it belongs to, or empty.
    """

    when: tuple[str, str]
    chip: tuple[str, str, str] | None
    what: tuple[str, str]
    amount: str
    after: tuple[str, ...]
    facts: Pairs
    contract: str


def title(found: Statement) -> str:
    """Whose account it is."""
    return accounts.named(found.owner, found.account.book, visible(found.unit.symbol))


def summary(found: Statement) -> Pairs:
    """The balance before the span and after it, by pocket; of a suspense account what was owed then."""
    rows = []
    for key, balance, owed in (("opening", found.opening, found.owed_before), ("closing", found.closing, found.owed)):
        rows.append((label(f"statement.{key}"), f"{_total(found, balance)} ({_pockets(found, balance)})"))
        if found.owes:
            rows.append((label(f"statement.owed-{key}"), _amount(found, owed)))
    return tuple(rows)


def headline(found: Statement) -> str:
    """How much happened, in which span, at which size of the log."""
    first = times.date_text(found.span.first) if found.span.first else label("statement.beginning")
    values = {"first": first, "last": times.date_text(found.span.last), "size": f"{found.size:,}"}
    if not found.lines:
        return label("statement.nothing", **values)
    return label("statement.headline", count=f"{len(found.lines):,}", **values)


def note(found: Statement) -> str:
    """That breaks move nothing, where there are any; else empty."""
    return translate(NO_UNIT) if found.owes else ""


def rows(found: Statement) -> list[Row]:
    """Every line, oldest first."""
    return [
        _break(found, each) if isinstance(each, DebtLine) else _movement(found, each, owed)
        for each, owed in zip(found.lines, found.owed_after(), strict=True)
    ]


def file_name(found: Statement) -> str:
    """What the CSV is called unless the officer says otherwise."""
    symbol = "".join(each for each in found.unit.symbol if each.isalnum()) or "asset"
    return f"statement-{found.account.lei}-{found.account.book}-{symbol}-{times.date_text(found.span.last)}.csv"


def _movement(found: Statement, each: Movement, owed: int) -> Row:
    outside = each.other or label("statement.outside")
    source, target = (_pocket(name) or outside for name in (each.source, each.target))
    sign = "" if each.source and each.target else "+" if each.target else "−"
    amount = f"{sign}{_amount(found, each.units)}"
    about = [
        (label("statement.contract"), each.contract_id),
        (label("statement.cycle"), each.settlement),
        (label("statement.other"), each.counterparty),
    ]
    return Row(
        _when(each.index, each.time_ms),
        None,
        (
            label_or(f"statement.cause-{each.cause.replace(' ', '-')}", each.cause),
            label("statement.way", source=source, target=target),
        ),
        amount,
        _after(found, each.after, owed),
        (
            (label("statement.event"), each.event),
            (label("statement.column-amount"), amount),
            *((caption, visible(value)) for caption, value in about if value),
            (label("statement.pockets"), _pockets(found, each.after)),
        ),
        each.contract,
    )


def _break(found: Statement, line: DebtLine) -> Row:
    debt, opened = line.debt, line.change == OPENED
    owner = label("custodian.creditor", owner=debt.owner, book=debt.creditor.book)
    chip = (
        ("warn", "warning", label("statement.break-opened"))
        if opened
        else ("ok", "pass", label("statement.break-closed"))
    )
    facts = [
        (label("statement.event"), line.event),
        (label("statement.column-amount"), _amount(found, debt.units)),
        (label("statement.why"), because(debt.cause, writing.chain(debt.chain))),
        (label("custodian.cycle"), visible(debt.cycle)),
        (label("custodian.contracts"), visible(", ".join(debt.contracts))),
    ]
    if not opened:
        facts.append((label("custodian.since"), label("statement.entry", index=f"{debt.index:,}")))
    return Row(
        _when(line.index, line.time_ms),
        chip,
        (owner, label("statement.no-unit")),
        _amount(found, debt.units),
        _after(found, line.after, line.owed),
        tuple(facts),
        "",
    )


def _when(index: int, time_ms: int) -> tuple[str, str]:
    return writing.moment(time_ms // 1_000), label("statement.entry", index=f"{index:,}")


def _after(found: Statement, balance: Balance, owed: int) -> tuple[str, ...]:
    total = _total(found, balance)
    return (total, label("statement.owed", amount=_amount(found, owed))) if found.owes else (total,)


def _total(found: Statement, balance: Balance) -> str:
    return _amount(found, balance.total)


def _pockets(found: Statement, balance: Balance) -> str:
    """ "available 12.30000000, held 250.00000000": what is not empty, or available alone."""
    held = [(name, getattr(balance, name)) for name in _POCKETS]
    shown = [(name, units) for name, units in held if units] or held[:1]
    return ", ".join(
        label("statement.pocket", pocket=_pocket(name), amount=_number(found, units)) for name, units in shown
    )


def _pocket(name: str) -> str:
    return label(f"participants.{name}").lower() if name else ""


def _money(found: Statement, units: int) -> Money:
    return Money(units, found.unit.symbol, found.unit.decimals, found.account.asset)


def _amount(found: Statement, units: int) -> str:
    return writing.full(_money(found, units))


def _number(found: Statement, units: int) -> str:
    return writing.number(_money(found, units))
