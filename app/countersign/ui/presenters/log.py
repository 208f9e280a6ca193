"""The Log in words: head, witnesses, entries; searched in Python."""

from collections.abc import Sequence

from countersign.desk.views import ForkView, LogEntryView, LogView
from countersign.resources.text import next_step, sentence
from countersign.resources.visible import visible
from countersign.ui.presenters import writing
from countersign.ui.strings import label, label_or


def kind(name: str) -> str:
    """An event's type in words, with the type itself."""
    return label_or(f"event.{name}", name)


def cells(entry: LogEntryView) -> tuple[str, str, str, str, str]:
    """Index, moment, event, signers, subject."""
    signers = ", ".join(visible(each) for each in entry.signers)
    return (
        f"{entry.index:,}",
        writing.moment(entry.time_ms // 1000).removesuffix(" UTC"),
        kind(entry.kind),
        signers,
        subject(entry),
    )


def subject(entry: LogEntryView) -> str:
    """The settlement an entry is about; of a refusal first what was refused."""
    about, refused = visible(entry.subject), entry.refused
    if refused is None:
        return about
    what = label_or(f"refused.{refused.kind}", refused.kind)
    told = what if refused.logged else label("log.refused-unlogged", what=what)
    return f"{told} · {about}" if about else told


def found(entries: Sequence[LogEntryView], needle: str) -> list[int]:
    """Positions of the entries that hold every word, the newest first."""
    words = needle.casefold().split()
    places = range(len(entries) - 1, -1, -1)
    return [at for at in places if all(word in _haystack(entries[at]) for word in words)] if words else list(places)


def _haystack(entry: LogEntryView) -> str:
    refused = entry.refused.sha256 if entry.refused else ""
    return "\n".join((*cells(entry), entry.kind, entry.payload, refused)).casefold()


def head(view: LogView, now: int) -> tuple[tuple[str, str], ...]:
    """The head of the log; its root is shown apart."""
    age = label("span.ago", span=writing.span(now - view.checkpoint_at))
    return (
        (label("log.origin"), visible(view.origin)),
        (label("log.size"), label("strip.entries", size=f"{view.size:,}")),
        (label("strip.checkpoint"), f"{writing.moment(view.checkpoint_at)} · {age}"),
    )


def alarm(view: LogView) -> tuple[str, str] | None:
    """What happened and what to do, if the log was rewritten."""
    known: dict[str, str | int] = {"size": view.size, **dict(view.alarm_values)}
    return None if view.alarm is None else (sentence(view.alarm, known), next_step(view.alarm, known))


def fork(view: ForkView) -> tuple[str, str]:
    """What two signed heads of one size are, and what to do with them."""
    known = {"size": f"{view.size:,}"}
    return sentence("L4.equivocation", known), next_step("L4.equivocation", known)


def fault(entry: LogEntryView) -> str:
    """Why the replay refuses an entry: the desk's fault."""
    return "" if entry.fault is None else label("log.fault", why=sentence(entry.fault, {}))


def verified(view: LogView) -> tuple[str, str]:
    """Words and tone of a finished verification."""
    faults = sum(entry.fault is not None for entry in view.entries)
    if view.alarm is not None:
        return label("log.verified-alarm"), "bad"
    if faults:
        return label("log.verified-faults", size=f"{view.size:,}", count=faults), "bad"
    return label("log.verified", size=f"{view.size:,}"), "ok"
