"""What the events of a settlement that goes wrong say, and the strict readers of their bodies.

- `settlement.voided`: every void of a cycle is final; its holds return.
- `settlement.failed`: one chain took its transaction, another did not take this one.
- `transaction.replaced`: the same instruction travels in another outer transaction, with more gas.

    >>> READERS["settlement.voided"]({"cycle": "cycle-1"}, "body")
    SettlementVoided(cycle='cycle-1')
"""

from dataclasses import dataclass

from countersign.settlement import readers


@dataclass(frozen=True, slots=True)
class SettlementVoided:
    """Every transaction that voids the cycle has the policy's confirmations."""

    cycle: str


@dataclass(frozen=True, slots=True)
class SettlementFailed:
    """After the release one chain accepted, and this instruction's did not.

    `executable`: whether it may still execute; false once its Safe's nonce is used up or a coin of it is gone. `for_good`: what
    stands in its way has the policy's confirmations, so that no reorganisation is expected to bring it back.
    """

    cycle: str
    instruction: str
    executable: bool
    for_good: bool
    reason: str


@dataclass(frozen=True, slots=True)
class TransactionReplaced:
    """`replacement` carries what `transaction` carried; `artefact` is what it carries. Either may still be mined."""

    instruction: str
    transaction: str
    replacement: str
    artefact: str
    reason: str


def _voided(value: object, where: str) -> SettlementVoided:
    return SettlementVoided(**readers.record(value, where, {"cycle": readers.identifier}))


def _failed(value: object, where: str) -> SettlementFailed:
    fields: dict[str, readers.Reader[object]] = {
        "cycle": readers.identifier,
        "instruction": readers.sha256,
        "executable": readers.boolean,
        "for_good": readers.boolean,
        "reason": readers.prose,
    }
    return SettlementFailed(**readers.record(value, where, fields))


def _replaced(value: object, where: str) -> TransactionReplaced:
    fields: dict[str, readers.Reader[object]] = {
        "instruction": readers.sha256,
        "transaction": readers.transaction,
        "replacement": readers.transaction,
        "artefact": readers.sha256,
        "reason": readers.prose,
    }
    return TransactionReplaced(**readers.record(value, where, fields))


Trouble = SettlementVoided | SettlementFailed | TransactionReplaced

READERS: dict[str, readers.Reader[Trouble]] = {
    "settlement.voided": _voided,
    "settlement.failed": _failed,
    "transaction.replaced": _replaced,
}
"""The readers, by type."""
