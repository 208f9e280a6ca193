"""A Safe's change of its own owners at a terminal: whole addresses, who goes, who comes, how many sign, by whose order."""

from countersign.cli.words import words
from countersign.desk.owner_views import COMES, GOES, OwnerLine, OwnersChange

_FATES = {GOES: "  GOES {who}", COMES: "  COMES {who}"}


def owner_lines(change: OwnersChange) -> list[str]:
    """The Safe, each owner, the signatures it wants before and after, who stands in front of who goes, who ordered it."""
    before = sum(each.fate != COMES for each in change.owners)
    after = sum(each.fate != GOES for each in change.owners)
    told = [
        words("The Safe {vault} ({address}) of {party} calls itself: {call}", vault=change.vault, address=change.address,
              party=change.party, call=change.call),
        *(words(_FATES.get(each.fate, "  stays {who}"), who=_said(each)) for each in change.owners),
    ]  # fmt: skip
    if change.in_front is not None:
        told.append(words("  before who goes, in the Safe's own list: {who}", who=_said(change.in_front)))
    then = words("unknown") if change.after is None else words("{count} of {all}", count=change.after, all=after)
    told.append(words("  {count} of {all} sign, then {then}", count=change.before, all=before, then=then))
    told.append(words("  Ordered by {people}, in {order}", people=", ".join(change.ordered_by), order=change.order))
    return told


def _said(line: OwnerLine) -> str:
    name = line.name or words("nobody who is registered")
    return words("{name}, {address}", name=name, address=line.address)
