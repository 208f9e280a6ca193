"""What the use cases need from outside, and nothing else. Adapters satisfy these structurally.

- Times are integers: milliseconds for the log's entries, unix seconds elsewhere, as the parameter says.
- A method that returns has made it durable. One that cannot raises `Unavailable`; one that finds another answer, `Conflict`.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from countersign.keys.public_key import PublicKey

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
    def record(self, index: int) -> Record: ...
    def records(self, start: int = 0, stop: int | None = None) -> Sequence[Record]: ...


class Artefacts(Protocol):
    """Content-addressed bytes (PSBTs, SafeTx, legal text)."""

    def put(self, data: bytes) -> bytes:
        """Keep `data`; returns its SHA-256."""

    def get(self, digest: bytes) -> bytes:
        """The bytes of a SHA-256, checked again. `Unavailable` if they are not here."""


class Witness(Protocol):
    """One outside (or, in the demonstration, in-process) witness: bytes of a tlog-witness request in, bytes out."""

    async def add_checkpoint(self, request: bytes) -> tuple[int, bytes]:
        """HTTP status and body of `POST add-checkpoint` (c2sp.org/tlog-witness)."""


class TileStore(Protocol):
    """Where the log's static files lie."""

    def write(self, files: Sequence[tuple[str, bytes]]) -> None:
        """Write all files durably, `checkpoint` last."""

    def read(self, path: str) -> bytes:
        """One file; `Unavailable` if absent."""


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
class Observation:
    """What a node says of a transaction. `height` and `block` are None while it waits."""

    transaction: str
    accepted: bool
    confirmations: int
    height: int | None
    block: str | None


class BitcoinNode(Protocol):
    """A Bitcoin chain."""

    async def chain(self) -> str:
        """CAIP-2 of the chain that answers."""

    async def height(self) -> int: ...
    async def coins(self, scripts: Sequence[bytes]) -> Sequence[Coin]: ...
    async def test(self, raw: bytes) -> str | None:
        """None if the node would accept the transaction now, else its reason."""

    async def broadcast(self, raw: bytes) -> str: ...
    async def observe(self, txid: str) -> Observation: ...


class EthereumNode(Protocol):
    """An Ethereum chain, seen through one relayer account that owns no Safe."""

    async def chain(self) -> str: ...
    async def safe_nonce(self, safe: str) -> int: ...
    async def safe_owners(self, safe: str) -> tuple[tuple[str, ...], int]: ...
    async def token_balance(self, token: str, holder: str) -> int: ...
    async def test(self, to: str, data: bytes) -> str | None:
        """None if the call would succeed now, else the chain's reason."""

    async def broadcast(self, to: str, data: bytes) -> str: ...
    async def observe(self, transaction: str) -> Observation: ...
