"""Hand-made views of what an operations officer sees, and a console that remembers what it was asked."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256

from countersign.desk.arrivals import Logged, Sight, TakenIn
from countersign.desk.batch import Item, Outcome
from countersign.desk.breaks import Break, Cause
from countersign.desk.fee_rates import FeeRate
from countersign.desk.legs import ChainLeg, LegsView, Owed, Where
from countersign.desk.money import Money
from countersign.desk.operations_views import (
    BatchView,
    BreakView,
    ItemView,
    LoanView,
    ReconciliationView,
    Standing,
    SumView,
)
from countersign.desk.ports import Receipt
from countersign.desk.reconcile import VaultLine
from countersign.desk.reconciliation import Report
from countersign.desk.reports import Kind
from countersign.desk.row import Sides
from countersign.desk.surfaces import Progress
from countersign.errors import Conflict, CountersignError, Malformed, Refused
from countersign.settlement.saying import said

BTC, USDC = (
    "bip122:0f9188f13cb7b2c71f2a335e3a4fc328/slip44:0",
    "eip155:31337/erc20:0x5FbDB2315678afecb367f032d93F642f64180aa3",
)
MERIDIAN = "5299000J2N45DDNE4Y28"
OUTPOINT = "ab" * 32 + ":1"


def btc(units: int) -> Money:
    return Money(units, "BTC", 8, BTC)


def usdc(units: int) -> Money:
    return Money(units, "USDC", 6, USDC)


def agreed() -> ReconciliationView:
    """Two vaults, and nothing is broken."""
    vaults = (
        VaultLine("meridian-btc", MERIDIAN, "main", BTC, 26_834_617_890, 26_834_617_890),
        VaultLine("meridian-safe", MERIDIAN, "main", USDC, 20_000_000_000_000, 20_000_000_000_000),
    )
    sums = (
        SumView(btc(26_834_617_890), btc(26_834_617_890)),
        SumView(usdc(20_000_000_000_000), usdc(20_000_000_000_000)),
    )
    return ReconciliationView(Report("northgate.example/desk", 26, vaults, "", "", 0, ()), "", (), sums)


def broken(*causes: Cause) -> ReconciliationView:
    """The same vaults, with a break of each of these causes (a coin that nobody credited, and its fee under way)."""
    kept = causes or (Cause.MISSING_HERE, Cause.FEE)
    view = agreed()
    found = tuple(
        Break(cause, "meridian-btc", MERIDIAN, "main", BTC, "0", "7000000", OUTPOINT)
        if cause is not Cause.FEE
        else Break(cause, "meridian-btc", MERIDIAN, "main", BTC, "1410", "0", OUTPOINT)
        for cause in kept
    )
    breaks = tuple(
        BreakView(
            each, each.code(trade=False), {"about": each.about, "book": each.book}, "Meridian Capital",
            btc(int(each.here)), btc(int(each.there)), btc(int(each.there) - int(each.here)),
        )
        for each in found
    )  # fmt: skip
    sums = SumView(btc(26_834_617_890), btc(26_841_616_480)), view.sums[1]
    return replace(view, report=replace(view.report, breaks=found), breaks=breaks, sums=sums)


def of_trades() -> ReconciliationView:
    """A trade file that lacks one trade, and has another's state otherwise."""
    found = (
        Break(Cause.MISSING_THERE, "MER-HAR-2026-11-22-0001 deliver", MERIDIAN, "main", BTC, "25000000000", ""),
        Break(Cause.STATE, "MER-HAR-2026-11-22-0002 receive", MERIDIAN, "main", USDC, "held", "agreed"),
    )
    breaks = (
        BreakView(found[0], found[0].code(trade=True), {"about": found[0].about, "book": "main"}, "Meridian Capital",
                  btc(25_000_000_000), None, btc(-25_000_000_000)),
        BreakView(found[1], found[1].code(trade=True), {"about": found[1].about, "book": "main"}, "Meridian Capital",
                  "held", "agreed", None),
    )  # fmt: skip
    report = Report("northgate.example/desk", 26, (), MERIDIAN, "cd" * 32, 4, found)
    return ReconciliationView(report, "Meridian Capital", breaks, ())


def _item(name: str, outcome: Outcome, id: str = "", error: CountersignError | None = None) -> ItemView:
    sides = Sides(("Meridian Capital", "Harbour Prime"), (btc(25_000_000_000),), (usdc(20_000_000_000_000),))
    hashed = sha256(id.encode()).hexdigest() if id else ""
    return ItemView(Item(name, outcome, id, hashed, error), sides if id.startswith("MER-HAR") else None)


def batch() -> BatchView:
    """Two that are new, two files of other kinds, and one of every other outcome."""
    return BatchView({}, (
        _item("trades.jsonl:1", Outcome.NEW, "MER-HAR-2026-11-23-0001 v1"),
        _item("trades.jsonl:2", Outcome.NEW, "MER-HAR-2026-11-23-0002 v1"),
        _item("trades.jsonl:3", Outcome.ALREADY, "MER-HAR-2026-11-22-0001 v1"),
        _item("trades.jsonl:4", Outcome.TWICE, "MER-HAR-2026-11-23-0001 v1",
              Conflict("desk.batch-twice", name="trades.jsonl:4", other="trades.jsonl:1")),
        _item("trades.jsonl:5", Outcome.CONFLICT, "MER-HAR-2026-11-23-0003 v1",
              Conflict("desk.batch-conflict", id="MER-HAR-2026-11-23-0003 v1", name="trades.jsonl:5", other="x.json")),
        _item("trades.jsonl:6", Outcome.REFUSED, "MER-HAR-2026-11-23-0004 v1",
              Refused("settlement.unknown-participant", lei=MERIDIAN)),
        _item("trades.jsonl:7", Outcome.MALFORMED, "", Malformed("desk.unknown-file")),
        _item("trades.jsonl:8", Outcome.JOINED, "MER-HAR-2026-11-23-0002 v1",
              Conflict("desk.batch-joined", name="trades.jsonl:8", other="trades.jsonl:2")),
        ItemView(Item("a.psbt", Outcome.PASSED, error=Malformed("desk.not-importable", kind="PSBT"), kind=Kind.PSBT), None),
        ItemView(Item("a.png", Outcome.PASSED, error=Malformed("desk.unknown-file")), None),
    ))  # fmt: skip


def filed(shown: BatchView) -> BatchView:
    """The same batch, with what was new filed from entry 31 on."""
    items, index = [], 31
    for each in shown.items:
        new = each.item.outcome is Outcome.NEW
        items.append(replace(each, item=replace(each.item, index=index)) if new else each)
        index += new
    return replace(shown, items=tuple(items), filed=True)


def one_sided(**changes: object) -> LegsView:
    """Bitcoin is delivered; Ethereum's transaction was dropped by every node."""
    meridian, harbour = "Meridian Capital (main)", "Harbour Prime (main)"
    coins = ChainLeg(
        "11" * 32, "psbt", "bip122:0f9188f13cb7b2c71f2a335e3a4fc328", "settlement",
        (Owed(meridian, harbour, btc(25_000_000_000)),), Where.BLOCK, "ab" * 32, 871_234, 3, True, True, True, False,
        Refused("desk.executed-after-all", transaction="ab" * 32),
    )  # fmt: skip
    dollars = ChainLeg(
        "22" * 32, "safe-tx", "eip155:31337", "settlement", (Owed(harbour, meridian, usdc(20_000_000_000_000)),),
        Where.NOWHERE, "0x" + "cd" * 32, None, 0, True, False, True, False, None,
    )  # fmt: skip
    return LegsView("", "MER-HAR-2026-11-22-0001", "settling", (coins, replace(dollars, **changes)))  # type: ignore[arg-type]


def lent() -> tuple[LoanView, ...]:
    """Of Meridian: one that is out, one that is over."""
    out = LoanView(
        "meridian-loan-7", MERIDIAN, "main", 125, btc(500_000_000), btc(0), btc(34_722), btc(0), 20_778, False, None
    )
    over = replace(out, id="meridian-loan-2", out=btc(0), back=btc(100_000_000), owed=btc(0), paid=btc(9_000),
                   objection=Refused("settlement.loan-over", loan="meridian-loan-2", claim="0"))  # fmt: skip
    return out, over


def _seen(code: str, key: str, **values: str | int) -> Sight:
    return Sight(key, said(code, vault="meridian-btc", **values), code in ("wait.deposit", "wait.news"))


SAFE_PAYMENT = "0x" + "5c" * 32 + ":3"


def arrived() -> TakenIn:
    """A coin that can be credited and one that is young, a transaction that got on, a Safe that holds more than the books."""
    news = {"transaction": "0x" + "cd" * 32, "cycle": "cycle-2026-11-22-1600-1", "confirmations": 3, "needed": 12}
    more = {"vault": "harbour-safe", "asset": USDC, "amount": "2,500,000.000000 USDC"}
    sights = [
        _seen("wait.young", "young", amount="0.50000000 BTC", reference="ee" * 32 + ":0", confirmations=2, needed=6),
        Sight("news", said("wait.news", **news), ripe=True),
        _seen("wait.deposit", "coin", amount="1,250.00000000 BTC", reference=OUTPOINT, confirmations=6, needed=6),
        Sight("more", said("wait.payment", **more), ripe=False),
    ]
    return TakenIn(sights=sights)


def payment(*, ripe: bool = True) -> Sight:
    """What the Safe holds beyond the books, looked up."""
    what = {"vault": "harbour-safe", "amount": "2,500,000.000000 USDC", "reference": SAFE_PAYMENT, "needed": 12}
    return Sight(
        "payment", said("wait.deposit" if ripe else "wait.young", **what, confirmations=700 if ripe else 4), ripe
    )


class OperationsDouble:
    """Operations that change nothing: it remembers what it was asked."""

    def __init__(self, ask: Callable[..., None]) -> None:
        self._ask = ask
        self.may = False
        self.unfollowed: tuple[str, ...] = ()
        self.found = agreed()
        self.batch = batch()
        self.gate: asyncio.Event | None = None
        self.sent = False
        self.lent: tuple[LoanView, ...] = lent()
        self.left = btc(0)
        self.rate: FeeRate | None = FeeRate("bip122:0f9188f13cb7b2c71f2a335e3a4fc328", 12, 500)

        self.lacking = False
        self.legs = one_sided()
        self.came = arrived()
        self.refused: list[CountersignError] = []
        self.paid = payment()

    def standing(self) -> Standing:
        return Standing(self.may, self.unfollowed)

    async def record(self, shown: ReconciliationView) -> ReconciliationView:
        self._ask("record", shown)
        return replace(shown, index=31)

    async def arrivals(self) -> TakenIn:
        self._ask("arrivals")
        return self.came

    async def take_in(self, only: Collection[str] | None = None) -> TakenIn:
        self._ask("take in", only)
        if self.gate is not None:
            await self.gate.wait()
        ripe = [each for each in self.came.sights if only is not None and each.key in only]
        rest = [each for each in self.came.sights if each not in ripe]
        logged = [Logged(each.what, Receipt(31 + at, 0, "")) for at, each in enumerate(ripe) if at >= len(self.refused)]
        self.came = TakenIn(sights=rest)
        return TakenIn(logged, rest, self.refused)

    async def find_payment(self, vault: str, asset: str, reference: str) -> Sight:
        self._ask("find payment", vault, asset, reference)
        return self.paid

    async def credit(self, vault: str, asset: str, reference: str) -> Receipt:
        self._ask("credit", vault, asset, reference)
        self.came = TakenIn(sights=self.came.sights[:-1])
        return Receipt(35, 0, "")

    def loans(self) -> Sequence[LoanView]:
        return self.lent

    async def recall(self, loan: str, reason: str) -> LoanView:
        self._ask("recall", loan, reason)
        known = next(each for each in self.lent if each.id == loan)
        after = replace(
            known,
            out=btc(0),
            back=known.out,
            owed=self.left,
            objection=Refused("settlement.loan-over", loan=loan, claim="0"),
        )
        self.lent = tuple(after if each.id == loan else each for each in self.lent)
        return after

    def to_prepare(self, contract: str) -> bool:
        return self.lacking

    async def fee_rate(self, contract: str) -> FeeRate | None:  # noqa: ARG002
        return self.rate

    async def prepare(self, contract: str, rate: int) -> int:
        self._ask("prepare", contract, rate)
        self.lacking = False
        return 2

    def on_chains(self, contract: str) -> bool:
        return self.sent

    async def look(self, contract: str) -> LegsView:
        self._ask("look", contract)
        return self.legs

    async def observe(self, contract: str) -> LegsView:
        self._ask("observe", contract)
        return self.legs

    async def send(self, contract: str, reason: str) -> LegsView:
        self._ask("send", contract, reason)
        return self.legs

    async def raise_fees(self, contract: str, reason: str) -> LegsView:
        self._ask("raise fees", contract, reason)
        return self.legs

    async def record_failure(self, contract: str, instruction: str, reason: str) -> LegsView:
        self._ask("record failure", contract, instruction, reason)
        failed = replace(
            self.legs.legs[1], failed=True, objection=Refused("settlement.failed-already", instruction=instruction)
        )
        return replace(self.legs, state="failed", legs=(self.legs.legs[0], failed))

    async def judge_batch(self, files: Mapping[str, bytes]) -> BatchView:
        self._ask("judge batch", dict(files))
        return replace(self.batch, files=files)

    async def file_batch(self, shown: BatchView, progress: Progress) -> BatchView:
        self._ask("file batch", shown)
        for done in range(shown.new):
            progress(done + 1, shown.new)
            if self.gate is not None:
                await self.gate.wait()
        return filed(shown)
