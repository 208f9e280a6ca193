"""The head that this machine has accepted, and from which it never goes back.

CHECKS.md L4 (consistency), L6 (the pin is kept twice), L7 (heads that meet).

- A smaller tree is a rollback; the same size with another root, both signed by the log, is equivocation: signing
  freezes and both notes are kept as evidence; a larger tree needs a consistency proof of at most 63 hashes.
- From a pin of size 0, or with none, the proof is empty.
- Whoever stores a pin reads the old one, calls `advance`, writes the new one in the same transaction, fsyncs, and only
  then uses it. A copy lives outside the database: `require_not_restored` compares them at the start.
- A stored pin is RFC 8785 JSON: `{"note": the checkpoint file, "pinned_at": s, "witness_times": {vkey: s}}`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from countersign.audit import proof
from countersign.audit.checkpoint import Checkpoint, SignedCheckpoint
from countersign.audit.note import MAX_SIZE, VerifierKey
from countersign.audit.quorum import Witnessed
from countersign.errors import Refused
from countersign.formats import jcs, shape, strict_json
from countersign.formats.merkle import EMPTY_ROOT

MAX_PROOF = 63
_SECONDS = shape.integer(0)
_FIELDS = {
    "note": shape.string(maximum=MAX_SIZE),
    "pinned_at": _SECONDS,
    "witness_times": shape.mapping(lambda vkey: str(VerifierKey.parse(vkey)), _SECONDS),
}


@dataclass(frozen=True, slots=True)
class Equivocation:
    """Proof that a log lied: two notes it signed for one size, with different roots (files' bytes)."""

    pinned: bytes
    offered: bytes


@dataclass(frozen=True, slots=True)
class Pin:
    """The accepted head: the whole signed note, when it was pinned (Unix s), each witness's last time, by vkey."""

    signed: SignedCheckpoint
    pinned_at: int
    witness_times: Mapping[str, int]

    @property
    def checkpoint(self) -> Checkpoint:
        """Origin, size, root."""
        return self.signed.checkpoint

    @property
    def size(self) -> int:
        """How many entries are pinned."""
        return self.checkpoint.size

    @property
    def root(self) -> bytes:
        """Their root."""
        return self.checkpoint.root

    @classmethod
    def parse(cls, data: bytes) -> "Pin":
        """What `serialise` wrote. Malformed(C2.…, L1.…)."""
        return _parsed(data)

    def serialise(self) -> bytes:
        """RFC 8785 JSON, no final newline."""
        text = self.signed.serialise().decode("utf-8")
        return jcs.encode({"note": text, "pinned_at": self.pinned_at, "witness_times": dict(self.witness_times)})


@lru_cache(maxsize=16)
def _parsed(data: bytes) -> Pin:
    # The same head is asked of the store for every proof under it.
    value = shape.record(strict_json.parse_canonical(data, limit=2 * MAX_SIZE), "pin", _FIELDS)
    times = MappingProxyType(value["witness_times"])
    return Pin(SignedCheckpoint.parse(value["note"].encode()), value["pinned_at"], times)


def judge(pin: Pin | None, offered: SignedCheckpoint, consistency: Sequence[bytes]) -> None:
    """L4 against a head that the log signed (L2); its witnesses need not have agreed, for a lie shows without them.

    Refused(L4.rollback), Refused(L4.equivocation) with an `Equivocation` as finding, Refused(L4.proof-length),
    Refused(L4.inconsistent), Refused(L4.other-log).
    """
    head = offered.checkpoint
    if len(consistency) > MAX_PROOF:
        raise Refused("L4.proof-length", expected=MAX_PROOF, found=len(consistency))
    if pin is None or pin.size == 0:
        _judge_first(pin, head, consistency)
        return
    if head.origin != pin.checkpoint.origin:
        raise Refused("L4.other-log", pinned=pin.checkpoint.origin[:80], found=head.origin[:80])
    if head.size < pin.size:
        raise Refused("L4.rollback", pinned=pin.size, found=head.size)
    if head.size == pin.size and head.root != pin.root:
        evidence = Equivocation(pin.signed.serialise(), offered.serialise())
        raise Refused("L4.equivocation", (evidence,), size=head.size)
    proof.verify_consistency(pin.size, head.size, consistency, pin.root, head.root)


def _judge_first(pin: Pin | None, head: Checkpoint, consistency: Sequence[bytes]) -> None:
    if pin is not None and head.origin != pin.checkpoint.origin:
        raise Refused("L4.other-log", pinned=pin.checkpoint.origin[:80], found=head.origin[:80])
    if consistency:
        raise Refused("L4.proof-length", expected=0, found=len(consistency))
    if head.size == 0 and head.root != EMPTY_ROOT:
        raise Refused("L4.inconsistent", old=0, new=0)


def advance(pin: Pin | None, offered: Witnessed, consistency: Sequence[bytes], now: int) -> Pin:
    """The pin to store next, at `now` (Unix s). Raises what `judge` raises. Times of witnesses never go back."""
    judge(pin, offered.signed, consistency)
    seen = dict(pin.witness_times) if pin else {}
    for vkey, time in offered.times().items():
        seen[vkey] = max(time, seen.get(vkey, 0))
    return Pin(offered.signed, max(now, pin.pinned_at if pin else 0), seen)


def require_not_restored(stored: Pin | None, outside: Pin) -> None:
    """L6 at the start: the database's pin is not behind the copy kept outside it.

    Refused(L6.restored) where the store is older or empty, Refused(L4.equivocation) where one size has two roots,
    Refused(L4.other-log). A store that is ahead is in order: the copy is written after it.
    """
    if stored is None or stored.size < outside.size:
        raise Refused("L6.restored", stored=stored.size if stored else 0, outside=outside.size)
    if stored.size == outside.size:
        judge(outside, stored.signed, ())
    elif stored.checkpoint.origin != outside.checkpoint.origin:
        raise Refused("L4.other-log", pinned=outside.checkpoint.origin[:80], found=stored.checkpoint.origin[:80])
