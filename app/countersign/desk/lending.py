"""Lending at the desk: a loan agreed by two signatures, interest every day, recalls, and the statement of a loan.

- A loan carries the owner's and compliance's signatures over one event; the desk adds none.
- `accrue` logs, for every asset that is out, the days that are over and not accrued yet: one event an asset.
- A statement is replayed from the log: what each entry added to the claim, what was paid, what is still owed.

    accrued = await lending.accrue(desk)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from countersign.desk.author import Author, signed
from countersign.desk.names import owner
from countersign.desk.ports import Receipt, Record
from countersign.desk.workplace import Workplace
from countersign.errors import Refused
from countersign.formats import ids, times
from countersign.settlement import events, machine
from countersign.settlement.assets import Asset
from countersign.settlement.lending import accrual, open_loans
from countersign.settlement.records import Loan
from countersign.settlement.roster import Party
from countersign.settlement.state import EMPTY, State

if TYPE_CHECKING:
    from countersign.desk.embedded import EmbeddedDesk


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of a loan: its log index, moment (ms) and type; base units after it, and what it changed."""

    index: int
    time_ms: int
    kind: str
    principal: int
    interest: int
    paid: int
    claim: int


@dataclass(frozen=True, slots=True)
class LoanStatement:
    """A loan as it stands, and every entry that moved it; its owner's name, its asset's symbol and decimals."""

    loan: Loan
    lines: tuple[Line, ...]
    owner: str
    unit: Asset


def terms_of(state: State, loan: str, owner: Party, asset: str, units: int) -> dict[str, object]:
    """The body of `lending.authorised` at the policy's rate. Refused("settlement.not-lent")."""
    terms = dict(state.adopted().lending).get(asset)
    if terms is None:
        raise Refused("settlement.not-lent", asset=asset)
    return {
        "loan": loan,
        "owner": {"lei": owner.lei, "book": owner.book},
        "asset": asset,
        "amount": ids.amount_text(units),
        "rate_bps": terms.rate_bps,
    }


async def authorise(desk: EmbeddedDesk, owner: Author, compliance: Author, body: dict[str, object]) -> Receipt:
    """Log a loan that its owner and the custodian sign."""
    draft = desk.scribe.draft("lending.authorised", body)
    return await desk.submit(await signed(draft, [owner, compliance]))


def accruals(state: State, seconds: int) -> tuple[dict[str, object], ...]:
    """The bodies of `lending.accrued` for every asset that is out and not accrued up to and with yesterday, by asset."""
    yesterday, found = seconds // times.DAY - 1, list[dict[str, object]]()
    for asset in sorted(state.lent):
        before = open_loans(state, asset)
        if all(loan.accrued_to >= yesterday for loan in before):
            continue
        after = accrual(state, asset, yesterday)
        interest = sum(loan.claim for loan in after) - sum(loan.claim for loan in before)
        found.append(
            {
                "asset": asset,
                "date": times.date_text(yesterday),
                "loans": len(after),
                "interest": ids.amount_text(interest),
            }
        )
    return tuple(found)


async def accrue(desk: EmbeddedDesk) -> list[Receipt]:
    """Accrue every asset that is out up to and with yesterday; nothing where that is done already."""
    bodies = accruals(desk.state, desk.scribe.clock.now_ms() // 1_000)
    return [await desk.own("lending.accrued", each) for each in bodies]


async def recall(desk: Workplace, signer: Author, loan: str, reason: str) -> Receipt:
    """End a loan: by its owner, or by an operations officer with the desk's signature beside."""
    draft = desk.scribe.draft("lending.recalled", {"loan": loan, "reason": reason})
    return await desk.submit(await signed(draft, [signer]))


def statement(records: Iterable[Record], name: str) -> LoanStatement:
    """Every entry of a loan, replayed from the log's first entry. Refused("settlement.unknown-loan")."""
    state, lines = EMPTY, list[Line]()
    for record in records:
        before = state.loans.get(name)
        state = machine.replay([machine.Entry(record.index, record.time_ms, record.event)], state)
        after = state.loans.get(name)
        if after is not None and after != before:
            lines.append(_line(record, before, after))
    loan = state.loans.get(name)
    if loan is None:
        raise Refused("settlement.unknown-loan", loan=name)
    return LoanStatement(loan, tuple(lines), owner(state.roster, loan.owner.lei), state.roster.asset(loan.asset))


def _line(record: Record, before: Loan | None, after: Loan) -> Line:
    paid = after.paid - (before.paid if before else 0)
    earned = after.claim + after.paid - (before.claim + before.paid if before else 0)
    kind = events.parse(record.event).type
    return Line(record.index, record.time_ms, kind, after.principal, earned, paid, after.claim)
