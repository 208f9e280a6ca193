"""A Safe's change of its own owners in words: who stays, goes and comes, how many sign, who ordered it."""

from collections.abc import Iterable
from dataclasses import dataclass

from countersign.desk.owner_views import COMES, GOES, OwnerLine, OwnersChange
from countersign.desk.views import InstructionView, OwnersView
from countersign.resources.visible import visible
from countersign.ui.strings import label

PURPOSE = "owners"
_FATES = {GOES: ("bad", "fail"), COMES: ("warn", "warning")}
_CONFIRMED = ("goes", "in-front", "comes")


@dataclass(frozen=True, slots=True)
class Owner:
    """One owner: `chip` is tone, icon, word."""

    name: str
    address: str
    chip: tuple[str, str, str]


def lines(found: Iterable[OwnerLine]) -> tuple[Owner, ...]:
    """Who changes first, then who stays."""
    ordered = sorted(found, key=lambda each: each.fate not in _FATES)
    return tuple(owner(each) for each in ordered)


def owner(line: OwnerLine) -> Owner:
    """One of them; an address without a name is said to be nobody's."""
    tone, icon = _FATES.get(line.fate, ("quiet", "none"))
    name = visible(line.name) if line.name else label("owners.nobody")
    return Owner(name, line.address, (tone, icon, label(f"owners.{line.fate}")))


def signing(change: OwnersChange) -> str:
    """How many of how many sign, before and after."""
    before = sum(each.fate != COMES for each in change.owners)
    after = sum(each.fate != GOES for each in change.owners)
    if change.after is None:
        return label("owners.sign-unknown", before=change.before, owners=before)
    return label("owners.sign-same", before=change.before, owners=before, after=change.after, then=after)


def standing(view: OwnersView) -> str:
    """Who signed it, what it waits for."""
    names = visible(", ".join(view.signed))
    if view.transaction is not None:
        sent = {"transaction": visible(view.transaction), "confirmations": view.confirmations}
        return label("owners.is-sent", names=names, **sent)
    if not view.missing:
        return label("owners.ready", names=names)
    return label("owners.lacks" if view.signed else "owners.lacks-all", names=names, count=view.missing)


def statements(instruction: InstructionView) -> tuple[str, ...]:
    """What a signer confirms, from the facts of the bytes; none for anything but a change of owners."""
    if instruction.purpose != PURPOSE:
        return ()
    known = {name.removeprefix("owner-"): visible(value) for name, value in instruction.facts}
    told = [label(f"owners.statement-{name}", who=known[name]) for name in _CONFIRMED if name in known]
    now, then = known.get("owners-sign", ""), known.get("owners-sign-then", "")
    return (*told, label("owners.statement-sign", now=now, then=then))
