"""T1: whether an envelope is for this machine, from whom it may come, and in its turn.

Implements T1 of CHECKS.md, but for the log head, whose consistency L4 judges with the pin.

- This desk, this recipient; a sender who is known, signing with a key registered to that sender.
- A session begins at sequence 1 and goes on by one. It belongs to its sender.
- The same envelope again, byte for byte, is `Repeat`: answered from the record, never signed anew. It stays so in
  every session ever recorded.
- Another envelope under a recorded sequence is refused, as is a gap. Nothing here decides what a request may ask.
- Pure: `judge` looks, `record` gives the next state; the journal makes it durable before anything is signed.

    match judge(state, unsealed):
        case Fresh(): review, then state = record(state, unsealed, answer=None)
        case Repeat(answer): show the recorded answer again
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from countersign.airgap.envelope import Envelope, Unsealed
from countersign.errors import Refused


@dataclass(frozen=True, slots=True)
class Turn:
    """One place in a conversation."""

    sender: str
    session: bytes
    sequence: int


@dataclass(frozen=True, slots=True)
class Record:
    """What was received at a turn, and the id under which its answer is kept (None: not answered yet)."""

    sha256: bytes
    answer: str | None


@dataclass(frozen=True, slots=True)
class SessionState:
    """What this machine knows: its desk, its own officer id, the kids registered to each sender, all turns taken."""

    desk: str
    recipient: str
    senders: Mapping[str, frozenset[str]]
    records: Mapping[Turn, Record]


@dataclass(frozen=True, slots=True)
class Fresh:
    """Never seen, and its turn is now."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """Seen before, the same bytes. `answer` is the recorded answer's id, None where none was given yet."""

    answer: str | None


def turn(envelope: Envelope) -> Turn:
    """Where an envelope stands in its conversation."""
    return Turn(envelope.sender, envelope.session, envelope.sequence)


def judge(state: SessionState, arrived: Unsealed) -> Fresh | Repeat:
    """T1 over a verified envelope. Refused("T1.desk" | "T1.recipient" | "T1.sender" | "T1.sender-key" |
    "T1.sequence-reused" | "T1.sequence")."""
    _refuse_stranger(state, arrived)
    here = turn(arrived.envelope)
    known = state.records.get(here)
    if known is not None:
        if known.sha256 != arrived.sha256:
            raise Refused("T1.sequence-reused", sequence=here.sequence, sender=here.sender)
        return Repeat(known.answer)
    expected = next_sequence(state, here.sender, here.session)
    if here.sequence != expected:
        raise Refused("T1.sequence", found=here.sequence, expected=expected, sender=here.sender)
    return Fresh()


def next_sequence(state: SessionState, sender: str, session: bytes) -> int:
    """The sequence that this sender's session must use next: 1 in a new one."""
    taken = (known.sequence for known in state.records if (known.sender, known.session) == (sender, session))
    return 1 + max(taken, default=0)


def record(state: SessionState, arrived: Unsealed, answer: str | None) -> SessionState:
    """The state after an envelope was received, or after its answer was kept under the id `answer`.
    Errors as `judge`; an answer once recorded is not replaced (Refused "T1.answered")."""
    verdict = judge(state, arrived)
    if isinstance(verdict, Repeat) and verdict.answer not in (None, answer):
        raise Refused("T1.answered", request=arrived.envelope.request_id)
    records = {**state.records, turn(arrived.envelope): Record(arrived.sha256, answer)}
    return replace(state, records=records)


def _refuse_stranger(state: SessionState, arrived: Unsealed) -> None:
    envelope = arrived.envelope
    if envelope.desk != state.desk:
        raise Refused("T1.desk", found=envelope.desk, expected=state.desk)
    if envelope.recipient != state.recipient:
        raise Refused("T1.recipient", found=envelope.recipient, expected=state.recipient)
    kids = state.senders.get(envelope.sender)
    if kids is None:
        raise Refused("T1.sender", found=envelope.sender)
    if arrived.kid not in kids:
        raise Refused("T1.sender-key", sender=envelope.sender, kid=arrived.kid)
