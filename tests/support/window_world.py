"""A console of hand-made views for the window's own tests: every screen has something to show, nothing is signed.

The story's own settlement: Meridian Capital sells 250 BTC to Harbour Prime for 20,000,000 USDC. Hashes are SHA-256 of names.
"""

import asyncio
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from countersign.desk.accounts import AssetSum, Line, OpenBreak, Overview
from countersign.desk.cut_off_view import Blocking, CutOffView, Lacking, Saving
from countersign.desk.debts import Debt, DebtLine
from countersign.desk.deed_views import AwardPaper
from countersign.desk.enrolling_views import Enrolling
from countersign.desk.governance_views import (
    AssetView,
    CeremonyView,
    DestinationView,
    KeyView,
    OfficerView,
    OpenContractView,
    ParticipantView,
    PolicyView,
    ProposalView,
    RosterView,
    VaultView,
)  # fmt: skip
from countersign.desk.history import HistoryRow, HistoryView, Volume
from countersign.desk.legal_text import LegalText
from countersign.desk.operations_views import ReconciliationView
from countersign.desk.ports import AskSecret, Receipt
from countersign.desk.report_file import Claim, Head
from countersign.desk.reporting import Ground
from countersign.desk.settlement_views import CycleView, LegView, PositionView, StopView
from countersign.desk.statement import Movement, Span, Statement
from countersign.desk.surfaces import Progress
from countersign.desk.telling import Person, Story, Told
from countersign.desk.views import (
    ActBy,
    Action,
    Checked,
    CrossingView,
    DeskView,
    DeviceView,
    Digest,
    Dot,
    EvidenceView,
    Flow,
    ForkView,
    Group,
    InstructionDots,
    InstructionView,
    KeptLegalText,
    LegalKind,
    LegalTextView,
    LogEntryView,
    LogView,
    MatchLine,
    Money,
    ProofStep,
    ProofView,
    Remark,
    ReviewView,
    Rows,
    SettlementRow,
    SignView,
    StripView,
    TokenView,
    VaultRequestView,
    WitnessView,
)  # fmt: skip
from countersign.errors import CountersignError, Refused, Unavailable
from countersign.review.finding import Finding, Verdict, failed, not_applicable, passed
from countersign.settlement.assets import Asset
from countersign.settlement.ledger import Account, Balance, Totals
from countersign.settlement.roster import Custodian, Party
from countersign.settlement.saying import Difference, said
from countersign.settlement.stop_bodies import Scope
from support import owners_double
from support.deed_double import DeedDouble
from support.operations_world import OperationsDouble
from support.vaults_world import VaultsDouble

NOW = 1_795_357_800  # 2026-11-22 14:30:00 UTC
REGTEST = "bip122:0f9188f13cb7b2c71f2a335e3a4fc328"
ANVIL = "eip155:31337"
BTC, USDC = f"{REGTEST}/slip44:0", f"{ANVIL}/erc20:0x5FbDB2315678afecb367f032d93F642f64180aa3"
PIN = "4711"
WORDS = "jade vows puma kiln echo ramp gift tuna lamb oval buzz zinc"
HARBOUR = "bcrt1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qzf4jry"
CHANGE = "bcrt1q0ht9tyks4vh7p5p904t340cr9nvahy7u3re7zg"
MERIDIAN_SAFE = "0x90F79bf6EB2c4f870365E785982E1f101E93b906"
HARBOUR_SAFE = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"


def hashed(name: str) -> str:
    return sha256(name.encode()).hexdigest()


def btc(units: int) -> Money:
    return Money(units, "BTC", 8, BTC)


def usdc(units: int) -> Money:
    return Money(units, "USDC", 6, USDC)


CONTRACT = hashed("MER-HAR-2026-11-22-0001")
LEGAL = hashed("legal text")
PSBT, SAFE_TX = hashed("psbt"), hashed("safe-tx")

_COMMON = ("C1", "C2", "C3", "C4", "C5", "C6", "L1", "L2", "L3", "L4", "L5", "L6", "H2", "H3", "H4", "T1", "S1")
_BITCOIN = ("B1", "B2", "B3", "B4", "B5", "B6", "B7", "B8", "B9", "B11", "B12", "B13")
_ETHEREUM = ("E1", "E2", "E3", "E4", "E5", "E6", "E7", "E8", "E9")


def verdict(codes: Sequence[str], *instead: Finding) -> Verdict:
    other = {finding.check: finding for finding in instead}
    return Verdict(tuple(other.get(code) or passed(code, "holds", "the bytes of the request", "as agreed", "as agreed")
                         for code in codes))  # fmt: skip


def bitcoin_view(*, signed: bool = False, against: Finding | None = None) -> InstructionView:
    paid = btc(25_000_000_000)
    line = MatchLine(REGTEST, "Meridian Capital", "Harbour Prime", paid, HARBOUR, paid, HARBOUR, True)
    flows = (
        Flow("in", "vault", "Meridian Capital, slot 0", HARBOUR.replace("rp33", "qqqq"), btc(10_000_000_000)),
        Flow("in", "vault", "Meridian Capital, slot 1", HARBOUR.replace("rp33", "pzry"), btc(10_000_000_000)),
        Flow("in", "vault", "Meridian Capital, slot 2", HARBOUR.replace("rp33", "x8gf"), btc(10_000_000_000)),
        Flow("out", "counterparty", "Harbour Prime", HARBOUR, paid),
        Flow("out", "change", "Meridian Capital, slot 3", CHANGE, btc(4_999_985_900)),
        Flow("out", "fee", "Network", "", btc(14_100)),
    )
    digests = (Digest("txid", hashed("txid"), WORDS),
               *(Digest("input-digest", hashed(f"input {at}"), WORDS) for at in range(3)))  # fmt: skip
    facts = (("inputs", "3"), ("outputs", "2"), ("lock-time", "0"), ("replaceable", "yes"))
    bad = (against,) if against else (not_applicable("B13", "review.no-shares-yet"),)
    return InstructionView(
        PSBT, "psbt", REGTEST, hashed("unsigned.psbt"), (line,), (), flows, btc(14_100), digests, facts,
        verdict((*_BITCOIN, "H2", "H3", "H4"), *bad), signed,
    )  # fmt: skip


def ethereum_view(*, signed: bool = False) -> InstructionView:
    paid = usdc(20_000_000_000_000)
    line = MatchLine(ANVIL, "Harbour Prime", "Meridian Capital", paid, MERIDIAN_SAFE, paid, MERIDIAN_SAFE, True)
    flows = (
        Flow("in", "vault", "Harbour Prime", HARBOUR_SAFE, paid),
        Flow("out", "counterparty", "Meridian Capital", MERIDIAN_SAFE, paid),
    )
    digests = tuple(
        Digest(name, hashed(name), WORDS) for name in ("domain-hash", "message-hash", "safe-tx-hash", "calldata-digest")
    )
    facts = (
        ("safe", HARBOUR_SAFE),
        ("nonce", "0"),
        ("operation", "0 (call)"),
        ("call-data", "0xa9059cbb" + "0" * 24 + MERIDIAN_SAFE[2:].lower() + f"{20_000_000_000_000:064x}"),
    )
    return InstructionView(
        SAFE_TX, "safe-tx", ANVIL, hashed("safe_tx.json"), (line,), (), flows, None, digests, facts,
        verdict((*_ETHEREUM, "H2", "H3", "H4"), not_applicable("E9", "E9.none-yet")), signed,
    )  # fmt: skip


def proof(index: int = 17, size: int = 26) -> ProofView:
    sides = ("left", "right", "right", "left", "right")
    steps = tuple(ProofStep(hashed(f"sibling {at}"), side, hashed(f"node {at}")) for at, side in enumerate(sides))
    return ProofView(index, size, hashed("entry"), hashed("leaf"), steps, steps[-1].result, "northgate.example/desk",
                     witnesses(), 2)  # fmt: skip


def keys_of(kind: str) -> tuple[str, ...]:
    return tuple("02" + hashed(f"{kind} {slot}") for slot in range(3 if kind == "psbt" else 1))


def witnesses() -> tuple[WitnessView, ...]:
    return WitnessView("witness-one.example", NOW - 95, True), WitnessView("witness-two.example", NOW - 93, True)


def netted(view: ReviewView, *, proved: bool = True) -> ReviewView:
    """The settlement as a basket of three legs in a netted cycle of three contracts."""
    meridian, harbour = "Meridian Capital (main)", "Harbour Prime (main)"
    legs = (
        LegView(meridian, harbour, btc(25_000_000_000), f"{REGTEST}:{HARBOUR}"),
        LegView(meridian, harbour, usdc(5_000_000), f"{ANVIL}:{HARBOUR_SAFE}"),
        LegView(harbour, meridian, usdc(20_000_000_000_000), f"{ANVIL}:{MERIDIAN_SAFE}"),
    )
    positions = (
        PositionView(meridian, btc(0), btc(25_000_000_000), btc(-25_000_000_000), btc(-25_000_000_000)),
        PositionView(harbour, btc(25_000_000_000), btc(0), btc(25_000_000_000), btc(25_000_000_000)),
    )
    cycle = CycleView("cycle-2026-11-22-1600-1", "multilateral", NOW + 5_400, (view.contract_id, "MER-HAR-2", "MER-HAR-3"),
                      legs[:1], positions, proved, 6, 2, 60_000_000, 20_000_000)  # fmt: skip
    return replace(view, legs=legs, cycle=cycle)


def stopped(view: ReviewView) -> ReviewView:
    """The settlement frozen by an order, and disputed, as a withdrawal."""
    stops = (
        StopView("frozen", ("Conrad Lake", "Dora Finch"), "HC-2026-114", "High Court order", hashed("order"), 31),
        StopView(
            "disputed",
            ("Harbour Prime",),
            "",
            "Paid twice.",
            "",
            30,
            (LegView("Meridian Capital (main)", "Harbour Prime (main)", btc(12_500_000_000), ""),),
        ),
    )
    return replace(view, state="frozen", stops=stops, terms=(("template", "withdrawal"), *view.terms))


def review_view(
    *, signed: frozenset[str] = frozenset(), against: Finding | None = None, legal: LegalKind = LegalKind.PDF
) -> ReviewView:
    return ReviewView(
        CONTRACT, "MER-HAR-2026-11-22-0001", 1, "partly signed" if signed else "instructed",
        (("Meridian Capital", "5299000J2N45DDNE4Y28"), ("Harbour Prime", "5493001KJTIIGC8Y1R12")), "Northgate Trust",
        "2026-11-22", NOW - 7_200, NOW + 4 * 3_600, "desk.finality-mutual",
        (("confirmations", "BTC 1, USDC 1"), ("forum", "London Court of International Arbitration"),
         ("rules", "LCIA 2020"), ("window", "24 h"), ("notional", "USD 20,000,000")),
        (bitcoin_view(signed=PSBT in signed, against=against), ethereum_view(signed=SAFE_TX in signed)),
        verdict(_COMMON, not_applicable("T1", "review.no-envelope")), proof(),
        ActBy(NOW + 3 * 3_600, "settlement.act-by-request", {"vault": "meridian-btc"}),
        LegalTextView(LEGAL, legal, 1_234),
    )  # fmt: skip


def row(number: int = 1, **changes: object) -> SettlementRow:
    dots = (Dot("Amara Okafor", False), Dot("", False), Dot("", False))
    made = SettlementRow(
        CONTRACT if number == 1 else hashed(f"contract {number}"), f"MER-HAR-2026-11-22-{number:04d}", Group.NEEDS_YOU,
        "instructed", ActBy(NOW + 3 * 3_600 + number * 61, "settlement.act-by-request", {"vault": "meridian-btc"}),
        ("Meridian Capital", "Harbour Prime"),
        (btc(25_000_000_000 + (number - 1) * 1_000_000),), (usdc(20_000_000_000_000 + (number - 1) * 80_000_000_000),),
        20_000_000,
        (InstructionDots(PSBT, "psbt", REGTEST, 2, dots), InstructionDots(SAFE_TX, "safe-tx", ANVIL, 2, dots)),
        Action.SIGN, checked=Checked(41),
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


def history_row(number: int = 1, **changes: object) -> HistoryRow:
    made = HistoryRow(
        CONTRACT if number == 1 else hashed(f"contract {number}"), f"MER-HAR-2026-11-{23 - number:02d}-0001", 1,
        "bilateral-spot", "final", ("Meridian Capital", "Harbour Prime"), (btc(25_000_000_000),),
        (usdc(20_000_000_000_000),), 20_000_000, f"2026-11-{23 - number:02d}", NOW - number * 86_400,
        f"cycle-{number}", ("meridian-btc",), ("Amara Okafor", "Chidi Brandt"),
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


def history_view() -> HistoryView:
    basket = (btc(1_000_000_000), usdc(5_000_000), btc(7))
    rows = (
        history_row(1, state="partly signed", final_at=None),
        history_row(2),
        history_row(3, template="multi-leg-basket", gives=basket, notional_usd=143_200_000),
        history_row(4, template="withdrawal", parties=("Harbour Prime", ""), takes=(), version=2),
        history_row(5, state="disputed", final_at=None),
        history_row(6, state="voided", final_at=None, officers=("Dora Finch",)),
    )
    days = ((17, 20), (18, 143), (20, 61), (21, 20))
    volume = tuple(Volume(f"2026-11-{day:02d}", usd * 1_000_000, usd // 10) for day, usd in days)
    return HistoryView(rows, volume, 5_412, 71, 9)


def story(contract: str) -> Story:
    def told(index: int, kind: str, name: str, **values: str) -> Told:
        return Told(index, (NOW - 7_200 + index * 60) * 1_000, kind, hashed(f"event {index}"),
                    (Person("officer", name.split()[0], name),), values)  # fmt: skip

    lines = (
        told(7, "contract.affirmed", "Olive Penn"),
        told(8, "contract.endorsed", "Conrad Lake"),
        told(9, "hold.placed", "Northgate Trust", leg="0", amount="250.00000000 BTC", fee_asset="x",
             fee_amount="0.00050000 BTC"),
        told(11, "cycle.closed", "Northgate Trust", cycle="cycle-1", count="1", netting="gross"),
        told(14, "share.added", "Amara Okafor", vault="meridian-btc", count="1", needed="2"),
        replace(told(15, "share.added", "Amara Okafor", vault="meridian-btc", count="2", needed="2"),
                fault="settlement.share-twice"),
    )  # fmt: skip
    return Story(contract, "MER-HAR-2026-11-22-0001", 1, "bilateral-spot", "partly signed", 20_000_000, (), None, lines)


def desk_view(rows: Sequence[SettlementRow], totals: tuple[Money, ...] = ()) -> DeskView:
    """A Desk of these rows; what each party delivers is summed here."""
    sums: dict[str, dict[str, Money]] = {}
    for each in rows:
        if each.group is not Group.SETTLED:
            for party, side in zip(each.parties, (each.gives, each.takes), strict=True):
                held = sums.setdefault(party, {})
                for money in side:
                    units = held[money.asset].units if money.asset in held else 0
                    held[money.asset] = replace(money, units=units + money.units)
    by_party = tuple((party, tuple(held.values())) for party, held in sorted(sums.items()) if held)
    mine = sum(each.group is Group.NEEDS_YOU for each in rows)
    return DeskView(Rows(rows), totals, by_party, needs_you=mine)


def busy_desk() -> DeskView:
    signed = (Dot("Amara Okafor", True), Dot("", False), Dot("", False))
    full = (Dot("Amara Okafor", True), Dot("Chidi Brandt", True), Dot("", False))

    def both(dots: tuple[Dot, ...]) -> tuple[InstructionDots, ...]:
        return (InstructionDots(PSBT, "psbt", REGTEST, 2, dots), InstructionDots(SAFE_TX, "safe-tx", ANVIL, 2, dots))  # fmt: skip

    rows = (
        row(1),
        row(2, act_by=ActBy(NOW + 1_500, "settlement.act-by-settle"), checked=Checked(40, "B8"), action=Action.REVIEW),
        row(3, group=Group.WAITING, state="partly signed", instructions=both(signed), action=Action.CARRY),
        row(4, group=Group.WAITING, state="agreed", instructions=(), checked=None, action=Action.WAIT),
        row(5, group=Group.READY, state="signed", instructions=both(full), action=Action.WAIT),
        row(6, group=Group.SETTLED, state="final", act_by=None, instructions=both(full), action=Action.NONE),
    )
    return desk_view(rows, (btc(125_000_000_000), usdc(100_000_000_000_000)))


def cut_off_view() -> CutOffView:
    """Forty contracts at 16:00 that net to four transactions; Harbour Prime lacks dollars, one Safe waits."""
    return CutOffView(
        NOW + 5_400, NOW + 9_000, 40, 1, 80, 4, 812_000_000, 61_500_000,
        (Saving(btc(1_015_000_000_000), btc(76_800_000_000)), Saving(usdc(812_000_000_000_000), usdc(61_500_000_000_000))),
        (Lacking("Harbour Prime", "main", usdc(1_200_000_000_000)),), 1,
        (Blocking("harbour-safe", ("MER-HAR-2026-11-21-0009",), NOW - 40_000),),
    )  # fmt: skip


def hindered_desk() -> DeskView:
    """Every remark that a row can carry, and what is no sale."""
    waiting = {"group": Group.WAITING, "action": Action.WAIT, "instructions": (), "checked": None}
    rows = (
        row(1, **waiting, state="proposed", remark=Remark("allegement", ("Meridian Capital", "Harbour Prime"))),
        row(2, **waiting, state="endorsed", remark=Remark("short", ("Harbour Prime",), usdc(1_200_000_000_000))),
        row(3, **waiting, state="held", remark=Remark("blocked", ("harbour-safe", "MER-HAR-2026-11-21-0009"), at=NOW - 40_000)),
        row(4, **waiting, state="frozen", remark=Remark("frozen", ("HC-2026-114",), why="High Court, claim HC-2026-114")),
        row(5, **waiting, state="disputed", remark=Remark("disputed", ("Harbour Prime",), why="Paid twice.")),
        row(6, **waiting, state="endorsed", template="withdrawal", takes=(), parties=("Harbour Prime", "")),
        row(7, **waiting, state="agreed", template="award"),
        row(8, **waiting, state="held", gives=(btc(1), usdc(5), btc(7)), template="multi-leg-basket"),
    )  # fmt: skip
    return desk_view(rows, (btc(125_000_000_000), usdc(100_000_000_000_000)))


TOKEN = TokenView("signing-a", "7c1e1b6a2f90d3c4", "SoftHSM v2", "Amara Okafor", False, "ok")
STRIP = StripView("Amara Okafor", "signing", TOKEN, 26, NOW - 93, 2, 2, True)
CROSSINGS = (
    CrossingView("MER-HAR-2026-11-22-0001", PSBT, "psbt", "Cold vault, operator Chidi Brandt", "qr", "request", WORDS,
                 18_432, False, act_by=ActBy(NOW + 3_000, "settlement.act-by-request", {"vault": "meridian-btc"})),
    CrossingView("MER-HAR-2026-11-22-0001", SAFE_TX, "safe-tx", "Cold vault, operator Chidi Brandt", "usb", "carried",
                 WORDS, 9_112, True, attested_by=("Conrad Lake", "Dora Finch"),
                 act_by=ActBy(NOW + 4 * 3_600, "desk.act-by-head")),
)  # fmt: skip

_KINDS = ("desk.founded", "policy.adopted", "roster.changed", "price.published", "deposit.credited", "deposit.credited",
          "contract.proposed", "contract.affirmed", "contract.endorsed", "hold.placed", "hold.placed", "cycle.closed",
          "instruction.prepared", "instruction.prepared")  # fmt: skip


def log_view(*, alarm: str | None = None, size: int = 26) -> LogView:
    entries = tuple(
        LogEntryView(at, (NOW - 3_600 + at * 30) * 1_000 + 250, _KINDS[at % len(_KINDS)], ("Northgate Trust desk",),
                     "MER-HAR-2026-11-22-0001", hashed(f"payload {at}"), None)
        for at in range(size)
    )  # fmt: skip
    return LogView("northgate.example/desk", size, hashed("root"), NOW - 93, witnesses(), 2, entries, alarm)


@dataclass(frozen=True)
class DriveDouble:
    label: str
    folder: Path
    free: int
    read_only: bool


class DrivesDouble:
    """A machine's removable drives: it remembers which were ejected."""

    def __init__(self) -> None:
        self.drives = (
            DriveDouble("MERIDIAN-1", Path("/media/amara/MERIDIAN-1"), 15_931_539_456, False),
            DriveDouble("Tails", Path("/media/amara/Tails"), 0, True),
        )
        self.looked = 0
        self.ejected: list[Path] = []
        self.kept: dict[Path, bytes] = {}
        self.error: CountersignError | None = None

    def present(self) -> Sequence[DriveDouble]:
        self.looked += 1
        self._fail()
        return tuple(each for each in self.drives if each.folder not in self.ejected)

    def fingerprint(self, file: Path) -> str:
        return hashed(f"bytes of {file.name}")

    def keep(self, folder: Path, name: str, data: bytes) -> Path:
        self._fail()
        self.kept[folder / name] = data
        return folder / name

    def eject(self, folder: Path) -> None:
        self._fail()
        self.ejected.append(folder)

    def _fail(self) -> None:
        if self.error is not None:
            error, self.error = self.error, None
            raise error


@dataclass(frozen=True)
class SizeDouble:
    width: float
    height: float


@dataclass(frozen=True)
class PictureDouble:
    width: int
    height: int
    pixels: bytes


class PdfDouble:
    """A document of grey pages, each a little darker: it remembers what it was asked."""

    def __init__(self, sizes: Sequence[SizeDouble] = (SizeDouble(595, 842),) * 3) -> None:
        self.sizes, self.painted, self.closed = tuple(sizes), list[tuple[int, int]](), 0
        self.errors: dict[int | None, CountersignError] = {}  # of a page, or None: of the document
        self.gate = threading.Event()
        self.gate.set()

    def open(self) -> Sequence[SizeDouble]:
        self._fail(None)
        return self.sizes

    def paint(self, page: int, width: int) -> PictureDouble:
        self.painted.append((page, width))
        self.gate.wait(30)
        self._fail(page)
        height = round(width * self.sizes[page].height / self.sizes[page].width)
        return PictureDouble(width, height, bytes([40 * page, 40 * page, 40 * page, 255]) * (width * height))

    def close(self) -> None:
        self.closed += 1
        self.gate.set()

    def _fail(self, of: int | None) -> None:
        if of in self.errors:
            raise self.errors[of]


def fork() -> ForkView:
    def note(root: str) -> str:
        return f"northgate.example/desk\n26\n{root}=\n\n— northgate.example/desk Az3grlgtzPICa5OS8npVmf1Mye5q0xt4\n"

    return ForkView(26, note("CsUYapGGPo4dkMgIAUqom" * 2), note("Fz9QkuGGPo4dkMgIAUqom" * 2), hashed("evidence"))


class GovernanceDouble:
    """Roster, policy and proposals that change nothing: it remembers what it was asked."""

    def __init__(self, ask: Callable[..., None]) -> None:
        self._ask = ask
        self.open: tuple[ProposalView, ...] = proposals()

    def participants(self) -> Sequence[ParticipantView]:
        return participants()

    def roster(self) -> RosterView:
        return roster_view()

    def policy(self) -> PolicyView:
        return PolicyView(3, 4, (said("policy.minimum", usd="100,000"), said("policy.always"), said("policy.no-lending"),
                                 said("policy.top-up", span="60 min")))  # fmt: skip

    def proposals(self) -> Sequence[ProposalView]:
        return self.open

    def numbers(self) -> Sequence[tuple[str, str]]:
        return (("minimum_notional_usd", "100000"), ("caps.day_usd", ""))

    async def propose(self, kind: str, body: Mapping[str, object]) -> ProposalView:
        self._ask("propose", kind)
        return self.open[0]

    async def propose_certification(self, lei: str, until: str) -> ProposalView:
        return self._new("certify", lei, until)

    async def propose_suspension(self, lei: str, *, suspended: bool) -> ProposalView:
        return self._new("suspend", lei, suspended)

    async def propose_withdrawal(self, kid: str) -> ProposalView:
        return self._new("withdraw key", kid)

    async def propose_number(self, name: str, text: str) -> ProposalView:
        return self._new("number", name, text)

    def propose_file(self, data: bytes) -> ProposalView:
        return self._new("file", data)

    def _new(self, *what: object) -> ProposalView:
        self._ask(*what)
        made = replace(self.open[0], id=hashed("a new one"), signed=("Amara Okafor",), yours=False)
        self.open = (*self.open, made)
        return made

    async def sign(self, id: str) -> ProposalView:
        self._ask("sign proposal", id)
        signed = replace(self.open[0], signed=("Dora Finch", "Amara Okafor"), missing=(), yours=False, complete=True)
        self.open = (signed, *self.open[1:])
        return signed

    def take_in(self, data: bytes) -> ProposalView:
        return self.open[0]

    def export(self, id: str) -> bytes:
        self._ask("export", id)
        return b"a proposal"

    def words(self) -> str:
        return WORDS

    def put(self, view: ProposalView) -> None:
        self.open = (*self.open, view)

    def withdraw(self, id: str) -> None:
        self._ask("withdraw", id)
        self.open = tuple(each for each in self.open if each.id != id)

    async def append(self, id: str) -> Receipt:
        self._ask("append", id)
        self.open = tuple(each for each in self.open if each.id != id)
        return Receipt(31, NOW * 1_000, hashed("entry"))


def proposals() -> tuple[ProposalView, ...]:
    """One that waits for this officer, one that is complete, one that is stale."""
    first = ProposalView(
        hashed("suspension"), "roster.changed", NOW - 3_600, NOW + 601_200, ("Dora Finch",), ("Amara Okafor", "Conrad Lake"),
        2, True, False, False, None,
        (Difference(said("roster.suspended", name="Harbour Prime", lei="5493001KJTIIGC8Y1R12")),),
        ActBy(NOW + 601_200, "desk.act-by-proposal"),
    )  # fmt: skip
    policy = Difference(said("policy.minimum", usd="250,000"), said("policy.minimum", usd="100,000"))
    ready = replace(first, id=hashed("policy"), kind="policy.adopted", signed=("Dora Finch", "Conrad Lake"), missing=(),
                    yours=False, complete=True, changes=(policy,))  # fmt: skip
    stale = replace(first, id=hashed("stale"), yours=False, changes=(), act_by=None,
                    objection=Refused("desk.proposal-old", id="roster.changed-1", hours=217))  # fmt: skip
    return first, ready, stale


def participants() -> tuple[ParticipantView, ...]:
    """One certified, one suspended with settlements open, one whose certification ended, one that ends soon."""
    destinations = (
        DestinationView(f"{REGTEST}:{HARBOUR}", "main", "meridian-btc", NOW - 86_400, True),
        DestinationView(f"{ANVIL}:{MERIDIAN_SAFE}", "main", None, NOW + 90_000, False),
    )
    opened = tuple(
        OpenContractView(f"MER-HAR-2026-11-22-{at:04d}", 1, CONTRACT if at == 1 else hashed(f"contract {at}"),
                         "instructed" if at == 1 else "held", 20_000_000) for at in range(1, 4)
    )  # fmt: skip
    meridian = ParticipantView(
        "5299000J2N45DDNE4Y28", "Meridian Capital", "2027-11-22", None, ("flow", "main"), ("dYJ3kq8mT4xPz0cV", ), (),
        ("meridian-btc",), destinations, opened,
    )  # fmt: skip
    harbour = replace(meridian, lei="5493001KJTIIGC8Y1R12", name="Harbour Prime", barred="suspended", books=("main",),
                      vaults=("harbour-safe",), destinations=(), withdrawn_keys=("n0LongerGoodKey0",))  # fmt: skip
    quay = replace(meridian, lei="213800QILIUD4ROSUO03", name="Quay Street", certified_until="2026-11-01", barred="expired",
                   open=(), vaults=(), destinations=(), books=("main",))  # fmt: skip
    soon = replace(quay, lei="529900T8BM49AURSDO55", name="Tidewater Bank", certified_until="2026-12-01", barred=None)
    return harbour, meridian, quay, soon


def roster_view() -> RosterView:
    """Three officers, two vaults, two assets, one ceremony."""

    def key(name: str, purpose: str, *, online: bool = True) -> KeyView:
        return KeyView(
            hashed(name)[:43],
            purpose,
            purpose,
            name,
            TOKEN.serial if name == "signing-a" else "99",
            "SoftHSM v2",
            online,
        )

    officers = (
        OfficerView("officer-a", "Amara Okafor", ("administrator", "signing"), True,
                    (key("signing-a", "identity"), key("signing-a", "bip122")), (hashed("lost")[:43],)),
        OfficerView("officer-d", "Dora Finch", ("administrator", "vault"), True, (key("cold-d", "eip155", online=False),), ()),
        OfficerView("compliance", "Conrad Lake", ("compliance",), False, (), ()),
    )  # fmt: skip
    vaults = (
        VaultView("meridian-btc", "Meridian Capital", "main", REGTEST, "wsh-slots", 2, ("Amara Okafor", "Dora Finch"), True, True),
        VaultView("harbour-safe", "Harbour Prime", "main", ANVIL, "safe", 2, ("Amara Okafor", "Chidi Brandt"), False, False),
    )  # fmt: skip
    held = (
        CeremonyView("founding", hashed("minutes"), WORDS, ("Amara Okafor", "Dora Finch"), 0, (NOW - 86_400) * 1_000),
    )
    return RosterView(
        "northgate.example/desk", "Northgate Trust", "5493000SAXJ78U0B0E42", "northgate.example/desk+0a0b0c0d+ATESTKEY",
        ("Amara Okafor", "Dora Finch"), 2, officers, participants(), vaults,
        (AssetView(BTC, "BTC", 8), AssetView(USDC, "USDC", 6)), held,
    )  # fmt: skip


NORTHGATE = Custodian("5493000SAXJ78U0B0E42", "Northgate Trust")
MERIDIAN = "5299000J2N45DDNE4Y28"


def accounts(owed: Sequence[OpenBreak] = ()) -> Overview:
    """Meridian's main book: bitcoin in every pocket, and dollars; the custodian's own, which has a little bitcoin for fees."""
    lines = (
        Line(Account(MERIDIAN, "main", BTC), "Meridian Capital", Balance(1_234_567_890, 25_000_050_000, 100_000_000, 500_000_000),
             btc(26_834_617_890), 7_000),
        Line(Account(MERIDIAN, "main", USDC), "Meridian Capital", Balance(20_000_000_000_000), usdc(20_000_000_000_000), 0),
    )  # fmt: skip
    own = tuple(
        Line(Account(NORTHGATE.lei, book, make(0).asset), NORTHGATE.name, Balance(units), make(units), 0)
        for make, kept in ((btc, 3_000_000), (usdc, 0))
        for book, units in (("lending-pool", 0), ("network-fees", kept), ("suspense", 0))
    )
    sums = (
        AssetSum(BTC, btc(26_837_617_890), Totals(26_837_646_000, 14_050, 14_060)),
        AssetSum(USDC, usdc(20_000_000_000_000), Totals(20_000_000_000_000)),
    )
    return Overview("northgate.example/desk", NORTHGATE, 26, NOW * 1_000, lines + own, sums, tuple(owed), None)


def owed_dollars() -> OpenBreak:
    """Meridian waits for its dollars: the Ethereum leg failed after Bitcoin's was delivered."""
    account = Account(NORTHGATE.lei, "suspense", USDC)
    debt = Debt(account, 20_000_000_000_000, Party(MERIDIAN, "main"), "Meridian Capital", "failed", ANVIL, "cycle-1",
                ("MER-HAR-2026-11-22-0001",), 24)  # fmt: skip
    return OpenBreak(debt, usdc(debt.units), (NOW - 900) * 1_000)


def stated(account: Account, span: Span) -> Statement:
    """Of Meridian's bitcoin a deposit and what a sale did; of suspense a break opened and closed; of any other account nothing."""
    bitcoin = account.asset == BTC
    unit = Asset(account.asset, "BTC", 8) if bitcoin else Asset(account.asset, "USDC", 6)
    name = NORTHGATE.name if account.lei == NORTHGATE.lei else "Meridian Capital"
    moved: tuple[Movement, ...] = ()
    if (account.lei, account.asset) == (MERIDIAN, BTC):
        moved = _moved()
    closing = moved[-1].after if moved else Balance()
    found = Statement(account, name, unit, span, 26, Balance(), moved, closing)
    if (account.book, account.asset) != ("suspense", USDC):
        return found
    debt = owed_dollars().debt
    lines = tuple(
        DebtLine(index, (NOW - 900 + index) * 1_000, event, change, debt, owed, Balance())
        for index, event, change, owed in (
            (24, "settlement.failed", "opened", debt.units),
            (25, "settlement.final", "closed", 0),
        )
    )
    return replace(found, breaks=lines)


def _moved() -> tuple[Movement, ...]:
    sale = (CONTRACT, "MER-HAR-2026-11-22-0001", "cycle-1")
    harbour = "5493001KJTIIGC8Y1R12/main"
    rows = (
        (3, "deposit.credited", "credit", "", "available", 26_834_617_890, ("", "", ""), "", Balance(26_834_617_890), ""),
        (9, "hold.placed", "hold", "available", "held", 25_000_000_000, sale, "", Balance(1_834_617_890, 25_000_000_000), ""),
        (22, "settlement.final", "delivery", "held", "", 25_000_000_000, sale, harbour, Balance(1_834_617_890),
         "Harbour Prime, main"),
    )  # fmt: skip
    return tuple(
        Movement(
            index, (NOW - 7_200 + index * 60) * 1_000, event, cause, source, target, units, *about, other, after, name
        )
        for index, event, cause, source, target, units, about, other, after, name in rows
    )


DEVICES = (DeviceView("device officer-a", "0f056943", "Coldcard Mk4", "account 0", ("02" + hashed("child"),)),)


class OfficerDouble:
    """A signing officer's console that signs nothing: it remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[object] = []
        self.unlocked = False
        self.signed: frozenset[str] = frozenset()
        self.rows = busy_desk()
        self.counting: asyncio.Event | None = None  # set once the totals are counted
        self.judging: asyncio.Event | None = None  # set once checks have run
        self.verdicts: dict[str, Checked] = {}
        self.ahead = cut_off_view()
        self.altered: Callable[[ReviewView], ReviewView] = lambda view: view
        self.governing = GovernanceDouble(self._ask)
        self.operating = OperationsDouble(self._ask)
        self.vaults = VaultsDouble(self._ask)
        self.deeds = DeedDouble(self._ask, proposals()[0], self.governing.put, NOW)
        self.half_award: bytes | None = None
        self.against: Finding | None = None
        self.error: BaseException | None = None
        self.parts = ("UR:COUNTERSIGN/" + "A" * 900, "UR:COUNTERSIGN/" + "B" * 900, "UR:COUNTERSIGN/" + "C" * 900)
        self.densities: list[int] = []
        self.absent: tuple[str, ...] = ()  # papers that a pack lacks
        self.gate: asyncio.Event | None = None
        self.taken = 0
        self.tries = "ok"
        self.books = accounts()
        self.legal = LegalText(LEGAL, LegalKind.PDF, b"%PDF-")
        self.legal_kind = LegalKind.PDF
        self.kept = KeptLegalText(("MER-HAR-2026-11-22-0001",), True)

    def _ask(self, *what: object) -> None:
        self.asked.append(what)
        if self.error is not None:
            error, self.error = self.error, None
            raise error

    @cached_property
    def owner_changes(self) -> owners_double.OwnersDouble:
        shown = owners_double.view(ethereum_view())
        return owners_double.OwnersDouble(self._ask, self._with_pin, shown, lambda: self.governance.open[0])

    def _with_pin(self) -> None:
        if not self.unlocked:
            raise Unavailable("signers.locked", token="officer-a")

    @property
    def token(self) -> TokenView:
        return replace(TOKEN, unlocked=self.unlocked, tries=TOKEN.tries if self.tries == "ok" else self.tries)

    async def strip(self) -> StripView:
        return replace(STRIP, token=self.token)

    async def log(self) -> LogView:
        return log_view()

    async def proof(self, index: int) -> ProofView:
        self._ask("proof", index)
        return proof(index)

    async def verify_everything(self, progress: Progress) -> LogView:
        self._ask("verify everything")
        for done in range(26):
            progress(done + 1, 26)
            if self.gate is not None:
                await self.gate.wait()
        return log_view()

    async def synchronise(self) -> None:
        self._ask("synchronise")

    async def desk(self, begun: Callable[[DeskView], None] = lambda _: None) -> DeskView:
        if self.counting is not None:
            begun(replace(self.rows, totals=None, by_party=()))
            await self.counting.wait()
        return self.rows

    async def checked(self, contracts: Sequence[str], size: int) -> Mapping[str, Checked]:
        self._ask("checked", *contracts)
        if self.judging is not None:
            await self.judging.wait()
        return {each: self.verdicts.get(each, Checked(63)) for each in contracts} if size == self.rows.size else {}

    async def history(self) -> HistoryView:
        return history_view()

    async def story(self, contract: str) -> Story:
        self._ask("story", contract)
        return story(contract)

    async def evidence(self, contract: str) -> EvidenceView:
        self._ask("evidence", contract)
        return EvidenceView(b"pack of " + contract.encode(), "able acid also", self.absent)

    async def report_ground(self, contract: str) -> Ground:
        self._ask("report", contract)
        head = Head("northgate.example/desk", "ada", NOW, 26, bytes.fromhex(hashed("root")))
        return Ground(head, "Ada Vale", "Northgate Trust", history_view(), story(contract) if contract else None)

    async def sign_report(self, claim: Claim) -> bytes:
        self._with_pin()
        self._ask("sign report", claim)
        return b"signature of " + claim.sha256.hex().encode()

    async def endorse(self, contract: str) -> None:
        self._ask("endorse", contract)

    async def decline(self, contract: str, reason: str) -> None:
        self._ask("decline", contract, reason)

    @property
    def governance(self) -> GovernanceDouble:
        return self.governing

    @property
    def enrolling(self) -> Enrolling:
        raise AssertionError("nothing is enrolled at a double: ui/test_enrol_screen.py sits at real consoles")

    @property
    def operations(self) -> OperationsDouble:
        return self.operating

    async def reconcile(self, trades: Path | None) -> ReconciliationView:
        self._ask("reconcile", trades)
        return self.operating.found

    async def freeze(self, order: str, scope: Scope, paper: Path, reason: str) -> ProposalView:
        return self.deeds._made("freeze", order, scope, paper, reason)

    async def lift(self, order: str, paper: Path, reason: str) -> ProposalView:
        return self.deeds._made("lift", order, paper, reason)

    async def read_award(self, terms: Path, ruling: Path) -> AwardPaper:
        moves = said("deed.award", award="AWARD-1", id="MER-HAR-1", version=1)
        people = () if self.half_award is not None else ("Conrad Lake",)
        return AwardPaper((Difference(moves),), people, str(terms).encode(), str(ruling).encode())

    async def award(self, paper: AwardPaper) -> bytes | ProposalView:
        if self.half_award is not None:
            self._ask("award", paper.terms, paper.ruling)
            return self.half_award
        return self.deeds._made("award", paper.terms, paper.ruling)

    async def accounts(self) -> Overview:
        return self.books

    async def statement(self, account: Account, span: Span, progress: Progress) -> Statement:
        self._ask("statement", account, span)
        progress(13, 26)
        if self.gate is not None:
            await self.gate.wait()
        return stated(account, span)

    async def take_change(self, file: Path) -> ProposalView:
        self._ask("take change", file)
        return self.governing.open[1]

    async def cut_off(self) -> CutOffView:
        return self.ahead

    async def review(self, contract: str) -> ReviewView:
        self._ask("review", contract)
        return self.altered(review_view(signed=self.signed, against=self.against, legal=self.legal_kind))

    async def legal_text(self, contract: str) -> LegalText:
        self._ask("legal text", contract)
        return self.legal

    async def take_legal_text(self, file: Path) -> KeptLegalText:
        self._ask("take legal text", file)
        self.legal_kind = LegalKind.PDF
        return self.kept

    async def to_sign(self, contract: str) -> Sequence[SignView]:
        view = review_view(signed=self.signed)
        return [SignView(each, self.token, keys_of(each.kind), 3 if each.kind == "psbt" else 1)
                for each in view.instructions if not each.signed_by_me]  # fmt: skip

    async def unlock(self, ask: AskSecret, *, last_try: bool = False) -> TokenView:
        if self.token.tries == "last" and not last_try:
            raise Refused("H5.final-try", token=TOKEN.label)
        pin = await ask("signers.ask-pin")
        self._ask("unlock", pin == PIN)
        if pin != PIN:
            self.tries = {"ok": "low", "low": "last"}.get(self.tries, "locked")
            raise Refused("H5.pin-incorrect")
        self.unlocked = pin == PIN
        return self.token

    async def lock(self) -> TokenView:
        self._ask("lock")
        self.unlocked = False
        return self.token

    async def sign(self, instruction: str, progress: Progress, shown: InstructionView | None = None) -> ReviewView:
        assert shown is not None
        assert shown.instruction == instruction
        self._ask("sign", instruction)
        for done in range(3):
            progress(done + 1, 3)
            if self.gate is not None:
                await self.gate.wait()
        self.signed |= {instruction}
        return review_view(signed=self.signed)

    async def device_export(self, instruction: str, version: int = 0, shown: InstructionView | None = None) -> bytes:
        self._ask("device export", instruction, version)
        return b"psbt\xff"

    def device_frames(self, data: bytes, tag: int = 2, density: int = 27) -> Sequence[str]:
        return self.parts

    def device_scan(self) -> "DeviceScanDouble":
        return DeviceScanDouble()

    async def device_read(self, file: Path) -> bytes:
        self._ask("device file", file)
        return b"psbt\xff"

    async def device_signed(self, instruction: str, signed: bytes) -> ReviewView:
        self._ask("device signed", instruction, signed)
        self.signed |= {instruction}
        return await self.review(CONTRACT)

    async def refuse(self, contract: str, instruction: str | None, reason: str) -> None:
        self._ask("refuse", contract, instruction, reason)

    async def attest(self, instruction: str) -> bytes:
        self._ask("attest", instruction)
        return b"half"

    async def join_attestation(self, half: bytes | Path) -> Receipt:
        self._ask("join attestation", half)
        return Receipt(27, NOW * 1_000, hashed("attested"))

    async def carry_requests(self) -> Sequence[CrossingView]:
        return CROSSINGS

    async def request_frames(self, instruction: str, density: int = 27) -> Sequence[str]:
        self._ask("request frames", instruction)
        self.densities.append(density)
        return self.parts

    async def request_to_usb(self, instruction: str, folder: Path) -> Path:
        self._ask("request to usb", instruction, folder)
        return folder / "request.countersign"

    async def take_frame(self, text: str) -> tuple[int, int, bool]:
        self._ask("frame", text)
        self.taken += 1
        return self.taken, 3, self.taken == 3

    async def take_pictures(self, pictures: Sequence[Path], progress: Progress) -> CrossingView:
        self._ask("pictures", tuple(pictures))
        progress(len(pictures), len(pictures))
        return replace(CROSSINGS[0], phase="answered")

    async def take_from_usb(self, file: Path) -> CrossingView:
        self._ask("from usb", file)
        return replace(CROSSINGS[1], phase="answered")


class DeviceScanDouble:
    """A device's codes: whole with the third text."""

    taken = 0

    def frame(self, text: str) -> tuple[int, int, bytes | None]:
        self.taken += 1
        return self.taken, 3, b"psbt\xff" if self.taken == 3 else None

    async def pictures(self, pictures: Sequence[Path], progress: Progress) -> bytes:
        return b"psbt\xff"


class VaultDouble:
    """An air-gapped console that verifies nothing: it remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[object] = []
        self.up: tuple[str, ...] = ()
        self.opened: VaultRequestView | None = None
        self.unlocked = False
        self.confirmed = False
        self.error: CountersignError | None = None
        self.taken = 0
        self.parts = ("UR:COUNTERSIGN/" + "A" * 900, "UR:COUNTERSIGN/" + "B" * 900)
        self.wanted = ["harbour-btc"]  # the token signs for this one; a device for meridian-btc, where it is wanted too
        self.given: list[str] = []

    def _view(self, *, answered: bool = False, channel: str = "qr") -> VaultRequestView:
        phase = "answered" if answered else "request"
        crossing = replace(CROSSINGS[0], channel=channel, phase=phase, later_cancellation_checked=channel == "usb")
        if answered:
            crossing = replace(crossing, act_by=ActBy(NOW + 300, "desk.act-by-answer"))
        view = review_view(signed=frozenset({PSBT}) if answered else frozenset())
        only = replace(view, instructions=view.instructions[:1])
        keys = keys_of("psbt") if "harbour-btc" in self.wanted else ()
        devices = DEVICES if "meridian-btc" in self.wanted else ()
        given = () if answered else tuple(self.given)
        return VaultRequestView(
            crossing, only, only.instructions[0], self.confirmed, answered, keys, devices=devices, given=given
        )

    def _after(self, vault: str) -> VaultRequestView:
        """A vault's share was made; answered once no other is wanted."""
        self.wanted.remove(vault)
        self.given.append(vault)
        self.opened = self._view(answered=not self.wanted)
        return self.opened

    async def strip(self) -> StripView:
        return replace(STRIP, officer="Chidi Brandt", role="vault", desk_reachable=None,
                       token=replace(TOKEN, label="vault-c", officer="Chidi Brandt", unlocked=self.unlocked))  # fmt: skip

    async def log(self) -> LogView:
        return log_view()

    async def proof(self, index: int) -> ProofView:
        return proof(index)

    async def verify_everything(self, progress: Progress) -> LogView:
        progress(26, 26)
        return log_view()

    async def confirm_clock(self, confirmed: bool) -> None:
        self.asked.append(("clock", confirmed))
        self.confirmed = confirmed

    async def interfaces_up(self) -> Sequence[str]:
        return self.up

    async def take_frame(self, text: str) -> tuple[int, int, bool]:
        self.asked.append(("frame", text))
        self.taken += 1
        if self.taken == 2:
            self.opened = self._view()
        return self.taken, 2, self.taken == 2

    async def take_pictures(self, pictures: Sequence[Path], progress: Progress) -> VaultRequestView:
        self.asked.append(("pictures", tuple(pictures)))
        progress(len(pictures), len(pictures))
        self.opened = self._view()
        return self.opened

    async def take_from_usb(self, file: Path) -> VaultRequestView:
        self.asked.append(("from usb", file))
        if self.error is not None:
            raise self.error
        self.opened = self._view(channel="usb")
        return self.opened

    async def request(self) -> VaultRequestView | None:
        return self.opened

    async def unlock(self, ask: AskSecret, *, last_try: bool = False) -> TokenView:
        pin = await ask("signers.ask-pin")
        self.unlocked = pin == PIN
        self.asked.append(("unlock", self.unlocked))
        return replace(TOKEN, label="vault-c", officer="Chidi Brandt", unlocked=self.unlocked)

    async def lock(self) -> TokenView:
        self.asked.append(("lock",))
        self.unlocked = False
        return replace(TOKEN, label="vault-c", officer="Chidi Brandt", unlocked=False)

    async def sign(self, progress: Progress, shown: InstructionView | None = None) -> VaultRequestView:
        assert shown == self._view().instruction
        self.asked.append(("sign",))
        progress(3, 3)
        return self._after("harbour-btc")

    def device_scan(self) -> DeviceScanDouble:
        return DeviceScanDouble()

    async def device_read(self, file: Path) -> bytes:
        self.asked.append(("device file", file))
        return b"psbt\xff"

    def device_frames(self, data: bytes, tag: int = 2, density: int = 27) -> Sequence[str]:
        return self.parts

    async def device_export(self, version: int = 0, shown: InstructionView | None = None) -> bytes:
        assert shown == self._view().instruction
        self.asked.append(("device export", version))
        return b"psbt\xff"

    async def device_signed(self, signed: bytes) -> VaultRequestView:
        self.asked.append(("device signed", signed))
        return self._after("meridian-btc")

    async def hand_back(self) -> VaultRequestView:
        self.asked.append(("hand back",))
        self.opened = self._view(answered=True)
        return self.opened

    async def refuse(self, reason: str) -> None:
        self.asked.append(("refuse", reason))
        self.opened = replace(self._view(answered=True), instruction=self._view().instruction)

    async def answer_frames(self, density: int = 27) -> Sequence[str]:
        return self.parts

    async def answer_to_usb(self, folder: Path) -> Path:
        self.asked.append(("answer to usb", folder))
        return folder / "answer.countersign"


def bitcoin_fails() -> Finding:
    """B8 as an altered recipient makes it fail."""
    return failed("B8", "outputs-differ", "the outputs that are not change", f"25,000,000,000 sat to {HARBOUR}",
                  f"25,000,000,000 sat to {CHANGE}")  # fmt: skip


def draw_code(text: str) -> tuple[tuple[bool, ...], ...]:
    """Modules that look like a version-20 code; they carry nothing."""
    side = 97
    noise = b"".join(sha256(f"{text} {at}".encode()).digest() for at in range(side))
    return tuple(tuple(_finder(x, y, side, bool(noise[(y * 31 + x) % len(noise)] >> (x % 8) & 1)) for x in range(side))
                 for y in range(side))  # fmt: skip


def _finder(x: int, y: int, side: int, otherwise: bool) -> bool:
    for left, top in ((0, 0), (side - 7, 0), (0, side - 7)):
        a, b = x - left, y - top
        if -1 <= a <= 7 and -1 <= b <= 7:
            ring = max(abs(a - 3), abs(b - 3))
            return ring in (0, 1, 3)
    return otherwise
