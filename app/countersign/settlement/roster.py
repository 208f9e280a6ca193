"""Who and what the desk knows: custodian, participants, officers with their keys, vaults, destinations, assets.

- A key belongs to one holder and has one purpose: identity keys sign events and contracts, vault keys spend on chain.
- A change replaces whole entries by id; a key that is no longer listed signs nothing from that place in the log on. It
  stays its holder's in history (`retired`, `ever`), and vaults whose slots name it spend with the others' quorum.
- The keys of a vault lie with different officers; a party has at most one vault for a book on a chain.
- Certification is judged at an entry's own date.

    >>> roster.holder(kid)
    Holder(kind=<HolderKind.OFFICER: 'officer'>, id='officer-a')
"""

from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from immutables import Map

from countersign.errors import Refused
from countersign.formats import times
from countersign.keys.public_key import PublicKey
from countersign.settlement.assets import Asset, chain_of

CUSTODIAN_BOOKS = ("network-fees", "suspense", "lending-pool")
"""The custodian's own books: what the chains' fees cost it, its breaks, and the pool that pays lenders."""


class Role(StrEnum):
    """What an officer may do."""

    OPERATIONS = "operations"
    COMPLIANCE = "compliance"
    SIGNING = "signing"
    VAULT = "vault"
    ADMINISTRATOR = "administrator"


class HolderKind(StrEnum):
    """Whose a key is."""

    DESK = "desk"
    OFFICER = "officer"
    PARTICIPANT = "participant"


class Purpose(StrEnum):
    """What a key may sign: events and contracts, or spends of one chain family."""

    IDENTITY = "identity"
    BITCOIN = "bip122"
    ETHEREUM = "eip155"


@dataclass(frozen=True, slots=True)
class Holder:
    """A desk, an officer (id) or a participant (LEI)."""

    kind: HolderKind
    id: str

    def __str__(self) -> str:
        return _spelled(self.kind, self.id)


@lru_cache(maxsize=4096)
def _spelled(kind: HolderKind, name: str) -> str:
    """One text for each holder: every event names its signers, and the state remembers them."""
    return f"{kind}:{name}"


@dataclass(frozen=True, slots=True)
class Token:
    """The token a key lives in, as H2 finds it again; a slot number is never an identity."""

    serial: str
    label: str
    model: str


@dataclass(frozen=True, slots=True)
class OfficerKey:
    """One registered key of an officer. `label`: the key's, in its token; `online`: on a networked machine."""

    purpose: Purpose
    key: PublicKey
    token: Token
    label: str
    online: bool


@dataclass(frozen=True, slots=True)
class RegisteredKey:
    """A key, its one holder and its one purpose. `online`: an officer's, on a networked machine."""

    key: PublicKey
    holder: Holder
    purpose: Purpose
    online: bool


@dataclass(frozen=True, slots=True, order=True)
class Party:
    """A participant's book: the owner of accounts and vaults."""

    lei: str
    book: str


@dataclass(frozen=True, slots=True)
class Custodian:
    """The institution that runs the desk."""

    lei: str
    name: str


@dataclass(frozen=True, slots=True)
class Participant:
    """A certified institution. `certified_until` is its last certified day, `YYYY-MM-DD`."""

    lei: str
    name: str
    certified_until: str
    suspended: bool
    keys: tuple[PublicKey, ...]
    books: tuple[str, ...]

    def certified(self, seconds: int) -> bool:
        """Whether it may enter new contracts at this moment (unix seconds)."""
        return not self.suspended and times.date_text(seconds // times.DAY) <= self.certified_until


@dataclass(frozen=True, slots=True)
class Officer:
    """A person with roles and registered keys."""

    id: str
    name: str
    roles: tuple[Role, ...]
    keys: tuple[OfficerKey, ...]

    @property
    def identity_keys(self) -> tuple[PublicKey, ...]:
        """The keys this officer signs events with."""
        return tuple(each.key for each in self.keys if each.purpose is Purpose.IDENTITY)

    def vault_keys(self, family: str) -> tuple[OfficerKey, ...]:
        """The keys this officer spends with on chains of a CAIP-2 namespace ("bip122", "eip155")."""
        return tuple(each for each in self.keys if each.purpose == family and each.purpose is not Purpose.IDENTITY)


@dataclass(frozen=True, slots=True)
class Slot:
    """One numbered place of a slot vault: its descriptor text with checksum, and the key ids (kid) in it."""

    number: int
    descriptor: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SlotVault:
    """A Bitcoin vault of `wsh(sortedmulti(threshold, …))` slots over token keys."""

    id: str
    owner: Party
    chain: str
    threshold: int
    slots: tuple[Slot, ...]

    @property
    def kind(self) -> str:
        """ "wsh-slots"."""
        return "wsh-slots"

    @property
    def descriptors(self) -> tuple[str, ...]:
        """The registered texts, a slot's each."""
        return tuple(slot.descriptor for slot in self.slots)

    @property
    def keys(self) -> tuple[str, ...]:
        """Every key id in any slot, in slot order."""
        return tuple(key for slot in self.slots for key in slot.keys)

    def slot(self, number: int) -> Slot:
        """The slot of that number; `Refused` if there is none."""
        for slot in self.slots:
            if slot.number == number:
                return slot
        raise Refused("settlement.slot-unknown", vault=self.id, slot=number)


GAP_LIMIT = 200
"""So many indexes of a ranged vault are looked at beyond the highest one that was spent from (B7)."""


@dataclass(frozen=True, slots=True)
class RangedVault:
    """A Bitcoin vault of extended keys: one `wsh(sortedmulti(threshold, …/<0;1>/*))` descriptor for all of its places.

    `keys`: the key ids of its cosigners' account-level public keys, ascending. Place `2 * index + branch` (branch 0
    receives, 1 is change) is what a slot's number is to a slot vault.
    """

    id: str
    owner: Party
    chain: str
    threshold: int
    descriptor: str
    keys: tuple[str, ...]

    @property
    def descriptors(self) -> tuple[str, ...]:
        """The registered text, the only one."""
        return (self.descriptor,)

    @property
    def kind(self) -> str:
        """ "wsh-ranged"."""
        return "wsh-ranged"


@dataclass(frozen=True, slots=True)
class SafeVault:
    """An Ethereum vault: a Safe. Addresses in EIP-55; `keys` are the owners' key ids.

    `fallback_handler`: None for a Safe that has none. It has neither modules nor guards: those cannot be registered.
    """

    id: str
    owner: Party
    chain: str
    threshold: int
    address: str
    version: str
    singleton: str
    fallback_handler: str | None
    keys: tuple[str, ...]

    @property
    def kind(self) -> str:
        """ "safe"."""
        return "safe"

    @property
    def account(self) -> str:
        """The one place of the vault, CAIP-10."""
        return f"{self.chain}:{self.address}"


BitcoinVault = SlotVault | RangedVault
Vault = SlotVault | RangedVault | SafeVault


def places(vault: Vault) -> list[tuple[str, ...]]:
    """The keys of each place that is spent from by itself: every slot; a ranged vault's and a Safe's are all one."""
    return [slot.keys for slot in vault.slots] if isinstance(vault, SlotVault) else [vault.keys]


@dataclass(frozen=True, slots=True)
class Destination:
    """A registered place of a party (SSI). `known_ms`: its entry's time, `added_by`: the officers who signed it; founding
    ones count at once.

    `vault`: the party's vault that it lies in; None for a place outside this custody, to which only withdrawals go.
    """

    account: str
    owner: Party
    vault: str | None
    founding: bool = False
    known_ms: int = 0
    added_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Administrators:
    """The officers of whom `threshold` sign changes of roster and policy."""

    officers: tuple[str, ...]
    threshold: int


@dataclass(frozen=True, slots=True)
class Entries:
    """Whole roster entries to add or to replace by id."""

    assets: tuple[Asset, ...]
    participants: tuple[Participant, ...]
    officers: tuple[Officer, ...]
    vaults: tuple[Vault, ...]
    destinations: tuple[Destination, ...]
    administrators: Administrators | None


@dataclass(frozen=True, slots=True)
class Roster:
    """The roster at one place in the log."""

    custodian: Custodian = field(default_factory=lambda: Custodian("", ""))
    administrators: Administrators = field(default_factory=lambda: Administrators((), 0))
    assets: Map[str, Asset] = field(default_factory=Map)
    participants: Map[str, Participant] = field(default_factory=Map)
    officers: Map[str, Officer] = field(default_factory=Map)
    vaults: Map[str, Vault] = field(default_factory=Map)
    vault_of: Map[tuple[str, str, str], str] = field(default_factory=Map)  # (lei, book, chain) → vault id
    cosigning: Map[str, str] = field(default_factory=Map)  # key id → the vault that it was registered in last
    destinations: Map[str, Destination] = field(default_factory=Map)
    keys: Map[str, RegisteredKey] = field(default_factory=Map)
    retired: Map[str, RegisteredKey] = field(default_factory=Map)  # withdrawn keys, by kid: never anybody else's
    touched: Map[str, int] = field(default_factory=Map)  # "officer:officer-a" → ms of its last change

    def key(self, kid: str) -> RegisteredKey:
        """A registered key; `Refused` if nobody registered it, or it was withdrawn."""
        found = self.keys.get(kid)
        if found is None:
            withdrawn = self.retired.get(kid)
            if withdrawn is not None:
                raise Refused("settlement.key-withdrawn", key=kid, holder=str(withdrawn.holder))
            raise Refused("settlement.unknown-key", key=kid)
        return found

    def ever(self, kid: str) -> RegisteredKey:
        """A key that is or was registered, for reading what it signed in its time; `Refused` if nobody's ever."""
        found = self.keys.get(kid) or self.retired.get(kid)
        if found is None:
            raise Refused("settlement.unknown-key", key=kid)
        return found

    def holder(self, kid: str) -> Holder:
        """Whose key it is; `Refused` if nobody's."""
        return self.key(kid).holder

    def asset(self, asset: str) -> Asset:
        """The registry's entry; `Refused` if the asset is not admitted."""
        found = self.assets.get(asset)
        if found is None:
            raise Refused("settlement.unknown-asset", asset=asset)
        return found

    def participant(self, lei: str) -> Participant:
        """The participant; `Refused` if unknown."""
        found = self.participants.get(lei)
        if found is None:
            raise Refused("settlement.unknown-participant", lei=lei)
        return found

    def party(self, lei: str, book: str) -> Party:
        """A participant's book, or one of the custodian's own; `Refused` if either is unknown."""
        books = CUSTODIAN_BOOKS if lei == self.custodian.lei else self.participant(lei).books
        if book not in books:
            raise Refused("settlement.unknown-book", lei=lei, book=book)
        return Party(lei, book)

    def officer(self, officer: str) -> Officer:
        """The officer; `Refused` if unknown."""
        found = self.officers.get(officer)
        if found is None:
            raise Refused("settlement.unknown-officer", officer=officer)
        return found

    def vault(self, vault: str) -> Vault:
        """The vault; `Refused` if unknown."""
        found = self.vaults.get(vault)
        if found is None:
            raise Refused("settlement.unknown-vault", vault=vault)
        return found

    def paying_vault(self, owner: Party, asset: str) -> Vault:
        """The vault from which a party delivers an asset; `Refused` if it has none on that chain."""
        found = self.vault_of.get((owner.lei, owner.book, chain_of(asset)))
        if found is None:
            raise Refused("settlement.no-vault", lei=owner.lei, book=owner.book, asset=asset)
        return self.vaults[found]

    def officer_key(self, kid: str) -> OfficerKey:
        """An officer's registered key with its token; `Refused` if it is nobody's or not an officer's."""
        holder = self.holder(kid)
        for each in self.officer(holder.id).keys if holder.kind is HolderKind.OFFICER else ():
            if each.key.kid == kid:
                return each
        raise Refused("settlement.unknown-key", key=kid)

    def able(self, vault: Vault) -> bool:
        """Whether every place of the vault still has keys enough to reach its threshold: withdrawn keys sign no more."""
        return all(sum(kid in self.keys for kid in keys) >= vault.threshold for keys in places(vault))

    def cold(self, vault: Vault) -> bool:
        """Whether fewer than `threshold` of the vault's officers have their keys on online machines."""
        known = (self.keys.get(kid) for kid in vault.keys)
        return len({each.holder.id for each in known if each is not None and each.online}) < vault.threshold
