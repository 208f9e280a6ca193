"""Read models of the desk's own order: participants, roster, policy, proposals. Typed values, no sentence.

- A `Said` is a code with values: `resources.governance_words.said` puts it in words, in window and terminal alike.
- Every view is a function of state, box and moment; moments are unix seconds.
"""

from dataclasses import dataclass

from countersign.desk.desk_views import ActBy
from countersign.errors import CountersignError
from countersign.settlement.saying import Difference, Said


@dataclass(frozen=True, slots=True)
class DestinationView:
    """A registered place of a participant. `vault` None: outside this custody. `counts_from`: when cooling is over."""

    account: str
    book: str
    vault: str | None
    counts_from: int
    counts: bool


@dataclass(frozen=True, slots=True)
class OpenContractView:
    """A contract that has not ended: id, version, hash, where it stands, its worth in whole dollars."""

    contract_id: str
    version: int
    contract: str
    state: str
    usd: int


@dataclass(frozen=True, slots=True)
class ParticipantView:
    """A participant. `barred`: "suspended" or "expired" where it enters no new contract; `open`: what is open with it."""

    lei: str
    name: str
    certified_until: str
    barred: str | None
    books: tuple[str, ...]
    keys: tuple[str, ...]
    withdrawn_keys: tuple[str, ...]
    vaults: tuple[str, ...]
    destinations: tuple[DestinationView, ...]
    open: tuple[OpenContractView, ...]


@dataclass(frozen=True, slots=True)
class KeyView:
    """One registered key of an officer: thumbprint, purpose, its label in the token, the token, online or not."""

    kid: str
    purpose: str
    label: str
    token: str
    serial: str
    model: str
    online: bool


@dataclass(frozen=True, slots=True)
class OfficerView:
    """An officer. `withdrawn_keys`: thumbprints of keys that were theirs and sign nothing any more."""

    id: str
    name: str
    roles: tuple[str, ...]
    administrator: bool
    keys: tuple[KeyView, ...]
    withdrawn_keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VaultView:
    """A vault. `able`: enough of its keys are registered still to spend from every slot.

    `outside`: of a Safe, the numbers, first and last, that were used outside the log, and `uncompared`: nothing was compared since.
    """

    id: str
    owner: str
    book: str
    chain: str
    kind: str
    threshold: int
    people: tuple[str, ...]
    cold: bool
    able: bool
    outside: tuple[tuple[int, int], ...] = ()
    uncompared: bool = False


@dataclass(frozen=True, slots=True)
class AssetView:
    """An admitted asset."""

    asset: str
    symbol: str
    decimals: int


@dataclass(frozen=True, slots=True)
class CeremonyView:
    """A recorded ceremony: kind, document (SHA-256), words, who was there by name, its entry, its moment (ms)."""

    kind: str
    document: str
    phrase: str | None
    present: tuple[str, ...]
    index: int
    time_ms: int


@dataclass(frozen=True, slots=True)
class RosterView:
    """The roster in force. `administrators`: by name; `threshold` of them sign changes."""

    desk: str
    custodian: str
    custodian_lei: str
    log: str
    administrators: tuple[str, ...]
    threshold: int
    officers: tuple[OfficerView, ...]
    participants: tuple[ParticipantView, ...]
    vaults: tuple[VaultView, ...]
    assets: tuple[AssetView, ...]
    ceremonies: tuple[CeremonyView, ...]


@dataclass(frozen=True, slots=True)
class PolicyView:
    """The policy in force, statement by statement. `index`: the entry that adopted it. `version` 0: none yet."""

    version: int
    index: int
    clauses: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class ProposalView:
    """A proposal as this machine sees it now.

    `kind`: the event's type; `changes`: what it does; `signed`, `missing`: officers by name; `wanted`: how many must sign;
    `yours`: this officer can sign it; `complete`: enough have; `logged`: it is in the log; `objection`: why it cannot be
    signed or logged any more (stale), None while it can. `drafted_at`, `stale_at`: unix seconds.
    `act_by`: what ends first while it is open, the time it may wait or that of what it is about. `newest`: the moment of
    the last entry it was judged by: no earlier moment is now.
    """

    id: str
    kind: str
    drafted_at: int
    stale_at: int
    signed: tuple[str, ...]
    missing: tuple[str, ...]
    wanted: int
    yours: bool
    complete: bool
    logged: bool
    objection: CountersignError | None
    changes: tuple[Difference, ...]
    act_by: ActBy | None = None
    newest: int = 0
