"""The Desk in words: one line a settlement, arranged in groups, sorted and filtered in Python.

- `line` writes one row; it is called for the rows on screen only, so a hundred thousand cost nothing to hold.
- `arrange` sorts and filters: positions into the rows, with the four groups' headings between them.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from heapq import merge
from typing import Any, Protocol

from countersign.desk.views import Action, Group, InstructionDots, Money, SettlementRow
from countersign.resources.text import sentence
from countersign.resources.visible import visible
from countersign.ui.presenters import writing
from countersign.ui.presenters.checks import check_name
from countersign.ui.strings import label, label_or

_SOON = 3_600
_NEVER = 1 << 62
_MOST_LINES = 3
_PIECE = 4_096
_PLACES = 36  # amounts of one symbol with different decimals are compared by their worth in units of this many places
GROUPS = tuple(Group)
STATE_TONES = {
    "final": ("ok", "pass"), "signed": ("ok", "pass"), "released": ("info", "forward"), "settling": ("info", "forward"),
    "disputed": ("warn", "warning"), "frozen": ("bad", "blocked"), "failed": ("bad", "fail"), "voided": ("quiet", "none"),
    "expired": ("bad", "clock"), "cancelled": ("quiet", "none"), "declined": ("bad", "refuse"),
    "awarded": ("quiet", "none"), "superseded": ("quiet", "none"),
}  # fmt: skip


Sums = tuple[tuple[str, tuple[Money, ...]], ...]
"""Party and what it delivers, asset by asset."""


class Column(IntEnum):
    """The Desk's columns, from left to right."""

    ACT_BY = 0
    STATE = 1
    PARTIES = 2
    EXCHANGE = 3
    NOTIONAL = 4
    SIGNATURES = 5
    CHECKS = 6
    ACTION = 7


@dataclass(frozen=True, slots=True)
class Signatures:
    """One instruction's quorum: which dots are filled, in short, and in full with the names."""

    there: tuple[bool, ...]
    short: str
    spoken: str


@dataclass(frozen=True, slots=True)
class DeskLine:
    """One row in words; pairs are a main line and a quieter one."""

    act_by: tuple[str, str]
    act_by_tone: str
    state: tuple[str, str, str]  # tone, icon, word
    parties: tuple[str, str]
    exchange: tuple[str, str]
    remark: tuple[str, str, str]  # tone, in short, in full
    notional: str
    signatures: tuple[Signatures, ...]
    checks: tuple[str, str, str, str]  # tone, icon, word, more
    action: tuple[str, str, str]  # tone, icon, word


def line(row: SettlementRow, now: int, *, base: bool = False) -> DeskLine:
    """One row as it is shown at `now`; `base` asks for base units."""
    written = writing.base_units if base else writing.short
    tone, icon = STATE_TONES.get(row.state, ("info", "information"))
    by, by_tone = _act_by(row, now)
    return DeskLine(
        by,
        by_tone,
        (tone, icon, label_or(f"state.{row.state}", row.state)),
        (visible(row.parties[0]), visible(row.parties[1]) or label("desk.outside")),
        (exchange(row, written), _identity(row)),
        _remark(row, written),
        writing.dollars(row.notional_usd),
        _quorums(row.instructions),
        _checks(row),
        _action(row.action),
    )


def _identity(row: SettlementRow) -> str:
    """The contract's id; what is no sale says so before it."""
    told = visible(row.contract_id)
    return told if row.template not in ("withdrawal", "award") else label(f"desk.template-{row.template}", id=told)


def _remark(row: SettlementRow, written: Callable[[Money], str]) -> tuple[str, str, str]:
    """What stands in the way, in short for the cell and in full for its tooltip and a screen reader."""
    found = row.remark
    if found is None:
        return "quiet", "", ""
    first, second = (*found.names, "", "")[:2]
    values = {
        "name": first,
        "other": second,
        "amount": written(found.money) if found.money else "",
        "since": writing.minute(found.at) if found.at is not None else "",
        "why": found.why,
    }
    tone = "bad" if found.code == "frozen" else "warn"
    return tone, label(f"desk.remark-{found.code}", **values), label(f"desk.remark-{found.code}-full", **values)


class Exchange(Protocol):
    """What has two sides: a Desk's row, a settlement of the history."""

    @property
    def gives(self) -> tuple[Money, ...]: ...
    @property
    def takes(self) -> tuple[Money, ...]: ...


def exchange(row: Exchange, written: Callable[[Money], str]) -> str:
    """ "1,000 BTC ⇄ 20,000,000 USDC"; a side of several assets says how many, a withdrawal where it goes."""
    gives, takes = (_side(side, written) for side in (row.gives, row.takes))
    return label("desk.exchange", gives=gives, takes=takes) if row.takes else label("desk.withdrawal", gives=gives)


def _side(side: Sequence[Money], written: Callable[[Money], str]) -> str:
    return written(side[0]) if len(side) == 1 else label("desk.assets", count=len(side))


def _act_by(row: SettlementRow, now: int) -> tuple[tuple[str, str], str]:
    if row.act_by is None:
        return (label("desk.no-deadline"), ""), "quiet"
    left = row.act_by.at - now
    tone = "bad" if left <= 0 else "warn" if left < _SOON else "ink"
    why = label_or(f"act-by.{row.act_by.reason}", sentence(row.act_by.reason, row.act_by.values))
    return (writing.minute(row.act_by.at).removesuffix(" UTC"), f"{writing.until(row.act_by.at, now)} · {why}"), tone


def _quorums(instructions: Sequence[InstructionDots]) -> tuple[Signatures, ...]:
    """One line an instruction; where a cycle has more than a row can hold, one line a chain with the sums."""
    if len(instructions) <= _MOST_LINES:
        return tuple(_signatures(each) for each in instructions)
    chains: dict[str, list[InstructionDots]] = {}
    for each in instructions:
        chains.setdefault(each.chain, []).append(each)
    return tuple(_together(chain, found) for chain, found in chains.items())


def _together(chain: str, found: Sequence[InstructionDots]) -> Signatures:
    done = sum(dot.there for each in found for dot in each.dots)
    short = label(
        "desk.signed-together",
        chain=writing.chain(chain).split(" ")[0],
        count=len(found),
        done=done,
        needed=sum(each.needed for each in found),
    )
    return Signatures((), short, "; ".join(_signatures(each).spoken for each in found))


def _signatures(dots: InstructionDots) -> Signatures:
    there = tuple(dot.there for dot in dots.dots)
    chain = writing.chain(dots.chain)
    short = label("desk.signed-of", chain=chain.split(" ")[0], done=sum(there), needed=dots.needed)
    names = ", ".join(
        label("desk.dot-there" if dot.there else "desk.dot-missing", officer=dot.officer or label("desk.dot-anyone"))
        for dot in dots.dots
    )
    return Signatures(there, short, label("desk.signatures-spoken", chain=chain, needed=dots.needed, names=names))


def _checks(row: SettlementRow) -> tuple[str, str, str, str]:
    if row.first_failure:
        return "bad", "fail", label("desk.check-fails", check=row.first_failure), check_name(row.first_failure)
    if not row.checks_passed:
        return "quiet", "none", label("desk.checks-none"), ""
    return "ok", "pass", label("desk.checks-pass", count=row.checks_passed), ""


def _action(action: Action) -> tuple[str, str, str]:
    tone, icon = {
        Action.SIGN: ("info", "sign"),
        Action.REVIEW: ("info", "search"),
        Action.CARRY: ("info", "carry"),
        Action.WAIT: ("quiet", "clock"),
        Action.NONE: ("quiet", "none"),
    }[action]
    return tone, icon, label(f"desk.action-{action.value}")


def haystack(row: SettlementRow) -> str:
    """What the filter looks in: id, hash, state, parties, symbols, amounts, officers."""
    officers = (dot.officer for each in row.instructions for dot in each.dots)
    remarks = (row.remark.code, *row.remark.names) if row.remark else ()
    texts = (row.contract_id, row.contract, row.state, row.template, *row.parties, *officers, *remarks)
    return "\n".join((*texts, *(writing.short(each) for each in (*row.gives, *row.takes)))).casefold()


def _due(row: SettlementRow) -> int:
    return row.act_by.at if row.act_by else _NEVER


_KEYS: dict[Column, Callable[[SettlementRow], object]] = {
    Column.ACT_BY: _due,
    Column.STATE: lambda row: row.state,
    Column.PARTIES: lambda row: row.parties,
    Column.EXCHANGE: lambda row: (row.gives[0].symbol, row.gives[0].units * 10 ** (_PLACES - row.gives[0].decimals)),
    Column.NOTIONAL: lambda row: row.notional_usd,
    Column.SIGNATURES: lambda row: sum(dot.there for each in row.instructions for dot in each.dots),
    Column.CHECKS: lambda row: (row.first_failure is None, row.checks_passed),
    Column.ACTION: lambda row: row.action.value,
}


def _sorted(places: list[int], key: Callable[[int], tuple[Any, int]], *, descending: bool) -> Iterable[int]:
    """Sorted in pieces that are merged: one long sort would keep the window from painting while it lasts."""
    pieces = [places[start : start + _PIECE] for start in range(0, len(places), _PIECE)]
    for piece in pieces:
        piece.sort(key=key, reverse=descending)
    return pieces[0] if len(pieces) == 1 else merge(*pieces, key=key, reverse=descending)


def arrange(
    rows: Sequence[SettlementRow],
    column: Column = Column.ACT_BY,
    *,
    descending: bool = False,
    needle: str = "",
    stacks: Sequence[str] = (),
) -> list[int | Group]:
    """Positions of the rows that hold every word of `needle`, sorted within their groups, each group headed by itself.

    Rows that are equal in the column stand in the order of their deadlines. `stacks` are the rows' haystacks if they
    are at hand.
    """
    words = needle.casefold().split()
    held = (stacks or [haystack(row) for row in rows]) if words else ()
    places = (
        [at for at, stack in enumerate(held) if all(word in stack for word in words)] if words else range(len(rows))
    )
    key = _KEYS[column]
    keys = {at: (key(rows[at]), _due(rows[at])) for at in places}
    shelves: dict[Group, list[int]] = {group: [] for group in GROUPS}
    for at in _sorted(list(places), keys.__getitem__, descending=descending):
        shelves[rows[at].group].append(at)
    result: list[int | Group] = []
    for group in GROUPS:
        if shelves[group]:
            result += [group, *shelves[group]]
    return result


def heading(group: Group, count: int) -> str:
    """ "Needs you · 2"."""
    return label("desk.group", group=label(f"desk.group-{group.value}"), count=f"{count:,}")


def by_counterparty(rows: Sequence[SettlementRow]) -> Sums:
    """What each party delivers in open settlements, asset by asset: gross."""
    sums: dict[str, dict[str, Money]] = {}
    for row in rows:
        if row.group is not Group.SETTLED:
            for party, side in zip(row.parties, (row.gives, row.takes), strict=True):
                _add(sums.setdefault(party, {}), side)
    return tuple((visible(party), tuple(held.values())) for party, held in sorted(sums.items()) if held)


def _add(held: dict[str, Money], side: Sequence[Money]) -> None:
    for money in side:
        before = held[money.asset].units if money.asset in held else 0
        held[money.asset] = Money(before + money.units, money.symbol, money.decimals, money.asset)
