"""Crossing the air gap in words: requests and answers, the shared phrase, what has arrived and what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from countersign.desk.views import CrossingView
from countersign.resources.visible import visible
from countersign.ui.presenters import deadline
from countersign.ui.presenters.instruments import DriveFacts
from countersign.ui.strings import label, label_or

SAFE = "safe-tx"
_PHASES = {"request": ("info", "carry"), "carried": ("warn", "clock"), "answered": ("ok", "pass")}


@dataclass(frozen=True, slots=True)
class CrossingLine:
    """One request in the list: `phase` is tone, icon, word; `warning` what it lacks, `vouched` who vouches for it."""

    title: str
    more: str
    phase: tuple[str, str, str]
    phrase: str
    warning: str
    vouched: str = ""


def needs_attesting(view: CrossingView, *, by_stick: bool | None = None) -> bool:
    """Whether the other machine must be told what it cannot see: by QR what came since, of a Safe what its chain says."""
    whole = view.later_cancellation_checked if by_stick is None else by_stick
    return view.kind == SAFE or not whole


def attested(view: CrossingView) -> str:
    """Who attests what a crossing cannot prove; empty where nobody does, or where nothing is left to attest."""
    if not needs_attesting(view) or not view.attested_by:
        return ""
    return label("carry.attested", officers=visible(label("carry.and").join(view.attested_by)))


def crossing(view: CrossingView) -> CrossingLine:
    """One crossing."""
    tone, icon = _PHASES.get(view.phase, ("quiet", "none"))
    kind, channel = label_or(f"carry.kind-{view.kind}", view.kind), label_or(f"carry.by-{view.channel}", view.channel)
    carried = (channel, label("carry.bytes", size=f"{view.size:,}")) if view.size else ()
    lacking = label("carry.not-attested-safe" if view.kind == SAFE else "carry.not-attested")
    warning = lacking if needs_attesting(view) and not view.attested_by else ""
    return CrossingLine(
        label("carry.crossing", kind=kind, settlement=view.contract_id or view.settlement),
        " · ".join((visible(view.recipient_name or view.recipient), *carried)),
        (tone, icon, label_or(f"carry.phase-{view.phase}", view.phase)),
        visible(view.phrase),
        warning,
        attested(view),
    )


def due(view: CrossingView, now: int) -> tuple[str, str, str] | None:
    """By when it must be done and why; what to do about it; and the tone. None where nothing is due."""
    return None if view.act_by is None else deadline.told(view.act_by, max(now, view.newest))


def due_shortly(view: CrossingView, now: int) -> str:
    """The same in a line; empty where nothing is due."""
    if view.act_by is None:
        return ""
    return label("carry.due", due=" · ".join(deadline.short(view.act_by, max(now, view.newest))[0]))


def explained(view: CrossingView) -> str:
    """What the two vouch for, and what this machine is told where nobody does."""
    names = [] if view.later_cancellation_checked else ["log"]
    names += ["safe"] if view.kind == SAFE else []
    if view.attested_by:
        return " ".join(label(f"vault.attested-{name}") for name in names)
    told = " ".join(label(f"vault.not-attested-{name}") for name in names)
    by_usb = [label("vault.or-by-usb")] if view.kind != SAFE else []
    return " ".join((told, label("vault.must-attest"), *by_usb))


def received(got: int, needed: int, *, complete: bool) -> tuple[str, str]:
    """Words and tone: what has arrived and what is missing at least. From pictures nobody counts the parts: `got` is 0."""
    if complete:
        return label("carry.complete", got=got) if got else label("carry.complete-all"), "ok"
    if not needed:
        return label("carry.waiting"), "quiet"
    return label("carry.received", got=got, needed=needed, missing=max(needed - got, 0)), "info"


def room(free: int) -> str:
    """Free bytes as a drive's maker counts them: "14.9 GB"."""
    tenths, unit = (free // 10**8, "GB") if free >= 10**9 else (free // 10**5, "MB")
    return label("carry.room", number=f"{tenths // 10:,}.{tenths % 10}", unit=unit)


def drive(facts: DriveFacts) -> tuple[str, str, str]:
    """A drive's name, what else is to be known of it, and both in one line for a screen reader."""
    name, folder = visible(facts.label), visible(str(facts.folder))
    told = [folder, room(facts.free), *([label("carry.drive-read-only")] if facts.read_only else [])]
    return name, " · ".join(told), label("carry.drive", label=name, told=", ".join(told))


def drive_of(drives: Sequence[DriveFacts], path: Path | None) -> DriveFacts | None:
    """The drive that a path lies on, as it is written."""
    return next((each for each in drives if path is not None and path.is_relative_to(each.folder)), None)


def density(modules: int, pixels: int, frames: int, a_second: int) -> str:
    """The code's version and size, and how long one round takes."""
    seconds = max(1, round(frames / a_second))
    return label("carry.density", version=(modules - 17) // 4, modules=modules, pixels=pixels, seconds=seconds)
