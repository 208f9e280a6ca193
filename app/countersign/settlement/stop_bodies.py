"""The bodies of what stops a settlement (disputes, freezes by order, awards), with their strict readers (rule 12).

- A dispute says what its opener expects to have moved, transfer by transfer; an empty list says: nothing.
- A freeze names its order, the order's document by SHA-256, and one scope: a participant, one of its books, a contract,
  or an asset. The scope's other fields are null.
- An award is terms of template `award`; the document that rules it is their legal text.

The worked example of each stands in docs/formats/events.md.

    {"kind": "book", "lei": "9845HARBRP0000000004", "book": "main", "contract": null, "asset": null}
"""

from dataclasses import dataclass

from countersign.errors import Malformed
from countersign.settlement import readers, roster_document
from countersign.settlement.contract import Contract, from_object
from countersign.settlement.roster import Party

RESUME, CANCEL = "resume", "cancel"
OUTCOMES = (RESUME, CANCEL)
"""How all parties resolve a dispute: the contract goes on where it stood, or ends and its holds return."""

PARTICIPANT, BOOK, CONTRACT, ASSET = "participant", "book", "contract", "asset"
_NAMED = {
    PARTICIPANT: frozenset({"lei"}),
    BOOK: frozenset({"lei", "book"}),
    CONTRACT: frozenset({"contract"}),
    ASSET: frozenset({"asset"}),
}


@dataclass(frozen=True, slots=True)
class Transfer:
    """What somebody expects to move: `amount` base units of `asset` between two books."""

    payer: Party
    receiver: Party
    asset: str
    amount: int


@dataclass(frozen=True, slots=True)
class Scope:
    """What an order stops. `kind` says which of the other fields are set; the rest are None."""

    kind: str
    lei: str | None = None
    book: str | None = None
    contract: str | None = None
    asset: str | None = None


@dataclass(frozen=True, slots=True)
class DisputeOpened:
    """A party says what should have moved, or should not move, and why."""

    contract: str
    expected: tuple[Transfer, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class DisputeRetracted:
    """Who opened the dispute takes it back."""

    contract: str
    reason: str


@dataclass(frozen=True, slots=True)
class DisputeResolved:
    """All parties end the dispute; `outcome`: resume or cancel."""

    contract: str
    outcome: str
    reason: str


@dataclass(frozen=True, slots=True)
class FreezeOrdered:
    """An order stops everything in its scope. `order` names it for ever; `document_sha256`: the paper that says so."""

    order: str
    scope: Scope
    document_sha256: str
    reason: str


@dataclass(frozen=True, slots=True)
class FreezeLifted:
    """One order stops nothing any more; other orders stand. `document_sha256`: the paper that lifts it."""

    order: str
    document_sha256: str
    reason: str


@dataclass(frozen=True, slots=True)
class AwardMade:
    """Terms of template `award` with the signatures of the two officers who carry the ruling out."""

    contract: Contract


def _transfer(value: object, where: str) -> Transfer:
    fields = {
        "payer": roster_document.party,
        "receiver": roster_document.party,
        "asset": readers.asset,
        "amount": readers.positive_amount,
    }
    found = Transfer(**readers.record(value, where, fields))
    if found.payer == found.receiver:
        raise Malformed("settlement.transfer-to-self", where=where, lei=found.payer.lei, book=found.payer.book)
    return found


def _scope(value: object, where: str) -> Scope:
    fields = {
        "kind": readers.one_of(*_NAMED),
        "lei": readers.nullable(readers.lei),
        "book": readers.nullable(readers.identifier),
        "contract": readers.nullable(readers.sha256),
        "asset": readers.nullable(readers.asset),
    }
    found = readers.record(value, where, fields)
    named = {name for name, item in found.items() if name != "kind" and item is not None}
    if named != _NAMED[found["kind"]]:
        raise Malformed("settlement.scope", where=where, kind=found["kind"])
    return Scope(**found)


_REASONED: dict[str, readers.Reader[object]] = {"contract": readers.sha256, "reason": readers.prose}
_BY_ORDER: dict[str, readers.Reader[object]] = {
    "order": readers.identifier,
    "document_sha256": readers.sha256,
    "reason": readers.prose,
}

READERS: dict[str, tuple[type, dict[str, readers.Reader[object]]]] = {
    "dispute.opened": (DisputeOpened, {**_REASONED, "expected": readers.array(_transfer, maximum=256)}),
    "dispute.retracted": (DisputeRetracted, _REASONED),
    "dispute.resolved": (DisputeResolved, {**_REASONED, "outcome": readers.one_of(*OUTCOMES)}),
    "freeze.ordered": (FreezeOrdered, {**_BY_ORDER, "scope": _scope}),
    "freeze.lifted": (FreezeLifted, _BY_ORDER),
    "award.made": (AwardMade, {"contract": from_object}),
}
"""Body and fields of each type."""
