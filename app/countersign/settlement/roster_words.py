"""What a change of the roster does, statement by statement: "Ada Vale gains a key on token …", "… is suspended".

- Found by comparing the roster before with the roster after, not by reading the entries: what is named again unchanged
  says nothing, and nothing that changes is left out (a property test compares).
- People are named as they are called afterwards; keys by their thumbprint, with token and label.

    >>> [each.then.code for each in differences(before, after, cooling=172_800)]
    ['roster.suspended']
"""

from collections.abc import Iterator

from countersign.formats import caip, likeness
from countersign.settlement import spendable
from countersign.settlement.roster import (
    Destination,
    Officer,
    OfficerKey,
    Participant,
    RangedVault,
    Roster,
    SafeVault,
    SlotVault,
    Vault,
    places,
)
from countersign.settlement.saying import Difference, Said, said, span


def differences(before: Roster, after: Roster, *, cooling: int) -> tuple[Difference, ...]:
    """What lies between two rosters. `cooling`: seconds until a new destination counts, by the policy."""
    statements = [
        *_assets(before, after),
        *_participants(before, after),
        *_officers(before, after),
        *_vaults(before, after),
        *_destinations(before, after, cooling),
        *_administrators(before, after),
    ]
    return tuple(Difference(each) for each in statements)


def _assets(before: Roster, after: Roster) -> Iterator[Said]:
    for name, asset in sorted(after.assets.items()):
        known = before.assets.get(name)
        if known is None:
            yield said("roster.asset-added", symbol=asset.symbol, asset=name, decimals=asset.decimals)
            if not caip.AssetId.parse(name).is_coin:
                yield said("roster.token-unprobed", symbol=asset.symbol)
        elif known != asset:
            yield said("roster.asset-renamed", was=known.symbol, symbol=asset.symbol, asset=name)


def _participants(before: Roster, after: Roster) -> Iterator[Said]:
    for lei, new in sorted(after.participants.items()):
        old = before.participants.get(lei)
        if old is None:
            yield said("roster.participant-added", name=new.name, lei=lei, until=new.certified_until)
            old = Participant(lei, new.name, new.certified_until, False, (), ())
        yield from _participant(old, new)


def _participant(old: Participant, new: Participant) -> Iterator[Said]:
    if old.name != new.name:
        yield said("roster.participant-renamed", was=old.name, name=new.name, lei=new.lei)
    if old.certified_until != new.certified_until:
        yield said("roster.certified", name=new.name, was=old.certified_until, until=new.certified_until)
    if old.suspended != new.suspended:
        yield said("roster.suspended" if new.suspended else "roster.reinstated", name=new.name, lei=new.lei)
    for book in sorted(set(new.books) - set(old.books)):
        yield said("roster.book-added", name=new.name, book=book)
    for book in sorted(set(old.books) - set(new.books)):
        yield said("roster.book-closed", name=new.name, book=book)
    mine, theirs = {key.kid for key in old.keys}, {key.kid for key in new.keys}
    for kid in sorted(theirs - mine):
        yield said("roster.participant-key-added", name=new.name, key=kid)
    for kid in sorted(mine - theirs):
        yield said("roster.participant-key-withdrawn", name=new.name, key=kid)
    if mine == theirs and old.keys != new.keys:
        yield said("roster.keys-reordered", name=new.name)


def _officers(before: Roster, after: Roster) -> Iterator[Said]:
    for name, new in sorted(after.officers.items()):
        old = before.officers.get(name)
        if old is None:
            yield said("roster.officer-added", name=new.name, officer=name)
            old = Officer(name, new.name, (), ())
        yield from _officer(old, new)


def _officer(old: Officer, new: Officer) -> Iterator[Said]:
    if old.name != new.name:
        yield said("roster.officer-renamed", was=old.name, name=new.name, officer=new.id)
    for role in sorted(set(new.roles) - set(old.roles)):
        yield said("roster.role-given", name=new.name, role=role.value)
    for role in sorted(set(old.roles) - set(new.roles)):
        yield said("roster.role-taken", name=new.name, role=role.value)
    mine, theirs = ({each.key.kid: each for each in officer.keys} for officer in (old, new))
    for kid in [each for each in theirs if each not in mine]:
        yield _key("roster.key-added", new, theirs[kid])
    for kid in [each for each in mine if each not in theirs]:
        yield _key("roster.key-withdrawn", new, mine[kid])
    for kid in [each for each in theirs if each in mine and mine[each] != theirs[each]]:
        yield _key("roster.key-elsewhere", new, theirs[kid])
    if mine == theirs and old.keys != new.keys:
        yield said("roster.keys-reordered", name=new.name)


def _key(code: str, officer: Officer, each: OfficerKey) -> Said:
    machine = "online" if each.online else "offline"
    token = f"{each.token.label} ({each.token.model}, {each.token.serial})"
    values = {"name": officer.name, "key": each.key.kid, "label": each.label, "purpose": each.purpose.value}
    return Said(code, {**values, "token": token, "machine": machine})


def _vaults(before: Roster, after: Roster) -> Iterator[Said]:
    for name, new in sorted(after.vaults.items()):
        old = before.vaults.get(name)
        if old is None:
            owner = after.participants[new.owner.lei].name if new.owner.lei in after.participants else new.owner.lei
            yield said("roster.vault-added", vault=name, owner=owner, book=new.owner.book, chain=new.chain,
                       threshold=new.threshold, people=_people(after, new.keys))  # fmt: skip
            yield from _new_vault(after, new)
        elif old != new:
            yield from _vault(after, old, new)
        yield from _fallen(before, after, old, new)


def _fallen(before: Roster, after: Roster, old: Vault | None, new: Vault) -> Iterator[Said]:
    """Where the keys that are left reach the quorum no more, and did before: the whole vault, or slots by number."""
    stood = set(spendable.stuck(before, old)) if old is not None else set[int]()
    stuck = spendable.stuck(after, new)
    fallen = [number for number in stuck if number not in stood]
    if not fallen:
        return
    if len(stuck) == len(places(new)):
        yield said("roster.vault-unable", vault=new.id, threshold=new.threshold)
    else:
        yield said("roster.slots-unable", vault=new.id, threshold=new.threshold, slots=", ".join(map(str, fallen)))


def _new_vault(roster: Roster, new: Vault) -> Iterator[Said]:
    """What else whoever signs a new vault agrees to: how many slots and who is in another set of keys; the whole descriptor
    of extended keys; what the Safe is."""
    if isinstance(new, SafeVault):
        yield said("roster.safe-at", vault=new.id, address=new.address)
        yield from _safe(new)
        return
    if isinstance(new, RangedVault):
        yield said("roster.vault-ranged", vault=new.id, descriptor=new.descriptor)
        return
    yield said("roster.vault-slots", vault=new.id, count=len(new.slots))
    everybody = _people(roster, new.keys)
    for slot in new.slots:
        people = _people(roster, slot.keys)
        if people != everybody:
            yield said("roster.slot-added", vault=new.id, slot=slot.number, people=people)


def _safe(new: SafeVault, old: SafeVault | None = None) -> Iterator[Said]:
    """A Safe's code and fallback handler, where they are not as they were."""
    if old is None or (old.version, old.singleton) != (new.version, new.singleton):
        yield said("roster.safe-version", vault=new.id, version=new.version, singleton=new.singleton)
    if old is None or old.fallback_handler != new.fallback_handler:
        if new.fallback_handler is None:
            yield said("roster.safe-no-handler", vault=new.id)
        else:
            yield said("roster.safe-handler", vault=new.id, handler=new.fallback_handler)


def _vault(roster: Roster, old: Vault, new: Vault) -> Iterator[Said]:
    if old.threshold != new.threshold:
        yield said("roster.vault-threshold", vault=new.id, was=old.threshold, threshold=new.threshold)
    if isinstance(old, SlotVault) and isinstance(new, SlotVault):
        known = {slot.number for slot in old.slots}
        for slot in new.slots:
            if slot.number not in known:
                people = _people(roster, slot.keys)
                yield said("roster.slot-added", vault=new.id, slot=slot.number, people=people)
    elif isinstance(old, SafeVault) and isinstance(new, SafeVault):
        if old.keys != new.keys:
            yield said("roster.safe-owners", vault=new.id, people=_people(roster, new.keys))
        yield from _safe(new, old)


def _people(roster: Roster, kids: tuple[str, ...]) -> str:
    ids = sorted({roster.ever(kid).holder.id for kid in kids})
    return ", ".join(roster.officers[each].name if each in roster.officers else each for each in ids)


def _destinations(before: Roster, after: Roster, cooling: int) -> Iterator[Said]:
    for account, place in sorted(after.destinations.items()):
        if account not in before.destinations:
            yield _destination(after, place, cooling)
            if before.destinations:  # what a founding names stands there from the beginning: nothing to be mistaken for
                yield from _alike(after, account)


def _alike(roster: Roster, account: str) -> Iterator[Said]:
    """Which registered places of the same chain a new one could be mistaken for: nobody finds such an address by chance."""
    chain, _, address = account.rpartition(":")
    safes = {
        f"{each.chain}:{each.address}": each.owner for each in roster.vaults.values() if isinstance(each, SafeVault)
    }
    known = {**{name: each.owner for name, each in roster.destinations.items()}, **safes}
    for other, owner in sorted(known.items()):
        if other.startswith(f"{chain}:") and likeness.alike(address, other.removeprefix(f"{chain}:")):
            whose = roster.participants.get(owner.lei)
            differing = len(likeness.differing(account, other))
            yield said("roster.destination-alike", account=account, like=other, count=differing,
                       owner=whose.name if whose else owner.lei)  # fmt: skip


def _destination(roster: Roster, place: Destination, cooling: int) -> Said:
    owner = roster.participants.get(place.owner.lei)
    values = {"account": place.account, "owner": owner.name if owner else place.owner.lei, "book": place.owner.book}
    if place.vault is None:
        return Said("roster.destination-outside", {**values, "span": span(cooling)})
    return Said("roster.destination-added", {**values, "vault": place.vault, "span": span(cooling)})


def _administrators(before: Roster, after: Roster) -> Iterator[Said]:
    if before.administrators != after.administrators:
        chosen = after.administrators
        people = ", ".join(after.officers[each].name if each in after.officers else each for each in chosen.officers)
        yield said("roster.administrators", people=people, threshold=chosen.threshold, count=len(chosen.officers))
