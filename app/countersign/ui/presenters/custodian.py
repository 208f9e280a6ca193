"""The custodian's own page in words: whether each asset adds up, and what is owed to whom because a leg failed.

- Credits − withdrawals − network fees stand beside the sum of all accounts; the verdict is a chip with a word and a drawing.
- A debt says how much, to whom, since which entry, why, and in which cycle. No unit moves for it.
"""

from dataclasses import dataclass

from countersign.desk.accounts import AssetSum, OpenBreak, Overview
from countersign.desk.debts import Debt
from countersign.desk.money import Money
from countersign.resources.debt_words import NO_UNIT, because
from countersign.resources.text import translate
from countersign.resources.visible import visible
from countersign.settlement.ledger import Account
from countersign.ui.presenters import writing
from countersign.ui.strings import label

Chip = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Equation:
    """One asset: its symbol and id, the verdict, the figures as captions and values."""

    symbol: str
    asset: str
    verdict: Chip
    figures: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class DebtWords:
    """One open break: how much, to whom, why, and the rest as captions and values."""

    amount: str
    creditor: str
    why: str
    facts: tuple[tuple[str, str], ...]


def chip() -> Chip:
    """What marks the custodian in the list."""
    return "info", "vault", label("custodian.mark")


def breaks_count(overview: Overview) -> str:
    """How many breaks are open."""
    return label("custodian.breaks", count=len(overview.breaks)) if overview.breaks else label("custodian.no-breaks")


def alarms(overview: Overview) -> tuple[tuple[str, str], ...]:
    """Tone and sentence of what is said before everything: an asset that does not add up, breaks that are open."""
    wrong = ", ".join(visible(each.total.symbol) for each in overview.assets if not each.balanced)
    found = [("bad", label("custodian.alarm-sums", assets=wrong))] if wrong else []
    if overview.breaks:
        found.append(
            ("warn", label("custodian.alarm-breaks", name=overview.custodian.name, count=len(overview.breaks)))
        )
    return tuple(found)


def found(overview: Overview, needle: str) -> bool:
    """Whether the custodian holds every word: its name, LEI, books, and whom it owes in which cycle."""
    own = overview.custodian
    debts = ((each.debt.owner, each.debt.cycle, *each.debt.contracts) for each in overview.breaks)
    books = (each.account.book for each in overview.accounts if each.account.lei == own.lei)
    texts = (own.name, own.lei, label("custodian.mark"), *books, *(text for each in debts for text in each))
    stack = "\n".join(texts).casefold()
    return all(word in stack for word in needle.casefold().split())


def equations(overview: Overview) -> tuple[Equation, ...]:
    """Every asset that has any account."""
    return tuple(_equation(each) for each in overview.assets)


def _equation(sums: AssetSum) -> Equation:
    def amount(units: int) -> str:
        return writing.full(Money(units, sums.total.symbol, sums.total.decimals, sums.asset))

    good = sums.balanced
    verdict = ("ok", "pass", label("custodian.adds-up")) if good else ("bad", "fail", label("custodian.adds-up-not"))
    figures = [
        (label("custodian.credits"), amount(sums.totals.credits)),
        (label("custodian.withdrawals"), amount(sums.totals.withdrawals)),
        (label("custodian.network-fees"), amount(sums.totals.network_fees)),
        (label("custodian.inside"), amount(sums.totals.inside)),
        (label("custodian.accounts"), amount(sums.total.units)),
    ]
    if not good:
        figures.append((label("custodian.difference"), amount(sums.total.units - sums.totals.inside)))
    return Equation(visible(sums.total.symbol), sums.asset, verdict, tuple(figures))


def debts(overview: Overview) -> tuple[DebtWords, ...]:
    """Every open break."""
    return tuple(_debt(each) for each in overview.breaks)


def owes(overview: Overview, account: Account) -> tuple[str, ...]:
    """What is owed against one account, a sentence each."""
    return tuple(
        label("accounts.owes", amount=writing.full(each.amount), creditor=_creditor(each.debt))
        for each in overview.owed_by(account)
    )


def no_unit() -> str:
    """What a break is not."""
    return translate(NO_UNIT)


def _creditor(debt: Debt) -> str:
    return label("custodian.creditor", owner=debt.owner, book=debt.creditor.book)


def _debt(each: OpenBreak) -> DebtWords:
    debt = each.debt
    since = label("history.entry", at=writing.moment(each.time_ms // 1_000), index=f"{debt.index:,}")
    return DebtWords(
        writing.full(each.amount),
        _creditor(debt),
        label("custodian.why", reason=because(debt.cause, writing.chain(debt.chain))),
        (
            (label("custodian.since"), since),
            (label("custodian.cycle"), visible(debt.cycle)),
            (label("custodian.contracts"), visible(", ".join(debt.contracts))),
        ),
    )
