"""History in words: rows, the timeline of one settlement, the summary; searched in Python; exported as CSV or JSON.

found(rows, "harbour 2026-11-22 signed") → positions of the rows that hold every word, in the order of the rows
"""

import csv
import io
import json
from collections.abc import Sequence

from countersign.desk.history import HistoryRow, HistoryView, Volume
from countersign.desk.telling import Story, Told
from countersign.desk.views import Money, TokenView
from countersign.formats import times
from countersign.resources.telling import together, told
from countersign.resources.visible import visible
from countersign.ui.presenters import writing
from countersign.ui.presenters.desk import STATE_TONES, exchange
from countersign.ui.strings import label, label_or

COLUMNS = ("contract", "parties", "exchange", "state")
EXPORTED = ("contract", "id", "version", "template", "state", "date", "parties", "gives", "takes", "notional_usd", "final_at",
            "cycle", "vaults", "officers")  # fmt: skip


def tone(state: str) -> tuple[str, str, str]:
    """Tone, icon and word of a state."""
    colour, icon = STATE_TONES.get(state, ("info", "information"))
    return colour, icon, label_or(f"state.{state}", state)


def parties(row: HistoryRow) -> tuple[str, str]:
    """Who gives, and to whom."""
    return visible(row.parties[0]), visible(row.parties[1]) or label("desk.outside")


def dated(row: HistoryRow) -> str:
    """The trade date, with the version where the terms were amended."""
    return row.date if row.version == 1 else label("history.version", date=row.date, version=row.version)


def swap(row: HistoryRow) -> str:
    """ "250 BTC ⇄ 20,000,000 USDC"."""
    return exchange(row, writing.short)


def haystacks(rows: Sequence[HistoryRow]) -> list[str]:
    """What the search looks in, one text a row."""
    return [
        "\n".join(
            (row.contract_id, row.contract, row.state, row.date, row.cycle, *row.parties, *row.vaults, *row.officers,
             label_or(f"template.{row.template}", row.template), *(writing.short(each) for each in (*row.gives, *row.takes)))
        ).casefold()
        for row in rows
    ]  # fmt: skip


def found(stacks: Sequence[str], needle: str) -> list[int]:
    """Positions of the rows that hold every word."""
    words = needle.casefold().split()
    return [at for at, stack in enumerate(stacks) if all(word in stack for word in words)]


def lines(story: Story) -> list[tuple[str, str, bool]]:
    """The timeline: when and where in the log, what happened, and whether it is the desk's fault."""
    return [(when(each), what(each), each.fault is not None) for each in story.lines]


def when(each: Told) -> str:
    """ "2026-11-22 09:00:12 UTC · entry 17"."""
    return label("history.entry", at=writing.moment(each.time_ms // 1_000), index=f"{each.index:,}")


def what(each: Told) -> str:
    """One line in words."""
    return told(each.kind, together(each.who), each.values, each.fault)


def summary(view: HistoryView) -> tuple[tuple[str, str], ...]:
    """Captions and values."""
    usd, count = sum(day.usd for day in view.volume), sum(day.settlements for day in view.volume)
    rows = [(label("history.final"), label("history.final-value", count=f"{count:,}", usd=writing.dollars(usd)))]
    if view.seconds_to_sign is not None:
        rows.append((label("history.to-sign"), writing.span(view.seconds_to_sign)))
    saved = label("history.saved-value", net=f"{view.transactions_net:,}", gross=f"{view.transactions_gross:,}")
    rows.append((label("history.saved"), saved if view.transactions_gross else label("history.saved-none")))
    return tuple(rows)


def bars(volume: Sequence[Volume], most: int = 14) -> list[tuple[str, int, str]]:
    """The last days: a short date, dollars, and the day in words."""
    return [
        (day.date[5:], day.usd,
         label("history.volume-day", date=day.date, usd=writing.dollars(day.usd), count=f"{day.settlements:,}"))
        for day in volume[-most:]
    ]  # fmt: skip


def hindrance(token: TokenView | None) -> str:
    """Why no report can be signed now; empty where nothing is in the way."""
    if token is None:
        return label("history.no-token")
    if token.unlocked:
        return ""
    return label("history.token-shut" if token.tries == "locked" else "history.token-locked")


def exported(rows: Sequence[HistoryRow], *, as_json: bool) -> bytes:
    """The rows as a table of texts: CSV with a heading (RFC 4180), or a JSON array of objects. Amounts in base units."""
    table = [_values(row) for row in rows]
    if as_json:
        return json.dumps(table, ensure_ascii=False, indent=1).encode() + b"\n"
    out = io.StringIO()
    writer = csv.DictWriter(out, EXPORTED)
    writer.writeheader()
    writer.writerows({name: _safe(value) for name, value in row.items()} for row in table)
    return out.getvalue().encode()


def _values(row: HistoryRow) -> dict[str, str]:
    final_at = "" if row.final_at is None else times.text(row.final_at)
    return {
        "contract": row.contract,
        "id": row.contract_id,
        "version": str(row.version),
        "template": row.template,
        "state": row.state,
        "date": row.date,
        "parties": " / ".join(each for each in row.parties if each),
        "gives": _sums(row.gives),
        "takes": _sums(row.takes),
        "notional_usd": str(row.notional_usd),
        "final_at": final_at,
        "cycle": row.cycle,
        "vaults": " ".join(row.vaults),
        "officers": ", ".join(row.officers),
    }


def _sums(amounts: Sequence[Money]) -> str:
    return " ".join(f"{each.units} {each.asset}" for each in amounts)


def _safe(value: str) -> str:
    """A spreadsheet takes a leading = + - @ for a formula: such a text gets an apostrophe before it."""
    return f"'{value}" if value[:1] in {"=", "+", "-", "@", "\t", "\r"} else value
