"""The top strip: who is here on which token, the log's head and its witnesses, the desk."""

from dataclasses import dataclass

from countersign.desk.views import StripView, TokenView
from countersign.resources.visible import visible
from countersign.ui.presenters import writing
from countersign.ui.strings import label, label_or

_OLD = 6 * 3_600


@dataclass(frozen=True, slots=True)
class StripPart:
    """One part of the strip: its icon, its caption, its words and their tone."""

    icon: str
    caption: str
    words: str
    tone: str


def parts(view: StripView, now: int) -> tuple[StripPart, ...]:
    """The strip, from left to right."""
    return (
        StripPart("person", label("strip.officer"), f"{visible(view.officer)} · {role(view.role)}", "quiet"),
        _token(view.token),
        StripPart("log", label("strip.log"), _entries(view.log_size), "quiet"),
        _checkpoint(view.checkpoint_at, now),
        _witnesses(view.witnesses_seen, view.witnesses_known),
        _desk(view.desk_reachable),
    )


def role(name: str) -> str:
    """A role's name in words."""
    return label_or(f"role.{name}", name)


def token_words(token: TokenView) -> tuple[str, str, str]:
    """Icon, words and tone of a token's state: locked or unlocked, and the tries it admits."""
    if token.tries == "locked":
        return "blocked", label("token.pin-locked"), "bad"
    if token.unlocked:
        return "unlocked", label("token.unlocked"), "ok"
    tone = {"ok": "quiet", "low": "warn"}.get(token.tries, "bad")
    return "locked", f"{label('token.locked')} · {label(f'token.tries-{token.tries}')}", tone


def _token(token: TokenView | None) -> StripPart:
    if token is None:
        return StripPart("key", label("strip.token"), label("token.absent"), "warn")
    icon, words, tone = token_words(token)
    return StripPart(icon, label("strip.token"), f"{visible(token.label)} · {words}", tone)


def _checkpoint(at: int | None, now: int) -> StripPart:
    if at is None:
        return StripPart("clock", label("strip.checkpoint"), label("strip.no-checkpoint"), "warn")
    words = label("span.ago", span=writing.span(now - at))
    old = now - at > _OLD
    return StripPart("warning" if old else "clock", label("strip.checkpoint"), words, "warn" if old else "quiet")


def _witnesses(seen: int, known: int) -> StripPart:
    words = label("strip.witnesses-of", seen=seen, known=known)
    enough = bool(known) and seen == known
    return StripPart("witness" if enough else "warning", label("strip.witnesses"), words, "ok" if enough else "warn")


def _desk(reachable: bool | None) -> StripPart:
    if reachable is None:
        return StripPart("no-network", label("strip.desk"), label("strip.desk-none"), "quiet")
    words, tone = ("strip.desk-reachable", "ok") if reachable else ("strip.desk-unreachable", "bad")
    return StripPart("network" if reachable else "no-network", label("strip.desk"), label(words), tone)


def _entries(size: int) -> str:
    return label("strip.entry") if size == 1 else label("strip.entries", size=f"{size:,}")
