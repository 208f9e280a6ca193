"""The bodies of events: one frozen class a type, its fields named as in JSON, and the strict reader of each.

- Bodies carry ids, hashes, amounts; artefacts and files stay outside, named by SHA-256.
- Every field is required; a field that is not listed is refused.
- Amounts are decimal strings in base units; transactions and outpoints are lower-case hex as their chain writes them
  (`0x…` on Ethereum); sets of texts ascend.

The worked example of each stands in docs/formats/events.md.
"""

from dataclasses import dataclass

from countersign.errors import Malformed, Value
from countersign.keys.public_key import PublicKey
from countersign.settlement import policy, readers, roster_document
from countersign.settlement.contract import Contract, from_object
from countersign.settlement.policy import Policy
from countersign.settlement.roster import Custodian, Entries, Party


@dataclass(frozen=True, slots=True)
class DeskFounded:
    """`log` is the log's vkey; the roster's first entries count at once."""

    custodian: Custodian
    desk_key: PublicKey
    log: str
    entries: Entries


@dataclass(frozen=True, slots=True)
class RosterChanged:
    """Whole entries, added or replaced by id."""

    entries: Entries


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
    """`reference` is the outpoint (Bitcoin) or `0x<transaction>:<log index>` (Ethereum) that paid the vault."""

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
class CycleClosed:
    """`contracts` ascend; `root` is the RFC 6962 root over their 32-byte hashes, `count` their number."""

    cycle: str
    contracts: tuple[str, ...]
    count: int
    root: str


@dataclass(frozen=True, slots=True)
class Spend:
    """A coin that an instruction spends: its outpoint `txid:vout`, and the vault and slot it lies in."""

    outpoint: str
    vault: str
    slot: int


@dataclass(frozen=True, slots=True)
class InstructionPrepared:
    """`artefact`: the unsigned PSBT or the SafeTx. `nonce`: the Safe's, null for a PSBT. `spends`: empty for a SafeTx."""

    cycle: str
    contracts: tuple[str, ...]
    chain: str
    kind: str
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
    """One officer's partial signatures for one vault: `instruction` by its event's hash, `keys` the kids that signed."""

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
    """A node's word. `fees`: satoshis borne by each paying vault of a Bitcoin transaction; empty on Ethereum."""

    instruction: str
    transaction: str
    block: str
    height: int
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
    | ContractProposed | ContractAffirmed | ContractEndorsed | ContractDeclined | ContractCancelled
    | HoldPlaced | HoldReleased | CycleClosed
    | InstructionPrepared | InstructionRefused | ShareAdded
    | ReleaseAuthorised | TransactionBroadcast | TransactionObserved | DeliveryConfirmed | SettlementFinal
)  # fmt: skip


def _desk_founded(value: object, where: str) -> DeskFounded:
    found = readers.record(
        value,
        where,
        {
            "custodian": roster_document.custodian,
            "desk_key": readers.public_key,
            "log": readers.prose,
            "administrators": roster_document.administrators,
            **roster_document.ENTRY_FIELDS,
        },
    )
    entries = roster_document.entries(found, found["administrators"])
    return DeskFounded(found["custodian"], found["desk_key"], found["log"], entries)


def _roster_changed(value: object, where: str) -> RosterChanged:
    fields = {"administrators": readers.nullable(roster_document.administrators), **roster_document.ENTRY_FIELDS}
    found = readers.record(value, where, fields)
    return RosterChanged(roster_document.entries(found, found["administrators"]))


def _finding_value(value: object, where: str) -> Value:
    if isinstance(value, str):
        return readers.prose_of(2_000)(value, where) if value else value
    return readers.integer()(value, where)


def _refusal_finding(value: object, where: str) -> RefusalFinding:
    fields = {
        "check": readers.identifier,
        "code": readers.identifier,
        "values": readers.pairs(readers.identifier, _finding_value),
    }
    return RefusalFinding(**readers.record(value, where, fields))


def _spend(value: object, where: str) -> Spend:
    fields = {
        "outpoint": readers.outpoint,
        "vault": readers.identifier,
        "slot": readers.integer(0, 2**31 - 1),
    }
    return Spend(**readers.record(value, where, fields))


def _instruction_prepared(value: object, where: str) -> InstructionPrepared:
    found = InstructionPrepared(
        **readers.record(
            value,
            where,
            {
                "cycle": readers.identifier,
                "contracts": readers.ascending(readers.sha256, minimum=1),
                "chain": readers.chain,
                "kind": readers.one_of("psbt", "safe-tx"),
                "vaults": readers.ascending(readers.identifier, minimum=1),
                "artefact": readers.sha256,
                "nonce": readers.nullable(readers.integer(0)),
                "spends": readers.array(_spend, maximum=1_000),
            },
        )
    )
    if (found.kind == "psbt") != (found.nonce is None) or (found.kind == "psbt") != bool(found.spends):
        raise Malformed("settlement.instruction-kind", where=where, kind=found.kind)
    if len({spend.outpoint for spend in found.spends}) != len(found.spends):
        raise Malformed("settlement.outpoint-twice", where=where)
    return found


_CONTRACT: dict[str, readers.Reader[object]] = {"contract": readers.sha256}
_REASONED: dict[str, readers.Reader[object]] = {"contract": readers.sha256, "reason": readers.prose}
_LEG: dict[str, readers.Reader[object]] = {"contract": readers.sha256, "leg": readers.integer(0, 1_000)}

_PLAIN: dict[str, tuple[type[Body], dict[str, readers.Reader[object]]]] = {
    "policy.adopted": (PolicyAdopted, {"policy": policy.read}),
    "price.published": (
        PricePublished,
        {"asset": readers.asset, "price": readers.price, "source": readers.name},
    ),
    "deposit.credited": (
        DepositCredited,
        {
            "owner": roster_document.party,
            "vault": readers.identifier,
            "asset": readers.asset,
            "amount": readers.positive_amount,
            "reference": readers.outpoint,
            "confirmations": readers.integer(1),
        },
    ),
    "contract.proposed": (ContractProposed, {"contract": from_object}),
    "contract.affirmed": (ContractAffirmed, {"contract": from_object}),
    "contract.endorsed": (ContractEndorsed, _CONTRACT),
    "contract.declined": (ContractDeclined, _REASONED),
    "contract.cancelled": (ContractCancelled, _REASONED),
    "hold.placed": (
        HoldPlaced,
        {
            **_LEG,
            "asset": readers.asset,
            "amount": readers.positive_amount,
            "fee_asset": readers.nullable(readers.asset),
            "fee_amount": readers.amount,
        },
    ),
    "hold.released": (HoldReleased, {**_LEG, "reason": readers.prose}),
    "cycle.closed": (
        CycleClosed,
        {
            "cycle": readers.identifier,
            "contracts": readers.ascending(readers.sha256, minimum=1),
            "count": readers.integer(1),
            "root": readers.sha256,
        },
    ),
    "instruction.refused": (
        InstructionRefused,
        {
            "kind": readers.one_of("instruction", "contract"),
            "sha256": readers.sha256,
            "findings": readers.array(_refusal_finding, minimum=1, maximum=200),
            "reason": readers.prose,
        },
    ),
    "share.added": (
        ShareAdded,
        {
            "instruction": readers.sha256,
            "vault": readers.identifier,
            "keys": readers.ascending(readers.string(), minimum=1, maximum=1_000),
            "artefact": readers.sha256,
        },
    ),
    "release.authorised": (
        ReleaseAuthorised,
        {
            "cycle": readers.identifier,
            "instructions": readers.ascending(readers.sha256, minimum=1),
            "maker": readers.identifier,
            "checker": readers.identifier,
        },
    ),
    "transaction.broadcast": (
        TransactionBroadcast,
        {"instruction": readers.sha256, "transaction": readers.transaction, "artefact": readers.sha256},
    ),
    "transaction.observed": (
        TransactionObserved,
        {
            "instruction": readers.sha256,
            "transaction": readers.transaction,
            "block": readers.transaction,
            "height": readers.integer(0),
            "confirmations": readers.integer(1),
            "fees": readers.pairs(readers.identifier, readers.amount),
        },
    ),
    "delivery.confirmed": (DeliveryConfirmed, _CONTRACT),
    "settlement.final": (SettlementFinal, {"cycle": readers.identifier}),
}


def _plain(kind: str) -> readers.Reader[Body]:
    body, fields = _PLAIN[kind]
    return lambda value, where: body(**readers.record(value, where, fields))


READERS: dict[str, readers.Reader[Body]] = {
    "desk.founded": _desk_founded,
    "roster.changed": _roster_changed,
    "instruction.prepared": _instruction_prepared,
    **{kind: _plain(kind) for kind in _PLAIN},
}
"""Every event type that exists, with the reader of its body."""
