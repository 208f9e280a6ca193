"""What an officer's nodes see and the log has not, in words: a line each, what can be logged first, and the headline of all.

- What was logged or refused stands first once something was done. The sentences come from `resources/` by their codes.
- A payment that no log explains says which Safe and which asset, so that it can be credited by its reference.
"""

from collections import Counter
from dataclasses import dataclass

from countersign.desk.arrivals import Logged, Sight, TakenIn
from countersign.errors import CountersignError, Unavailable
from countersign.resources.round_words import said
from countersign.resources.text import next_step, sentence
from countersign.resources.visible import visible
from countersign.settlement.saying import Said
from countersign.ui.strings import label

Chip = tuple[str, str, str]
_CHIPS = {
    "deposit": ("info", "forward"),
    "news": ("info", "forward"),
    "young": ("quiet", "clock"),
    "payment": ("warn", "warning"),
    "done": ("ok", "pass"),
    "refused": ("bad", "refuse"),
    "silent": ("bad", "fail"),
}


@dataclass(frozen=True, slots=True)
class ArrivalLine:
    """One line: its state as a chip, where, how much, how deep; beneath it the sentences and the whole reference.

    `payable`: the Safe and the asset whose payment can be credited by its reference; empty elsewhere.
    """

    chip: Chip
    where: str
    amount: str
    depth: str
    happened: str
    next: str = ""
    reference: str = ""
    payable: tuple[str, str] = ("", "")


def lines(found: TakenIn) -> list[tuple[str, ArrivalLine]]:
    """Every line with its key: what was done and refused, then what can be logged, then what waits."""
    done = [(f"logged {each.receipt.index}", _logged(each)) for each in found.logged]
    failed = [(f"error {at}", _error(each)) for at, each in enumerate(found.not_done)]
    sights = sorted(found.sights, key=lambda each: not each.ripe)
    return [*done, *failed, *((each.key, _sight(each)) for each in sights)]


def headline(found: TakenIn) -> Chip:
    """Tone, icon and words of the whole."""
    if found.logged:
        tone, icon = ("warn", "warning") if found.not_done else ("ok", "pass")
        return tone, icon, label("arrivals.logged", count=len(found.logged), failed=len(found.not_done))
    if found.not_done:
        return "bad", "warning", label("arrivals.unseen", count=len(found.not_done))
    if not found.sights:
        return "ok", "pass", label("arrivals.nothing")
    counts = Counter(each.what.code.partition(".")[2] for each in found.sights)
    words = label(
        "arrivals.found", ripe=f"{len(found.ripe):,}", young=f"{counts['young']:,}", unknown=f"{counts['payment']:,}"
    )
    return "info", "information", words


def verb(found: TakenIn | None) -> str:
    """What the button says: how many would be logged."""
    count = 0 if found is None else len(found.ripe)
    return label("arrivals.log", count=f"{count:,}") if count else label("arrivals.log-none")


def told(sight: Sight) -> str:
    """A payment that was looked up, in a sentence; and how long it has to wait where it is too young."""
    words = said(sight.what.code, sight.what.values)
    if sight.ripe:
        return words
    return f"{words} {label('arrivals.too-young', **_depth(sight.what))}"


def _depth(what: Said) -> dict[str, str | int]:
    return {name: what.values[name] for name in ("confirmations", "needed") if name in what.values}


def _sight(sight: Sight) -> ArrivalLine:
    return _line(sight.what.code.partition(".")[2], sight.what)


def _logged(logged: Logged) -> ArrivalLine:
    return _line("done", logged.what, label("arrivals.entry", index=f"{logged.receipt.index:,}"))


def _line(kind: str, what: Said, then: str = "") -> ArrivalLine:
    values, depth = what.values, _depth(what)
    cycle = "cycle" in values
    return ArrivalLine(
        (*_CHIPS[kind], label(f"arrivals.{kind}")),
        label("arrivals.cycle", cycle=values["cycle"]) if cycle else label("arrivals.vault", vault=values["vault"]),
        str(values.get("amount", "")),
        label("arrivals.depth", **depth) if depth else "",
        said(what.code, values),
        then,
        str(values["transaction"] if cycle else values.get("reference", "")),
        (str(values["vault"]), str(values["asset"])) if kind == "payment" else ("", ""),
    )


def _error(error: CountersignError) -> ArrivalLine:
    kind = "silent" if isinstance(error, Unavailable) else "refused"
    values = dict(error.values)
    where = next((visible(str(values[name])) for name in ("vault", "chain", "cycle") if name in values), "")
    return ArrivalLine(
        (*_CHIPS[kind], label(f"arrivals.{kind}")),
        where,
        "",
        "",
        sentence(error.code, values),
        next_step(error.code, values),
        visible(str(values.get("reference", values.get("transaction", "")))),
    )
