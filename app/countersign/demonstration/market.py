"""The market: five institutions trade forty contracts in one evening, and one cut-off settles what can be settled.

- One contract is disputed after both sides were held: it stands still, and nothing of it can be signed.
- One is short: its buyer lacks the dollars, may top up until the window ends, and does not: the cycle names it and goes on.
- One seller has lent what it sells: the loan is recalled before anything is held.
- The rest is netted over all five; a handful of transactions is signed by two officers at online machines.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from countersign.demonstration import cast, papers
from countersign.demonstration.stage import Bearer, Stage
from countersign.desk import ceremony, cycles, deals, founding, importing, lending, preparing, releasing, stopping
from countersign.desk.author import Author
from countersign.desk.console import OfficerConsole
from countersign.desk.cycles import Closed
from countersign.desk.deals import Sale, Side
from countersign.errors import Refused

CONTRACTS = 40
PRICE = 80_000
COINS, DOLLARS, FEW_DOLLARS = 15_000_000_000, 15_000_000_000_000, 8_000_000_000_000
"""What every trading book begins with, in base units; one begins with few dollars."""
LENT, LOAN = 10_000_000_000, "cedar-loan-1"
LENDER, SHORT = cast.NEWCOMERS[0], cast.NEWCOMERS[1]
DISPUTED = CONTRACTS - 1
"""The number of the contract that is disputed; the last one is the one that is short."""


@dataclass(frozen=True, slots=True)
class Trade:
    """Whole bitcoin that one institution sells to another, at the published price."""

    number: int
    seller: cast.Institution
    buyer: cast.Institution
    bitcoin: int

    @property
    def id(self) -> str:
        """The contract's id."""
        return f"MKT-2026-{self.number:04d}"


def trades(seed: int = 2026) -> Iterator[Trade]:
    """The evening's forty trades: the first sells what is lent, the last more than its buyer can pay."""
    chance = random.Random(seed)
    others = [each for each in cast.TRADERS if each is not LENDER]
    yield Trade(1, LENDER, others[0], 60)
    for number in range(2, CONTRACTS):
        seller, buyer = chance.sample(cast.TRADERS, 2)
        yield Trade(number, seller, buyer, chance.randint(2, 7))
    yield Trade(CONTRACTS, cast.SELLER, SHORT, 60)


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

    @property
    def cycle(self) -> str:
        """The netted cycle. Refused("demonstration.no-cycle") before it is closed."""
        if self.closed is None or not self.closed.cycles:
            raise Refused("demonstration.no-cycle")
        return self.closed.cycles[0]

    async def open(self) -> None:
        """Deposits come in, one institution lends, forty contracts arrive in one batch and are endorsed; one is disputed."""
        administrators = [self._author("compliance"), self._author("officer-d")]
        await founding.adopt_policy(self.stage.desk, administrators, papers.evening_policy(self.stage.witness_keys))
        for each in cast.TRADERS:
            await self._deposit(each)
        state, owner = self.stage.desk.state, self._author(LENDER.token)
        party = state.roster.vault(LENDER.trading_coins).owner
        body = lending.terms_of(state, LOAN, party, cast.BTC, LENT)
        await lending.authorise(self.stage.desk, owner, self._author("compliance"), body)
        batch = "\n".join([file.decode() for file in [await self._signed(each) for each in trades()]])
        for item in await importing.carry_out(
            self.stage.desk, self._author("operations"), {"evening.jsonl": batch.encode()}
        ):
            if item.index is None:
                raise item.error or Refused("demonstration.unfinished", state=item.outcome.value)
            self.contracts[item.id.split(" ", 1)[0]] = item.hash
            await deals.endorse(self.stage.desk, self._author("compliance"), item.hash)
        await self._dispute()

    async def _deposit(self, trader: cast.Institution) -> None:
        desk, operations = self.stage.desk, self._author("operations")
        vaults, token = desk.state.roster.vaults, self.stage.outside.token()
        self.stage.outside.pay_coins(ceremony.registered_address(vaults[trader.trading_coins], 0), COINS)
        await founding.credit_coins(desk, operations, trader.trading_coins, cast.BTC)
        safe = ceremony.registered_address(vaults[trader.trading_safe], 0)
        dollars = FEW_DOLLARS if trader is SHORT else DOLLARS
        reference = self.stage.outside.pay_tokens(safe, dollars)
        await founding.credit_tokens(desk, operations, trader.trading_safe, token, dollars, reference)

    async def _signed(self, trade: Trade) -> bytes:
        parties = [self._author(each.token) for each in (trade.seller, trade.buyer)]
        return await deals.sign_contract(deals.spot_terms(cast.ORIGIN, self._sale(trade)), parties)

    def _sale(self, trade: Trade) -> Sale:
        vaults, token = self.stage.desk.state.roster.vaults, self.stage.outside.token()
        place = ceremony.registered_address(vaults[trade.buyer.trading_coins], cast.TRADING_RECEIVES)
        safe = ceremony.registered_address(vaults[trade.seller.trading_safe], 0)
        now, usd = self.stage.clock.now_ms() // 1_000, trade.bitcoin * PRICE
        coins, dollars = trade.bitcoin * 10**8, usd * 10**6
        return Sale(
            id=trade.id,
            custodian=cast.NORTHGATE,
            first=Side(trade.seller.lei, cast.BTC, coins, f"{cast.BITCOIN}:{place}", cast.TRADING),
            second=Side(trade.buyer.lei, token, dollars, f"{cast.ETHEREUM}:{safe}", cast.TRADING),
            usd=usd,
            price=str(PRICE),
            source="Northgate reference",
            fee_cap=cast.FEE_CAP,
            confirmations=cast.CONFIRMATIONS,
            not_before=now - 3_600,
            settle_by=now + 36 * 3_600,
            legal_text=self.stage.legal_text,
        )

    async def _dispute(self) -> None:
        trade = next(each for each in trades() if each.number == DISPUTED)
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
        """Whether an officer has not signed every transaction of the cycle yet."""
        desk = self.stage.desk
        live = desk.state.live(desk.state.cycle(self.cycle))
        return any(officer not in each.signers(vault) for each in live for vault in each.group.vaults)

    @property
    def settled(self) -> tuple[str, ...]:
        """The contracts of the cycle."""
        return self.stage.desk.state.cycle(self.cycle).contracts

    async def settle(self) -> None:
        """Maker and checker release everything together; every chain is observed; final; the books balance."""
        desk, operations = self.stage.desk, self._author("operations")
        await self.officer.synchronise()
        release = await releasing.make_release(desk, self.cycle, operations, "compliance")
        await releasing.check_release(desk, release, self._author("compliance"))
        await releasing.broadcast(desk, self.cycle, operations)
        await self.stage.confirmed()
        await releasing.observe(desk, self.cycle, operations)
        await releasing.make_final(desk, self.cycle)
        await self.officer.synchronise()
        for book in await releasing.books(desk, (cast.BTC, self.stage.outside.token())):
            if book.ledger != book.chain:
                raise Refused("demonstration.books", vault=book.vault, ledger=book.ledger, chain=book.chain)

    def _author(self, who: str) -> Author:
        return self.people[who].author
