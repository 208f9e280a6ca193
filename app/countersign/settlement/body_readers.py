"""The strict reader of each event's body: every field required, none unknown, each in its one spelling.

- `READERS` is the list of the event types that exist; a type that is not in it is refused as unknown.

    >>> READERS["contract.endorsed"]({"contract": "9f…"}, "body")
    ContractEndorsed(contract='9f…')
"""

from collections.abc import Mapping

from countersign.errors import Malformed, Value
from countersign.formats import base64url
from countersign.settlement import (
    attest_bodies,
    governance_bodies,
    lending_bodies,
    netting,
    policy,
    readers,
    reconciliation_bodies,
    roster_document,
    stop_bodies,
    trouble_bodies,
)
from countersign.settlement.bodies import (
    CHILD,
    PURPOSES,
    SETTLEMENT,
    Body,
    ContractAffirmed,
    ContractCancelled,
    ContractDeclined,
    ContractEndorsed,
    ContractExpired,
    ContractProposed,
    CycleClosed,
    DeliveryConfirmed,
    DepositCredited,
    DeskFounded,
    HoldPlaced,
    HoldReleased,
    InstructionPrepared,
    InstructionRefused,
    PolicyAdopted,
    PricePublished,
    RefusalFinding,
    ReleaseAuthorised,
    RosterChanged,
    SettlementFinal,
    ShareAdded,
    Short,
    Spend,
    TransactionBroadcast,
    TransactionObserved,
    VaultTest,
    WithdrawalRequested,
)
from countersign.settlement.contract import from_object

_BLOCKS = 10**12
"""More blocks than any chain will have: a count beyond it is a mistake, not an observation."""


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
    said = {name: each for name, each in _TRIALS.items() if isinstance(value, dict) and name in value}
    found = readers.record(value, where, {**fields, **said})
    entries = roster_document.entries(found, found["administrators"])
    return RosterChanged(entries, found.get("tests", ()), found.get("untested"))


def _vault_test(value: object, where: str) -> VaultTest:
    fields = {
        "vault": readers.identifier,
        "officer": readers.identifier,
        "signatures": readers.array(readers.string(_signature), minimum=1, maximum=1_024),
    }
    return VaultTest(**readers.record(value, where, fields))


def _signature(spelled: str) -> bytes:
    data = base64url.decode(spelled)
    if len(data) != 64:
        raise Malformed("settlement.vault-test")
    return data


_TRIALS: Mapping[str, readers.Reader[object]] = {
    "tests": readers.array(_vault_test, minimum=1, maximum=1_024),
    "untested": readers.prose,
}
"""Members of `roster.changed` that are there only where there is something to say."""


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
                "contracts": readers.ascending(readers.sha256, minimum=1, maximum=10_000),
                "chain": readers.chain,
                "kind": readers.one_of("psbt", "safe-tx"),
                "purpose": readers.one_of(*PURPOSES),
                "replaces": readers.nullable(readers.sha256),
                "lifts": readers.nullable(readers.sha256),
                "vaults": readers.ascending(readers.identifier, minimum=1),
                "artefact": readers.sha256,
                "nonce": readers.nullable(readers.integer(0)),
                "spends": readers.array(_spend, maximum=1_000),
            },
        )
    )
    if (found.kind == "psbt") != (found.nonce is None) or (found.kind == "psbt") != bool(found.spends):
        raise Malformed("settlement.instruction-kind", where=where, kind=found.kind)
    if (found.purpose == CHILD) != (found.lifts is not None) or (found.purpose == CHILD and found.kind != "psbt"):
        raise Malformed("settlement.instruction-lifts", where=where, purpose=found.purpose)
    if found.purpose != CHILD and (found.purpose == SETTLEMENT) != (found.replaces is None):
        raise Malformed("settlement.instruction-replaces", where=where, purpose=found.purpose)
    if len({spend.outpoint for spend in found.spends}) != len(found.spends):
        raise Malformed("settlement.outpoint-twice", where=where)
    return found


def _transaction_observed(value: object, where: str) -> TransactionObserved:
    fields = {
        "instruction": readers.sha256,
        "transaction": readers.transaction,
        "block": readers.nullable(readers.transaction),
        "height": readers.nullable(readers.integer(0, _BLOCKS)),
        "confirmations": readers.integer(0, _BLOCKS),
        "fees": readers.pairs(readers.identifier, readers.amount),
    }
    found = TransactionObserved(**readers.record(value, where, fields))
    if not (found.block is None) == (found.height is None) == (found.confirmations == 0):
        raise Malformed("settlement.observed-block", where=where)
    return found


def _short(value: object, where: str) -> Short:
    fields = {
        "contract": readers.sha256,
        "lei": readers.lei,
        "book": readers.identifier,
        "asset": readers.asset,
        "missing": readers.positive_amount,
    }
    return Short(**readers.record(value, where, fields))


_CONTRACT: dict[str, readers.Reader[object]] = {"contract": readers.sha256}
_REASONED: dict[str, readers.Reader[object]] = {"contract": readers.sha256, "reason": readers.prose}
_LEG: dict[str, readers.Reader[object]] = {"contract": readers.sha256, "leg": readers.integer(0, 1_000)}

_PLAIN: dict[str, tuple[type[Body], dict[str, readers.Reader[object]]]] = {
    **attest_bodies.READERS,
    **lending_bodies.READERS,
    **reconciliation_bodies.READERS,
    **stop_bodies.READERS,
    **governance_bodies.PLAIN,
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
            "confirmations": readers.integer(1, _BLOCKS),
        },
    ),
    "contract.proposed": (ContractProposed, {"contract": from_object}),
    "contract.affirmed": (ContractAffirmed, {"contract": from_object}),
    "contract.endorsed": (ContractEndorsed, _CONTRACT),
    "contract.declined": (ContractDeclined, _REASONED),
    "contract.cancelled": (ContractCancelled, _REASONED),
    "contract.expired": (ContractExpired, _CONTRACT),
    "withdrawal.requested": (WithdrawalRequested, {"contract": from_object}),
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
            "contracts": readers.ascending(readers.sha256, minimum=1, maximum=10_000),
            "count": readers.integer(1),
            "root": readers.sha256,
            "netting": readers.one_of(*netting.MODES),
            "cut_off": readers.moment,
            "short": readers.array(_short, maximum=10_000),
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
            "instructions": readers.ascending(readers.sha256),
            "maker": readers.identifier,
            "checker": readers.identifier,
        },
    ),
    "transaction.broadcast": (
        TransactionBroadcast,
        {"instruction": readers.sha256, "transaction": readers.transaction, "artefact": readers.sha256},
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
    "transaction.observed": _transaction_observed,
    **trouble_bodies.READERS,
    **{kind: _plain(kind) for kind in _PLAIN},
}
"""Every event type that exists, with the reader of its body."""
