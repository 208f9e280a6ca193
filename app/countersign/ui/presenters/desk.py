"""The Desk in words: one line a settlement, arranged in groups, sorted and filtered in Python.

- `line` writes one row; it is called for the rows on screen only, so a hundred thousand cost nothing to hold.
- `arrange` sorts and filters: positions into the rows, with the four groups' headings between them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from countersign.desk.views import Action, Group, InstructionDots, Money, SettlementRow
from countersign.resources.text import sentence
from countersign.resources.visible import visible
from countersign.ui.presenters import writing
from countersign.ui.presenters.checks import check_name
from countersign.ui.strings import label, label_or

_SOON = 3_600
_NEVER = 1 << 62
GROUPS = tuple(Group)
STATE_TONES = {
    "final": ("ok", "pass"), "signed": ("ok", "pass"), "released": ("info", "forward"), "settling": ("info", "forward"),
    "disputed": ("warn", "warning"), "frozen": ("bad", "blocked"), "failed": ("bad", "fail"), "voided": ("quiet", "none"),
    "expired": ("bad", "clock"), "cancelled": ("quiet", "none"), "declined": ("bad", "refuse"),
}  # fmt: skip


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
    notional: str
    signatures: tuple[Signatures, ...]
    checks: tuple[str, str, str, str]  # tone, icon, word, more
    action: tuple[str, str, str]  # tone, icon, word


def line(row: SettlementRow, now: int, *, base: bool = False) -> DeskLine:
    """One row as it is shown at `now`; `base` asks for base units."""
    written = writing.base_units if base else writing.short
    gives, takes = written(row.gives), written(row.takes)
    tone, icon = STATE_TONES.get(row.state, ("info", "information"))
    by, by_tone = _act_by(row, now)
    return DeskLine(
        by,
        by_tone,
        (tone, icon, label_or(f"state.{row.state}", row.state)),
        (visible(row.parties[0]), visible(row.parties[1])),
        (f"{gives} ⇄ {takes}", visible(row.contract_id)),
        writing.dollars(row.notional_usd),
        tuple(_signatures(dots) for dots in row.instructions),
        _checks(row),
        _action(row.action),
    )


def _act_by(row: SettlementRow, now: int) -> tuple[tuple[str, str], str]:
    if row.act_by is None:
        return (label("desk.no-deadline"), ""), "quiet"
    left = row.act_by.at - now
    tone = "bad" if left <= 0 else "warn" if left < _SOON else "ink"
    why = label_or(f"act-by.{row.act_by.reason}", sentence(row.act_by.reason, {}))
    return (writing.minute(row.act_by.at).removesuffix(" UTC"), f"{writing.until(row.act_by.at, now)} · {why}"), tone


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
    texts = (row.contract_id, row.contract, row.state, *row.parties, *officers)
    return "\n".join((*texts, writing.short(row.gives), writing.short(row.takes))).casefold()


def sort_key(row: SettlementRow, column: Column) -> tuple[object, ...]:
    """How one column orders; equal rows fall back to the deadline."""
    by = row.act_by.at if row.act_by else _NEVER
    there = sum(dot.there for each in row.instructions for dot in each.dots)
    keys: dict[Column, object] = {
        Column.ACT_BY: by,
        Column.STATE: row.state,
        Column.PARTIES: row.parties,
        Column.EXCHANGE: (row.gives.symbol, row.gives.units * 10 ** (18 - min(row.gives.decimals, 18))),
        Column.NOTIONAL: row.notional_usd,
        Column.SIGNATURES: there,
        Column.CHECKS: (row.first_failure is None, row.checks_passed),
        Column.ACTION: row.action.value,
    }
    return keys[column], by, row.contract_id


def arrange(
    rows: Sequence[SettlementRow], column: Column = Column.ACT_BY, *, descending: bool = False, needle: str = ""
) -> list[int | Group]:
    """Positions of the rows that hold every word of `needle`, sorted within their groups, each group headed by itself."""
    words = needle.casefold().split()
    chosen = [at for at, row in enumerate(rows) if all(word in haystack(row) for word in words)] if words else None
    places = range(len(rows)) if chosen is None else chosen
    shelves: dict[Group, list[int]] = {group: [] for group in GROUPS}
    for at in sorted(places, key=lambda at: sort_key(rows[at], column), reverse=descending):
        shelves[rows[at].group].append(at)
    result: list[int | Group] = []
    for group in GROUPS:
        if shelves[group]:
            result += [group, *shelves[group]]
    return result


def heading(group: Group, count: int) -> str:
    """ "Needs you · 2"."""
    return label("desk.group", group=label(f"desk.group-{group.value}"), count=f"{count:,}")


def by_counterparty(rows: Sequence[SettlementRow]) -> tuple[tuple[str, tuple[Money, ...]], ...]:
    """What each party delivers in open settlements, asset by asset: gross."""
    sums: dict[str, dict[str, Money]] = {}
    for row in rows:
        if row.group is not Group.SETTLED:
            for party, money in zip(row.parties, (row.gives, row.takes), strict=True):
                held = sums.setdefault(party, {})
                before = held[money.asset].units if money.asset in held else 0
                held[money.asset] = Money(before + money.units, money.symbol, money.decimals, money.asset)
    return tuple((visible(party), tuple(held.values())) for party, held in sorted(sums.items()))
