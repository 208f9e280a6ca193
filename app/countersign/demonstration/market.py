"""The market: five institutions trade forty contracts in one evening, and one cut-off settles what can be settled.

- One contract is disputed after both sides were held: it stands still, and nothing of it can be signed.
- One is short: its buyer lacks the dollars, may top up until the window ends, and does not: the cycle names it and goes on.
- One seller has lent what it sells: the loan is recalled before anything is held.
- One is a basket of four assets, both ways; one a block, split over two books (`evening.py` lists all forty).
- The rest is netted over all of them; a handful of transactions is signed by two officers at online machines.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from countersign.demonstration import cast, papers
from countersign.demonstration.evening import BASKET, BLOCK, DISPUTED, LENDER, PRICES, SHORT, UNITS, Move, Trade, trades
from countersign.demonstration.stage import Bearer, Stage
from countersign.desk import (
    ceremony,
    cycles,
    deals,
    declaring,
    founding,
    importing,
    lending,
    preparing,
    releasing,
    stopping,
)
from countersign.desk.author import Author
from countersign.desk.console import OfficerConsole
from countersign.desk.cycles import Closed
from countersign.desk.deals import Clauses, Given
from countersign.errors import Refused

COINS, DOLLARS, FEW_DOLLARS = 15_000_000_000, 15_000_000_000_000, 8_000_000_000_000
"""What every trading book begins with, in base units; one begins with few dollars."""
SOURCE = "Northgate reference"
LENT, LOAN = 10_000_000_000, "cedar-loan-1"


@dataclass(slots=True)
class Market:
    """One evening. `contracts`: hashes by contract id; `closed`: what the cut-off did."""

    stage: Stage
    people: Mapping[str, Bearer]
    officer: OfficerConsole
    contracts: dict[str, str] = field(default_factory=dict)
    closed: Closed | None = None
    waited: Closed | None = None
    second: OfficerConsole | None = None
    busy: bool = False

    @property
    def cycle(self) -> str:
        """The netted cycle. Refused("demonstration.no-cycle") before it is closed."""
        if self.closed is None or not self.closed.cycles:
            raise Refused("demonstration.no-cycle")
        return self.closed.cycles[0]

    async def open(self) -> None:
        """Two assets are admitted, deposits come in, one institution lends; forty contracts arrive in one batch and are
        endorsed; one is disputed.
        """
        if self.busy:
            self.stage.fill_blocks(cast.BUSY_RATE)
        administrators = [self._author("compliance"), self._author("officer-d")]
        await founding.adopt_policy(self.stage.desk, administrators, papers.evening_policy(self.stage.witness_keys))
        await founding.change_roster(self.stage.desk, administrators, papers.admitted(self.stage))
        for symbol in ("ETH", "EURC"):
            await founding.publish_price(self.stage.desk, self._asset(symbol), PRICES[symbol], SOURCE)
        await self._fund()
        await self._lend()
        batch = "\n".join([file.decode() for file in [await self._signed(each) for each in trades()]])
        for item in await importing.carry_out(
            self.stage.desk, self._author("operations"), {"evening.jsonl": batch.encode()}
        ):
            if item.index is None:
                raise item.error or Refused("demonstration.unfinished", state=item.outcome.value)
            self.contracts[item.id.split(" ", 1)[0]] = item.hash
            await deals.endorse(self.stage.desk, self._author("compliance"), item.hash)
        await self._dispute()

    async def _fund(self) -> None:
        """Every trading book's bitcoin and dollars, and whatever else the basket and the block ask of a book."""
        for each in cast.TRADERS:
            await self._deposit(each.trading)
        for move in (*_trade(BASKET).moves, *_trade(BLOCK).moves):
            if move.symbol in ("ETH", "EURC") or move.giver.book == cast.CLIENTS:
                await self._credit(move.giver, move.symbol, move.units)

    async def _lend(self) -> None:
        state, owner = self.stage.desk.state, self._author(LENDER.institution.token)
        party = state.roster.vault(LENDER.coins).owner
        body = lending.terms_of(state, LOAN, party, cast.BTC, LENT)
        await lending.authorise(self.stage.desk, owner, self._author("compliance"), body)

    async def _deposit(self, book: cast.Book) -> None:
        desk = self.stage.desk
        place = ceremony.registered_address(desk.state.roster.vaults[book.coins], 0)
        self.stage.outside.pay_coins(place, COINS)
        await founding.credit_coins(desk, self._author("operations"), book.coins, cast.BTC)
        await self._credit(book, "USDC", FEW_DOLLARS if book == SHORT else DOLLARS)

    async def _credit(self, book: cast.Book, symbol: str, units: int) -> None:
        """Somebody pays a book's Safe, and that is credited."""
        safe, asset = self._place(book, symbol), self._asset(symbol)
        pay, outside = safe.rsplit(":", 1)[1], self.stage.outside
        reference = outside.pay_ether(pay, units) if symbol == "ETH" else outside.pay_tokens(pay, units, asset)
        await founding.credit_payment(self.stage.desk, self._author("operations"), book.safe, asset, reference)

    def _asset(self, symbol: str) -> str:
        outside = self.stage.outside
        return {"BTC": cast.BTC, "ETH": cast.ETHER, "USDC": outside.token(), "EURC": outside.euro()}[symbol]

    def _place(self, book: cast.Book, symbol: str) -> str:
        """Where a book receives, CAIP-10."""
        vaults = self.stage.desk.state.roster.vaults
        if symbol == "BTC":
            return f"{cast.BITCOIN}:{ceremony.registered_address(vaults[book.coins], cast.TRADING_RECEIVES)}"
        return f"{cast.ETHEREUM}:{ceremony.registered_address(vaults[book.safe], 0)}"

    async def _signed(self, trade: Trade) -> bytes:
        parties = [self._author(each.token) for each in (trade.seller, trade.buyer)]
        moves = [self._given(each) for each in trade.moves]
        terms = deals.sale_terms(cast.ORIGIN, trade.template, self._clauses(trade), moves)
        return await deals.sign_contract(terms, parties)

    def _given(self, move: Move) -> Given:
        giver, taker = ((each.lei, each.book) for each in (move.giver, move.taker))
        return Given(giver, taker, self._asset(move.symbol), move.units, self._place(move.taker, move.symbol))

    def _clauses(self, trade: Trade) -> Clauses:
        now = self.stage.clock.now_ms() // 1_000
        return Clauses(
            id=trade.id,
            custodian=cast.NORTHGATE,
            usd=trade.usd,
            price=PRICES[trade.moves[0].symbol],
            source=SOURCE,
            fee_cap=cast.FEE_CAP,
            confirmations=cast.CONFIRMATIONS,
            not_before=now - 3_600,
            settle_by=now + 36 * 3_600,
            legal_text=self.stage.legal_text,
        )

    async def _dispute(self) -> None:
        trade = _trade(DISPUTED)
        contract = self.contracts[trade.id]
        await deals.place_holds(self.stage.desk, contract)
        buyer = self._author(trade.buyer.token)
        await stopping.open_dispute(self.stage.desk, contract, buyer, [], "The price is not the one we agreed.")

    async def close(self) -> None:
        """An extraordinary cut-off; the time to top up passes; the cycle closes over the rest and is prepared."""
        desk, operations = self.stage.desk, self._author("operations")
        moment = desk.state.time_ms // 1_000 + 1
        await self.stage.wait_until(moment)
        self.waited = await cycles.close(desk, operations, moment=moment)
        if self.waited.waiting_until is not None:
            await self.stage.wait_until(self.waited.waiting_until)
        self.closed = await cycles.close(desk, operations, moment=moment)
        await preparing.prepare(desk, operations, self.cycle, rate=cast.RATE)
        await self.officer.synchronise()

    async def sign_as_a(self) -> None:
        """Officer A signs every transaction of the cycle at the console that the window uses."""
        await self._sign(self.officer)

    async def sign_as_e(self) -> None:
        """Officer E does the same at another machine."""
        if self.second is None:
            self.second = await self.stage.console(cast.OFFICER_E.id, self.people[cast.OFFICER_E.id])
        await self.second.synchronise()
        await self._sign(self.second)

    async def _sign(self, console: OfficerConsole) -> None:
        for each in await console.to_sign(self.settled[0]):
            await console.sign(each.instruction.instruction, lambda done, total: None)

    @property
    def is_closed(self) -> bool:
        """Whether the cut-off has closed its cycle."""
        return self.closed is not None and bool(self.closed.cycles)

    @property
    def reached(self) -> str:
        """Where the cycle's contracts stand."""
        return self.stage.desk.state.contract(self.settled[0]).state.value

    def waits_for(self, officer: str) -> bool:
        """Whether an officer has not signed every transaction of the cycle yet, a child of one among them."""
        state = self.stage.desk.state
        counting = state.under_way(state.cycle(self.cycle))
        return any(officer not in each.signers(vault) for each in counting for vault in each.group.vaults)

    @property
    def waiting(self) -> str:
        """What of the cycle was sent to Bitcoin and stands in no block; empty where nothing does."""
        return releasing.stuck(self.stage.desk.state, self.cycle)

    @property
    def lifted(self) -> bool:
        """Whether a child of what waits was declared."""
        return bool(self.waiting) and bool(releasing.lifting(self.stage.desk.state, self.waiting))

    async def lift(self) -> None:
        """Operations makes a child of what waits; compliance reads the same bytes back and declares it with them."""
        if not self.waiting:
            raise Refused("demonstration.nothing-waits")
        desk, operations = self.stage.desk, self._author("operations")
        half = await declaring.make_child(desk, operations, self.waiting, rate=cast.LIFT_RATE)
        await declaring.declare(desk, half, self._author("compliance"))
        await self.officer.synchronise()

    @property
    def settled(self) -> tuple[str, ...]:
        """The contracts of the cycle."""
        return self.stage.desk.state.cycle(self.cycle).contracts

    async def settle(self) -> None:
        """Maker and checker release together what is complete; every chain is observed; final, unless something waits for a
        block; the books balance.
        """
        desk, operations = self.stage.desk, self._author("operations")
        await self.officer.synchronise()
        if releasing.unreleased(desk.state, self.cycle):
            release = await releasing.make_release(desk, self.cycle, operations, "compliance")
            await releasing.check_release(desk, release, self._author("compliance"))
        await releasing.broadcast(desk, self.cycle, operations)
        await self.stage.confirmed()
        await releasing.observe(desk, self.cycle, operations)
        if not self.waiting:
            await releasing.make_final(desk, self.cycle)
        await self.officer.synchronise()
        if not self.waiting:
            await self._require_balance()

    async def _require_balance(self) -> None:
        desk = self.stage.desk
        for book in await releasing.books(desk, [self._asset(symbol) for symbol in UNITS]):
            if book.ledger != book.chain:
                raise Refused("demonstration.books", vault=book.vault, ledger=book.ledger, chain=book.chain)

    def _author(self, who: str) -> Author:
        return self.people[who].author


def _trade(number: int) -> Trade:
    return next(each for each in trades() if each.number == number)
