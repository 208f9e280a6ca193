"""Participants in words: who may trade until when, what is open with them.

- A standing is a chip (tone, icon, word): certified, ends soon, suspended, expired.
"""

from collections.abc import Sequence

from countersign.desk.governance_views import DestinationView, ParticipantView
from countersign.formats import times
from countersign.resources.visible import visible
from countersign.ui.presenters import writing
from countersign.ui.presenters.desk import STATE_TONES
from countersign.ui.strings import label, label_or

Chip = tuple[str, str, str]
_SOON_DAYS = 30


def standing(view: ParticipantView, now: int) -> Chip:
    """Whether it may enter new contracts, as a chip."""
    if view.barred is not None:
        tone = "bad" if view.barred == "suspended" else "warn"
        return tone, "blocked" if view.barred == "suspended" else "clock", label(f"participants.{view.barred}")
    left = times.parse_date(view.certified_until) - now // times.DAY
    if left < _SOON_DAYS:
        return "warn", "clock", label("participants.soon", days=left + 1)
    return "ok", "pass", label("participants.certified")


def sentence_of(view: ParticipantView) -> str:
    """The certification in a sentence."""
    key = "participants.until" if view.barred is None else f"participants.{view.barred}-sentence"
    return label(key, date=view.certified_until)


def open_sum(view: ParticipantView) -> tuple[str, str]:
    """How many settlements are open with it, and their worth."""
    if not view.open:
        return label("participants.nothing-open"), ""
    return label("participants.open-count", count=f"{len(view.open):,}"), writing.dollars(
        sum(each.usd for each in view.open)
    )


def alarms(views: Sequence[ParticipantView]) -> tuple[str, ...]:
    """One sentence for each participant that may trade no more and has settlements open."""
    return tuple(
        label(f"participants.alarm-{each.barred}", name=each.name, count=f"{len(each.open):,}", usd=open_sum(each)[1])
        for each in views
        if each.barred is not None and each.open
    )


def found(views: Sequence[ParticipantView], needle: str) -> list[ParticipantView]:
    """Those that hold every word: name, LEI, books, vaults, destinations, keys, open contracts."""
    words = needle.casefold().split()
    return [each for each in views if all(word in _haystack(each) for word in words)]


def _haystack(view: ParticipantView) -> str:
    texts = (view.name, view.lei, view.barred or "", *view.books, *view.vaults, *view.keys)
    places = (each.account for each in view.destinations)
    return "\n".join((*texts, *places, *(each.contract_id for each in view.open))).casefold()


def destination(view: DestinationView) -> tuple[Chip, str]:
    """Whether a destination counts yet, and what it belongs to in words."""
    place = label("participants.in-vault", vault=view.vault) if view.vault else label("participants.outside")
    told = label("participants.destination", book=view.book, place=place)
    if view.counts:
        return ("ok", "pass", label("participants.counts")), told
    return ("warn", "clock", label("participants.counts-from", when=writing.minute(view.counts_from))), told


def contract_chip(state: str) -> Chip:
    """Where a contract stands."""
    tone, icon = STATE_TONES.get(state, ("info", "information"))
    return tone, icon, label_or(f"state.{state}", state)


def named(name: str) -> str:
    """A name from outside, its invisible characters spelt out."""
    return visible(name)
