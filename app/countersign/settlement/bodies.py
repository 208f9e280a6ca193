"""The bodies of events: one frozen class a type, its fields named as in JSON; `body_readers` reads them strictly.

- Bodies carry ids, hashes, amounts; artefacts and files stay outside, named by SHA-256.
- Every field is required; a field that is not listed is refused.
- Amounts are decimal strings in base units; transactions and outpoints are lower-case hex as their chain writes them
  (`0x…` on Ethereum); sets of texts ascend.

The worked example of each stands in docs/formats/events.md.
"""

from dataclasses import dataclass

from countersign.errors import Value
from countersign.keys.public_key import PublicKey
from countersign.settlement.attest_bodies import StateAttested
from countersign.settlement.contract import Contract
from countersign.settlement.governance_bodies import CeremonyRecorded, LogRotated, OwnersOrdered
from countersign.settlement.lending_bodies import LendingAccrued, LendingAuthorised, LendingRecalled
from countersign.settlement.policy import Policy
from countersign.settlement.reconciliation_bodies import ReconciliationRecorded
from countersign.settlement.roster import Custodian, Entries, Party
from countersign.settlement.stop_bodies import (
    AwardMade,
    DisputeOpened,
    DisputeResolved,
    DisputeRetracted,
    FreezeLifted,
    FreezeOrdered,
)
from countersign.settlement.trouble_bodies import SettlementFailed, SettlementVoided, TransactionReplaced


@dataclass(frozen=True, slots=True)
class DeskFounded:
    """`log` is the log's vkey; the roster's first entries count at once."""

    custodian: Custodian
    desk_key: PublicKey
    log: str
    entries: Entries


@dataclass(frozen=True, slots=True)
class VaultTest:
    """A cosigner's test signatures (64 bytes r‖s each, in the order of the places that are tried) of a vault that is entered."""

    vault: str
    officer: str
    signatures: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class RosterChanged:
    """Whole entries, added or replaced by id; the tests of the Bitcoin vaults among them.

    `untested`: why a vault is entered that not every cosigner tried, in the administrators' words; None where all did.
    """

    entries: Entries
    tests: tuple[VaultTest, ...] = ()
    untested: str | None = None


@dataclass(frozen=True, slots=True)
class PolicyAdopted:
    """The whole new policy."""

    policy: Policy


@dataclass(frozen=True, slots=True)
class PricePublished:
    """US dollars for one whole unit of `asset`."""

    asset: str
    price: str
    source: str


@dataclass(frozen=True, slots=True)
class DepositCredited:
    """`reference` is the outpoint (Bitcoin) or `0x<transaction>:<log>` (Ethereum) that paid the vault.

    `<log>` is the log's place among the transaction's own, from 0, not its index in the block: that one may change.
    """

    owner: Party
    vault: str
    asset: str
    amount: int
    reference: str
    confirmations: int


@dataclass(frozen=True, slots=True)
class ContractProposed:
    """The contract with one party's signature."""

    contract: Contract


@dataclass(frozen=True, slots=True)
class ContractAffirmed:
    """The contract with both parties' signatures."""

    contract: Contract


@dataclass(frozen=True, slots=True)
class ContractEndorsed:
    """The custodian's compliance officer has no objection."""

    contract: str


@dataclass(frozen=True, slots=True)
class ContractDeclined:
    """Nobody owes anything; `reason` in the decliner's words."""

    contract: str
    reason: str


@dataclass(frozen=True, slots=True)
class ContractCancelled:
    """Both parties called it off; holds return."""

    contract: str
    reason: str


@dataclass(frozen=True, slots=True)
class ContractExpired:
    """Its `settle_by` has passed before anybody signed for the chains; holds return."""

    contract: str


@dataclass(frozen=True, slots=True)
class WithdrawalRequested:
    """Terms of template `withdrawal`, signed by the owner of the assets."""

    contract: Contract


@dataclass(frozen=True, slots=True)
class HoldPlaced:
    """`leg` is its position; `fee_asset` null and `fee_amount` "0" where the chain's fee is the custodian's."""

    contract: str
    leg: int
    asset: str
    amount: int
    fee_asset: str | None
    fee_amount: int


@dataclass(frozen=True, slots=True)
class HoldReleased:
    """The hold of one leg ends before any cycle closed over it."""

    contract: str
    leg: int
    reason: str


@dataclass(frozen=True, slots=True)
class Short:
    """A contract left out of a cycle: whose account lacked `missing` base units of an asset when it was closed."""

    contract: str
    lei: str
    book: str
    asset: str
    missing: int


@dataclass(frozen=True, slots=True)
class CycleClosed:
    """`contracts` ascend; `root` is the RFC 6962 root over their 32-byte hashes, `count` their number.

    `netting`: gross, bilateral or multilateral; `cut_off`: the moment at which the cycle was cut off, unix seconds.
    """

    cycle: str
    contracts: tuple[str, ...]
    count: int
    root: str
    netting: str
    cut_off: int
    short: tuple[Short, ...]


SETTLEMENT, REPLACEMENT, VOID, CHILD = "settlement", "replacement", "void", "child"
PURPOSES = (SETTLEMENT, REPLACEMENT, VOID, CHILD)
OWNERS = "owners"
"""What an instruction is for: the cycle's deliveries, the same with a higher fee, ending it without delivery, or paying for
another that waits for a block (child pays for parent).

`OWNERS` is none of a settlement: a Safe changes its own owners (`owning.py`)."""


@dataclass(frozen=True, slots=True)
class Spend:
    """A coin that an instruction spends: its outpoint `txid:vout`, and the vault and slot it lies in."""

    outpoint: str
    vault: str
    slot: int


@dataclass(frozen=True, slots=True)
class InstructionPrepared:
    """`artefact`: the unsigned PSBT or SafeTx. `nonce`: the Safe's, None for a PSBT. `spends`: empty for a SafeTx.

    `purpose`: settlement, replacement, void or child; `replaces`: the instruction that a replacement, a void, or a child
    with a higher fee takes the place of, else None; `lifts`: the instruction whose change a child spends, else None.
    """

    cycle: str
    contracts: tuple[str, ...]
    chain: str
    kind: str
    purpose: str
    replaces: str | None
    lifts: str | None
    vaults: tuple[str, ...]
    artefact: str
    nonce: int | None
    spends: tuple[Spend, ...]


@dataclass(frozen=True, slots=True)
class RefusalFinding:
    """One finding of a refusal: check, sentence code, values."""

    check: str
    code: str
    values: tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True)
class InstructionRefused:
    """What was refused, by kind (instruction, contract) and SHA-256 of the bytes looked at."""

    kind: str
    sha256: str
    findings: tuple[RefusalFinding, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class ShareAdded:
    """One officer's partial signatures for one vault. `instruction`: its event's hash; `keys`: the kids that signed."""

    instruction: str
    vault: str
    keys: tuple[str, ...]
    artefact: str


@dataclass(frozen=True, slots=True)
class ReleaseAuthorised:
    """The order to broadcast every instruction of a cycle; maker and checker sign the same event."""

    cycle: str
    instructions: tuple[str, ...]
    maker: str
    checker: str


@dataclass(frozen=True, slots=True)
class TransactionBroadcast:
    """`artefact` is the finished transaction; `transaction` its id on chain."""

    instruction: str
    transaction: str
    artefact: str


@dataclass(frozen=True, slots=True)
class TransactionObserved:
    """A node's word. `fees`: satoshis borne by each paying vault of a Bitcoin transaction; empty on Ethereum.

    `block` and `height` are None, and `confirmations` 0, where a reorganisation left it in no block.
    """

    instruction: str
    transaction: str
    block: str | None
    height: int | None
    confirmations: int
    fees: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class DeliveryConfirmed:
    """One party confirms that it received what the contract owes it."""

    contract: str


@dataclass(frozen=True, slots=True)
class SettlementFinal:
    """Every contract of the cycle is delivered; the ledger moves."""

    cycle: str


Body = (
    DeskFounded | RosterChanged | PolicyAdopted | PricePublished | DepositCredited
    | ContractProposed | ContractAffirmed | ContractEndorsed | ContractDeclined | ContractCancelled | ContractExpired
    | WithdrawalRequested
    | HoldPlaced | HoldReleased | CycleClosed
    | InstructionPrepared | InstructionRefused | StateAttested | ShareAdded
    | LendingAuthorised | LendingAccrued | LendingRecalled | ReconciliationRecorded
    | DisputeOpened | DisputeRetracted | DisputeResolved | FreezeOrdered | FreezeLifted | AwardMade
    | LogRotated | CeremonyRecorded | OwnersOrdered
    | ReleaseAuthorised | TransactionBroadcast | TransactionObserved | DeliveryConfirmed | SettlementFinal
    | SettlementVoided | SettlementFailed | TransactionReplaced
)  # fmt: skip
