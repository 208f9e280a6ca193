"""What a surface (window or terminal) may ask of a console: the verbs of the three people who sit before one.

Surfaces receive an object of these shapes and nothing else of the desk. All are coroutines; anything slow reports progress
through the `Progress` it was given and can be cancelled as asyncio tasks are. They raise only `CountersignError`.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Final, Protocol

from countersign.desk.accounts import Overview
from countersign.desk.arrivals import Sight, TakenIn
from countersign.desk.cut_off_view import CutOffView
from countersign.desk.deed_views import AwardPaper, Offer, OrderView, TargetView, Way
from countersign.desk.device_surfaces import DeviceConsole
from countersign.desk.enrolling_views import Enrolling
from countersign.desk.fee_rates import FeeRate
from countersign.desk.governance_views import ParticipantView, PolicyView, ProposalView, RosterView
from countersign.desk.history import HistoryView
from countersign.desk.legal_text import LegalText
from countersign.desk.legs import LegsView
from countersign.desk.operations_views import BatchView, LoanView, ReconciliationView, Standing
from countersign.desk.owner_surfaces import OwningConsole
from countersign.desk.ports import DENSEST, AskSecret, Receipt
from countersign.desk.report_file import Claim
from countersign.desk.reporting import Ground
from countersign.desk.statement import Span, Statement
from countersign.desk.telling import Story
from countersign.desk.vault_views import AddressFound, HoldingsView, PlaceView, VaultsView
from countersign.desk.views import (
    Checked,
    CrossingView,
    DeskView,
    EvidenceView,
    InstructionView,
    KeptLegalText,
    LogView,
    ProofView,
    ReviewView,
    SignView,
    StripView,
    TokenView,
    VaultRequestView,
)
from countersign.settlement.ledger import Account
from countersign.settlement.stop_bodies import Scope

REQUEST_FILE: Final = "request.countersign"
ANSWER_FILE: Final = "answer.countersign"
"""What the two files on a stick are called."""

Progress = Callable[[int, int], None]
"""done, total (total 0: unknown)."""


class Watching(Protocol):
    """What every signed-in person's console can show."""

    async def strip(self) -> StripView: ...

    async def log(self) -> LogView: ...

    async def proof(self, index: int) -> ProofView: ...

    async def verify_everything(self, progress: Progress) -> LogView:
        """Every entry rebuilt from its opening, every tile compared, the state replayed; the view after it."""


class Governing(Protocol):
    """What an officer does about roster and policy: look, propose, sign, hand on, have logged. Nothing is edited."""

    def participants(self) -> Sequence[ParticipantView]: ...

    def roster(self) -> RosterView: ...

    def policy(self) -> PolicyView: ...

    def words(self) -> str:
        """The twelve words of whom this machine trusts."""

    def proposals(self) -> Sequence[ProposalView]: ...

    async def propose(self, kind: str, body: Mapping[str, object]) -> ProposalView:
        """Draft a change (`roster.changed`, `policy.adopted`, `log.rotated`, `ceremony.recorded`); sign it if one may."""

    async def propose_suspension(self, lei: str, *, suspended: bool) -> ProposalView: ...
    async def propose_certification(self, lei: str, until: str) -> ProposalView: ...

    async def propose_withdrawal(self, kid: str) -> ProposalView:
        """That a key signs nothing any more."""

    async def propose_number(self, name: str, text: str) -> ProposalView:
        """A policy with one number altered; "" takes a cap away."""

    def propose_file(self, data: bytes) -> ProposalView:
        """A `.proposal`, or a drafted body of a change, kept here to be read and signed."""

    def numbers(self) -> Sequence[tuple[str, str]]:
        """The policy's numbers that can be proposed one by one."""

    async def sign(self, id: str) -> ProposalView: ...

    def take_in(self, data: bytes) -> ProposalView:
        """A `.proposal` file."""

    def export(self, id: str) -> bytes:
        """The `.proposal` file to hand on."""

    def withdraw(self, id: str) -> None: ...

    async def append(self, id: str) -> Receipt:
        """Have a complete proposal logged."""


class Operating(Protocol):
    """What an operations officer does alone, the desk signing beside. All of it is refused to an officer without the role."""

    def standing(self) -> Standing:
        """Whether this officer may, and which chains this console cannot see."""

    async def record(self, shown: ReconciliationView) -> ReconciliationView:
        """Log a comparison that was shown; refused where the books have moved since."""

    async def judge_batch(self, files: Mapping[str, bytes]) -> BatchView:
        """What each item of a batch is; files nothing."""

    async def arrivals(self) -> TakenIn:
        """What this console's nodes see and the log has not: what came in, what got on; logs nothing."""

    async def take_in(self, only: Collection[str] | None = None) -> TakenIn:
        """Log it: all, or what has these keys; what was logged, what there is besides, what was refused."""

    async def find_payment(self, vault: str, asset: str, reference: str) -> Sight:
        """One payment into a Safe by its reference `0x<transaction>:<log>`; logs nothing."""

    async def credit(self, vault: str, asset: str, reference: str) -> Receipt:
        """Credit such a payment."""

    def loans(self) -> Sequence[LoanView]:
        """Every loan to the custodian's pool, and whether it can be recalled now."""

    async def recall(self, loan: str, reason: str) -> LoanView:
        """End a loan; the loan after it."""

    def to_prepare(self, contract: str) -> bool:
        """Whether the contract's closed cycle lacks an instruction."""

    async def fee_rate(self, contract: str) -> FeeRate | None:
        """What the console's node estimates for the Bitcoin transactions of the contract's cycle; None where it has none."""

    async def prepare(self, contract: str, rate: int) -> int:
        """Prepare what the cycle lacks, at so many satoshis a vbyte; how many instructions were logged."""

    def on_chains(self, contract: str) -> bool:
        """Whether a settlement is between its release and its end."""

    async def look(self, contract: str) -> LegsView:
        """Every leg of a released settlement as this console's nodes have it; logs nothing."""

    async def observe(self, contract: str) -> LegsView:
        """Log what the nodes say that is not logged yet; the legs after it."""

    async def raise_fees(self, contract: str, reason: str) -> LegsView:
        """Replace what waits on Ethereum by the same calls with higher fees; the legs after it."""

    async def send(self, contract: str, reason: str) -> LegsView:
        """Send what was released and is nowhere on its chain, first or again; the legs after it."""

    async def record_failure(self, contract: str, instruction: str, reason: str) -> LegsView:
        """Log that a leg failed though another was delivered; the legs after it."""

    async def file_batch(self, shown: BatchView, progress: Progress) -> BatchView:
        """File what is new of a batch that was shown; what became of each item."""


class Deciding(Protocol):
    """What takes two officers: proposed here, signed at another console, then logged."""

    def offers(self, contract: str) -> tuple[Offer, ...]:
        """What may be proposed about a contract now, and why the rest may not."""

    def orders(self) -> Sequence[OrderView]: ...

    def targets(self) -> Sequence[TargetView]:
        """What an order may name."""

    def checkers(self) -> Sequence[tuple[str, str]]:
        """Who may check a release that this officer makes: id and name."""

    async def ways(self, contract: str) -> Sequence[Way]:
        """How the legs of several Safes on one chain would go out."""

    async def release(self, contract: str, checker: str) -> ProposalView: ...

    async def consent(self, contract: str, rate: int) -> tuple[ProposalView, ...]:
        """Bitcoin instructions that the cycle lacks, at a fee that wants two officers."""

    async def void(self, contract: str, rate: int) -> tuple[ProposalView, ...]:
        """A void of every instruction of its cycle that has shares; `rate` in satoshis a vbyte."""

    async def replace(self, instruction: str, rate: int) -> ProposalView: ...

    async def child(self, instruction: str, rate: int) -> ProposalView:
        """A child that lifts a Bitcoin instruction, so that both pay the rate."""


class Holding(Protocol):
    """What an officer asks about the vaults. Nothing of it changes or logs anything."""

    async def view(self) -> VaultsView:
        """Every vault of the roster: keys, descriptors, what the ledger says."""

    async def place(self, vault: str, number: int) -> PlaceView:
        """One place of a vault with its address, derived here."""

    async def holdings(self, progress: Progress) -> HoldingsView:
        """What lies in the vaults by this console's own nodes, beside the ledger."""

    async def check_address(self, text: str) -> AddressFound:
        """Whose a typed address is, or which of ours it resembles."""


class OfficerConsole(Watching, DeviceConsole, OwningConsole, Protocol):
    """A signing officer's machine."""

    @property
    def vaults(self) -> Holding:
        """The vaults, and what lies in them."""

    @property
    def enrolling(self) -> Enrolling:
        """A Bitcoin vault's enrolment, step by step."""

    @property
    def operations(self) -> Operating:
        """Reconciliation, imports, failed legs, recalls."""

    async def reconcile(self, trades: Path | None) -> ReconciliationView:
        """The ledger against every vault on its chain, or the log against a participant's trade file. Logs nothing."""

    @property
    def governance(self) -> Governing:
        """Roster, policy and proposals."""

    @property
    def deeds(self) -> Deciding:
        """What takes two officers."""

    async def freeze(self, order: str, scope: Scope, paper: Path, reason: str) -> ProposalView:
        """Propose that an order stops what it names, by the paper in a file."""

    async def lift(self, order: str, paper: Path, reason: str) -> ProposalView:
        """Propose that an order stops nothing any more."""

    async def read_award(self, terms: Path, ruling: Path) -> AwardPaper:
        """An award's files, and what they would do, to be read before they are signed."""

    async def award(self, paper: AwardPaper) -> bytes | ProposalView:
        """Sign an award's terms: the first officer gets the signed file to hand on, the second the proposal."""

    async def accounts(self) -> Overview:
        """Every account of the ledger, what crossed its border, what the custodian owes."""

    async def statement(self, account: Account, span: Span, progress: Progress) -> Statement:
        """What happened to one account over a span of days."""

    async def take_change(self, file: Path) -> ProposalView:
        """A proposal, or a drafted change that becomes one, from a file."""

    async def synchronise(self) -> None:
        """Take in what the desk has logged since, proving it; refuses a head that is not consistent or not witnessed."""

    async def desk(self, begun: Callable[[DeskView], None] = ...) -> DeskView:
        """Every settlement; where much is to be counted, `begun` is given the same before, without its totals."""

    async def checked(self, contracts: Sequence[str], size: int) -> Mapping[str, Checked]:
        """What all checks say now of these rows of a view of that size; nothing where the view is of an earlier log."""

    async def cut_off(self) -> CutOffView:
        """What the next cut-off would close and save, who lacks what for it, which Safe waits."""

    async def device_export(self, instruction: str, version: int = 0, shown: InstructionView | None = None) -> bytes:
        """The unsigned PSBT (version 0 or 2) for the officer's own device: compared with what was shown, checked, journalled."""

    async def device_signed(self, instruction: str, signed: bytes) -> ReviewView:
        """What the device gave back: this officer's signatures verified, journalled, given to the desk."""

    async def review(self, contract: str) -> ReviewView:
        """Everything of one settlement, every check run now, on this machine."""

    async def endorse(self, contract: str) -> None:
        """The custodian's compliance has no objection; signed and logged."""

    async def decline(self, contract: str, reason: str) -> None:
        """The custodian's compliance declines a contract; signed and logged with the reason."""

    async def history(self) -> HistoryView:
        """Every settlement that this machine has replayed, and what they add up to."""

    async def story(self, contract: str) -> Story:
        """What happened to one settlement, entry by entry."""

    async def evidence(self, contract: str) -> EvidenceView:
        """The evidence pack of one settlement; refuses what is not whole here."""

    async def report_ground(self, contract: str) -> Ground:
        """What a report of the history tells, as of this machine's head; one settlement in full (empty: none)."""

    async def sign_report(self, claim: Claim) -> bytes:
        """This officer's signature file beside a report. Raises what the token raises."""

    async def legal_text(self, contract: str) -> LegalText:
        """The legal text that the contract names, its hash checked; refuses what is not at hand or neither PDF nor text."""

    async def take_legal_text(self, file: Path) -> KeptLegalText:
        """Keep a file that is a logged contract's legal text; refuses every other file."""

    async def to_sign(self, contract: str) -> Sequence[SignView]:
        """The instructions of a settlement that this officer's key can still sign."""

    async def unlock(self, ask: AskSecret, *, last_try: bool = False) -> TokenView:
        """Log in to the token; the PIN is asked once and never retried. `last_try`: a person confirmed the last one."""

    async def lock(self) -> TokenView:
        """Log out of the token: the next signature needs the PIN again."""

    async def sign(self, instruction: str, progress: Progress, shown: InstructionView | None = None) -> ReviewView:
        """verify → journal → token → verify → journal → submit; refuses with every finding if a check does not pass."""

    async def refuse(self, contract: str, instruction: str | None, reason: str) -> None:
        """A signed refusal with the failed findings and the officer's reason, logged. None: the contract itself."""

    async def attest(self, instruction: str) -> bytes:
        """This officer's half of the attestation that a QR crossing of an instruction needs (L8)."""

    async def join_attestation(self, half: bytes | Path) -> Receipt:
        """Sign another officer's half, where this console finds the same, and log it."""

    async def carry_requests(self) -> Sequence[CrossingView]:
        """What waits to be carried to a cold vault, and what was carried and not yet answered."""

    async def request_frames(self, instruction: str, density: int = DENSEST) -> Sequence[str]:
        """The UR parts of a request for the cold vault, for QR codes of version `density`, in the order shown."""

    async def request_to_usb(self, instruction: str, folder: Path) -> Path:
        """Write the request as a `.countersign` file, read it back, compare."""

    async def take_frame(self, text: str) -> tuple[int, int, bool]:
        """One decoded QR text of an answer: parts received, parts needed, whether the answer was completed and taken in."""

    async def take_pictures(self, pictures: Sequence[Path], progress: Progress) -> CrossingView:
        """An answer from picture files."""

    async def take_from_usb(self, file: Path) -> CrossingView:
        """An answer from a `.countersign` file."""


class VaultConsole(Watching, DeviceConsole, Protocol):
    """A vault operator's air-gapped machine. Four steps: take in, verify, sign, hand back."""

    async def confirm_clock(self, confirmed: bool) -> None:
        """The operator compared the clock with a second source (or could not); recorded."""

    async def interfaces_up(self) -> Sequence[str]:
        """Network interfaces that are up: warned about loudly."""

    async def take_frame(self, text: str) -> tuple[int, int, bool]:
        """One decoded QR text of a request: parts received, parts needed, complete."""

    async def take_pictures(self, pictures: Sequence[Path], progress: Progress) -> VaultRequestView: ...

    async def take_from_usb(self, file: Path) -> VaultRequestView: ...

    async def request(self) -> VaultRequestView | None:
        """The request that is open, if any, with every check run on this machine."""

    async def unlock(self, ask: AskSecret, *, last_try: bool = False) -> TokenView: ...

    async def lock(self) -> TokenView: ...

    async def sign(self, progress: Progress, shown: InstructionView | None = None) -> VaultRequestView:
        """Sign the open request, or answer it again from the record."""

    async def device_export(self, version: int = 0, shown: InstructionView | None = None) -> bytes:
        """The open request's unsigned PSBT for the operator's own device: compared with what was shown, checked, journalled."""

    async def device_signed(self, signed: bytes) -> VaultRequestView:
        """What the device gave back: the operator's signatures verified and journalled."""

    async def hand_back(self) -> VaultRequestView:
        """Answer with what is signed so far."""

    async def refuse(self, reason: str) -> None: ...

    async def answer_frames(self, density: int = DENSEST) -> Sequence[str]:
        """The UR parts of the answer, in the order shown."""

    async def answer_to_usb(self, folder: Path) -> Path: ...
