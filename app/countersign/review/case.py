"""A case: everything a verdict looks at, gathered by the desk and handed over as values.

- Bytes come as they were received; the checks parse them, so that what is judged is what would be hashed.
- Whatever an anchor must supply (roster, pin, quorum) is None where there is no anchor; the checks that need it are
  then blocked by `ANCHOR`, never passed.
- `state` is the settlement state that this machine replayed itself, at the place in the log where the case is judged:
  the newest for a signature about to be made, the prefix before the first share for history.
- Facts about token, transport, store and time are plain values here; review touches no device.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from countersign.audit.leaf import Opening
from countersign.audit.pin import Pin
from countersign.audit.quorum import Quorum
from countersign.audit.tlog_proof import TlogProof
from countersign.errors import CountersignError, Malformed
from countersign.ethereum.safe import ClaimedSafeTx
from countersign.keys.public_key import PublicKey
from countersign.review import finding
from countersign.settlement.safe_state import ChainSnapshot
from countersign.settlement.state import State

ANCHOR = finding.ANCHOR


class Mode(StrEnum):
    """Why the case is judged: before a signature, to look, or as history (an instruction that already has shares)."""

    SIGN = "sign"
    LOOK = "look"
    HISTORY = "history"


class Channel(StrEnum):
    """How the case reached this machine."""

    ONLINE = "online"
    USB = "usb"
    QR = "qr"


@dataclass(frozen=True, slots=True)
class ClockFacts:
    """Unix seconds: this machine's clock, the last time its journal stored, and the log's newest entry.

    In history `as_of` is the entry's own time and the clock is not asked. `confirmed` is None where nobody is asked to
    confirm the clock (an online machine), else whether the operator did.
    """

    now: int
    floor: int
    log: int
    as_of: int | None = None
    confirmed: bool | None = None

    @property
    def judged(self) -> int:
        """C4's T = max(clock, last stored time, last log time), or the moment that history is judged at."""
        return self.as_of if self.as_of is not None else max(self.now, self.floor, self.log)


@dataclass(frozen=True, slots=True)
class HeadFacts:
    """The head that the case rests on: the newest checkpoint note, the anchor's keys and quorum, the pin before it.

    `roots` are roots of earlier sizes that this machine computed from entries it has: a proof to an older head counts
    only under one of them. `insiders`: the witnesses run in this process, which counts in the demonstration only.
    `entry_ms` is set in history: the first share's entry, before which no cosignature counts. `attested`: by QR, the
    consistency proof from the checkpoint that two officers attested (L8).
    """

    note: bytes
    quorum: Quorum | None
    pin: Pin | None
    consistency: tuple[bytes, ...] = ()
    outside_pin: Pin | None = None
    insiders: bool = False
    roots: Mapping[int, bytes] = field(default_factory=dict)
    entry_ms: int | None = None
    attested: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class ContractFacts:
    """One contract of the settlement: its JWS as received, and the logged event that carries it, with its opening."""

    jws: bytes
    event: bytes | None = None
    opening: Opening | Malformed | None = None
    proof: TlogProof | Malformed | None = None
    about: str = "contract"


@dataclass(frozen=True, slots=True)
class Shared:
    """A share that stands in the log already: whose key (kid), and its bytes."""

    key: str
    data: bytes


@dataclass(frozen=True, slots=True)
class InstructionFacts:
    """One unsigned transaction: its bytes as received, and the `instruction.prepared` it claims (payload's SHA-256).

    `original` is the artefact that the event names, where this machine has it: `data` may be that with shares added.
    `replaced`: what it takes the place of, the nearest first, as far as its bytes are here.
    `shares` are those already logged or imported; one of a Safe may be 65·k bytes. A file of the Safe service holds no
    bytes of ours: `claim` is one of its rows, read strictly, `confirmations` the (owner, signature) pairs it lists.
    """

    kind: str  # "psbt" | "safe-tx"
    data: bytes
    prepared: str | None = None
    original: bytes | None = None
    replaced: tuple[bytes, ...] = ()
    shares: tuple[Shared, ...] = ()
    claim: ClaimedSafeTx | None = None
    confirmations: tuple[tuple[bytes, bytes], ...] = ()
    about: str = "instruction"


@dataclass(frozen=True, slots=True)
class SignerFacts:
    """Who is about to sign, with which registered key. `device`: in a device of the officer's own, by its children."""

    officer: str
    key: PublicKey
    device: bool = False


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """What the token said of itself and of the key, beside what the roster registered.

    `gate` lists attributes that are not as H3 wants them: (name, expected, found). `copies` counts private keys under
    the key's id.
    """

    serial: str
    label: str
    model: str
    registered: tuple[str, str, str]
    key_found: bool
    gate: tuple[tuple[str, str, str], ...]
    copies: int = 1


@dataclass(frozen=True, slots=True)
class SignatureFacts:
    """What a token returned (H7), before it counts: 64 bytes over `digest`; how many bytes it was handed (H4)."""

    key: PublicKey
    digest: bytes
    signature: bytes
    digest_length: int = 32


@dataclass(frozen=True, slots=True)
class TransportFacts:
    """How the request came: the envelope's bytes were opened (or why not), and what the session's record says."""

    channel: Channel
    opened: CountersignError | None  # why the envelope or its session was refused; None: in order
    codec: CountersignError | None = None  # T2–T4: why the file, the frames or the CBOR were refused
    sender: str = ""
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class StoreFacts:
    """What the store found when it was opened (S1): each fetched PRAGMA with the value wanted, the integrity checks."""

    pragmas: tuple[tuple[str, str, str], ...]  # name, expected, found
    integrity: str  # "ok", or the first complaint


@dataclass(frozen=True, slots=True)
class PaidBefore:
    """A payment of a contract (id) that this machine set out to sign: the transaction's id or safeTxHash, its instruction (event
    hash), and every coin it spends ("txid:vout"), or the Safe's place (chain, Safe, nonce)."""

    contract: str
    transaction: str
    instruction: str
    outpoints: tuple[str, ...]
    nonce: tuple[str, str, int] | None = None


@dataclass(frozen=True, slots=True)
class PaidSeen:
    """What this machine's own node says of an earlier payment: the transaction of a block that made it, or another of the same
    contracts in its place ("": none), and how many confirmations, at least, has what keeps it out for ever: a coin of it spent
    otherwise, its number used (0: nothing)."""

    made_by: str
    barred: int


@dataclass(frozen=True, slots=True)
class JournalFacts:
    """What this machine (or, in history, the log before the first share) has signed before.

    `outpoints`: "txid:vout" → the unsigned transaction's id; `nonces`: (chain, safe, nonce) → safeTxHash hex;
    `contracts`: (id, version) → contract hash hex; `payments`: on the chain of the instruction, of contracts that it settles.
    """

    outpoints: Mapping[str, str] = field(default_factory=dict)
    nonces: Mapping[tuple[str, str, int], str] = field(default_factory=dict)
    contracts: Mapping[tuple[str, int], str] = field(default_factory=dict)
    payments: tuple[PaidBefore, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """Everything one verdict looks at. What is None or empty is not part of the case.

    `safes`: what this machine's own node said of the Safe that pays, at one block; why it did not say it; None where
    nobody asked a node. `paid`: what it said of the earlier payments that the log says are over, by `PaidBefore.transaction`,
    or why not; None where nobody asked. `told`: how many of the entries that the state ends with were there to be replayed,
    where a file holds some of them; None: all.
    """

    mode: Mode
    clock: ClockFacts | None = None
    state: State | None = None
    head: HeadFacts | None = None
    contracts: tuple[ContractFacts, ...] = ()
    instruction: InstructionFacts | None = None
    signer: SignerFacts | None = None
    token: TokenFacts | None = None
    signature: SignatureFacts | None = None
    transport: TransportFacts | None = None
    store: StoreFacts | None = None
    journal: JournalFacts = field(default_factory=JournalFacts)
    channel: Channel = Channel.ONLINE
    safes: ChainSnapshot | CountersignError | None = None
    paid: Mapping[str, PaidSeen | CountersignError] | None = None
    told: int | None = None

    def differs_in_time_only(self, other: "Case") -> bool:
        """Whether two cases are the same but for the clock and what a node said. A state is the same only if it is the
        very same one."""
        return self.state is other.state and _timeless(self) == _timeless(other)


def _timeless(case: Case) -> Case:
    return replace(case, state=None, clock=None, safes=None, paid=None)
