"""The next cut-off in words: what settles together, gross beside net, what is recalled, who lacks what until when, which
Safe waits; and the last one where it is still open.

- A `Saying` is a tone, an icon and a sentence; the first is the headline.
"""

from dataclasses import dataclass

from countersign.desk.cut_off_view import Blocking, CutOffView, Lacking, Recalling, StillOpen
from countersign.resources.text import sentence
from countersign.ui.presenters import writing
from countersign.ui.strings import label


@dataclass(frozen=True, slots=True)
class Saying:
    """One sentence with its tone and icon."""

    tone: str
    icon: str
    words: str


def headline(view: CutOffView, now: int) -> str:
    """ "16:00 UTC (in 1 h 30 min): 12 contracts in 1 cycle"."""
    if view.refusal is not None:
        return label("cut-off.none")
    when = writing.clock(view.at, now)
    passed = now >= view.at
    return label(
        "cut-off.headline-due" if view.due else "cut-off.headline-top-up" if passed else "cut-off.headline",
        when=when,
        span=writing.until(view.top_up_until if passed else view.at, now),
        contracts=f"{view.contracts:,}",
        cycles=f"{view.cycles:,}",
    )


def saved(view: CutOffView) -> tuple[str, ...]:
    """What netting saves: transactions and dollars, gross beside net."""
    if not view.contracts:
        return ()
    return (
        label(
            "cut-off.transactions",
            gross=f"{view.transactions_gross:,}",
            net=f"{view.transactions_net:,}",
            saved=f"{view.transactions_gross - view.transactions_net:,}",
        ),
        label("cut-off.dollars", gross=writing.dollars(view.usd_gross), net=writing.dollars(view.usd_net)),
    )


def hindrances(view: CutOffView, now: int) -> tuple[Saying, ...]:
    """What is still open, what is recalled first, who lacks what until when, which Safe waits; a refused plan says why."""
    if view.refusal is not None:
        return (Saying("bad", "fail", sentence(view.refusal.code, view.refusal.values)),)
    return (
        *(Saying("warn", "clock", _open(each, now)) for each in (view.still_open,) if each is not None),
        *(Saying("warn", "warning", _recall(each)) for each in view.recalls),
        *(Saying("warn", "warning", _lacking(each, view.top_up_until, now)) for each in view.lacking),
        *(Saying("warn", "clock", _blocking(each, now)) for each in view.blocks),
    )


def _open(each: StillOpen, now: int) -> str:
    return label("cut-off.open", when=writing.clock(each.at, now), count=f"{each.contracts:,}")


def _recall(each: Recalling) -> str:
    return label("cut-off.recall", owner=each.owner, loan=each.loan, amount=writing.short(each.money))


def _lacking(each: Lacking, until: int, now: int) -> str:
    return label(
        "cut-off.lacks",
        owner=each.owner,
        book=each.book,
        amount=writing.short(each.money),
        until=writing.clock(until, now),
    )


def _blocking(each: Blocking, now: int) -> str:
    return label(
        "cut-off.blocks", vault=each.vault, contracts=", ".join(each.contracts), since=writing.clock(each.since, now)
    )


def savings(view: CutOffView) -> tuple[tuple[str, str], ...]:
    """Each asset gross and netted, as it is written."""
    return tuple((writing.short(each.gross), writing.short(each.net)) for each in view.savings)
