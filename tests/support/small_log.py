"""A small log with its key, witnesses and checkpoints, for every test that needs something signed."""

from collections.abc import Callable, Sequence

from countersign.audit import note
from countersign.audit.checkpoint import Checkpoint, SignedCheckpoint
from countersign.audit.log import Log
from countersign.audit.note import COSIGNATURE, ED25519, VerifierKey
from countersign.audit.quorum import Quorum

ORIGIN = "log.example/desk"
LOG_SEED = bytes([1]) * 32
WITNESS_NAMES = ("witness.example/1", "witness.example/2", "witness.example/3")
NOW = 1_800_000_000


def witness_seed(number: int) -> bytes:
    """The seed of witness `number` (0, 1, 2)."""
    return bytes([100 + number]) * 32


def log_key() -> VerifierKey:
    """The log's verifier key."""
    return note.verifier_key(LOG_SEED, ORIGIN, ED25519)


def witness_key(number: int) -> VerifierKey:
    """The verifier key of witness `number`."""
    return note.verifier_key(witness_seed(number), WITNESS_NAMES[number], COSIGNATURE)


def quorum(k: int = 2, of: int = 3) -> Quorum:
    """k of the first `of` witnesses."""
    return Quorum(log_key(), tuple(witness_key(number) for number in range(of)), k)


def filled_log(size: int, tag: bytes = b"entry") -> Log:
    """A log of `size` entries; another `tag` makes another history."""
    log = Log(ORIGIN)
    log.extend(tag + number.to_bytes(4, "big") for number in range(size))
    return log


def signed(head: Checkpoint, witnesses: Sequence[int] = (), time: int = NOW) -> SignedCheckpoint:
    """The head signed by the log and cosigned by the witnesses named, all at `time`."""
    lines = [note.cosign(witness_seed(number), WITNESS_NAMES[number], head.text(), time) for number in witnesses]
    return SignedCheckpoint.sign(head, note.sign(LOG_SEED, ORIGIN, head.text()), *lines)


def cosign_as(number: int) -> Callable[[str, int], note.Signature]:
    """How witness `number` makes its signature line from note text and time."""
    return lambda text, time: note.cosign(witness_seed(number), WITNESS_NAMES[number], text, time)
