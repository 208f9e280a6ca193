"""The records that a state is made of: contracts, holds, cycles, instructions, shares, and what befell them.

- Frozen values. A contract knows its state, the entry that caused each state it passed, and every entry that concerned it.
- Records name others by hash or id, never by reference: two states share what did not change.
    >>> record.cause(ContractState.HELD)
    17
"""

from dataclasses import dataclass, field
from enum import StrEnum

from immutables import Map

from countersign.errors import Values
from countersign.settlement.attest_bodies import Given
from countersign.settlement.bodies import CHILD, SETTLEMENT, VOID, Short, Spend
from countersign.settlement.contract import Terms
from countersign.settlement.ledger import Account
from countersign.settlement.netting import Group, Obligation
from countersign.settlement.roster import Party
from countersign.settlement.safe_state import ChainSnapshot
from countersign.settlement.stop_bodies import Scope, Transfer


class ContractState(StrEnum):
    """Where a contract stands; the first ten in order, the others aside.

    `superseded` is what an amended version becomes. `frozen` is never stored: an order stops a contract wherever it
    stands, and `stops.standing` says so.
    """

    PROPOSED = "proposed"
    AGREED = "agreed"
    ENDORSED = "endorsed"
    HELD = "held"
    INSTRUCTED = "instructed"
    PARTLY_SIGNED = "partly signed"
    SIGNED = "signed"
    RELEASED = "released"
    SETTLING = "settling"
    FINAL = "final"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    DISPUTED = "disputed"
    FROZEN = "frozen"
    AWARDED = "awarded"
    FAILED = "failed"
    VOIDED = "voided"


STORY = tuple(ContractState)[1:10]
"""The states of a settlement that goes well, agreed to final."""
OVER = frozenset((
    ContractState.FINAL, ContractState.DECLINED, ContractState.CANCELLED, ContractState.EXPIRED,
    ContractState.SUPERSEDED, ContractState.AWARDED, ContractState.VOIDED,
))  # fmt: skip
"""The states in which nothing waits for anybody any more."""
BEFORE_SHARES = STORY[:4]
"""Agreed to instructed: nobody has signed for the chains, so the parties may still call it off."""


@dataclass(frozen=True, slots=True)
class Concern:
    """An entry that concerned a contract: its place, type, and the event's hash."""

    index: int
    type: str
    event: str


@dataclass(frozen=True, slots=True)
class HoldRecord:
    """What is held for one leg: base units of its asset, and of the fee coin. `index`: the entry that placed it."""

    asset: str
    amount: int
    fee_asset: str | None
    fee_amount: int
    index: int


@dataclass(frozen=True, slots=True)
class DisputeRecord:
    """A party's dispute: what it expects to have moved, and where the contract stood when it was opened at `index`.

    `outcome`: retracted, resumed, cancelled or awarded, by the entry `closed`; None while the dispute stands.
    """

    opener: str  # LEI
    expected: tuple[Transfer, ...]
    reason: str
    stood: ContractState
    index: int
    outcome: str | None = None
    closed: int | None = None


@dataclass(frozen=True, slots=True)
class ContractRecord:
    """A contract in the log. `causes` maps each state it is in or passed to the index of the entry that caused it.

    `hash` is the contract's, hex. Its JWS stays in the archive, for there are many: `signed` is the SHA-256 of the last.
    `prices`: of each asset of a side that gives several, what was published when it was agreed (dollars a whole unit).
    """

    hash: str
    signed: bytes
    terms: Terms
    state: ContractState
    causes: Map[str, int]
    concerns: tuple[Concern, ...]
    proposer: str  # LEI of the only signer so far; empty once both signed
    holds: Map[int, HoldRecord] = field(default_factory=Map)
    cycle: str | None = None
    confirmed: tuple[str, ...] = ()
    endorser: str = ""  # the compliance officer
    dispute: DisputeRecord | None = None  # the last one
    award: str | None = None  # the award that ruled on it
    final_ms: int | None = None
    prices: tuple[tuple[str, str], ...] = ()

    @property
    def leis(self) -> tuple[str, ...]:
        """The institutions that are party to it, each once, ascending."""
        return self.terms.leis

    def cause(self, state: ContractState) -> int | None:
        """The index of the entry that caused a state, or None."""
        return self.causes.get(state.value)


@dataclass(frozen=True, slots=True)
class Share:
    """One officer's partial signatures for one vault, and the entry that brought them."""

    officer: str
    vault: str
    keys: tuple[str, ...]
    artefact: str
    index: int


@dataclass(frozen=True, slots=True)
class Observed:
    """The last that a node said of a transaction. `fees`: satoshis by paying vault; no block after a reorganisation.

    `index`, `time_ms`: the entry that says it, and its moment.
    """

    block: str | None
    height: int | None
    confirmations: int
    fees: tuple[tuple[str, int], ...]
    index: int
    time_ms: int


@dataclass(frozen=True, slots=True)
class Instruction:
    """An instruction in the log, by its event's hash. `superseded_by` names the one that counts in its place.

    `replaces` is the one whose place a declared one (a replacement, a void) took; `declarer` signed that beside the preparer.
    `lifts` is the one whose change a child spends: it takes nobody's place (`lifting.py`).
    `others` carry it too, `stranger` did and nobody here sent it; `executable` is false once the chain can take none (`dead_ms`),
    `for_good` once what stands in its way has the policy's confirmations.
    """

    hash: str
    cycle: str
    group: Group
    artefact: str
    nonce: int | None
    spends: tuple[Spend, ...]
    preparer: str
    index: int
    time_ms: int
    shares: tuple[Share, ...] = ()
    superseded_by: str | None = None
    transaction: str | None = None
    finished: str | None = None  # SHA-256 of the finished transaction
    observed: Observed | None = None
    purpose: str = SETTLEMENT
    replaces: str | None = None
    lifts: str | None = None
    declarer: str | None = None
    others: tuple[str, ...] = ()
    released: int | None = None
    executable: bool = True
    dead_ms: int | None = None
    for_good: bool = False
    stranger: str | None = None

    @property
    def declared(self) -> bool:
        """Whether two persons declared it beside or in the place of another."""
        return self.purpose != SETTLEMENT

    @property
    def void(self) -> bool:
        """Whether it delivers nothing: it only ends the settlement."""
        return self.purpose == VOID

    @property
    def child(self) -> bool:
        """Whether it pays for another that waits for a block."""
        return self.purpose == CHILD

    @property
    def returns(self) -> bool:
        """Whether it pays nobody: what it spends comes home, less the fee."""
        return self.void or self.child

    @property
    def hands(self) -> tuple[str, ...]:
        """Who prepared and declared it: they do not sign it (rule 4)."""
        return (self.preparer,) if self.declarer is None else (self.preparer, self.declarer)

    @property
    def seen(self) -> bool:
        """Whether it stands in a block, as far as anybody observed."""
        return self.observed is not None and self.observed.block is not None

    @property
    def to_send(self) -> bool:
        """Whether it was released and counts, and the log does not say yet that it was sent: that is said first."""
        return self.released is not None and self.superseded_by is None and self.transaction is None

    @property
    def by_stranger(self) -> bool:
        """Whether somebody else sent the transaction that counts, or this desk before its log could name it."""
        return self.transaction is not None and self.stranger == self.transaction

    @property
    def delivers(self) -> bool:
        """Whether it stands in a block and delivers what it was prepared for."""
        return self.seen and not self.returns

    def signers(self, vault: str) -> tuple[str, ...]:
        """The officers whose shares count for one vault, each once."""
        return tuple(share.officer for share in self.shares if share.vault == vault)


@dataclass(frozen=True, slots=True)
class Cycle:
    """Contracts settled together, what they owe, and the live instruction of each group.

    `netting`: how deliveries were set against each other (`netting.MODES`); `cut_off`: unix seconds; `short`: what was
    left out because somebody lacked it. `voiding`: it is being ended without delivery; `failed`, `voided`: the entries
    that said so. `children`: by the instruction that it lifts, the child that counts. `sunk`: the voids in blocks whose
    legs were prepared anew. `requested`: whatever was prepared for its groups, in the log's order.
    """

    id: str
    contracts: tuple[str, ...]
    netting: str
    cut_off: int
    short: tuple[Short, ...]
    obligations: tuple[Obligation, ...]
    groups: tuple[Group, ...]
    instructions: Map[Group, str]
    index: int
    released: int | None = None
    final: int | None = None
    called_off: bool = False
    voiding: bool = False
    failed: int | None = None
    voided: int | None = None
    concerns: tuple[Concern, ...] = ()  # entries that concerned the whole cycle and moved no contract
    children: Map[str, str] = field(default_factory=Map)
    sunk: tuple[str, ...] = ()
    requested: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SafeUse:
    """A Safe's one unexecuted instruction, if any, and the last nonce seen executed."""

    pending: str | None = None
    executed: int | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """Units delivered to an account by a transaction that has not yet the policy's confirmations."""

    account: Account
    units: int


class BreakCause(StrEnum):
    """Why the custodian owes something."""

    FAILED = "failed"  # one leg was delivered, this one was not
    REORGANISED = "reorganised"  # delivered and final, and then in no block any more


@dataclass(frozen=True, slots=True)
class Break:
    """What the custodian owes to whom because a chain did not do what was released: `units` of the account's asset.

    `account` is the custodian's suspense; `group` what failed; `opened` and `closed` are entries.
    """

    account: Account
    creditor: Party
    units: int
    cause: BreakCause
    group: Group
    opened: int
    closed: int | None = None


@dataclass(frozen=True, slots=True)
class Attestation:
    """What two officers attested of a cycle at a checkpoint (`attesting.py`), and the entry that holds it."""

    cycle: str
    instructions: tuple[str, ...]
    size: int
    root: str
    failed: tuple[str, ...]
    used: tuple[Given, ...]
    chains: tuple[ChainSnapshot, ...]
    officers: tuple[str, ...]
    index: int
    time_ms: int


@dataclass(frozen=True, slots=True)
class Tip:
    """The newest block of a chain that two officers attested: what a later snapshot may not contradict."""

    number: int
    block: str
    time: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """A signed refusal by an officer, and the entry that holds it."""

    officer: str
    kind: str
    event: str
    index: int


@dataclass(frozen=True, slots=True)
class Loan:
    """Units of one owner in the custodian's pool, and what the pool owes for them, in base units.

    `principal`: what is out now; `returned`: what came back. `claim`: accrued and not yet paid; `remainder`: the part of a
    unit still with the pool, in 1/3,600,000; `accrued_to`: the last day (since 1970) with interest.
    """

    id: str
    owner: Party
    asset: str
    principal: int
    rate_bps: int
    index: int
    accrued_to: int
    returned: int = 0
    claim: int = 0
    remainder: int = 0
    paid: int = 0


@dataclass(frozen=True, slots=True)
class Freeze:
    """An order that stops what its scope names, ordered by two officers at `index`.

    `document_sha256`: the order's paper. `lifted`: the entry that lifted it, None while it stands; `lifted_by`: the
    SHA-256 of the paper that did.
    """

    order: str
    scope: Scope
    document_sha256: str
    reason: str
    officers: tuple[str, ...]
    index: int
    lifted: int | None = None
    lifted_by: str | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """A logged entry that the machine refuses: the desk should not have appended it. It changed nothing."""

    index: int
    code: str
    values: Values
