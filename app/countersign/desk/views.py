"""Read models: what a screen or a report shows, as typed values, decoded from the bytes that are hashed.

- No sentence, no colour, no elided value: presenters turn these into text, sentences come from `resources/` by code.
- Amounts are base units with their registered symbol and decimals; times are unix seconds; hashes and addresses whole.
- Every view is a function of state and archive: thrown away and made anew after each change.
"""

from dataclasses import dataclass
from enum import StrEnum

from countersign.desk.desk_views import ActBy as ActBy
from countersign.desk.desk_views import Action as Action
from countersign.desk.desk_views import Checked as Checked
from countersign.desk.desk_views import DeskView as DeskView
from countersign.desk.desk_views import Dot as Dot
from countersign.desk.desk_views import Group as Group
from countersign.desk.desk_views import InstructionDots as InstructionDots
from countersign.desk.desk_views import Line as Line
from countersign.desk.desk_views import Remark as Remark
from countersign.desk.desk_views import Rows as Rows
from countersign.desk.desk_views import SettlementRow as SettlementRow
from countersign.desk.desk_views import Sums as Sums
from countersign.desk.money import Money as Money
from countersign.desk.owner_views import OwnersChange
from countersign.desk.settlement_views import CycleView, LegView, StopView
from countersign.review.finding import Finding as Finding
from countersign.review.finding import Verdict


@dataclass(frozen=True, slots=True)
class MatchLine:
    """One obligation of the contract beside the decoded effect that discharges it."""

    chain: str
    payer: str
    receiver: str
    owed: Money
    owed_to: str  # address, whole
    paid: Money | None  # None: nothing in the transaction discharges it
    paid_to: str
    matches: bool


@dataclass(frozen=True, slots=True)
class Flow:
    """One arrow of the flow picture: an input or output, its owner named (`role`: vault, change, counterparty, fee)."""

    side: str  # "in" | "out"
    role: str
    owner: str
    address: str
    money: Money


@dataclass(frozen=True, slots=True)
class Digest:
    """A value that is hashed or compared aloud: label code, bytes in hex, twelve bytewords."""

    label: (
        str  # ui strings key: "txid", "domain-hash", "message-hash", "safe-tx-hash", "calldata-digest", "input-digest"
    )
    hex: str
    words: str


@dataclass(frozen=True, slots=True)
class InstructionView:
    """One unsigned transaction, decoded from its bytes."""

    instruction: str  # SHA-256 of its event's payload, hex
    kind: str  # "psbt" | "safe-tx"
    chain: str
    artefact: str  # SHA-256 of the bytes, hex
    lines: tuple[MatchLine, ...]
    extra_effects: tuple[str, ...]  # empty means: none
    flows: tuple[Flow, ...]
    fee: Money | None
    digests: tuple[Digest, ...]
    facts: tuple[tuple[str, str], ...]  # label key, value: nonce, safe, locktime, RBF …
    verdict: Verdict
    signed_by_me: bool
    purpose: str = "settlement"  # "replacement" or "void" where two persons declared it in another's place


@dataclass(frozen=True, slots=True)
class ProofStep:
    """One step of the path from a leaf to the root: the sibling's hash and on which side it stands."""

    sibling: str
    side: str  # "left" | "right"
    result: str


@dataclass(frozen=True, slots=True)
class WitnessView:
    """A witness: its name, and when it last cosigned the head shown (None: not)."""

    name: str
    cosigned_at: int | None
    inside: bool  # run in this process: counted in the demonstration only


@dataclass(frozen=True, slots=True)
class ProofView:
    """Where one entry lies in the log, drawn from leaf to cosigned root."""

    index: int
    size: int
    entry: str
    leaf: str
    steps: tuple[ProofStep, ...]
    root: str
    origin: str
    witnesses: tuple[WitnessView, ...]
    needed: int


class LegalKind(StrEnum):
    """What a contract's legal text is on this machine. ALTERED: the store holds other bytes under its hash."""

    ABSENT = "absent"
    PDF = "pdf"
    TEXT = "text"
    OTHER = "other"
    ALTERED = "altered"


@dataclass(frozen=True, slots=True)
class LegalTextView:
    """The legal text that the terms name: its SHA-256 (hex), what is at hand, its size in bytes. PDF, TEXT and OTHER: checked."""

    sha256: str
    kind: LegalKind
    size: int


@dataclass(frozen=True, slots=True)
class KeptLegalText:
    """A legal text taken in: the ids of the contracts that name it, and whether the desk has it too."""

    contracts: tuple[str, ...]
    given: bool


@dataclass(frozen=True, slots=True)
class ReviewView:
    """Everything the Review screen shows of one settlement."""

    contract: str
    contract_id: str
    version: int
    state: str
    parties: tuple[tuple[str, str], ...]  # name, LEI, of each institution once; its books stand in the legs
    custodian: str
    trade_date: str
    not_before: int
    settle_by: int
    finality: str  # a sentence code with its values in `terms`
    terms: tuple[tuple[str, str], ...]  # label key, value
    instructions: tuple[InstructionView, ...]
    contract_verdict: Verdict
    proof: ProofView | None
    act_by: ActBy | None
    legal_text: LegalTextView | None = None  # None: this machine does not look for it
    legs: tuple[LegView, ...] = ()
    cycle: CycleView | None = None
    stops: tuple[StopView, ...] = ()
    may_endorse: bool = False  # this officer's word is the custodian's, and it is wanted
    may_decline: bool = False
    unbounded: str = ""  # where `act_by` is None, the code of the sentence that says why
    delivery: str = ""  # the code of the sentence that says how it reaches its chains
    newest: int = 0  # the moment of the last entry it was made from: no earlier moment is now


@dataclass(frozen=True, slots=True)
class TokenView:
    """The token this officer signs with. `tries` is what the token tells: "ok", "low", "last", "locked"."""

    label: str
    serial: str
    model: str
    officer: str
    unlocked: bool
    tries: str


@dataclass(frozen=True, slots=True)
class DeviceView:
    """An officer's own device as its extended key was registered, and that key's children that sign."""

    label: str
    serial: str
    model: str
    account: str
    keys: tuple[str, ...]  # hex


@dataclass(frozen=True, slots=True)
class SignView:
    """One thing to sign: what, with which keys, what must be read out."""

    instruction: InstructionView
    token: TokenView
    keys: tuple[str, ...]  # public keys with which the token will sign, hex; none where all lie in devices
    inputs: int  # how many digests the token will sign
    devices: tuple[DeviceView, ...] = ()


@dataclass(frozen=True, slots=True)
class RefusedView:
    """What a refusal names: its kind (instruction, contract), the SHA-256 of its bytes, whether it is in the log."""

    kind: str
    sha256: str
    logged: bool


@dataclass(frozen=True, slots=True)
class ForkView:
    """Two heads of `size` entries that one log signed; both notes as they came, and the SHA-256 under which they are kept."""

    size: int
    pinned: str
    offered: str
    evidence: str


@dataclass(frozen=True, slots=True)
class LogEntryView:
    """One line of the Log screen. `subject`: contract ids; of a refused contract outside the log, the id it claims."""

    index: int
    time_ms: int
    kind: str
    signers: tuple[str, ...]
    subject: str
    payload: str  # SHA-256 of the event's payload, hex
    fault: str | None  # code, where the replay refuses what the desk logged
    refused: RefusedView | None = None


@dataclass(frozen=True, slots=True)
class LogView:
    """The Log screen: head, witnesses, entries."""

    origin: str
    size: int
    root: str
    checkpoint_at: int
    witnesses: tuple[WitnessView, ...]
    needed: int
    entries: tuple[LogEntryView, ...]
    alarm: str | None  # code of an equivocation or rollback
    alarm_values: tuple[tuple[str, str], ...] = ()
    fork: ForkView | None = None


@dataclass(frozen=True, slots=True)
class StripView:
    """The top strip: who is here, on which token, the log's head, the desk."""

    officer: str
    role: str
    token: TokenView | None
    log_size: int
    checkpoint_at: int | None
    witnesses_seen: int
    witnesses_known: int
    desk_reachable: bool | None  # None: this machine has no network on purpose


@dataclass(frozen=True, slots=True)
class CrossingView:
    """One request on its way to a cold vault and back: `phase` is request, carried, answered."""

    settlement: str
    instruction: str
    kind: str
    recipient: str
    channel: str  # "qr" | "usb"
    phase: str
    phrase: str  # twelve bytewords, the same on both machines
    size: int
    later_cancellation_checked: bool
    attested_by: tuple[str, ...] = ()  # the two officers who vouch for what a QR crossing cannot prove (L8)
    contract_id: str = ""
    recipient_name: str = ""
    act_by: ActBy | None = None  # None once it was taken in: nothing is due
    newest: int = 0  # the moment of the last entry it was made from: no earlier moment is now


@dataclass(frozen=True, slots=True)
class VaultRequestView:
    """What the air-gapped machine shows of a request it opened and verified: a settlement's, or a Safe's change of owners."""

    crossing: CrossingView
    review: ReviewView | None  # None: it settles nothing, and `change` says what it does
    instruction: InstructionView
    clock_confirmed: bool
    answered: bool  # answered before: the record is shown again, nothing is signed
    keys: tuple[str, ...] = ()  # public keys with which the operator's token signs it, hex
    change: OwnersChange | None = None
    proof: ProofView | None = None  # where the order of that change lies in the log
    devices: tuple[DeviceView, ...] = ()  # the operator's devices that have still to sign it
    given: tuple[str, ...] = ()  # vaults for which the operator signed, the answer not handed back yet


@dataclass(frozen=True, slots=True)
class OwnersView:
    """A Safe's change of owners under way: what its bytes do, by whose order, whose shares are there, how many it lacks."""

    vault: str
    chain_id: int
    nonce: int
    change: OwnersChange
    instruction: InstructionView
    signed: tuple[str, ...]
    missing: int
    transaction: str | None
    confirmations: int


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """An evidence pack as it is written: its bytes, the twelve words to compare, the hashes of papers that are not in it."""

    data: bytes
    words: str
    absent: tuple[str, ...]
