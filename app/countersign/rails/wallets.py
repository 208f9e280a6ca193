"""Registered Bitcoin vaults with their descriptors, slots and extended keys alike: places, scripts, and whose key signs.

- A place is a slot's registered number, or `2 × index + branch` of a vault of extended keys; one integer for both.
- Extended keys (B7): scripts are looked for up to the gap limit beyond the highest index that the log spent from. In a PSBT
  a coin or a change is such a vault's **by path only**: what a key-path field claims is derived again from the registered
  descriptor, and the script must be that one, byte for byte; change names the full set of keys, each under its own path.
- A registered key signs with itself where it stands in the script, or with a child where the descriptor extends it: that
  key lies in a device of its own, not in a token of this machine.
- Nothing about a vault is ever read from a PSBT.

    paying = of(state, vault); paying.descriptor(paying.slot_of(script)).address("bcrt")
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from countersign.bitcoin import bip32, descriptor, key_expression, network, ranged, script
from countersign.bitcoin import vault as vaults
from countersign.bitcoin.descriptor import Descriptor
from countersign.bitcoin.inspect import InputFacts, OutputFacts, PsbtFacts, facts
from countersign.bitcoin.key_expression import DescriptorKey, KeyExpression
from countersign.bitcoin.psbt import Psbt
from countersign.errors import Refused
from countersign.formats import base58, caip
from countersign.keys.public_key import PublicKey
from countersign.settlement import spendable
from countersign.settlement.roster import GAP_LIMIT, BitcoinVault, RangedVault, Roster
from countersign.settlement.state import State


@dataclass(frozen=True, slots=True)
class Wallet:
    """A registered vault with its descriptors. `numbers`: the places that are watched, as registered, ascending."""

    vault: BitcoinVault
    places: vaults.Places
    numbers: Sequence[int]

    @property
    def id(self) -> str:
        """The vault's id."""
        return self.vault.id

    @property
    def threshold(self) -> int:
        """k."""
        return self.places.threshold

    @property
    def cosigners(self) -> int:
        """n."""
        return self.places.cosigners

    @property
    def checksum(self) -> str:
        """The order among paying vaults (DESIGN.md §8); never an identity."""
        return self.places.checksum

    @property
    def scripts(self) -> list[bytes]:
        """The scriptPubKeys that are watched, in the order of their places."""
        return [self.descriptor(number).script_pubkey for number in self.numbers]

    @property
    def watched(self) -> tuple[list[bytes], list[vaults.RangedVault]]:
        """What a node is asked to look for: slots by their scripts, a vault of extended keys by its descriptor."""
        return ([], [self.places]) if isinstance(self.places, vaults.RangedVault) else (self.scripts, [])

    @property
    def change_numbers(self) -> Sequence[int]:
        """Where change may go: any slot, or the places of branch 1."""
        return self.numbers[ranged.CHANGE :: 2] if isinstance(self.vault, RangedVault) else self.numbers

    @property
    def expressions(self) -> Iterator[KeyExpression]:
        """The cosigners' key expressions as registered: of every slot, or of the one ranged descriptor."""
        if isinstance(self.places, vaults.RangedVault):
            yield from self.places.ranged.keys
        elif isinstance(self.places, vaults.SlotVault):
            yield from (key_expression.parse(key.text) for slot in self.places.slots for key in slot.keys)

    @property
    def extended(self) -> frozenset[bytes]:
        """The registered keys (33 bytes) that sign with their children."""
        first = self.places.descriptor(0).keys if isinstance(self.vault, RangedVault) else ()
        slots = self.places.slots if isinstance(self.places, vaults.SlotVault) else ()
        keys = (*first, *(key for slot in slots for key in slot.keys))
        return frozenset(registered_key(key) for key in keys if key.extended is not None)

    def spelled(self, number: int) -> str:
        """A place for people: "slot 3", or "0/7", the last two steps of its path."""
        if isinstance(self.vault, RangedVault):
            return f"{ranged.branch_of(number)}/{ranged.index_of(number)}"
        return f"slot {number}"

    def slot_of(self, script_pubkey: bytes) -> int | None:
        """The watched place whose script this is, byte for byte, or None."""
        place = self.places.slot_of(script_pubkey)
        return None if place is None else self.numbers[place]

    def descriptor(self, number: int) -> Descriptor:
        """The descriptor of a watched place. Refused("bitcoin.no-such-place")."""
        if number not in self.numbers:
            raise Refused("bitcoin.no-such-place", number=number)
        return self.places.descriptor(self.numbers.index(number))

    def spent_place(self, fact: InputFacts) -> int | None:
        """The place that an input of a PSBT spends from, or None: of extended keys, the one that its key paths prove."""
        spent = fact.spent or fact.claimed
        return None if spent is None else self._proven(spent.script_pubkey, fact.key_paths)

    def change_place(self, fact: OutputFacts) -> int | None:
        """The place that an output of a PSBT returns to, or None: of extended keys, the one that every key path proves."""
        number = self._proven(fact.output.script_pubkey, fact.key_paths)
        if number is None or not isinstance(self.vault, RangedVault):
            return number
        return number if dict(fact.key_paths) == origins(self.descriptor(number)) else None

    def _proven(self, script_pubkey: bytes, claims: Sequence[tuple[bytes, bytes]]) -> int | None:
        if not isinstance(self.places, vaults.RangedVault):
            return self.slot_of(script_pubkey)
        for number in {self.places.ranged.number_of(origin) for _, origin in claims}:
            if number in self.numbers and number is not None:
                return number if self.descriptor(number).script_pubkey == script_pubkey else None
        return None

    def reaching(self, found: PsbtFacts) -> "Wallet":
        """The wallet that looks as far beyond the indexes which a PSBT spends from as beyond those of the log (B7)."""
        if not isinstance(self.places, vaults.RangedVault):
            return self
        spent = [ranged.index_of(number) for each in found.inputs if (number := self.spent_place(each)) is not None]
        further = replace(self.places, horizon=max(self.places.horizon, *(each + GAP_LIMIT for each in spent), 0))
        return replace(self, places=further, numbers=further.numbers)


@dataclass(frozen=True, slots=True)
class SpentPlace:
    """A registered place that a PSBT spends. `first`: the number of the first input that does."""

    wallet: Wallet
    number: int
    first: int
    descriptor: Descriptor
    origins: Mapping[bytes, bytes]
    """As `origins` of the descriptor."""


def spent_places(found: PsbtFacts, paying: Sequence[Wallet]) -> tuple[SpentPlace | None, ...]:
    """For each input the place that it spends from, of the first wallet that has it; None where none has."""
    known: dict[tuple[str, int], SpentPlace] = {}
    places: list[SpentPlace | None] = []
    for fact in found.inputs:
        for each in paying:
            if (number := each.spent_place(fact)) is None:
                continue
            if (place := known.get((each.id, number))) is None:
                slot = each.descriptor(number)
                place = known[each.id, number] = SpentPlace(each, number, fact.index, slot, origins(slot))
            places.append(place)
            break
        else:
            places.append(None)
    return tuple(places)


def origins(place: Descriptor) -> dict[bytes, bytes]:
    """A place's keys, each with what a PSBT's key-path field says of it."""
    return {key.public: key.origin for key in place.keys}


def registered_key(key: DescriptorKey) -> bytes:
    """The key (33 bytes) that the roster registers for one in a script: itself, or what it was derived from."""
    return key.public if key.extended is None else key.extended.public


@lru_cache(maxsize=256)
def read(vault: BitcoinVault, used: int = 0) -> Wallet:
    """The vault's descriptors, held against its registered threshold; `used`: the highest index that was spent from.

    Malformed, Refused: bitcoin.*, B6.*.
    """
    found: vaults.Places
    if isinstance(vault, RangedVault):
        found = vaults.RangedVault(ranged.parse(vault.descriptor), used + GAP_LIMIT)
        numbers: Sequence[int] = found.numbers
    else:
        found = vaults.of(descriptor.parse(slot.descriptor) for slot in vault.slots)
        numbers = tuple(slot.number for slot in vault.slots)
    if found.threshold != vault.threshold:
        raise Refused("B6.threshold", vault=vault.id, registered=vault.threshold, found=found.threshold)
    return Wallet(vault, found, numbers)


def of(state: State, vault: BitcoinVault) -> Wallet:
    """The vault as far as this place in the log has used it. Raises as `read`."""
    return read(vault, state.high_water(vault.id))


def paying(state: State, names: Iterable[str]) -> list[Wallet]:
    """The Bitcoin vaults among these. Raises as `read`."""
    found = (state.roster.vault(each) for each in names)
    return [of(state, vault) for vault in found if isinstance(vault, BitcoinVault)]


def keys_agree(found: Wallet, roster: Roster) -> None:
    """B6: every place's descriptor holds exactly the keys registered for it, whole. Refused: B6.other-keys, -extended-keys."""
    for slot, keys, kids in _registered(found):
        wanted = sorted(roster.ever(kid).key.data for kid in kids)
        if sorted(registered_key(key) for key in keys) != wanted:
            if slot is None:
                raise Refused("B6.other-extended-keys", vault=found.id)
            raise Refused("B6.other-keys", vault=found.id, slot=slot)


def _registered(found: Wallet) -> Iterator[tuple[int | None, tuple[DescriptorKey, ...], tuple[str, ...]]]:
    """The descriptor's keys beside the registered kids: of each slot by number, or of a ranged vault as one."""
    if isinstance(found.vault, RangedVault):
        yield None, found.places.descriptor(0).keys, found.vault.keys
    else:
        for place, slot in enumerate(found.vault.slots):
            yield slot.number, found.places.descriptor(place).keys, slot.keys


def require_plain_tokens(found: Wallet) -> None:
    """B6: a key that is not extended carries its own fingerprint and an empty path: a token's key is nobody's child.

    Refused("B6.slot-origin").
    """
    for slot, keys, _ in _registered(found):
        for key in keys:
            if key.extended is None and (key.path or key.fingerprint != script.fingerprint(key.public)):
                raise Refused("B6.slot-origin", vault=found.id, slot=slot or 0)


def require_network(found: Wallet) -> None:
    """B1: extended keys and coin types are of the chain that the vault is registered on.

    Refused: bitcoin.key-network, bitcoin.key-coin-type.
    """
    network.demand(found.expressions, caip.hrp(caip.ChainId.parse(found.vault.chain)))


def require_registrable(found: Wallet, roster: Roster) -> None:
    """What is asked of a vault before it is entered: its network, origins, keys, one kind of key for each officer.

    Refused: bitcoin.key-network, -coin-type, -origin, B6.*, rails.officer-both.
    """
    require_network(found)
    for key in found.expressions:
        key_expression.demand_origin(key)
    keys_agree(found, roster)
    require_plain_tokens(found)
    kinds: dict[str, bool] = {}
    extended = found.extended
    for kid in found.vault.keys:
        known = roster.ever(kid)
        if kinds.setdefault(known.holder.id, known.key.data in extended) != (known.key.data in extended):
            raise Refused("rails.officer-both", vault=found.id, officer=known.holder.id)


def require_apart(found: Wallet, others: Iterable[Wallet]) -> None:
    """No script of the vault is one that another vault watches: a coin would be two owners'. Nor on another network: a Bitcoin
    signature names none, so that what is signed for worthless coins there spends those that lie here.

    Two vaults of extended keys are held apart by their keys (the roster's rule) and compared by their first place alone.
    Refused: rails.script-elsewhere, rails.script-other-network.
    """
    for other in others:
        if other.id == found.id:
            continue
        few, many = (other, found) if isinstance(found.vault, RangedVault) else (found, other)
        places = few.numbers[:1] if isinstance(few.vault, RangedVault) else few.numbers
        for number in places:
            if many.slot_of(few.descriptor(number).script_pubkey) is not None:
                code = (
                    "rails.script-elsewhere" if other.vault.chain == found.vault.chain else "rails.script-other-network"
                )
                raise Refused(code, vault=found.id, other=other.id, place=few.spelled(number))


def require_one_network(found: Wallet, state: State) -> None:
    """No vault of the roster on another network has a script of this one. Malformed, Refused: as `read`, `require_apart`."""
    vaults = (each for each in state.roster.vaults.values() if isinstance(each, BitcoinVault))
    require_apart(found, (of(state, each) for each in vaults if each.chain != found.vault.chain))


def require_within(found: Wallet, account: str) -> None:
    """A destination (CAIP-10) that is said to lie in the vault is one of its watched places.

    Malformed: the account; Refused("C7.destination-elsewhere").
    """
    if found.slot_of(caip.AccountId.parse(account).script_pubkey) is None:
        raise Refused("C7.destination-elsewhere", destination=account, vault=found.id)


def keys_of(found: Wallet, account: str) -> tuple[str, ...]:
    """The registered key ids of the watched place that a destination (CAIP-10) is. Malformed, Refused: as `require_within`."""
    require_within(found, account)
    number = found.slot_of(caip.AccountId.parse(account).script_pubkey)
    assert number is not None
    return spendable.keys_at(found.vault, number)


def require_without(found: Wallet, account: str) -> None:
    """A destination outside this custody is no watched place of the vault. Refused("settlement.destination-inside")."""
    place = caip.AccountId.parse(account)
    if str(place.chain) == found.vault.chain and found.slot_of(place.script_pubkey) is not None:
        raise Refused("settlement.destination-inside", destination=account, vault=found.id)


def known_xpub(found: Sequence[Wallet], key: bytes, value: bytes) -> bool:
    """Whether a PSBT's extended key (78 bytes) with its origin is one that a vault's descriptor has, whole."""
    for each in found:
        for one in each.expressions:
            if one.extended is not None and base58.decode(bip32.serialise(one.extended)) == key:
                return value == one.fingerprint + b"".join(step.to_bytes(4, "little") for step in one.origin_path)
    return False


def signing_keys(found: Sequence[Wallet], psbt: Psbt, keys: Iterable[PublicKey]) -> Mapping[PublicKey, PublicKey]:
    """The keys with which these registered keys sign a PSBT, each with the registered one it belongs to."""
    wanted = {key.data: key for key in keys}
    signing: dict[PublicKey, PublicKey] = {}
    for fact in facts(psbt).inputs:
        for each in found:
            number = each.spent_place(fact)
            for key in each.descriptor(number).keys if number is not None else ():
                known = wanted.get(registered_key(key))
                if known is not None:
                    signing[known if key.extended is None else PublicKey(known.curve, key.public)] = known
    return signing
