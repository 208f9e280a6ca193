"""What the journal port carries: the values that a machine must never forget, as the use cases hand them over.

- Hashes, keys (thumbprints) and digests are 32 bytes; signatures 64 bytes r‖s; times unix seconds.
- The store keeps them (`store.journal`); the use cases make them. Neither knows the other.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outpoint:
    """A coin: CAIP-2 chain, 32-byte txid in the transaction's own byte order, output number."""

    chain: str
    txid: bytes
    vout: int


@dataclass(frozen=True, slots=True)
class SafeNonce:
    """A Safe's place in its own order: CAIP-2 chain, 20-byte address, nonce."""

    chain: str
    safe: bytes
    nonce: int


AFRESH = "afresh"


@dataclass(frozen=True, slots=True)
class Declared:
    """An exception: `kind` is "replacement", "void", "child" or "owners", under dual control, or "afresh", where the log shows
    that another request of a leg took its place; `against` every earlier transaction it stands against."""

    kind: str
    against: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Intent:
    """One key's signatures for one instruction. Hashes are 32 bytes; `transaction` is the unsigned txid or the
    safeTxHash. `root`: the registered key that `key` is a child of; empty where it is registered itself."""

    instruction: bytes
    settlement: str
    key: bytes
    transaction: bytes
    digests: tuple[bytes, ...]
    at: int
    outpoints: tuple[Outpoint, ...] = ()
    nonce: SafeNonce | None = None
    declared: Declared | None = None
    root: bytes = b""


@dataclass(frozen=True, slots=True)
class Share:
    """One signature as the token gave it, normalised and verified: key thumbprint, 32-byte digest, 64 bytes r‖s.

    `root`: as an intent's. Whoever knows the extended key knows how far apart its children's private keys are, so that one r
    under two of them gives all away: r is unique for a root (H8).
    """

    key: bytes
    digest: bytes
    signature: bytes
    root: bytes = b""


@dataclass(frozen=True, slots=True)
class Signed:
    """What a coin or a nonce was promised to: the transaction (32 bytes) and its settlement."""

    transaction: bytes
    settlement: str


@dataclass(frozen=True, slots=True)
class Promise:
    """A payment that was set out to be signed: the transaction and its instruction (32 bytes each), every coin it spends."""

    transaction: bytes
    instruction: bytes
    outpoints: tuple[Outpoint, ...]


@dataclass(frozen=True, slots=True)
class PeerHead:
    """A log head that a correspondent has shown: size and 32-byte root."""

    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A transaction that a relayer signed: CAIP-2 chain, 20-byte account, nonce, the raw EIP-2718 bytes."""

    chain: str
    account: bytes
    nonce: int
    raw: bytes
