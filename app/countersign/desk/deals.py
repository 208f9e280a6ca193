"""From a signed contract to a closed cycle: sign, import, endorse, hold, close.

- A contract is read strictly, its signatures held against the roster; with both it is affirmed, with one proposed.
- Compliance endorses; then the desk places a hold for every leg, all or none, and closes the cycle over the held contracts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from countersign.desk.author import Author, signed
from countersign.desk.embedded import EmbeddedDesk
from countersign.desk.ports import Receipt
from countersign.formats import times
from countersign.keys import jws as jose
from countersign.settlement import builder, templates
from countersign.settlement import contract as contracts
from countersign.settlement.contract import Contract, Dispute, Finality, Leg, Notional, Terms
from countersign.settlement.netting import GROSS, MULTILATERAL
from countersign.settlement.roster import Party


async def sign_contract(terms: Terms, parties: Sequence[Author]) -> bytes:
    """A participant's act: the contract's JWS with these parties' signatures."""
    return await signed(terms.serialise(), parties, contracts.TYP)


async def import_contract(desk: EmbeddedDesk, officer: Author, data: bytes) -> tuple[Contract, Receipt]:
    """Log a contract that arrived as a file, by the officer who imports it. Malformed, Refused; nothing is logged then."""
    found = contracts.parse(data)
    signers = contracts.signed_by(found, desk.state.roster)
    kind = "contract.affirmed" if len(signers) == len(found.terms.leis) else "contract.proposed"
    draft = desk.scribe.draft(kind, builder.contract_body(found))
    return found, await desk.submit(await signed(draft, [officer]))


async def endorse(desk: EmbeddedDesk, compliance: Author, contract: str) -> Receipt:
    """The custodian's compliance officer has no objection."""
    return await desk.submit(await signed(desk.scribe.draft("contract.endorsed", {"contract": contract}), [compliance]))


async def place_holds(desk: EmbeddedDesk, contract: str) -> list[Receipt]:
    """A hold for every leg, each covering the leg and its fee cap. Refused if an account has too little."""
    terms = desk.state.contract(contract).terms
    bodies = [builder.hold_body(terms, contract, leg) for leg in range(len(terms.legs))]
    return [await desk.own("hold.placed", body) for body in bodies]


async def close_cycle(desk: EmbeddedDesk, cycle: str, held: Sequence[str]) -> Receipt:
    """Close a gross cycle over one held contract, or a netted one over several, cut off now."""
    mode = GROSS if len(held) == 1 else MULTILATERAL
    cut_off = desk.scribe.clock.now_ms() // 1_000
    return await desk.own("cycle.closed", builder.cycle_body(cycle, held, cut_off, netting=mode))


def bytes_of(contract: Contract) -> bytes:
    """The contract's file."""
    return jose.serialise(contract.jws)


SPOT, BASKET, BLOCK = templates.SALES
"""The shapes of a sale."""


@dataclass(frozen=True, slots=True)
class Given:
    """One movement of a sale: which book (LEI, name) gives which other what (CAIP-19, base units), and where to."""

    giver: tuple[str, str]
    taker: tuple[str, str]
    asset: str
    amount: int
    destination: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Clauses:
    """What a sale of any template says beside what moves. `price` is that of one whole unit of the first asset."""

    id: str
    custodian: str
    usd: int
    price: str
    source: str
    fee_cap: int
    confirmations: int
    not_before: int
    settle_by: int
    legal_text: bytes


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a bilateral spot sale: who delivers (LEI), what (CAIP-19, base units), to which place of the other side."""

    lei: str
    asset: str
    amount: int
    destination: str
    book: str = "main"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale(Clauses):
    """A bilateral spot sale: what two parties agree, and the clauses."""

    first: Side
    second: Side


def spot_terms(desk: str, sale: Sale) -> Terms:
    """The terms of a bilateral spot sale with the mutual confirmation clause. Malformed if they contradict themselves."""
    parties = [(side.lei, side.book) for side in (sale.first, sale.second)]
    moves = [
        Given(giver, taker, side.asset, side.amount, side.destination)
        for giver, taker, side in zip(parties, parties[::-1], (sale.first, sale.second), strict=True)
    ]
    return sale_terms(desk, SPOT, sale, moves)


def sale_terms(desk: str, template: str, clauses: Clauses, moves: Sequence[Given]) -> Terms:
    """The terms of a sale of any template with the mutual confirmation clause; the first move is what is priced.

    Malformed if they are not of the template's shape, or contradict themselves.
    """
    books = list(dict.fromkeys(book for each in moves for book in (each.giver, each.taker)))
    legs = tuple(
        Leg(books.index(each.giver), books.index(each.taker), each.asset, each.amount, each.destination)
        for each in moves
    )
    coins = sorted({coin for leg in legs if (coin := contracts.fee_coin(leg.asset))})
    built = Terms(
        id=clauses.id,
        version=1,
        replaces=None,
        desk=desk,
        custodian=clauses.custodian,
        template=template,
        trade_date=times.text(clauses.not_before)[:10],
        not_before=clauses.not_before,
        settle_by=clauses.settle_by,
        parties=tuple(Party(*book) for book in books),
        legs=legs,
        notional=Notional(clauses.usd, clauses.price, clauses.source),
        fees=tuple((coin, clauses.fee_cap) for coin in coins),
        finality=Finality(
            tuple((asset, clauses.confirmations) for asset in sorted({leg.asset for leg in legs})), mutual=True
        ),
        dispute=Dispute("London Court of International Arbitration", "LCIA Rules 2020", 86_400),
        legal_text_sha256=sha256(clauses.legal_text).hexdigest(),
    )
    return contracts.parse_terms(built.serialise())
