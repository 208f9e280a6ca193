"""Accounts in words: what lies in which pocket, book by book and asset by asset; nothing is rounded.

lines(overview, "9845…", "main")[0].total == "268.34617890 BTC"
"""

from dataclasses import dataclass

from countersign.desk.accounts import Line, Overview
from countersign.desk.money import Money
from countersign.resources.visible import visible
from countersign.settlement.ledger import Account
from countersign.ui.presenters import writing
from countersign.ui.strings import label, label_or

_POCKETS = ("available", "held", "frozen", "lent")


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One account: whose it is in words, its asset's sum, its pockets as captions and values (empty ones are "0")."""

    account: Account
    name: str
    total: str
    pockets: tuple[tuple[str, str], ...]


def lines(overview: Overview, lei: str, book: str) -> tuple[AccountLine, ...]:
    """What lies in one book, asset by asset."""
    return tuple(_line(each) for each in overview.accounts if (each.account.lei, each.account.book) == (lei, book))


def name_of(overview: Overview | None, account: Account) -> str:
    """Whose account it is; its own id where the overview does not have it."""
    shown = overview.accounts if overview is not None else ()
    return next((_name(each) for each in shown if each.account == account), f"{account.lei}/{account.book}")


def named(owner: str, book: str, symbol: str) -> str:
    """ "Meridian Capital, book main: BTC"."""
    return label("accounts.name", owner=owner, book=book, symbol=symbol)


def book_name(book: str) -> str:
    """What one of the custodian's own books is called."""
    return label_or(f"accounts.book-{book}", book)


def _line(line: Line) -> AccountLine:
    def part(units: int) -> str:
        return writing.number(Money(units, line.total.symbol, line.total.decimals, line.total.asset)) if units else "0"

    held = line.balance
    figures = [(label(f"participants.{name}"), part(getattr(held, name))) for name in _POCKETS]
    if line.unconfirmed:
        figures.append((label("participants.unconfirmed"), part(line.unconfirmed)))
    return AccountLine(line.account, _name(line), writing.full(line.total), tuple(figures) if held.total else ())


def _name(line: Line) -> str:
    return named(line.owner, line.account.book, visible(line.total.symbol))
