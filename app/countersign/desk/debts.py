"""What the custodian owes after a failed or a reorganised leg, for people and programs: debts, and a suspense account's lines.

- A debt is a break of `settlement/breaks.py` with the names that it needs to be read. It moves no unit: it is a record
  against the custodian's suspense account, and stands beside that account's balance.
- A line is what one entry opened or closed. What is owed before the first line, plus what was opened, less what was
  closed, is what is owed after the last; after each line it is the sum of the account's open breaks at that place.

    >>> [each.owner for each in open_debts(state)]
    ['Meridian Capital']
"""

from collections.abc import Iterator
from dataclasses import dataclass

from countersign.desk.names import owner
from countersign.formats import ids, times
from countersign.settlement import events
from countersign.settlement.ledger import Account, Balance
from countersign.settlement.machine import Entry
from countersign.settlement.records import Break
from countersign.settlement.roster import Party
from countersign.settlement.state import State

OPENED, CLOSED = "opened", "closed"


@dataclass(frozen=True, slots=True)
class Debt:
    """`units` of the asset of `account` (a suspense account) owed to `creditor`, whose name is `owner`, in base units.

    `cause` is "failed" or "reorganised", on `chain` (CAIP-2); `cycle` and `contracts` (their ids) are what it belongs to;
    `index` is the entry that opened it.
    """

    account: Account
    units: int
    creditor: Party
    owner: str
    cause: str
    chain: str
    cycle: str
    contracts: tuple[str, ...]
    index: int


@dataclass(frozen=True, slots=True)
class DebtLine:
    """One debt `opened` or `closed` (`change`) by an entry. `owed`: all that the account owes after this line; `after`:
    its balance, which the line did not move."""

    index: int
    time_ms: int
    event: str
    change: str
    debt: Debt
    owed: int
    after: Balance


def open_debts(state: State) -> tuple[Debt, ...]:
    """Every open break, by asset and then in the log's order."""
    found = [
        _debt(state, cycle, each) for cycle, breaks in state.breaks.items() for each in breaks if each.closed is None
    ]
    return tuple(
        sorted(found, key=lambda each: (each.account, each.index, each.cycle, each.creditor.lei, each.creditor.book))
    )


def owed(state: State, account: Account) -> int:
    """All that an account owes, base units. Only the custodian's suspense ever owes anything."""
    open_ones = (each for breaks in state.breaks.values() for each in breaks if each.closed is None)
    return sum(each.units for each in open_ones if each.account == account)


def lines(entry: Entry, before: State, after: State, account: Account) -> Iterator[DebtLine]:
    """What an accepted entry opened and closed of an account, in the order of the breaks."""
    if before.breaks is after.breaks:
        return
    event, balance, running = events.parse(entry.event).type, after.ledger.balance(account), owed(before, account)
    for cycle in sorted(after.breaks):
        old, new = before.breaks.get(cycle, ()), after.breaks[cycle]
        for at, each in enumerate(new):
            change = _change(old[at] if at < len(old) else None, each)
            if not change or each.account != account:
                continue
            running += each.units if change == OPENED else -each.units
            debt = _debt(after, cycle, each)
            yield DebtLine(entry.index, entry.time_ms, event, change, debt, running, balance)


def _change(old: Break | None, new: Break) -> str:
    if old is None:
        return OPENED
    return CLOSED if old.closed is None and new.closed is not None else ""


def _debt(state: State, cycle: str, each: Break) -> Debt:
    contracts = tuple(state.contracts[one].terms.id for one in state.cycles[cycle].contracts)
    name = owner(state.roster, each.creditor.lei)
    return Debt(
        each.account, each.units, each.creditor, name, each.cause.value, each.group.chain, cycle, contracts, each.opened
    )


def value(debt: Debt) -> dict[str, object]:
    """A debt as a program reads it; amounts in base units."""
    return {
        "asset": debt.account.asset,
        "amount": ids.amount_text(debt.units),
        "creditor": {"lei": debt.creditor.lei, "owner": debt.owner, "book": debt.creditor.book},
        "cause": debt.cause,
        "chain": debt.chain,
        "cycle": debt.cycle,
        "contracts": list(debt.contracts),
        "opened": debt.index,
    }


def line_value(line: DebtLine) -> dict[str, object]:
    """A line as a program reads it."""
    return {
        "index": line.index,
        "at": times.text(line.time_ms // 1_000),
        "event": line.event,
        "change": line.change,
        **value(line.debt),
        "owed": ids.amount_text(line.owed),
    }
