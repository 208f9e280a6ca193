"""What can be proposed of a Safe's owners, and what stands against it: pure, from the state, before any node is asked.

- Whoever comes is chosen of the keys that officers have registered for the chain: no address is typed or pasted (D2).
- A wanted change is judged by the rules of the order itself (`owning.check_orderable`); the number and the Safe's own list are
  read from a node when it is proposed.
- Said beside it: who comes without a role that signs, and whether enough owners are left to sign once administrators, who sign
  no transaction that they ordered, have signed the order.

    plan(state, "harbour-safe", OwnersWanted(remove=kid)).objection
"""

from collections.abc import Iterable
from dataclasses import replace

from countersign.desk import vault_pages
from countersign.desk.names import owner
from countersign.desk.owner_choices import OwnersGround, OwnersPlan, OwnersWanted
from countersign.desk.owner_views import COMES, GOES, STAYS, OwnerLine
from countersign.desk.vault_views import CosignerKey
from countersign.errors import CountersignError, Refused
from countersign.settlement import owning
from countersign.settlement.roster import HolderKind, Purpose, Role, Roster, SafeVault
from countersign.settlement.state import State

_SIGN = frozenset({Role.SIGNING, Role.VAULT})


def ground(state: State, vault: str) -> OwnersGround:
    """What there is to choose of. Refused("settlement.owners-not-safe", "settlement.unknown-vault")."""
    safe, roster = owning.safe(state, vault), state.roster
    others = (vault_pages.cosigner(roster, kid, owns=True) for kid in _registered(roster) if kid not in safe.keys)
    return OwnersGround(
        vault=vault,
        party=owner(roster, safe.owner.lei),
        book=safe.owner.book,
        address=safe.address,
        threshold=safe.threshold,
        owners=_ordered(vault_pages.cosigner(roster, kid, owns=True) for kid in safe.keys),
        others=_ordered(others),
        under_way=owning.under_way(state, vault) is not None,
        administrators=tuple(roster.officer(each).name for each in roster.administrators.officers),
        wanted=roster.administrators.threshold,
    )


def keys(safe: SafeVault, wanted: OwnersWanted) -> tuple[tuple[str, ...], int]:
    """The owners' keys, ascending, and how many sign after the wanted change. Refused("desk.owner-unknown")."""
    known = set(safe.keys)
    if wanted.remove is not None and wanted.remove not in known:
        raise Refused("desk.owner-unknown", vault=safe.id, key=wanted.remove)
    after = (known - {wanted.remove}) | ({wanted.add} if wanted.add is not None else set())
    return tuple(sorted(after)), safe.threshold if wanted.threshold is None else wanted.threshold


def plan(state: State, vault: str, wanted: OwnersWanted) -> OwnersPlan:
    """The change held against the state. Refused: as `ground` and `keys`, settlement.unknown-key."""
    safe, roster = owning.safe(state, vault), state.roster
    after, threshold = keys(safe, wanted)
    objection: CountersignError | None = None
    try:
        owning.check_orderable(state, vault, after, threshold)
    except CountersignError as error:
        objection = error
    new = [vault_pages.cosigner(roster, kid, owns=True) for kid in after if kid not in safe.keys]
    known = _ordered(vault_pages.cosigner(roster, kid, owns=True) for kid in safe.keys)
    lines = [_line(each, STAYS if each.kid in after else GOES) for each in known]
    return OwnersPlan(
        owners=(*lines, *(_line(each, COMES) for each in new)),
        before=(safe.threshold, len(safe.keys)),
        after=(threshold, len(after)),
        objection=objection,
        unable=tuple(each.name for each in new if not _signs(roster, each.officer)),
        able=_able(roster, safe),
        cold=(roster.cold(safe), roster.cold(replace(safe, keys=after, threshold=threshold))),
    )


def _able(roster: Roster, safe: SafeVault) -> int:
    """How many owners can sign at most: as few as can be of those who order it are owners."""
    live = {roster.key(kid).holder.id for kid in safe.keys if kid in roster.keys}
    owners = {each for each in live if _signs(roster, each)}
    order = {each for each in roster.administrators.officers if roster.officer(each).identity_keys}
    return len(owners) - max(0, roster.administrators.threshold - len(order - owners))


def _signs(roster: Roster, officer: str) -> bool:
    return bool(_SIGN.intersection(roster.officer(officer).roles))


def _registered(roster: Roster) -> list[str]:
    known = roster.keys.items()
    return [kid for kid, each in known if each.purpose is Purpose.ETHEREUM and each.holder.kind is HolderKind.OFFICER]


def _ordered(found: Iterable[CosignerKey]) -> tuple[CosignerKey, ...]:
    return tuple(sorted(found, key=lambda each: (each.name, each.label, each.kid)))


def _line(key: CosignerKey, fate: str) -> OwnerLine:
    return OwnerLine(key.name, key.owner, fate)
