"""The mode banner: a word and a colour, always visible; in a demonstration also the PIN and the others' next step."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

from countersign.ui.strings import label


class Mode(StrEnum):
    """What this machine is."""

    ONLINE = "online"
    VAULT = "vault"
    AUDITOR = "auditor"
    DEMONSTRATION = "demonstration"


@dataclass(frozen=True, slots=True)
class BannerFacts:
    """What the banner says. `notes` are finished sentences. `next_step` plays the other people's next step and answers
    with one sentence: what was done, and what comes next."""

    mode: Mode
    notes: tuple[str, ...] = ()
    pin: str | None = None
    next_step: Callable[[], Awaitable[str]] | None = None


@dataclass(frozen=True, slots=True)
class BannerLine:
    """The banner's words and the mode whose colour it wears ("alarm" while an interface is up on a vault)."""

    colour: str
    word: str
    notes: tuple[str, ...]
    pin: str | None
    steps: bool


def line(facts: BannerFacts, interfaces: tuple[str, ...] = ()) -> BannerLine:
    """The banner of a machine whose network interfaces `interfaces` are up."""
    alarm = facts.mode is Mode.VAULT and bool(interfaces)
    notes = (label("banner.interface-up", interfaces=", ".join(interfaces)),) if alarm else ()
    pin = label("banner.pin", pin=facts.pin) if facts.pin else None
    colour = "alarm" if alarm else facts.mode.value
    return BannerLine(
        colour, label(f"banner.{facts.mode.value}"), notes + facts.notes, pin, facts.next_step is not None
    )
