"""The legs of a released settlement in words: where each transaction is, whether it can still execute, what a failure means.

- What the node says comes first, then what the log has of it; what recording a failure does is said before it is done.
"""

from dataclasses import dataclass

from countersign.desk.legs import ChainLeg, LegsView, Owed, Where
from countersign.resources.text import sentence
from countersign.resources.visible import visible
from countersign.ui.presenters import writing
from countersign.ui.strings import label

Chip = tuple[str, str, str]
_TONES = {
    Where.BLOCK: ("ok", "pass"),
    Where.WAITING: ("info", "clock"),
    Where.UNSENT: ("warn", "forward"),
    Where.NOWHERE: ("bad", "fail"),
    Where.REVERTED: ("bad", "fail"),
    Where.OTHERWISE: ("bad", "fail"),
}


@dataclass(frozen=True, slots=True)
class LegLine:
    """One leg: its name, where it is as a chip, what it delivers, and sentences of a tone."""

    name: str
    chip: Chip
    owed: tuple[str, ...]
    transaction: str
    told: tuple[tuple[str, str], ...]


def line(leg: ChainLeg) -> LegLine:
    """One leg."""
    name = label(f"legs.kind-{leg.kind}", chain=writing.chain(leg.chain), purpose=label(f"legs.of-{leg.purpose}"))
    chip = (*_TONES[leg.where], label(f"legs.where-{leg.where.value}"))
    owed = tuple(label("legs.owed", **_names(each)) for each in leg.owed)
    return LegLine(name, chip, owed, visible(leg.transaction), tuple(_told(leg)))


def _told(leg: ChainLeg) -> list[tuple[str, str]]:
    """Tone and sentence: what the node says, what the log has, what was recorded, what cannot be."""
    found = [("ink", _by_node(leg))]
    if leg.earlier:
        found.insert(0, ("warn", label("legs.earlier")))
    if leg.by_stranger:
        found.append(("warn", label("legs.stranger")))
    elif leg.together > 1:
        found.append(("ink", label("legs.together", count=leg.together)))
    if not leg.same:
        found.append(("warn", label("legs.log-behind" if leg.where is Where.BLOCK else "legs.log-ahead")))
    if leg.where not in (Where.BLOCK, Where.OTHERWISE):
        found.append(_execution(leg))
    if leg.failed:
        found.append(("bad", label("legs.failed-seen" if leg.where is Where.BLOCK else "legs.failed")))
    elif leg.where is not Where.BLOCK and leg.objection is not None:
        why = sentence(leg.objection.code, leg.objection.values)
        found.append(("quiet", label("legs.no-failure", why=why)))
    return found


def _by_node(leg: ChainLeg) -> str:
    if leg.where is Where.BLOCK:
        return label("legs.in-block", height=f"{leg.height or 0:,}", count=f"{leg.confirmations:,}")
    if leg.where is Where.UNSENT and not leg.released:
        return label("legs.is-unreleased", missing=f"{leg.missing:,}")
    if leg.where is Where.OTHERWISE:
        return label("legs.is-otherwise", differs=visible(leg.differs))
    return label(f"legs.is-{leg.where.value}")


def _execution(leg: ChainLeg) -> tuple[str, str]:
    if leg.executable:
        return "ink", label("legs.executable")
    return "bad", label(f"legs.dead-{leg.kind}" if leg.for_good else f"legs.gone-{leg.kind}")


def failing(view: LegsView) -> tuple[ChainLeg, ...]:
    """The legs whose failure can be recorded now."""
    return tuple(each for each in view.legs if each.objection is None)


def sendable(view: LegsView) -> bool:
    """Whether there is something to send, first or again."""
    return any(each.sendable for each in view.legs)


def sent_before(view: LegsView) -> bool:
    """Whether something that would be sent was sent before, so that the log wants a reason."""
    return any(each.sendable and each.where is not Where.UNSENT for each in view.legs)


def stuck(view: LegsView) -> bool:
    """Whether a transaction waits on Ethereum, whose fees its relayer can raise."""
    return any(each.kind == "safe-tx" and each.where is Where.WAITING for each in view.legs)


def behind(view: LegsView) -> bool:
    """Whether the log has less, or other, than the nodes say."""
    return any(not each.same for each in view.legs)


def headline(view: LegsView) -> Chip:
    """Tone, icon and words for the whole settlement."""
    counted = [each for each in view.legs if not each.earlier]
    there = sum(each.where is Where.BLOCK for each in counted)
    unpaid = [each for each in counted if each.where is Where.OTHERWISE]
    values = {"there": f"{there:,}", "all": f"{len(counted):,}", "unpaid": f"{len(unpaid):,}"}
    if unpaid:
        told = "legs.unpaid-recorded" if all(each.failed for each in unpaid) else "legs.unpaid"
        return "bad", "fail", label(told, **values)
    if there == len(counted):
        return "ok", "pass", label("legs.all-delivered", **values)
    if split(view):
        return "bad", "warning", label("legs.split")
    if there:
        return "bad", "warning", label("legs.one-sided", **values)
    return "info", "information", label("legs.none-delivered", **values)


def split(view: LegsView) -> bool:
    """Whether somebody else executed a Safe's leg and another on the same chain is in no block."""
    alone = {each.chain for each in view.legs if each.by_stranger}
    done = (Where.BLOCK, Where.OTHERWISE)
    return any(each.chain in alone and each.kind == "safe-tx" and each.where not in done for each in view.legs)


def consequence(leg: ChainLeg) -> tuple[str, ...]:
    """What recording this leg's failure will mean."""
    owed = tuple(label("legs.would-owe", **_names(each)) for each in leg.owed)
    if leg.executable:
        return (*owed, label("legs.would-go-on"))
    if leg.earlier:
        return (label("legs.would-bury"),)
    if leg.for_good:
        return (*owed, label("legs.would-prepare"))
    return (*owed, label("legs.would-share" if leg.kind == "psbt" else "legs.would-wait"))


def _names(owed: Owed) -> dict[str, str]:
    return {"payer": owed.payer, "receiver": owed.receiver, "amount": writing.full(owed.amount)}
