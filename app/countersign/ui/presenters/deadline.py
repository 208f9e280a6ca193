"""A deadline in words: in short for a cell, in full for a page; what to do about it, and how near it is.

short(ActBy(at, "settlement.act-by-request", {"vault": "meridian-btc"}), now)
"""

from countersign.desk.views import ActBy
from countersign.resources.text import next_step, sentence
from countersign.ui.presenters import writing
from countersign.ui.strings import label, label_or

_SOON = 3_600


def short(by: ActBy, now: int) -> tuple[tuple[str, str], str]:
    """The moment, and how far off it is with the reason in a few words; and the tone."""
    left = by.at - now
    tone = "bad" if left <= 0 else "warn" if left < _SOON else "ink"
    why = label_or(f"act-by.{by.reason}", sentence(by.reason, by.values))
    return (writing.minute(by.at).removesuffix(" UTC"), f"{writing.until(by.at, now)} · {why}"), tone


def told(by: ActBy, now: int) -> tuple[str, str, str]:
    """The moment with its whole reason; what to do about it; and the tone."""
    why = sentence(by.reason, by.values)
    words = label("act-by.told", at=writing.minute(by.at), until=writing.until(by.at, now), why=why)
    tone = "bad" if by.at <= now else "warn" if by.at - now < _SOON else "info"
    return words, next_step(by.reason, by.values), tone


def unbounded(reason: str) -> tuple[str, str, str]:
    """The same where there is no deadline: why not."""
    return sentence(reason, {}), next_step(reason, {}), "quiet"
