"""What stops a settlement at the desk, and what starts it again: disputes, freezes by order, awards (rule 12).

- A participant opens, retracts and resolves by a signed event: made here by an author, or brought as a file.
- Two officers order and lift a freeze; its paper is put among the artefacts, and its hash is what is logged.
- An award's terms and ruling come together: two officers sign the terms, then the event that makes it.
- Nothing is sent to a chain for a cycle that is stopped (`require_running`): the release may have come before the order.

    found, receipt = await make_award(desk, terms, ruling, [compliance, officer_d])
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING

from countersign.desk.author import Author, signed
from countersign.desk.ports import Receipt
from countersign.desk.workplace import Workplace
from countersign.errors import Refused
from countersign.formats import ids
from countersign.settlement import builder, events, stops
from countersign.settlement import contract as contracts
from countersign.settlement.contract import Contract, Terms
from countersign.settlement.roster import Party
from countersign.settlement.stop_bodies import Scope, Transfer

if TYPE_CHECKING:
    from countersign.desk.embedded import EmbeddedDesk

DISPUTES = frozenset({"dispute.opened", "dispute.retracted", "dispute.resolved"})


async def file_dispute(desk: EmbeddedDesk, event: bytes) -> Receipt:
    """Log a participant's signed event that opens, retracts or resolves a dispute. Malformed, Refused;
    Refused("desk.not-a-dispute") for an event of another type."""
    found = events.parse(event)
    if found.type not in DISPUTES:
        raise Refused("desk.not-a-dispute", type=found.type)
    return await desk.submit(event)


async def open_dispute(
    desk: EmbeddedDesk, contract: str, party: Author, expected: Sequence[Transfer], reason: str
) -> Receipt:
    """A party disputes a contract, and says what it expects to have moved."""
    body = {"contract": contract, "expected": [_transfer(each) for each in expected], "reason": reason}
    return await _log(desk, "dispute.opened", body, [party])


async def retract_dispute(desk: EmbeddedDesk, contract: str, party: Author, reason: str) -> Receipt:
    """Who opened the dispute takes it back."""
    return await _log(desk, "dispute.retracted", {"contract": contract, "reason": reason}, [party])


async def resolve_dispute(
    desk: EmbeddedDesk, contract: str, parties: Sequence[Author], outcome: str, reason: str
) -> Receipt:
    """All parties end the dispute; `outcome` as `stop_bodies.OUTCOMES`."""
    body = {"contract": contract, "outcome": outcome, "reason": reason}
    return await _log(desk, "dispute.resolved", body, parties)


async def order_freeze(
    desk: EmbeddedDesk, order: str, scope: Scope, document: bytes, reason: str, officers: Sequence[Author]
) -> Receipt:
    """Two officers freeze what an order's paper names."""
    receipt = await _log(desk, "freeze.ordered", ordered_body(order, scope, document, reason), officers)
    desk.artefacts.put(document)
    return receipt


async def lift_freeze(
    desk: EmbeddedDesk, order: str, document: bytes, reason: str, officers: Sequence[Author]
) -> Receipt:
    """Two officers lift an order, by the paper that says so."""
    receipt = await _log(desk, "freeze.lifted", lifted_body(order, document, reason), officers)
    desk.artefacts.put(document)
    return receipt


def ordered_body(order: str, scope: Scope, document: bytes, reason: str) -> dict[str, object]:
    """The body of `freeze.ordered`."""
    return {"order": order, "scope": scope_object(scope), "document_sha256": _hash(document), "reason": reason}


def lifted_body(order: str, document: bytes, reason: str) -> dict[str, object]:
    """The body of `freeze.lifted`."""
    return {"order": order, "document_sha256": _hash(document), "reason": reason}


async def make_award(
    desk: EmbeddedDesk, terms: Terms, ruling: bytes, officers: Sequence[Author]
) -> tuple[Contract, Receipt]:
    """Two officers carry a ruling out. Refused("desk.other-ruling") if the terms do not bear its hash."""
    if terms.legal_text_sha256 != _hash(ruling):
        raise Refused("desk.other-ruling", found=_hash(ruling), expected=terms.legal_text_sha256)
    award = contracts.parse(await signed(terms.serialise(), officers, contracts.TYP))
    receipt = await _log(desk, "award.made", builder.contract_body(award), officers)
    desk.artefacts.put(ruling)
    return award, receipt


def require_running(desk: Workplace, cycle: str) -> None:
    """Nothing stops the cycle. Refused("settlement.disputed", "settlement.frozen")."""
    stops.check_cycle(desk.state, desk.state.cycle(cycle))


def scope_object(scope: Scope) -> Mapping[str, object]:
    """A scope as its event writes it."""
    return {
        "kind": scope.kind,
        "lei": scope.lei,
        "book": scope.book,
        "contract": scope.contract,
        "asset": scope.asset,
    }


def _transfer(expected: Transfer) -> Mapping[str, object]:
    return {
        "payer": _party(expected.payer),
        "receiver": _party(expected.receiver),
        "asset": expected.asset,
        "amount": ids.amount_text(expected.amount),
    }


def _party(party: Party) -> Mapping[str, object]:
    return {"lei": party.lei, "book": party.book}


def _hash(document: bytes) -> str:
    return sha256(document).hexdigest()


async def _log(desk: EmbeddedDesk, kind: str, body: Mapping[str, object], authors: Sequence[Author]) -> Receipt:
    return await desk.submit(await signed(desk.scribe.draft(kind, body), authors))
