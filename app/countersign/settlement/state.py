"""What is true at one place in the log: the state, and the records it is made of.

- Frozen values over persistent maps: evolving costs O(log n), and the state before stays as it was.
- A contract knows its state, the entry that caused each state it passed, and every entry that concerned it.
- Entries that were refused leave the count of entries looked at and a fault; nothing that rules decide by.

    >>> state.contracts[contract].state
    <ContractState.HELD: 'held'>
"""

from dataclasses import dataclass, field
from enum import StrEnum

from immutables import Map

from countersign.errors import Refused, Values
from countersign.keys.public_key import PublicKey
from countersign.settlement.assets import Price
from countersign.settlement.bodies import Spend
from countersign.settlement.contract import Contract, Terms
from countersign.settlement.ledger import Account, Ledger
from countersign.settlement.netting import Group, Obligation
from countersign.settlement.policy import Policy
from countersign.settlement.roster import Roster


class ContractState(StrEnum):
    """Where a contract stands; the first ten in order, the last two aside."""

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


STORY = tuple(ContractState)[1:10]
"""The states of a settlement that goes well, agreed to final."""


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
class ContractRecord:
    """A contract in the log. `causes` maps each state it is in or passed to the index of the entry that caused it."""

    contract: Contract
    state: ContractState
    causes: Map[str, int]
    concerns: tuple[Concern, ...]
    proposer: str  # LEI of the only signer so far; empty once both signed
    holds: Map[int, HoldRecord] = field(default_factory=Map)
    cycle: str | None = None
    confirmed: tuple[str, ...] = ()

    @property
    def hash(self) -> str:
        """The contract's hash, hex."""
        return self.contract.hash

    @property
    def terms(self) -> Terms:
        """What was agreed."""
        return self.contract.terms

    @property
    def leis(self) -> tuple[str, ...]:
        """Both parties."""
        return tuple(party.lei for party in self.terms.parties)

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
    """The last that a node said of a transaction. `fees`: satoshis by paying vault."""

    block: str
    height: int
    confirmations: int
    fees: tuple[tuple[str, int], ...]
    index: int


@dataclass(frozen=True, slots=True)
class Instruction:
    """An instruction in the log, by its event's hash. `superseded_by` names the one prepared in its place."""

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

    def signers(self, vault: str) -> tuple[str, ...]:
        """The officers whose shares count for one vault, each once."""
        return tuple(share.officer for share in self.shares if share.vault == vault)


@dataclass(frozen=True, slots=True)
class Cycle:
    """Contracts settled together, what they owe, and the live instruction of each group."""

    id: str
    contracts: tuple[str, ...]
    obligations: tuple[Obligation, ...]
    groups: tuple[Group, ...]
    instructions: Map[Group, str]
    index: int
    released: int | None = None
    final: int | None = None
    called_off: bool = False


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


@dataclass(frozen=True, slots=True)
class Refusal:
    """A signed refusal by an officer, and the entry that holds it."""

    officer: str
    kind: str
    event: str
    index: int


@dataclass(frozen=True, slots=True)
class Fault:
    """A logged entry that the machine refuses: the desk should not have appended it. It changed nothing."""

    index: int
    code: str
    values: Values


@dataclass(frozen=True, slots=True)
class State:
    """Everything at one place in the log. Maps are keyed by the id named in their comment."""

    desk: str = ""  # the log's origin; empty before the founding
    desk_key: PublicKey | None = None
    log: str = ""  # the log's vkey
    roster: Roster = field(default_factory=Roster)
    policy: Policy | None = None
    prices: Map[str, Price] = field(default_factory=Map)  # asset
    ledger: Ledger = field(default_factory=Ledger)
    deposits: Map[str, int] = field(default_factory=Map)  # "chain reference" → index
    contracts: Map[str, ContractRecord] = field(default_factory=Map)  # contract hash
    versions: Map[tuple[str, int], str] = field(default_factory=Map)  # contract id, version → contract hash
    cycles: Map[str, Cycle] = field(default_factory=Map)  # cycle id
    instructions: Map[str, Instruction] = field(default_factory=Map)  # event hash
    spending: Map[str, str] = field(default_factory=Map)  # outpoint → live or executed instruction
    safes: Map[str, SafeUse] = field(default_factory=Map)  # Safe vault id
    artefacts: Map[str, str] = field(default_factory=Map)  # SHA-256 of an instruction's artefact → instruction
    transactions: Map[str, str] = field(default_factory=Map)  # transaction id → instruction
    receipts: Map[str, tuple[Receipt, ...]] = field(default_factory=Map)  # instruction → unconfirmed deliveries
    unconfirmed: Map[Account, int] = field(default_factory=Map)  # the same, by account
    refusals: Map[str, tuple[Refusal, ...]] = field(default_factory=Map)  # SHA-256 of what was refused
    seen: Map[tuple[str, str], int] = field(default_factory=Map)  # signer, event id → index
    events: Map[int, str] = field(default_factory=Map)  # index → event hash, accepted entries only
    size: int = 0  # one past the last entry looked at
    time_ms: int = 0  # the last accepted entry's moment
    faults: Map[int, Fault] = field(default_factory=Map)

    def contract(self, contract: str) -> ContractRecord:
        """The contract of that hash; `Refused` settlement.unknown-contract."""
        found = self.contracts.get(contract)
        if found is None:
            raise Refused("settlement.unknown-contract", contract=contract)
        return found

    def cycle(self, cycle: str) -> Cycle:
        """The cycle of that id; `Refused` settlement.unknown-cycle."""
        found = self.cycles.get(cycle)
        if found is None:
            raise Refused("settlement.unknown-cycle", cycle=cycle)
        return found

    def instruction(self, instruction: str) -> Instruction:
        """The instruction of that event hash; `Refused` settlement.unknown-instruction."""
        found = self.instructions.get(instruction)
        if found is None:
            raise Refused("settlement.unknown-instruction", instruction=instruction)
        return found

    def live(self, cycle: Cycle) -> tuple[Instruction, ...]:
        """The cycle's instructions that count, in the order of their groups."""
        found = (cycle.instructions.get(group) for group in cycle.groups)
        return tuple(self.instructions[each] for each in found if each is not None)

    def missing(self, instruction: Instruction) -> int:
        """How many shares its vaults still lack for their quorums."""
        return sum(
            max(0, self.roster.vault(vault).threshold - len(instruction.signers(vault)))
            for vault in instruction.group.vaults
        )

    def adopted(self) -> Policy:
        """The policy in force; `Refused` settlement.no-policy before the first."""
        if self.policy is None:
            raise Refused("settlement.no-policy")
        return self.policy


EMPTY = State()
"""Before the founding."""
