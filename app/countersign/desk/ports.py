"""What the use cases need from outside, and nothing else. Adapters satisfy these structurally.

- Times are integers: milliseconds for the log's entries, unix seconds elsewhere, as the parameter says.
- A method that returns has made it durable. One that cannot raises `Unavailable`; one that finds another answer, `Conflict`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from countersign.airgap import ur
    from countersign.audit.pin import Pin
    from countersign.bitcoin.vault import RangedVault
    from countersign.desk.records import Intent, Outgoing, Outpoint, PeerHead, Promise, SafeNonce, Share, Signed
    from countersign.desk.relaying import RelayerView
    from countersign.ethereum.movements import Movement
    from countersign.ethereum.token_probe import Answers
    from countersign.keys.public_key import PublicKey
    from countersign.settlement.safe_state import ChainSnapshot

AskSecret = Callable[[str], Awaitable[str]]
"""Asks a person for a secret; the argument is the sentence code of what is asked ("signers.ask-pin")."""


class Clock(Protocol):
    """The machine's clock."""

    def now_ms(self) -> int:
        """Milliseconds since 1970-01-01T00:00:00Z."""


class Entropy(Protocol):
    """The machine's randomness."""

    def random_bytes(self, count: int) -> bytes:
        """`count` fresh random bytes."""


class Signer(Protocol):
    """One token: keys that never leave it."""

    async def sign_digest(self, key: PublicKey, digest: bytes) -> bytes:
        """r‖s (64 bytes, low-S), verified under `key`, over a 32-byte digest."""

    async def sign_message(self, key: PublicKey, message: bytes) -> bytes:
        """The signature of an identity key over a message (Ed25519, or ECDSA over its SHA-256)."""


class TokenState(Protocol):
    """What a token says of itself now."""

    @property
    def serial(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def model(self) -> str: ...
    @property
    def unlocked(self) -> bool: ...
    @property
    def pin_count_low(self) -> bool: ...
    @property
    def pin_final_try(self) -> bool: ...
    @property
    def pin_locked(self) -> bool: ...


class GateFault(Protocol):
    """One attribute of a private key that is not as H3 wants it."""

    @property
    def attribute(self) -> str: ...
    @property
    def expected(self) -> str: ...
    @property
    def found(self) -> str: ...


class HeldKey(Protocol):
    """A key pair in a token; `findings` is None while nobody is logged in."""

    @property
    def public(self) -> PublicKey: ...
    @property
    def findings(self) -> Sequence[GateFault] | None: ...


class Token(Signer, Protocol):
    """An officer's token: a signer that can be unlocked and asked what it is."""

    async def token(self) -> TokenState: ...

    async def keys(self) -> Sequence[HeldKey]: ...

    async def unlock(self, ask: AskSecret, *, last_try: bool = False) -> None:
        """Log in; the PIN is asked once and never retried. The token's last try is taken only with `last_try`."""

    async def lock(self) -> None:
        """Log out: the next signature needs the PIN again."""


@dataclass(frozen=True, slots=True)
class Record:
    """One logged event with its opening."""

    index: int
    time_ms: int
    salt: bytes
    event: bytes


class Archive(Protocol):
    """Events with their openings, by index."""

    def size(self) -> int: ...
    def append(self, record: Record) -> None: ...
    def extend(self, records: Iterable[Record]) -> int: ...
    def record(self, index: int) -> Record: ...
    def records(self, start: int = 0, stop: int | None = None) -> Sequence[Record]: ...


class Artefacts(Protocol):
    """Content-addressed bytes (PSBTs, SafeTx, legal text)."""

    def put(self, data: bytes) -> bytes:
        """Keep `data`; returns its SHA-256."""

    def get(self, digest: bytes) -> bytes:
        """The bytes of a SHA-256, checked again. `Unavailable` if they are not here."""


class Journal(Protocol):
    """What this machine must never forget. Every method that returns has made its entry durable."""

    def intend(self, intent: Intent) -> None: ...
    def intents(self, instruction: bytes) -> tuple[Intent, ...]: ...
    def record_shares(self, shares: tuple[Share, ...]) -> None: ...
    def require_may_sign(self, keys: Collection[bytes]) -> None: ...
    def register(self, shares: tuple[Share, ...]) -> None: ...
    def answered(self, key: bytes, digest: bytes) -> bytes | None: ...
    def signed_outpoint(self, outpoint: Outpoint) -> tuple[Signed, ...]: ...
    def signed_nonce(self, nonce: SafeNonce) -> tuple[Signed, ...]: ...
    def promise(self, contracts: Collection[str], payment: Promise) -> None: ...
    def promised(self, contracts: Collection[str]) -> tuple[tuple[str, Promise], ...]: ...
    def freeze_signing(self, origin: str, evidence: bytes) -> None: ...
    def signing_frozen(self) -> bytes | None: ...
    def receive(self, sender: str, session: bytes, sequence: int, envelope: bytes) -> bytes | None: ...
    def received(self, sender: str, session: bytes, sequence: int) -> bytes | None: ...
    def last_received(self, sender: str, session: bytes) -> int: ...
    def answer(self, envelope: bytes, answer: bytes) -> None: ...
    def answer_to(self, envelope: bytes) -> bytes | None: ...
    def send(self, recipient: str, session: bytes, sequence: int, envelope: bytes) -> None: ...
    def next_sequence(self, recipient: str, session: bytes) -> int: ...
    def peer_head(self, peer: str) -> PeerHead | None: ...
    def raise_peer_head(self, peer: str, head: PeerHead) -> None: ...
    def pin(self, origin: str) -> Pin | None: ...
    def advance_pin(self, old: Pin | None, new: Pin) -> None: ...
    def clock_floor(self) -> int: ...
    def raise_clock(self, seconds: int) -> int: ...
    def confirm_clock(self, seconds: int, source: str) -> None: ...
    def clock_confirmed(self) -> int | None: ...
    def see_settlement(self, settlement: str, version: int, digest: bytes) -> None: ...
    def settlement_hash(self, settlement: str, version: int) -> bytes | None: ...
    def setting(self, key: str) -> bytes | None: ...
    def set_setting(self, key: str, value: bytes) -> None: ...
    def keep(self, outgoing: Outgoing) -> None: ...
    def sent(self, chain: str, account: bytes) -> tuple[Outgoing, ...]: ...


class Projections(Protocol):
    """Rows computed from the archive's first `size` records, kept to be quick: never believed for being there."""

    def keep(self, projection: str, size: int, rows: Iterable[tuple[str, bytes]]) -> None: ...
    def rows(self, projection: str) -> Sequence[tuple[str, bytes]]: ...


class Profile(Protocol):
    """One console's store, open."""

    @property
    def archive(self) -> Archive: ...
    @property
    def artefacts(self) -> Artefacts: ...
    @property
    def journal(self) -> Journal: ...
    @property
    def projections(self) -> Projections: ...
    @property
    def writable(self) -> bool:
        """False for an auditor's profile: it is history, and nothing in it changes."""

    def outside_pins(self) -> tuple[Pin, ...]:
        """The pinned heads as kept outside the database (L6)."""

    def pragmas(self) -> tuple[tuple[str, str, str], ...]:
        """Name, wanted, found of every PRAGMA at open (S1)."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """Where the desk put an event: its index, the moment, and the SHA-256 of its payload (hex)."""

    index: int
    time_ms: int
    event: str


class Mailbox(Protocol):
    """The desk as a console sees it."""

    async def submit(self, event: bytes) -> Receipt:
        """Give the desk a signed event. Where its kind needs the desk's signature too, the desk verifies and adds it."""

    async def checkpoint(self) -> bytes:
        """The newest witnessed head (a signed note)."""

    async def records(self, start: int) -> Sequence[Record]:
        """Every event from an index on, with its opening."""

    async def artefact(self, digest: bytes) -> bytes: ...
    async def put_artefact(self, data: bytes) -> bytes: ...


class Witness(Protocol):
    """One outside (or, in the demonstration, in-process) witness: bytes of a tlog-witness request in, bytes out."""

    async def add_checkpoint(self, request: bytes) -> tuple[int, bytes]:
        """HTTP status and body of `POST add-checkpoint` (c2sp.org/tlog-witness)."""


DENSEST = 27
"""The densest QR version that is shown (UX.md, 10)."""


class Courier(Protocol):
    """What carries bytes to and from a machine without network: pictures and files on a removable drive."""

    def frames(self, message: ur.Message, density: int = DENSEST) -> Sequence[str]:
        """The texts to show as QR codes of version `density` (20 to 27), in order: enough that a fifth may be lost."""

    async def read_pictures(
        self, pictures: Sequence[Path], scan: ur.Scan, now: int, progress: Callable[[int, int], None]
    ) -> Sequence[str]:
        """Feed pictures to `scan` (`now`: seconds of a steady clock) until its message is whole; codes of what was passed over."""

    async def read_file(self, file: Path) -> bytes:
        """One file of a removable drive, read as T2 wants it."""

    async def read_chosen(self, file: Path) -> bytes:
        """One file that a person chose from a disk, whatever its name, with T2's other guards."""

    async def write_file(self, folder: Path, name: str, data: bytes) -> Path:
        """Write one file whole and durable, read it back, compare."""


class TileStore(Protocol):
    """Where the log's static files lie: all written durably, `checkpoint` last; one read, `Unavailable` if absent."""

    def write(self, files: Sequence[tuple[str, bytes]]) -> None: ...
    def read(self, path: str) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Coin:
    """An unspent output: txid in the usual (reversed) hex, and the whole previous transaction."""

    txid: str
    vout: int
    satoshis: int
    script_pubkey: bytes
    transaction: bytes
    confirmations: int


@dataclass(frozen=True, slots=True)
class Executed:
    """A Safe's own word in a receipt that it executed a Safe transaction: the Safe in EIP-55, the safeTxHash as `0x…`."""

    safe: str
    digest: str


@dataclass(frozen=True, slots=True)
class Observation:
    """What a node says of a transaction. `height`, `block`: None while it waits; `executed`: the Safe transactions in it."""

    transaction: str
    accepted: bool
    confirmations: int
    height: int | None
    block: str | None
    executed: tuple[Executed, ...] = ()
    moved: tuple[tuple[Movement, ...], ...] = ()  # by token logs, before each of `executed` and after the one before it


class BitcoinNode(Protocol):
    """A Bitcoin chain."""

    async def chain(self) -> str:
        """CAIP-2 of the chain that answers."""

    async def height(self) -> int: ...
    async def coins(self, scripts: Sequence[bytes], ranged: Sequence[RangedVault] = ()) -> Sequence[Coin]:
        """Unspent outputs of these scripts, and of every place of these vaults within their horizons, oldest first."""

    async def unspent(self, outpoints: Collection[str]) -> Mapping[str, int]:
        """Of these outputs ("txid:vout") those that stand unspent in blocks, with their confirmations."""

    async def fee_rate(self, blocks: int) -> int | None:
        """Whole satoshis a vbyte at which the node expects a block within so many; None while it cannot tell."""

    async def test(self, raw: bytes) -> str | None:
        """None if the node would accept the transaction now, else its reason."""

    async def broadcast(self, raw: bytes) -> str: ...
    async def observe(self, txid: str) -> Observation: ...
    async def spenders(self, outpoints: Collection[str], since: int) -> Mapping[str, Observation]: ...


@dataclass(frozen=True, slots=True)
class Payment:
    """What one log of a mined, successful transaction says came into a Safe, in base units of a token or in wei.

    `place`: the log's position among the transaction's own, from 0: it stays when another block takes the transaction in.
    Addresses in EIP-55; `token` is None for ether.
    """

    transaction: str
    place: int
    token: str | None
    payer: str
    receiver: str
    amount: int
    confirmations: int


class EthereumNode(Protocol):
    """An Ethereum chain, seen through one relayer account that owns no Safe."""

    async def chain(self) -> str:
        """CAIP-2 of the chain that answers: display only (E1)."""

    async def safe_nonce(self, safe: str, confirmations: int = 1) -> int: ...
    async def safe_owners(self, safe: str) -> tuple[tuple[str, ...], int]: ...
    async def safe_states(self, safes: Sequence[str], block: str | None = None) -> ChainSnapshot:
        """These Safes, all at one block: the newest, or the one of this hash while it is part of the chain."""

    async def storage_root(self, place: str, block: str) -> str:
        """The root (`0x…`) of all that a contract keeps, at the block of this hash."""

    async def token_balance(self, token: str, holder: str) -> int: ...
    async def ether_balance(self, holder: str) -> int:
        """Wei; 0 for an address that nothing is known of."""

    async def token_answers(self, token: str) -> Answers:
        """What a token answers to `ethereum.token_probe`'s questions, all at the newest block."""

    async def payments(self, transaction: str) -> Sequence[Payment]:
        """What a transaction's logs say came into whom, by place; nothing while it is in no block or where it failed."""

    async def newest_block(self) -> int: ...
    async def paying(self, token: str | None, receiver: str, first: int, last: int) -> Sequence[str]:
        """The transactions of these blocks, both included, newest first, in whose logs a token (None: ether) came to it."""

    async def executing(self, safe: str, digest: str, first: int, last: int) -> Sequence[str]:
        """The same of those whose logs say that a Safe executed this safeTxHash."""

    async def code_hash(self, place: str) -> str:
        """The keccak-256 (`0x…`) of the code at an address; of nothing where there is none."""

    async def test(self, to: str, data: bytes, moves: Sequence[Movement] | None = None) -> str | None:
        """None if the call would succeed now, else the chain's reason.

        `moves`: what it must move, no more and no less; Refused("chains.other-effects") names what differs. None: not asked.
        """

    async def broadcast(self, to: str, data: bytes, moves: Sequence[Movement] | None = None) -> str:
        """Send a call of a Safe, or of several through MultiSendCallOnly, once `test` accepts it; the transaction's id.

        A call that was sent already is not sent twice: what carries it is found again.
        """

    async def carrying(self, to: str, data: bytes) -> str | None:
        """The transaction in which this very call was sent from here already, if it may still succeed or did."""

    async def raise_fees(self, transaction: str, moves: Sequence[Movement] | None = None) -> str:
        """Replace a transaction that waits by the same call at the same nonce with higher fees; the replacement's id."""

    async def cancel(self, transaction: str) -> str:
        """Replace a transaction that waits by an empty payment of the relayer to itself; that one's id."""

    async def relayer(self) -> RelayerView | None:
        """The account that sends; None where nothing can be sent from here, or nobody pays for it."""

    async def observe(self, transaction: str) -> Observation:
        """Where a transaction is; accepted only where every Safe that it called says itself that it succeeded."""
