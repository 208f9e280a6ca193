"""A report of the history on paper, in words: what stands where; `views.report_pdf` paints it, `desk.report_file` signs it.

- It tells what History shows: the rows of the search, the chosen settlement's story, what all add up to.
- Every value is whole: full amounts, whole hashes in groups of four. Nothing depends on colour.

    paper = laid_out(ground, rows, "harbour", Path("history.pdf"))
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from countersign.desk.history import HistoryRow
from countersign.desk.report_file import SUFFIX
from countersign.desk.reporting import Ground
from countersign.desk.views import Money
from countersign.resources.visible import visible
from countersign.ui.presenters import history, writing
from countersign.ui.strings import label, label_or

COLUMNS = ("settlement", "parties", "gives", "takes", "notional", "state")


@dataclass(frozen=True, slots=True)
class Fact:
    """A caption and its value; `fixed`: set in a fixed pitch, as hashes are."""

    caption: str
    value: str
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One settlement: its cells, each a few lines of text, the first of them strong; and what stands below them."""

    cells: tuple[tuple[str, ...], ...]
    below: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """The whole report. `story` empty where no settlement was chosen."""

    title: str
    facts: tuple[Fact, ...]
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    totals: tuple[Fact, ...]
    whole: tuple[Fact, ...]
    story_title: str
    story: tuple[Fact, ...]
    how: str
    foot: str


def laid_out(ground: Ground, rows: Sequence[HistoryRow], search: str, name: str) -> Paper:
    """The report of these rows of `ground`, which a search of these words left; `name` is the file's."""
    return Paper(
        title=label("report.title"),
        facts=_facts(ground, len(rows), search),
        columns=tuple(label(f"report.column-{each}") for each in COLUMNS),
        lines=tuple(_line(row) for row in rows),
        totals=_totals(rows),
        whole=tuple(Fact(caption, value) for caption, value in history.summary(ground.view)),
        story_title=_story_title(ground),
        story=_story(ground),
        how=label("report.how", file=f"{name}{SUFFIX}", name=name),
        foot=label(
            "report.foot",
            desk=ground.head.desk,
            size=f"{ground.head.size:,}",
            at=writing.moment(ground.head.at),
        ),
    )


def _facts(ground: Ground, shown: int, search: str) -> tuple[Fact, ...]:
    head, words = ground.head, " ".join(search.split())
    counts = {"all": f"{len(ground.view.rows):,}", "shown": f"{shown:,}"}
    filtered = label("report.filter-search", search=words, **counts) if words else label("report.filter-all", **counts)
    return (
        Fact(label("report.desk"), visible(head.desk)),
        Fact(label("report.custodian"), visible(ground.custodian)),
        Fact(label("report.officer"), label("report.officer-value", name=ground.name, officer=head.officer)),
        Fact(label("report.at"), writing.moment(head.at)),
        Fact(label("report.as-of"), label("report.as-of-value", size=f"{head.size:,}")),
        Fact(label("report.root"), writing.groups(head.root.hex()), fixed=True),
        Fact(label("report.filter"), filtered),
    )


def _line(row: HistoryRow) -> Line:
    version = () if row.version == 1 else (label("report.version", version=row.version),)
    final = () if row.final_at is None else (writing.moment(row.final_at),)
    cells = (
        (visible(row.contract_id), label_or(f"template.{row.template}", row.template), row.date, *version),
        history.parties(row),
        tuple(writing.full(each) for each in row.gives),
        tuple(writing.full(each) for each in row.takes),
        (writing.dollars(row.notional_usd),),
        (history.tone(row.state)[2], *final),
    )
    below = [Fact(label("report.contract"), writing.groups(row.contract), fixed=True)]
    for name, value in (("cycle", row.cycle), ("vaults", ", ".join(row.vaults)), ("officers", ", ".join(row.officers))):
        if value:
            below.append(Fact(label(f"report.{name}"), visible(value)))
    return Line(cells, tuple(below))


def _totals(rows: Sequence[HistoryRow]) -> tuple[Fact, ...]:
    """By state, and what the final ones delivered, asset by asset."""
    counts: Counter[str] = Counter()
    worth: Counter[str] = Counter()
    moved: dict[str, Money] = {}
    for row in rows:
        counts[row.state] += 1
        worth[row.state] += row.notional_usd
        for each in (*row.gives, *row.takes) if row.final_at is not None else ():
            before = moved[each.asset].units if each.asset in moved else 0
            moved[each.asset] = Money(before + each.units, each.symbol, each.decimals, each.asset)
    states = [
        Fact(history.tone(state)[2],
             label("report.state-count", count=f"{count:,}", usd=writing.dollars(worth[state])))
        for state, count in sorted(counts.items())
    ]  # fmt: skip
    sums = "; ".join(writing.full(each) for _, each in sorted(moved.items()))
    return (*states, Fact(label("report.delivered"), sums or label("report.delivered-none")))


def _story_title(ground: Ground) -> str:
    told = ground.story
    return "" if told is None else label("report.story", id=told.contract_id, version=told.version)


def _story(ground: Ground) -> tuple[Fact, ...]:
    if ground.story is None:
        return ()
    contract = Fact(label("report.contract"), writing.groups(ground.story.contract), fixed=True)
    return (contract, *(Fact(when, what) for when, what, _ in history.lines(ground.story)))
