"""A change of a Safe's owners that is being put together, in words: who can be chosen, how many sign, what stands against it."""

from collections.abc import Sequence
from dataclasses import dataclass

from countersign.desk.owner_choices import OwnersGround, OwnersPlan, OwnersWanted
from countersign.desk.owner_views import STAYS, OwnerLine
from countersign.desk.vault_views import CosignerKey
from countersign.resources.visible import visible
from countersign.ui.presenters import writing
from countersign.ui.presenters.problem import problem
from countersign.ui.strings import label

ADD, REMOVE, EXCHANGE, COUNT, BACK = "add", "remove", "exchange", "count", "back"
FEWEST = 2
"""Of the owners who sign: no vault is one person's (settlement.vault-threshold)."""
Line = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is chosen so far; None where nothing is."""

    kind: str
    goes: str | None
    comes: str | None
    threshold: int | None

    @property
    def wanted(self) -> OwnersWanted | None:
        """The change, once everything that its kind needs was chosen."""
        match self.kind:
            case kind if kind == ADD and self.comes is not None:
                return OwnersWanted(self.comes, None, self.threshold)
            case kind if kind == REMOVE and self.goes is not None:
                return OwnersWanted(None, self.goes, self.threshold)
            case kind if kind == EXCHANGE and self.comes is not None and self.goes is not None:
                return OwnersWanted(self.comes, self.goes)
            case kind if kind == COUNT and self.threshold is not None:
                return OwnersWanted(threshold=self.threshold)
            case kind if kind == BACK:
                return OwnersWanted()
        return None


def kinds(ground: OwnersGround) -> tuple[str, ...]:
    """What can change: taking back only where something is under way."""
    return (*((BACK,) if ground.under_way else ()), ADD, REMOVE, EXCHANGE, COUNT)


def explain(ground: OwnersGround) -> str:
    """Whose Safe it is, and who decides."""
    names = visible(", ".join(ground.administrators))
    said = {"party": ground.party, "book": ground.book, "administrators": names}
    return label("owners.change-explain", **said, wanted=ground.wanted, needed=ground.threshold)


def key(each: CosignerKey) -> tuple[str, ...]:
    """A key to choose, in lines: whose, its address whole, where it lies."""
    held = {"label": each.label, "token": each.token, "model": each.model, "serial": each.serial}
    state = "vaults.key-withdrawn" if each.withdrawn else "vaults.key-online" if each.online else "vaults.key-cold"
    lines = f"{visible(each.name)} · {label(state)}", writing.groups(each.owner)
    return lines if each.withdrawn else (*lines, label("owners.change-key", **held))


def counts(ground: OwnersGround, kind: str) -> tuple[int, ...]:
    """How many can sign then; nothing where that is not chosen."""
    by = {ADD: 1, REMOVE: -1, COUNT: 0}
    if kind not in by:
        return ()
    every = range(FEWEST, len(ground.owners) + by[kind] + 1)
    return tuple(each for each in every if kind != COUNT or each != ground.threshold)


def count(ground: OwnersGround, kind: str, threshold: int) -> str:
    """One of them in words."""
    owners = len(ground.owners) + {ADD: 1, REMOVE: -1}.get(kind, 0)
    said = "owners.sign-count-now" if threshold == ground.threshold else "owners.sign-count"
    return label(said, count=threshold, owners=owners)


def today(ground: OwnersGround) -> tuple[str, tuple[OwnerLine, ...]]:
    """How many sign today, and the owners."""
    said = label("owners.sign-count", count=ground.threshold, owners=len(ground.owners))
    return said, tuple(OwnerLine(each.name, each.owner, STAYS) for each in ground.owners)


def quorum(plan: OwnersPlan) -> str:
    """ "2 of 3 → 3 of 4 sign"."""
    before, then = (label("owners.quorum", count=count, owners=owners) for count, owners in (plan.before, plan.after))
    if plan.before == plan.after:
        return label("owners.quorum-same", before=before)
    return label("owners.quorum-change", before=before, then=then)


def standing(ground: OwnersGround, kind: str, plan: OwnersPlan | None) -> tuple[Line, ...]:
    """Tone, icon and words of what stands against it, what must be known; what is to be chosen still."""
    if plan is None:
        return (("quiet", "information", label(f"owners.change-choose-{kind}" if kind else "owners.change-choose")),)
    if plan.objection is not None:
        found = problem(plan.objection)
        return (("bad", "fail", f"{found.happened} {found.next} [{found.code}]"),)
    told = [("ok", "pass", label("owners.change-fine"))]
    if plan.able < plan.before[0]:
        told.append(("bad", "warning", label("owners.change-stuck", able=max(0, plan.able), needed=plan.before[0])))
    told += [("warn", "warning", label("owners.change-unable", name=each)) for each in plan.unable]
    if plan.cold == (True, False):
        told.append(("warn", "warning", label("owners.change-warmer")))
    if ground.under_way and kind != BACK:
        told.append(("info", "information", label("owners.change-replaces")))
    return tuple(told)


def position(found: Sequence[CosignerKey], at: int) -> str | None:
    """The chosen key's id."""
    return found[at].kid if 0 <= at < len(found) else None
