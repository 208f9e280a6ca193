"""A batch of contracts in words: how many of each outcome, every item with who gives what to whom, and why one is not filed.

- What needs a person stands first: conflicts, refusals, what does not parse, duplicates; what is new last.
- What is neither contract nor event is no row: one line beneath the headline says what was passed over.
- The sentences of a refusal come from `resources/` by its code.
"""

from collections import Counter
from dataclasses import dataclass

from countersign.desk.batch import Item, Outcome, passed_over
from countersign.desk.operations_views import BatchView, ItemView
from countersign.desk.row import Sides
from countersign.resources.text import next_step, sentence
from countersign.resources.visible import visible
from countersign.ui.presenters import writing
from countersign.ui.presenters.desk import exchange
from countersign.ui.strings import label

Chip = tuple[str, str, str]
FILED = "filed"
_CHIPS = {
    "conflict": ("bad", "fail"),
    "refused": ("bad", "refuse"),
    "malformed": ("bad", "fail"),
    "twice": ("warn", "warning"),
    "joined": ("quiet", "none"),
    "already": ("quiet", "none"),
    "new": ("info", "forward"),
    FILED: ("ok", "pass"),
    "passed": ("quiet", "none"),
}
_KEYS = {
    Outcome.CONFLICT: "conflict",
    Outcome.REFUSED: "refused",
    Outcome.MALFORMED: "malformed",
    Outcome.TWICE: "twice",
    Outcome.JOINED: "joined",
    Outcome.ALREADY: "already",
    Outcome.NEW: "new",
    Outcome.PASSED: "passed",
}
_ORDER = tuple(_CHIPS)


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One item as a row: its outcome as a chip, what and where it is, what is exchanged; the sentences beneath it."""

    chip: Chip
    what: str
    place: str
    exchange: str
    parties: str
    happened: str
    next: str
    hash: str


def key(item: Item) -> str:
    """What became of an item, or would."""
    return FILED if item.index is not None else _KEYS[item.outcome]


def lines(view: BatchView) -> list[ItemLine]:
    """Every item but what is passed over, what needs a person first."""
    shown = (each for each in view.items if each.item.outcome is not Outcome.PASSED)
    return [_line(each) for each in sorted(shown, key=lambda each: _ORDER.index(key(each.item)))]


def _line(view: ItemView) -> ItemLine:
    item, found = view.item, key(view.item)
    gives, parties = ("", "") if view.sides is None else _told(view.sides)
    happened, then = "", ""
    if item.error is not None:
        happened, then = sentence(item.error.code, item.error.values), next_step(item.error.code, item.error.values)
    elif found == FILED:
        happened = label("import.filed-at", index=f"{item.index:,}")
    elif found in ("already", "new"):
        happened = label(f"import.is-{found}")
    chip = (*_CHIPS[found], label(f"import.outcome-{found}"))
    what = visible(item.id) or label("import.unread")
    return ItemLine(chip, what, visible(item.name), gives, parties, happened, then, item.hash)


def _told(found: Sides) -> tuple[str, str]:
    first, second = found.parties
    return exchange(found, writing.short), label("import.parties", first=first, second=second)


def headline(view: BatchView) -> Chip:
    """Tone, icon and words of the whole batch."""
    counts = Counter(key(each.item) for each in view.items)
    told = ", ".join(label(f"import.count-{each}", count=f"{counts[each]:,}") for each in _ORDER if counts[each])
    count = f"{len(view.items):,}"
    if not view.items:
        return "warn", "information", label("import.empty")
    bad = any(counts[each] for each in ("conflict", "refused", "malformed"))
    tone, icon = ("warn", "warning") if bad else ("ok", "pass") if view.filed else ("info", "information")
    return tone, icon, label("import.told", count=count, told=told)


def verb(view: BatchView | None) -> str:
    """What the button says: how many would be filed."""
    new = 0 if view is None or view.filed else view.new
    kind = "contracts" if view is None or view.contracts_only else "items"
    return label(f"import.file-{kind}", count=f"{new:,}") if new else label("import.file-none")


def passed(view: BatchView) -> str:
    """What lies there beside contracts and events, in one line; empty where nothing does."""
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in passed_over(each.item for each in view.items))
    return label("import.passed", kinds=kinds) if kinds else ""
