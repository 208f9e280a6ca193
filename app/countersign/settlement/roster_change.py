"""How entries change the roster: whole entries are added or replaced by id, and what contradicts is refused.

- A change names an entry once.
- A key is registered for one holder and one purpose, over all history: what an entry no longer lists is withdrawn, and
  only the same holder may register it again, for the same purpose. Its opposite, the key of the negated secret, is nobody's.
- Vault keys are secp256k1, of the chain's purpose, and lie with different officers, which stays so because a key keeps
  its holder; at most one vault a book and chain. A slot that stands keeps a withdrawn key; a new one takes none.
  The keys of a vault of extended keys are in no other vault, and a Safe is one vault's.
- Administrators are officers with the role, and enough of them hold identity keys to reach the threshold.
- A Safe's owners and threshold are what its chain says: they change by `owners.ordered` (`owning.py`), never here.
- A destination that lies in a Safe is the Safe; one outside this custody is none. What a descriptor's places are is the
  rails' to say, at the desk and on every console (`desk/registering.py`).
- No two institutions and no two officers have one name, no two assets of a chain one symbol, and no token that of a chain's
  coin: screens name them so. Capitals, and letters of one shape, make no other name (`formats.likeness`).
- A chain's coin has its chain's decimals.
- An asset keeps its decimals, a vault its owner, chain, Safe and slots, a slot and a ranged vault their descriptors, a
  destination its owner and vault, for ever.

    >>> changed(roster, entries, time_ms=1795348800000)
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from countersign.errors import Refused
from countersign.formats import caip, likeness
from countersign.keys.public_key import Curve, PublicKey
from countersign.settlement.assets import Asset
from countersign.settlement.roster import (
    Administrators,
    Destination,
    Entries,
    Holder,
    HolderKind,
    Officer,
    Participant,
    Purpose,
    RangedVault,
    RegisteredKey,
    Role,
    Roster,
    SafeVault,
    SlotVault,
    Vault,
)

COIN_DECIMALS = {caip.BIP122: 8, caip.EIP155: 18}
"""Base units are satoshis and wei, on every chain of the kind."""


def changed(
    roster: Roster, entries: Entries, *, time_ms: int, founding: bool = False, by: tuple[str, ...] = ()
) -> Roster:
    """The roster after officers `by` added or replaced `entries`. `Refused` if they contradict it or each other."""
    _require_once(entries)
    for asset in entries.assets:
        known = roster.assets.get(asset.id)
        if known is not None and known.decimals != asset.decimals:
            raise Refused("settlement.decimals-changed", asset=asset.id)
        _require_own_decimals(asset)
        _require_own_symbol(roster, asset)
        roster = replace(roster, assets=roster.assets.set(asset.id, asset))
    for participant in entries.participants:
        roster = _with_participant(roster, participant)
    for officer in entries.officers:
        roster = _with_officer(roster, officer)
    if entries.administrators is not None:
        roster = replace(roster, administrators=_checked_administrators(roster, entries.administrators))
    elif entries.officers:
        _checked_administrators(roster, roster.administrators)
    for vault in entries.vaults:
        roster = _with_vault(roster, vault)
    for destination in entries.destinations:
        roster = _with_destination(roster, replace(destination, founding=founding, known_ms=time_ms, added_by=by))
    touched = roster.touched
    for name in _names(entries):
        touched = touched.set(name, time_ms)
    return replace(roster, touched=touched)


def check_fresh(roster: Roster, entries: Entries, at: int) -> None:
    """What was drafted at `at` (unix seconds) replaces nothing that was changed after it. Refused settlement.stale."""
    for name in _names(entries):
        if roster.touched.get(name, 0) // 1_000 > at:
            raise Refused("settlement.stale", entry=name)


def _require_once(entries: Entries) -> None:
    """Of two entries of one name one would be read, tried or told, and the other would count. Refused settlement.entry-twice."""
    seen = set[str]()
    for name in (*_names(entries), *(f"destination:{each.account}" for each in entries.destinations)):
        if name in seen:
            raise Refused("settlement.entry-twice", entry=name)
        seen.add(name)


def _names(entries: Entries) -> Iterator[str]:
    """What these entries add or replace: "officer:officer-a". Destinations never change."""
    yield from (f"asset:{each.id}" for each in entries.assets)
    yield from (f"participant:{each.lei}" for each in entries.participants)
    yield from (f"officer:{each.id}" for each in entries.officers)
    yield from (f"vault:{each.id}" for each in entries.vaults)
    if entries.administrators is not None:
        yield "administrators"


def with_desk_key(roster: Roster, origin: str, key: PublicKey) -> Roster:
    """The roster that knows the desk's own key."""
    return _with_keys(roster, (), ((key, Purpose.IDENTITY, False),), Holder(HolderKind.DESK, origin))


def _with_keys(
    roster: Roster, gone: tuple[PublicKey, ...], new: tuple[tuple[PublicKey, Purpose, bool], ...], holder: Holder
) -> Roster:
    """The roster without the keys `gone` and with the keys `new` (key, purpose, online), all one holder's."""
    keys, retired = roster.keys, roster.retired
    for key in gone:
        retired = retired.set(key.kid, keys[key.kid])
        keys = keys.delete(key.kid)
    for key, purpose, online in new:
        if key.kid in keys:
            raise Refused("settlement.key-taken", key=key.kid, holder=str(keys[key.kid].holder))
        opposite = key.opposite.kid
        if (same := keys.get(opposite) or retired.get(opposite)) is not None:
            raise Refused("settlement.key-opposite", key=key.kid, other=opposite, holder=str(same.holder))
        if purpose is not Purpose.IDENTITY and key.curve is not Curve.SECP256K1:
            raise Refused("settlement.vault-key-curve", key=key.kid)
        before = retired.get(key.kid)
        if before is not None and (before.holder, before.purpose) != (holder, purpose):
            raise Refused("settlement.key-kept", key=key.kid, holder=str(before.holder), purpose=before.purpose.value)
        keys = keys.set(key.kid, RegisteredKey(key, holder, purpose, online))
        retired = retired.delete(key.kid) if before is not None else retired
    return replace(roster, keys=keys, retired=retired)


def _with_participant(roster: Roster, participant: Participant) -> Roster:
    if participant.lei == roster.custodian.lei:
        raise Refused("settlement.custodian-trades", lei=participant.lei)
    others = ((each.lei, each.name) for each in (roster.custodian, *roster.participants.values()))
    _require_own_name(participant.lei, participant.name, others)
    known = roster.participants.get(participant.lei)
    holder = Holder(HolderKind.PARTICIPANT, participant.lei)
    new = tuple((key, Purpose.IDENTITY, False) for key in participant.keys)
    roster = _with_keys(roster, known.keys if known else (), new, holder)
    return replace(roster, participants=roster.participants.set(participant.lei, participant))


def _with_officer(roster: Roster, officer: Officer) -> Roster:
    _require_own_name(officer.id, officer.name, ((each.id, each.name) for each in roster.officers.values()))
    known = roster.officers.get(officer.id)
    gone = tuple(each.key for each in known.keys) if known else ()
    new = tuple((each.key, each.purpose, each.online) for each in officer.keys)
    roster = _with_keys(roster, gone, new, Holder(HolderKind.OFFICER, officer.id))
    return replace(roster, officers=roster.officers.set(officer.id, officer))


def _require_own_name(id: str, name: str, others: Iterable[tuple[str, str]]) -> None:
    """Nobody else is called so, or nearly. Refused settlement.name-taken."""
    for other, taken in others:
        if other != id and likeness.reads_alike(taken, name):
            raise Refused("settlement.name-taken", name=name, id=id, other=other)


def _require_own_symbol(roster: Roster, asset: Asset) -> None:
    """An amount is written with its symbol: another asset of that symbol lives on another chain, and is of the same kind.

    Refused settlement.symbol-taken.
    """
    coin = caip.AssetId.parse(asset.id).is_coin
    for other in roster.assets.values():
        if other.id == asset.id or not likeness.reads_alike(other.symbol, asset.symbol):
            continue
        if other.chain == asset.chain or caip.AssetId.parse(other.id).is_coin != coin:
            raise Refused("settlement.symbol-taken", symbol=asset.symbol, asset=asset.id, other=other.id)


def _require_own_decimals(asset: Asset) -> None:
    """A chain's coin has the decimals that its chain gave it: with others every amount on a screen would be another.

    Refused settlement.coin-decimals. Of a token its contract says (`ethereum.token_probe`).
    """
    known = caip.AssetId.parse(asset.id)
    if known.is_coin and asset.decimals != (wanted := COIN_DECIMALS[known.chain.namespace]):
        raise Refused("settlement.coin-decimals", asset=asset.id, decimals=asset.decimals, expected=wanted)


def _checked_administrators(roster: Roster, administrators: Administrators) -> Administrators:
    """They are officers with the role, and enough of them hold an identity key to reach the threshold."""
    for officer in administrators.officers:
        if Role.ADMINISTRATOR not in roster.officer(officer).roles:
            raise Refused("settlement.not-administrator", officer=officer)
    able = [each for each in administrators.officers if roster.officer(each).identity_keys]
    if not 1 <= administrators.threshold <= len(able):
        raise Refused("settlement.administrators-threshold", threshold=administrators.threshold, able=len(able))
    return administrators


def _with_vault(roster: Roster, vault: Vault) -> Roster:
    owner = roster.party(vault.owner.lei, vault.owner.book)
    known = roster.vaults.get(vault.id)
    if known is not None and (known.owner, known.chain, known.kind) != (owner, vault.chain, vault.kind):
        raise Refused("settlement.vault-moved", vault=vault.id)
    place = (owner.lei, owner.book, vault.chain)
    if roster.vault_of.get(place, vault.id) != vault.id:
        raise Refused("settlement.second-vault", vault=vault.id, other=roster.vault_of[place])
    _require_kept(known, vault)
    _require_own_place(roster, vault)
    roster = _with_sole_keys(roster, vault)
    for group, stands in _places(known, vault):
        _check_cosigners(roster, vault, group, stands=stands)
    if isinstance(known, SafeVault) and (known.keys, known.threshold) != (vault.keys, vault.threshold):
        raise Refused("settlement.owners-by-order", vault=vault.id)
    return replace(roster, vaults=roster.vaults.set(vault.id, vault), vault_of=roster.vault_of.set(place, vault.id))


def _require_kept(known: Vault | None, vault: Vault) -> None:
    """Coins lie there: a slot stays and its number keeps its descriptor, a Safe its address. New keys get new slots.

    A slot that were let go would be watched by nobody, and its script free for another vault, with the coins in it.
    A vault of extended keys is its descriptor, whole: other keys are another vault.
    """
    moved = False
    if isinstance(known, SlotVault) and isinstance(vault, SlotVault):
        now = {slot.number: slot for slot in vault.slots}
        if gone := [slot.number for slot in known.slots if slot.number not in now]:
            raise Refused("settlement.slot-gone", vault=vault.id, slot=gone[0])
        moved = known.threshold != vault.threshold or any(now[each.number] != each for each in known.slots)
    elif isinstance(known, RangedVault):
        moved = known != vault
    elif isinstance(known, SafeVault) and isinstance(vault, SafeVault):
        moved = known.address != vault.address
    if moved:
        raise Refused("settlement.vault-moved", vault=vault.id)


def _places(known: Vault | None, vault: Vault) -> Iterator[tuple[tuple[str, ...], bool]]:
    """The keys of each place that is spent from by itself, and whether it stood before.

    A slot stands by its number, not by its keys: of one set of extended keys there can always be another slot.
    """
    if isinstance(vault, SlotVault):
        numbers = {slot.number for slot in known.slots} if isinstance(known, SlotVault) else set[int]()
        yield from ((slot.keys, slot.number in numbers) for slot in vault.slots)
    else:
        yield vault.keys, known is not None and known.keys == vault.keys


def _require_own_place(roster: Roster, vault: Vault) -> None:
    """No Safe is two vaults': what it holds would be two owners'. Nor is it somebody's place outside this custody."""
    if not isinstance(vault, SafeVault):
        return
    outside = roster.destinations.get(vault.account)
    if outside is not None and outside.vault is None:
        raise Refused("settlement.destination-inside", destination=vault.account, vault=vault.id)
    for other in roster.vaults.values():
        same = isinstance(other, SafeVault) and other.account == vault.account
        if same and other.id != vault.id:
            raise Refused("settlement.safe-elsewhere", vault=vault.id, other=other.id, safe=vault.address)


def with_owners(roster: Roster, vault: SafeVault, keys: tuple[str, ...], threshold: int) -> Roster:
    """The roster after a Safe changed its owners on its chain: kept keys may be withdrawn ones, new ones are registered.

    Refused: as a vault's keys and threshold are judged.
    """
    changed = replace(vault, keys=keys, threshold=threshold)
    roster = _with_sole_keys(roster, changed)
    for kid in set(keys) - set(vault.keys):
        roster.key(kid)
    _check_cosigners(roster, changed, keys, stands=True)
    return replace(roster, vaults=roster.vaults.set(vault.id, changed))


def _with_sole_keys(roster: Roster, vault: Vault) -> Roster:
    """The key of a vault of extended keys is in no other vault: no script is two vaults', and a share's key names its one."""
    cosigning = roster.cosigning
    for kid in vault.keys:
        other = roster.vaults.get(cosigning.get(kid, vault.id))
        if other is not None and other.id != vault.id and RangedVault in (type(vault), type(other)):
            raise Refused("settlement.vault-key-elsewhere", vault=vault.id, other=other.id, key=kid)
        cosigning = cosigning.set(kid, vault.id)
    return replace(roster, cosigning=cosigning)


def _check_cosigners(roster: Roster, vault: Vault, keys: tuple[str, ...], *, stands: bool) -> None:
    """Two to fifteen keys of the chain's purpose, each of another officer, and a reachable threshold.

    `stands`: these keys were here before, and any of them may have been withdrawn since.
    """
    family = vault.chain.split(":", 1)[0]
    for kid in keys:
        registered = roster.ever(kid) if stands else roster.key(kid)
        if registered.purpose != family or registered.purpose is Purpose.IDENTITY:
            raise Refused("settlement.vault-key-purpose", vault=vault.id, key=kid)
    people = {roster.ever(kid).holder for kid in keys}
    if len(people) != len(keys):
        raise Refused("settlement.vault-one-officer-twice", vault=vault.id)
    if not 2 <= vault.threshold <= len(keys) <= 15:
        raise Refused("settlement.vault-threshold", vault=vault.id, threshold=vault.threshold, keys=len(keys))


def _with_destination(roster: Roster, destination: Destination) -> Roster:
    if destination.vault is None:
        roster.party(destination.owner.lei, destination.owner.book)
        _require_outside(roster, destination)
    else:
        vault = roster.vault(destination.vault)
        if vault.owner != destination.owner or not destination.account.startswith(f"{vault.chain}:"):
            raise Refused("settlement.destination-vault", destination=destination.account, vault=vault.id)
        if isinstance(vault, SafeVault) and destination.account != vault.account:
            raise Refused("C7.destination-elsewhere", destination=destination.account, vault=vault.id)
    known = roster.destinations.get(destination.account)
    if known is not None and (known.owner, known.vault) != (destination.owner, destination.vault):
        raise Refused("settlement.destination-taken", destination=destination.account)
    if known is not None:  # named again unchanged: its cooling period does not start anew
        return roster
    return replace(roster, destinations=roster.destinations.set(destination.account, destination))


def _require_outside(roster: Roster, destination: Destination) -> None:
    """What leaves this custody does not arrive in it."""
    for vault in roster.vaults.values():
        if isinstance(vault, SafeVault) and vault.account == destination.account:
            raise Refused("settlement.destination-inside", destination=destination.account, vault=vault.id)
