"""The movements of one account over a span of days, by replaying the log: nothing is kept that could differ from it.

- An account is participant × book × asset, or one of the custodian's own books. Days are UTC, judged by entry time.
- A movement is what one entry did to one pocket or between two pockets of the account; the running balance stands beside
  it by pocket. Opening balance + movements = closing balance, by pocket.
- Each movement names its entry, the event's type, why units moved, whose account stands on the other side, and the
  contract and settlement that it belongs to.

    >>> statement(entries, Account(lei, "main", btc), Span.read("2026-11-01", "2026-11-30")).closing.total
    26500000000
"""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from countersign.desk.accounts import owner
from countersign.errors import Malformed, Refused
from countersign.formats import caip, ids, jcs, times
from countersign.settlement import events, machine
from countersign.settlement.assets import Asset
from countersign.settlement.audience import contracts_of
from countersign.settlement.ledger import Account, Balance, Place, Posting
from countersign.settlement.machine import Entry
from countersign.settlement.state import EMPTY, State

SCHEMA = "countersign-statement/1"
COLUMNS = (
    "index", "at", "event", "cause", "from", "to", "amount", "contract", "contract_hash", "settlement", "counterparty",
    "available", "held", "frozen", "lent", "total",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Span:
    """From the first moment of a day to the last of another, both days since 1970 and both within."""

    first: int
    last: int

    @classmethod
    def read(cls, first: str | None, last: str | None, *, now: int = 0) -> "Span":
        """Dates `YYYY-MM-DD`; without `first` from the beginning, without `last` to the day of `now` (unix seconds).

        Malformed("formats.date"), Refused("desk.span-order").
        """
        begins = 0 if first is None else times.parse_date(first)
        ends = now // times.DAY if last is None else times.parse_date(last)
        if begins > ends:
            raise Refused("desk.span-order", first=times.date_text(begins), last=times.date_text(ends))
        return cls(begins, ends)

    def holds(self, time_ms: int) -> bool:
        """Whether a moment lies within it."""
        return self.first <= time_ms // 1_000 // times.DAY <= self.last


@dataclass(frozen=True, slots=True)
class Movement:
    """`units` from pocket `source` to pocket `target` of the account; an empty pocket is outside it.

    `contract` and `settlement` (a cycle's id) are empty where there is none at that moment, as is `counterparty`
    (LEI/book): a hold is placed before any cycle closes over it. `other` says the counterparty by name: "Harbour Prime, main".
    """

    index: int
    time_ms: int
    event: str
    cause: str
    source: str
    target: str
    units: int
    contract: str
    contract_id: str
    settlement: str
    counterparty: str
    after: Balance
    other: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """`size`: one past the last entry of the span or before it; `closing` is the state's own balance there.

    `owner` is the participant's or custodian's name, `unit` the asset's symbol and decimals.
    """

    account: Account
    owner: str
    unit: Asset
    span: Span
    size: int
    opening: Balance
    movements: tuple[Movement, ...]
    closing: Balance


def account_of(text: str, assets: Iterable[Asset] = ()) -> Account:
    """`LEI/BOOK/ASSET`; an asset's own slash belongs to it. One of `assets` goes by its symbol too, if no other has it.

    Malformed("desk.account-form", "formats.…"), Refused("desk.symbol-twice").
    """
    parts = text.split("/", 2)
    if len(parts) != 3:
        raise Malformed("desk.account-form")
    return Account(ids.lei(parts[0]), ids.identifier(parts[1]), _asset_of(parts[2], assets))


def _asset_of(text: str, assets: Iterable[Asset]) -> str:
    named = sorted(each.id for each in assets if each.symbol == text)
    if len(named) > 1:
        raise Refused("desk.symbol-twice", symbol=text, assets=", ".join(named))
    return named[0] if named else str(caip.AssetId.parse(text))


def statement(entries: Iterable[Entry], account: Account, span: Span, state: State = EMPTY) -> Statement:
    """Replay from `state` on and collect.

    Refused("settlement.unknown-…") for an account that nobody can have here, "desk.no-such-account" for one never used.
    """
    opening = closing = state.ledger.balance(account)
    size, movements = state.size, list[Movement]()
    for entry, after in replayed(entries, state):
        state, day = after, entry.time_ms // 1_000 // times.DAY
        if day > span.last:
            continue
        size, closing = state.size, state.ledger.balance(account)
        if day < span.first:
            opening = closing
        elif any(account in _accounts(each) for each in state.ledger.moved):
            movements += _movements(entry, state, account, movements[-1].after if movements else opening)
    state.roster.party(account.lei, account.book)
    unit, name = state.roster.asset(account.asset), owner(state.roster, account.lei)
    if account not in state.ledger.balances:
        raise Refused("desk.no-such-account", owner=name, book=account.book, symbol=unit.symbol)
    return Statement(account, name, unit, span, size, opening, tuple(movements), closing)


def replayed(entries: Iterable[Entry], state: State = EMPTY) -> Iterator[tuple[Entry, State]]:
    """Each accepted entry with the state after it; what the rules refuse moves nothing and is passed over."""
    for entry in entries:
        state = machine.replay([entry], state)
        if entry.index in state.events:
            yield entry, state


def _accounts(posting: Posting) -> tuple[Account, ...]:
    return tuple(place.account for place in (posting.source, posting.target) if place is not None)


def _movements(entry: Entry, state: State, account: Account, before: Balance) -> Iterator[Movement]:
    """What one entry did to the account, in the order of its postings."""
    event = events.parse(entry.event)
    about = contracts_of(state, event)
    for posting in state.ledger.moved:
        if account not in _accounts(posting):
            continue
        contract = posting.contract or (about[0] if len(about) == 1 else "")
        record = state.contracts.get(contract)
        source, target = (_pocket(place, account) for place in (posting.source, posting.target))
        before, other = _after(before, posting, account), _other_side(posting, account)
        yield Movement(
            entry.index,
            entry.time_ms,
            event.type,
            posting.cause.value,
            source,
            target,
            posting.units,
            contract,
            record.terms.id if record else "",
            (record.cycle or "") if record else getattr(event.body, "cycle", ""),
            f"{other.lei}/{other.book}" if other else "",
            before,
            f"{owner(state.roster, other.lei)}, {other.book}" if other else "",
        )


def _pocket(place: Place | None, account: Account) -> str:
    return place.pocket.value if place is not None and place.account == account else ""


def _after(balance: Balance, posting: Posting, account: Account) -> Balance:
    for place, units in ((posting.source, -posting.units), (posting.target, posting.units)):
        if place is not None and place.account == account:
            balance = balance.plus(place.pocket, units)
    return balance


def _other_side(posting: Posting, account: Account) -> Account | None:
    return next((each for each in _accounts(posting) if each != account), None)


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
    """The statement as a program reads it: docs/formats/ledger-json.md."""
    return {
        "schema": SCHEMA,
        "account": {"lei": found.account.lei, "book": found.account.book, "asset": found.account.asset},
        "from": times.date_text(found.span.first),
        "until": times.date_text(found.span.last),
        "size": found.size,
        "opening": balance_value(found.opening),
        "movements": [movement_value(each) for each in found.movements],
        "closing": balance_value(found.closing),
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


def as_json(found: Statement) -> bytes:
    """One line of RFC 8785 JSON, without a newline."""
    return jcs.encode(value(found))


def as_csv(found: Statement) -> bytes:
    """One row a movement under the names of `COLUMNS`, lines ending with CR LF (RFC 4180), UTF-8.

    The first row is the opening balance and the last the closing one; they bear "opening" and "closing" as cause.
    """
    out = io.StringIO(newline="")
    rows = csv.DictWriter(out, COLUMNS, restval="")
    rows.writeheader()
    rows.writerow({"cause": "opening", **balance_value(found.opening)})
    for each in found.movements:
        row = movement_value(each)
        row.pop("balance")
        rows.writerow({name: "" if one is None else one for name, one in row.items()} | balance_value(each.after))
    rows.writerow({"cause": "closing", **balance_value(found.closing)})
    return out.getvalue().encode()
