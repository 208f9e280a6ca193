"""A statement as programs read it: JSON (docs/formats/books-json.md) and CSV (RFC 4180); amounts in base units.

>>> as_csv(found).split(b"\r\n")[0]
b'index,at,event,cause,from,to,amount,contract,contract_hash,settlement,counterparty,available,held,frozen,lent,total,owed'
"""

import csv
import io

from countersign.desk import debts
from countersign.desk.debts import DebtLine
from countersign.desk.statement import Movement, Statement
from countersign.formats import ids, times
from countersign.settlement.ledger import Balance

SCHEMA = "countersign-statement/2"
COLUMNS = (
    "index", "at", "event", "cause", "from", "to", "amount", "contract", "contract_hash", "settlement", "counterparty",
    "available", "held", "frozen", "lent", "total", "owed",
)  # fmt: skip


def balance_value(balance: Balance) -> dict[str, str]:
    """A balance as a program reads it: base units as decimal strings."""
    found = {
        "available": balance.available,
        "held": balance.held,
        "frozen": balance.frozen,
        "lent": balance.lent,
        "total": balance.total,
    }
    return {name: ids.amount_text(units) for name, units in found.items()}


def value(found: Statement) -> dict[str, object]:
    """The statement as a program reads it: docs/formats/books-json.md."""
    return {
        "schema": SCHEMA,
        "account": {"lei": found.account.lei, "book": found.account.book, "asset": found.account.asset},
        "from": times.date_text(found.span.first),
        "until": times.date_text(found.span.last),
        "size": found.size,
        "opening": balance_value(found.opening),
        "movements": [movement_value(each) for each in found.movements],
        "closing": balance_value(found.closing),
        "breaks": [debts.line_value(each) for each in found.breaks],
        "owed": {"opening": ids.amount_text(found.owed_before), "closing": ids.amount_text(found.owed)},
    }


def movement_value(each: Movement) -> dict[str, object]:
    """One movement as a program reads it."""
    return {
        "index": each.index,
        "at": times.text(each.time_ms // 1_000),
        "event": each.event,
        "cause": each.cause,
        "from": each.source or None,
        "to": each.target or None,
        "amount": ids.amount_text(each.units),
        "contract": each.contract_id or None,
        "contract_hash": each.contract or None,
        "settlement": each.settlement or None,
        "counterparty": each.counterparty or None,
        "balance": balance_value(each.after),
    }


def as_csv(found: Statement) -> bytes:
    """One row a movement or break under the names of `COLUMNS`, lines ending with CR LF (RFC 4180), UTF-8.

    The first row is the opening balance and the last the closing one; they bear "opening" and "closing" as cause. A break
    bears "break opened" or "break closed", goes from no pocket to no pocket, and changes `owed` alone.
    """
    out = io.StringIO(newline="")
    rows = csv.DictWriter(out, COLUMNS, restval="")
    rows.writeheader()
    rows.writerow(_row({"cause": "opening"}, found.opening, found.owed_before))
    for each, owed in zip(found.lines, found.owed_after(), strict=True):
        rows.writerow(_row(_debt_row(each) if isinstance(each, DebtLine) else movement_value(each), each.after, owed))
    rows.writerow(_row({"cause": "closing"}, found.closing, found.owed))
    return out.getvalue().encode()


def _row(values: dict[str, object], balance: Balance, owed: int) -> dict[str, object]:
    told = {name: "" if one is None else one for name, one in values.items() if name in COLUMNS}
    return told | balance_value(balance) | {"owed": ids.amount_text(owed)}


def _debt_row(line: DebtLine) -> dict[str, object]:
    debt = line.debt
    return {
        "index": line.index,
        "at": times.text(line.time_ms // 1_000),
        "event": line.event,
        "cause": f"break {line.change}",
        "amount": ids.amount_text(debt.units),
        "contract": " ".join(debt.contracts),
        "settlement": debt.cycle,
        "counterparty": f"{debt.creditor.lei}/{debt.creditor.book}",
    }
