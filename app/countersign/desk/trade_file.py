"""A participant's own list of trades, as CSV: read strictly, and compared with this desk's contracts.

docs/formats/trade-file.md. One row a leg; the amounts are base units, the states this desk's words.

    lei,book,contract,side,asset,amount,state
    9845MERDINDEMO000088,main,MH-2026-0001,deliver,bip122:0f91…/slip44:0,25000000000,agreed

- UTF-8 without a byte order mark, the header first, fields without quotes; every line ends alike, with LF or with CR LF.
- At most 8 MiB and 100,000 rows; one participant a file; a row for each contract, book, side and asset is there once.
- What differs is a break: missing here, missing there, amount differs, state differs.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from countersign.desk.breaks import Break, Cause
from countersign.errors import CountersignError, Malformed
from countersign.formats import caip, ids
from countersign.formats.excerpt import excerpt
from countersign.settlement.records import OVER, ContractRecord, ContractState
from countersign.settlement.state import State
from countersign.settlement.stops import standing

COLUMNS = ("lei", "book", "contract", "side", "asset", "amount", "state")
DELIVER, RECEIVE = "deliver", "receive"
MOST_BYTES, MOST_ROWS = 8 << 20, 100_000
_STATES = frozenset(each.value for each in ContractState)


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """What a row is about: the participant's book, a contract's id, which way an asset moves."""

    book: str
    contract: str
    side: str
    asset: str


@dataclass(frozen=True, slots=True)
class Row:
    """What it says of it, base units; `line` in the file from 1, the header's included."""

    key: Key
    amount: int
    state: str
    line: int


@dataclass(frozen=True, slots=True)
class TradeFile:
    """One participant's rows in the order of the file."""

    lei: str
    rows: tuple[Row, ...]


def parse(data: bytes) -> TradeFile:
    """A trade file. Malformed("desk.trade-file-…"), each naming the line; nothing is repaired."""
    if len(data) > MOST_BYTES:
        raise Malformed("desk.trade-file-size", size=len(data), limit=MOST_BYTES)
    lines = _lines(data)
    if lines[0] != ",".join(COLUMNS):
        raise Malformed("desk.trade-file-header", found=excerpt(lines[0]), expected=",".join(COLUMNS))
    if len(lines) == 1:
        raise Malformed("desk.trade-file-empty")
    if len(lines) - 1 > MOST_ROWS:
        raise Malformed("desk.trade-file-rows", found=len(lines) - 1, limit=MOST_ROWS)
    found = [_row(line, number) for number, line in enumerate(lines[1:], start=2)]
    leis = {lei for lei, _ in found}
    if len(leis) != 1:
        raise Malformed("desk.trade-file-participants", found=len(leis))
    rows = tuple(row for _, row in found)
    _require_once(rows)
    return TradeFile(leis.pop(), rows)


def _lines(data: bytes) -> list[str]:
    """The lines without their ends. One end throughout, also after the last line."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed("desk.trade-file-text") from None
    end = "\r\n" if "\r\n" in text else "\n"
    if not text.endswith(end) or '"' in text or "\r" in text.replace(end, "") or "\ufeff" in text:
        raise Malformed("desk.trade-file-text")
    lines = text.removesuffix(end).split(end)
    if any("\n" in line for line in lines):
        raise Malformed("desk.trade-file-text")
    return lines


def _row(line: str, number: int) -> tuple[str, Row]:
    fields = line.split(",")
    if len(fields) != len(COLUMNS):
        raise Malformed("desk.trade-file-fields", line=number, found=len(fields), expected=len(COLUMNS))
    lei, book, contract, side, asset, amount, state = fields
    try:
        key = Key(ids.identifier(book), ids.identifier(contract), side, str(caip.AssetId.parse(asset)))
        row = Row(key, ids.amount(amount), state, number)
        ids.lei(lei)
    except CountersignError as error:
        raise Malformed("desk.trade-file-value", line=number, why=error.code) from None
    if side not in (DELIVER, RECEIVE):
        raise Malformed("desk.trade-file-side", line=number, found=excerpt(side))
    if state not in _STATES:
        raise Malformed("desk.trade-file-state", line=number, found=excerpt(state))
    return lei, row


def _require_once(rows: tuple[Row, ...]) -> None:
    seen: dict[Key, int] = {}
    for row in rows:
        if row.key in seen:
            raise Malformed("desk.trade-file-twice", line=row.line, other=seen[row.key], contract=row.key.contract)
        seen[row.key] = row.line


def compare(state: State, file: TradeFile) -> tuple[int, tuple[Break, ...]]:
    """How many rows and legs were compared, and every break, ascending. Refused("settlement.unknown-participant").

    A contract that is over may be left out of the file, and one that this desk knows only as proposed too.
    """
    state.roster.participant(file.lei)
    ours = dict(_ours(state, file.lei))
    theirs = {row.key: row for row in file.rows}
    found: list[Break] = []
    for key in sorted(ours.keys() | theirs.keys()):
        found += _differences(key, file.lei, ours.get(key), theirs.get(key))
    return len(ours.keys() | theirs.keys()), tuple(found)


@dataclass(frozen=True, slots=True)
class _Leg:
    """What this desk has under a key: added up where a contract moves an asset the same way in several legs."""

    amount: int
    state: ContractState

    @property
    def must_be_listed(self) -> bool:
        return self.state not in OVER and self.state is not ContractState.PROPOSED


def _ours(state: State, lei: str) -> Iterator[tuple[Key, _Leg]]:
    for record in _newest(state, lei):
        stands, sums = standing(state, record), dict[Key, int]()
        for leg in record.terms.legs:
            payer, receiver = record.terms.payer(leg), record.terms.receiver(leg)
            sides = [(DELIVER, payer)] if payer == receiver else [(DELIVER, payer), (RECEIVE, receiver)]
            for side, party in sides:
                if party.lei == lei:
                    key = Key(party.book, record.terms.id, side, leg.asset)
                    sums[key] = sums.get(key, 0) + leg.amount
        yield from ((key, _Leg(units, stands)) for key, units in sums.items())


def _newest(state: State, lei: str) -> list[ContractRecord]:
    """Of every id that the participant is party of, the latest version that is not superseded."""
    newest: dict[str, ContractRecord] = {}
    for record in state.contracts.values():
        known = newest.get(record.terms.id)
        over = record.state is ContractState.SUPERSEDED
        if lei in record.leis and not over and (known is None or known.terms.version < record.terms.version):
            newest[record.terms.id] = record
    return list(newest.values())


def _differences(key: Key, lei: str, ours: _Leg | None, theirs: Row | None) -> Iterator[Break]:
    about = f"{key.contract} {key.side}"

    def found(cause: Cause, here: str, there: str) -> Break:
        return Break(cause, about, lei, key.book, key.asset, here, there)

    if ours is None and theirs is not None:
        yield found(Cause.MISSING_HERE, "", ids.amount_text(theirs.amount))
    elif ours is not None and theirs is None:
        if ours.must_be_listed:
            yield found(Cause.MISSING_THERE, ids.amount_text(ours.amount), "")
    elif ours is not None and theirs is not None:
        if ours.amount != theirs.amount:
            yield found(Cause.AMOUNT, ids.amount_text(ours.amount), ids.amount_text(theirs.amount))
        if ours.state.value != theirs.state:
            yield found(Cause.STATE, ours.state.value, theirs.state)
