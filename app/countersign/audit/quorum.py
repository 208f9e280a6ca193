"""Who must have signed a checkpoint before it counts: the log itself, and k of the policy's witnesses.

CHECKS.md L2, L5; the witnesses' times by c2sp.org/tlog-cosignature.

- The log's key (0x01) must verify, and so must every line of any key named here: one that fails rejects the note.
- k distinct witnesses (0x04) must count. One witness counts once, however many lines it wrote; two names over one key
  are one witness and are refused when the quorum is made, and so is the log's own key as a witness.
- Fresh: a cosignature's time lies in [now − 24 h, now + 5 min], is not zero, and is not below that witness's last one.
- As of (history): a cosignature is not earlier than the entry's second; there is no age limit. Cosignatures know whole
  seconds, entries milliseconds, so the entry's time is rounded down.
- `vkeys.json` is RFC 8785 JSON {"log": vkey, "witnesses": [vkey, …]}; how many are needed stands in the policy.
- A policy that the reader did not follow may ask for more, and never for less than the reader does (`asking`). Whoever
  gave keys alone asks for more than half of them: two histories, each signed by more than half, have a witness in common.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from countersign.audit import cosignature, note
from countersign.audit.checkpoint import Checkpoint, SignedCheckpoint
from countersign.audit.note import COSIGNATURE, ED25519, VerifierKey
from countersign.errors import Malformed, Refused
from countersign.formats import jcs, shape, strict_json

MAX_AGE = 24 * 3600
MAX_AHEAD = 5 * 60
_VKEY = shape.string(VerifierKey.parse)
_FIELDS = {"log": _VKEY, "witnesses": shape.array(_VKEY, maximum=note.MAX_SIGNATURES - 1)}


@dataclass(frozen=True, slots=True)
class Fresh:
    """Judged now (Unix seconds), with the last time seen of each witness, by vkey."""

    now: int
    last_seen: Mapping[str, int] = field(default_factory=dict)
    max_age: int = MAX_AGE

    def objection(self, witness: VerifierKey, time: int) -> str | None:
        """The code of the rule that a cosignature of this time breaks, or None."""
        if time == 0:
            return "L5.zero-time"
        if time < self.now - self.max_age:
            return "L5.too-old"
        if time > self.now + MAX_AHEAD:
            return "L5.in-the-future"
        return "L5.went-back" if time < self.last_seen.get(str(witness), 0) else None


@dataclass(frozen=True, slots=True)
class AsOf:
    """Judged as history: not earlier than an entry sequenced at `entry_ms` (Unix ms), and of any age."""

    entry_ms: int

    def objection(self, witness: VerifierKey, time: int) -> str | None:
        """The code of the rule that a cosignature of this time breaks, or None."""
        if time == 0:
            return "L5.zero-time"
        return "L5.before-entry" if time < self.entry_ms // 1000 else None


@dataclass(frozen=True, slots=True)
class Cosignature:
    """What one witness contributed: its newest acceptable time, or why nothing of it counts (`objection`)."""

    witness: VerifierKey
    time: int | None
    objection: str | None

    @property
    def counts(self) -> bool:
        """Does it count towards the quorum?"""
        return self.objection is None


@dataclass(frozen=True, slots=True)
class Witnessed:
    """A checkpoint with the log's signature and its quorum; made by `Quorum.verify` only."""

    signed: SignedCheckpoint
    cosignatures: tuple[Cosignature, ...]

    @property
    def checkpoint(self) -> Checkpoint:
        """The head."""
        return self.signed.checkpoint

    def times(self) -> dict[str, int]:
        """The time of each witness that counts, by vkey: what `Fresh.last_seen` wants next time."""
        return {str(one.witness): one.time for one in self.cosignatures if one.counts and one.time is not None}


@dataclass(frozen=True, slots=True)
class Quorum:
    """The log's key, the witnesses' keys, and how many witnesses are needed (`k`, at least 1).

    `max_age`: seconds for which a cosignature counts when a head is judged now; never more than a day (L5).
    `least`: the fewest that somebody else's policy may ask for; None: `k`. `asked`: what such a policy would be content
    with, where `k` is more because the reader demands it.
    """

    log: VerifierKey
    witnesses: tuple[VerifierKey, ...]
    k: int
    max_age: int = MAX_AGE
    least: int | None = field(default=None, compare=False)
    asked: int | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if self.log.type != ED25519 or any(witness.type != COSIGNATURE for witness in self.witnesses):
            raise Malformed("L5.key-role")
        if len({key.public for key in (self.log, *self.witnesses)}) != 1 + len(self.witnesses):
            raise Malformed("L5.same-key")
        if not 1 <= self.k <= len(self.witnesses):
            raise Malformed("L5.threshold", need=self.k, of=len(self.witnesses))

    @property
    def origin(self) -> str:
        """The log's origin: the name of its key."""
        return self.log.name

    @classmethod
    def parse(cls, data: bytes, k: int | None = None) -> "Quorum":
        """A `vkeys.json`; without `k` every witness is needed, or as many as `asking` says. Malformed(C2.…, L2.…, L5.…)."""
        value = shape.record(strict_json.parse_canonical(data), "vkeys", _FIELDS)
        witnesses: tuple[VerifierKey, ...] = value["witnesses"]
        if k is not None:
            return cls(value["log"], witnesses, k)
        return cls(value["log"], witnesses, len(witnesses), least=len(witnesses) // 2 + 1)

    def asking(self, asked: int) -> "Quorum":
        """These keys, as many as a policy asks for that the reader did not follow, and `least` of them at any rate.

        Malformed(L5.threshold) where it asks for more than there are.
        """
        least = self.k if self.least is None else self.least
        return replace(self, k=max(asked, least), asked=asked if asked < least else None)

    def serialise(self) -> bytes:
        """The bytes of `vkeys.json`."""
        return jcs.encode({"log": str(self.log), "witnesses": [str(witness) for witness in self.witnesses]})

    def verify_log(self, signed: SignedCheckpoint) -> tuple[note.Signed, ...]:
        """L1's origin and L2: the log signed it, and no key named here fails. Refused(L2.…), Malformed(L1.origin)."""
        if signed.checkpoint.origin != self.origin:
            raise Malformed("L1.origin", expected=self.origin, found=signed.checkpoint.origin[:80])
        found = note.verify(signed.note, (self.log, *self.witnesses))
        if not any(one.key == self.log for one in found):
            raise Refused("L2.log-signature", name=self.log.name)
        return found

    def judge(self, signed: SignedCheckpoint, when: Fresh | AsOf) -> tuple[Cosignature, ...]:
        """What each witness contributed, in the order of `witnesses`. Raises what `verify_log` raises."""
        found = self.verify_log(signed)
        if isinstance(when, Fresh):
            when = replace(when, max_age=min(when.max_age, self.max_age))
        return tuple(_judge_one(witness, found, when) for witness in self.witnesses)

    def verify(self, signed: SignedCheckpoint, when: Fresh | AsOf) -> Witnessed:
        """L2 and L5. Refused(L5.quorum, L5.majority) with every witness's `Cosignature` as findings."""
        cosignatures = self.judge(signed, when)
        if (short := self.short(cosignatures)) is not None:
            raise short
        return Witnessed(signed, cosignatures)

    def short(self, cosignatures: tuple[Cosignature, ...]) -> Refused | None:
        """Why these are too few: L5.quorum, or L5.majority where the log's own policy would be content with them."""
        have = sum(one.counts for one in cosignatures)
        if have >= self.k:
            return None
        if self.asked is None or have < self.asked:
            return Refused("L5.quorum", cosignatures, have=have, need=self.k)
        values = {"have": have, "need": self.k, "asked": self.asked, "of": len(self.witnesses)}
        return Refused("L5.majority", cosignatures, **values)


def _judge_one(witness: VerifierKey, found: Iterable[note.Signed], when: Fresh | AsOf) -> Cosignature:
    times = sorted({cosignature.timestamp(one.signature.data) for one in found if one.key == witness}, reverse=True)
    if not times:
        return Cosignature(witness, None, "L5.absent")
    judged = [Cosignature(witness, time, when.objection(witness, time)) for time in times]
    return next((one for one in judged if one.counts), judged[0])
