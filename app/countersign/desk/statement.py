"""What happened to one account over a span of days, by replaying the log: nothing is kept that could differ from it.

- An account is participant × book × asset, or one of the custodian's own books. Days are UTC, judged by entry time.
- A movement is what one entry did to one pocket or between two pockets of the account; the running balance stands beside
  it by pocket. Opening balance + movements = closing balance, by pocket.
- Each movement names its entry, the event's type, why units moved, whose account stands on the other side, and the
  contract and settlement that it belongs to.
- A suspense account has lines beside: the breaks that entries opened and closed (`debts.py`). They move no unit.

    >>> statement(entries, Account(lei, "main", btc), Span.read("2026-11-01", "2026-11-30")).closing.total
    26500000000
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from countersign.desk import debts
from countersign.desk.accounts import accounts
from countersign.desk.debts import DebtLine
from countersign.desk.names import owner
from countersign.errors import Malformed, Refused
from countersign.formats import caip, ids, times
from countersign.settlement import events, machine
from countersign.settlement.assets import Asset
from countersign.settlement.audience import contracts_of
from countersign.settlement.ledger import Account, Balance, Place, Posting
from countersign.settlement.machine import Entry
from countersign.settlement.state import EMPTY, State


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

    `owner` is the participant's or custodian's name, `unit` the asset's symbol and decimals. Of a suspense account
    `breaks` are the lines that moved nothing, `owed_before` and `owed` what its open breaks come to at the beginning and
    at the end, base units; of every other account they are empty and 0.
    """

    account: Account
    owner: str
    unit: Asset
    span: Span
    size: int
    opening: Balance
    movements: tuple[Movement, ...]
    closing: Balance
    breaks: tuple[DebtLine, ...] = ()
    owed_before: int = 0
    owed: int = 0

    @property
    def owes(self) -> bool:
        """Whether breaks have anything to do with the span."""
        return bool(self.breaks or self.owed_before)

    @property
    def lines(self) -> tuple[Movement | DebtLine, ...]:
        """Movements and breaks in the log's order; of one entry the movements first."""
        both: tuple[Movement | DebtLine, ...] = (*self.movements, *self.breaks)
        return tuple(sorted(both, key=lambda each: each.index))

    def owed_after(self) -> Iterator[int]:
        """What the account owes after each of `lines`."""
        owed = self.owed_before
        for each in self.lines:
            owed = each.owed if isinstance(each, DebtLine) else owed
            yield owed


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


def statement(
    entries: Iterable[Entry], account: Account, span: Span, state: State = EMPTY, newest: State | None = None
) -> Statement:
    """Replay from `state` on and collect. `newest` says who has accounts now; without it what the entries lead to does.

    Refused("settlement.unknown-…") for an account that nobody can have here, "desk.no-such-account" for one never used.
    """
    opening = closing = state.ledger.balance(account)
    owed_before = owed = debts.owed(state, account)
    size, movements, breaks = state.size, list[Movement](), list[DebtLine]()
    for entry, (before, after) in replayed_between(entries, state):
        state, day = after, entry.time_ms // 1_000 // times.DAY
        if day > span.last:
            continue
        size, closing = state.size, state.ledger.balance(account)
        if before.breaks is not after.breaks:
            owed = debts.owed(after, account)
        if day < span.first:
            opening, owed_before = closing, owed
            continue
        if any(account in _accounts(each) for each in state.ledger.moved):
            movements += _movements(entry, state, account, movements[-1].after if movements else opening)
        breaks += debts.lines(entry, before, after, account)
    unit, name = require_account(newest or state, account)
    return Statement(
        account, name, unit, span, size, opening, tuple(movements), closing, tuple(breaks), owed_before, owed
    )


def require_account(state: State, account: Account) -> tuple[Asset, str]:
    """The asset and the owner's name of an account that stands in the ledger. Refused as `statement`."""
    state.roster.party(account.lei, account.book)
    unit, name = state.roster.asset(account.asset), owner(state.roster, account.lei)
    if account not in accounts(state):
        raise Refused("desk.no-such-account", owner=name, book=account.book, symbol=unit.symbol)
    return unit, name


def replayed(entries: Iterable[Entry], state: State = EMPTY) -> Iterator[tuple[Entry, State]]:
    """Each accepted entry with the state after it; what the rules refuse moves nothing and is passed over."""
    return ((entry, after) for entry, (_, after) in replayed_between(entries, state))


def replayed_between(entries: Iterable[Entry], state: State = EMPTY) -> Iterator[tuple[Entry, tuple[State, State]]]:
    """Each accepted entry with the states before and after it."""
    for entry in entries:
        before, state = state, machine.replay([entry], state)
        if entry.index in state.events:
            yield entry, (before, state)


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
