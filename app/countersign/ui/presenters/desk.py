"""The Desk in words: one line a settlement, arranged in groups, sorted and filtered in Python.

- `line` writes one row; it is called for the rows on screen only, so a hundred thousand cost nothing to hold.
- `arrange` sorts and filters: positions into the rows, with the four groups' headings between them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from heapq import merge
from typing import Any, Protocol

from countersign.desk.views import Action, Checked, Group, InstructionDots, Money, Rows, SettlementRow
from countersign.resources.text import sentence
from countersign.resources.visible import visible
from countersign.ui.presenters import deadline, writing
from countersign.ui.presenters.checks import check_name
from countersign.ui.strings import label, label_or

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

NOTHING: Mapping[str, Checked] = {}


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
    tone = {"frozen": "bad", "unsent": "quiet", "young": "quiet"}.get(found.code, "warn")
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
    if row.act_by is not None:
        return deadline.short(row.act_by, now)
    why = label_or(f"act-by.{row.unbounded}", "") if row.unbounded else ""
    return (label("desk.no-deadline"), why), "quiet"


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
    found = row.checked
    if found is None:
        return "quiet", "none", label("desk.checks-running" if row.to_check else "desk.checks-none"), ""
    if found.failure:
        return "bad", "fail", label("desk.check-fails", check=found.failure), check_name(found.failure)
    if found.trouble:
        return "warn", "warning", label("desk.checks-cannot"), sentence(*found.trouble)
    return "ok", "pass", label("desk.checks-pass", count=found.passed), ""


def _action(action: Action) -> tuple[str, str, str]:
    tone, icon = {
        Action.SIGN: ("info", "sign"),
        Action.REVIEW: ("info", "search"),
        Action.CARRY: ("info", "carry"),
        Action.SEND: ("info", "forward"),
        Action.OBSERVE: ("quiet", "log"),
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


class Stacks:
    """The haystacks of rows, each made once: a row that is the same as at the last look has the same."""

    def __init__(self) -> None:
        self._made: dict[str, tuple[SettlementRow, str]] = {}

    def of(self, rows: Sequence[SettlementRow]) -> list[str]:
        """The haystacks, in the order of the rows."""
        before, made, stacks = self._made, dict[str, tuple[SettlementRow, str]](), list[str]()
        for row in rows:
            known = before.get(row.contract)
            if known is None or known[0] is not row:
                known = row, haystack(row)
            made[row.contract] = known
            stacks.append(known[1])
        self._made = made
        return stacks


def _judged(checked: Checked | None) -> tuple[int, int]:
    """What fails first, then what passes, then what has not been judged."""
    if checked is None:
        return 2, 0
    return (1, checked.passed) if checked.failure is None and checked.trouble is None else (0, checked.passed)


_KEYS: dict[Column, Callable[[SettlementRow], object]] = {
    Column.STATE: lambda row: row.state,
    Column.PARTIES: lambda row: row.parties,
    Column.EXCHANGE: lambda row: (row.gives[0].symbol, row.gives[0].units * 10 ** (_PLACES - row.gives[0].decimals)),
    Column.NOTIONAL: lambda row: row.notional_usd,
    Column.SIGNATURES: lambda row: sum(dot.there for each in row.instructions for dot in each.dots),
    Column.ACTION: lambda row: row.action.value,
}


def _sorted(places: list[int], key: Callable[[int], tuple[Any, int]], *, descending: bool) -> Iterable[int]:
    """Sorted in pieces that are merged: one long sort would keep the window from painting while it lasts."""
    pieces = [places[start : start + _PIECE] for start in range(0, len(places), _PIECE)]
    for piece in pieces:
        piece.sort(key=key, reverse=descending)
    return pieces[0] if len(pieces) == 1 else merge(*pieces, key=key, reverse=descending)


def arrange(
    rows: Rows,
    column: Column = Column.ACT_BY,
    *,
    descending: bool = False,
    needle: str = "",
    stacks: Sequence[str] = (),
    checked: Mapping[str, Checked] = NOTHING,
) -> list[int | Group]:
    """Positions of the rows that hold every word of `needle`, sorted within their groups, each group headed by itself.

    Rows that are equal in the column stand in the order of their deadlines. `stacks` are the rows' haystacks if they
    are at hand, `checked` what all checks said, by contract. By deadline and without a needle no row has to be made.
    """
    due = [_NEVER if (at := rows.line(place).due) is None else at for place in range(len(rows))]
    words = needle.casefold().split()
    held = (stacks or [haystack(row) for row in rows]) if words else ()
    places = (
        [at for at, stack in enumerate(held) if all(word in stack for word in words)] if words else [*range(len(rows))]
    )
    if column is Column.ACT_BY:
        places.sort(key=due.__getitem__, reverse=descending)  # nearly sorted already: the window does not feel it
        ordered: Iterable[int] = places
    else:
        ordered = _sorted(places, _keys(rows, column, places, due, checked).__getitem__, descending=descending)
    shelves: dict[Group, list[int]] = {group: [] for group in GROUPS}
    for at in ordered:
        shelves[rows.line(at).group].append(at)
    result: list[int | Group] = []
    for group in GROUPS:
        if shelves[group]:
            result += [group, *shelves[group]]
    return result


def _keys(
    rows: Rows, column: Column, places: Iterable[int], due: Sequence[int], checked: Mapping[str, Checked]
) -> dict[int, tuple[Any, int]]:
    if column is Column.CHECKS:
        return {at: (_judged(checked.get(rows.line(at).contract)), due[at]) for at in places}
    key = _KEYS[column]
    return {at: (key(rows[at]), due[at]) for at in places}


def heading(group: Group, count: int) -> str:
    """ "Needs you · 2"."""
    return label("desk.group", group=label(f"desk.group-{group.value}"), count=f"{count:,}")
