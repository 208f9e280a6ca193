"""What the online machine remembers of its crossings: every request sent, its answer, and how far each recipient is.

- Everything stands in the journal's settings and in the artefacts (envelopes by their SHA-256), durable before bytes
  leave.
- A request is written down before its turn is taken: a crash between the two costs a session, never a number.
- `replayed` is how much of the log a recipient has taken in whole (by USB, or at its enrolment); the head that it
  knows is the journal's `peer_head`.

    {"answer":"","channel":"qr","instruction":"3f…","recipient":"officer-c"}
"""

from dataclasses import dataclass, replace
from hashlib import sha256

from countersign.airgap.envelope import SESSION_SIZE, Envelope
from countersign.desk.ports import Entropy, Profile
from countersign.errors import Unavailable
from countersign.formats import jcs, shape, strict_json
from countersign.review.case import Channel

_TEXT = shape.string(str)
_FIELDS = {"answer": _TEXT, "channel": shape.one_of(*Channel), "instruction": _TEXT, "recipient": _TEXT}


@dataclass(frozen=True, slots=True)
class Carried:
    """One request: for which instruction, to whom, how it travels, and the SHA-256 of its answer (hex; empty: none yet)."""

    instruction: str
    recipient: str
    channel: Channel
    answer: str = ""

    def serialise(self) -> bytes:
        """The setting's bytes."""
        return jcs.encode(
            {
                "answer": self.answer,
                "channel": self.channel.value,
                "instruction": self.instruction,
                "recipient": self.recipient,
            }
        )

    @classmethod
    def parse(cls, data: bytes) -> "Carried":
        """What `serialise` wrote. Malformed."""
        return cls(**shape.record(strict_json.parse_canonical(data), "carried", _FIELDS))


class CrossingRecord:
    """The crossings in one profile."""

    def __init__(self, profile: Profile, entropy: Entropy) -> None:
        self._profile = profile
        self._journal = profile.journal
        self._entropy = entropy

    def envelope(self, digest: bytes) -> bytes | None:
        """The bytes of an artefact or envelope, or None where they are not here."""
        try:
            return self._profile.artefacts.get(digest)
        except Unavailable:
            return None

    def sent(self, request: bytes) -> Carried | None:
        """The record of the request with this SHA-256, or None."""
        found = self._journal.setting(_name("sent", request.hex()))
        return Carried.parse(found) if found else None

    def newest(self, instruction: str, recipient: str) -> tuple[bytes, Carried] | None:
        """The newest request for an instruction to a recipient, by SHA-256, or None."""
        request = self._journal.setting(_name("newest", instruction, recipient))
        carried = self.sent(request) if request else None
        return None if request is None or carried is None else (request, carried)

    def keep(self, message: Envelope, carried: Carried, data: bytes) -> None:
        """Write down a sealed request, then take its turn; a second call changes nothing."""
        request = sha256(data).digest()
        self._profile.artefacts.put(data)
        if self.sent(request) is None:
            self._journal.set_setting(_name("sent", request.hex()), carried.serialise())
        self._journal.set_setting(_name("newest", carried.instruction, carried.recipient), request)
        self._journal.set_setting(_name("last", carried.recipient), request)
        self._journal.set_setting(_name("session", carried.recipient), message.session)
        self._journal.send(message.recipient, message.session, message.sequence, request)

    def answered(self, request: bytes, carried: Carried, data: bytes) -> Carried:
        """Write down that a request was answered with these bytes."""
        done = replace(carried, answer=self._profile.artefacts.put(data).hex())
        self._journal.set_setting(_name("sent", request.hex()), done.serialise())
        return done

    def lapse(self, carried: Carried) -> None:
        """The newest request for an instruction counts no more: the next one is made anew, in a session of its own."""
        self._journal.set_setting(_name("newest", carried.instruction, carried.recipient), b"")

    def session(self, recipient: str) -> bytes:
        """The session that goes on; a new one where the last request was not answered."""
        known = self._journal.setting(_name("session", recipient))
        last = self._journal.setting(_name("last", recipient))
        carried = self.sent(last) if last else None
        if known is None or carried is None or not carried.answer:
            return self._entropy.random_bytes(SESSION_SIZE)
        return known

    def replayed(self, recipient: str) -> int | None:
        """How many entries a recipient has taken in whole; None where nothing is known of it."""
        known = self._journal.setting(_name("replayed", recipient))
        return None if known is None else int.from_bytes(known, "big")

    def raise_replayed(self, recipient: str, size: int) -> None:
        """A recipient has taken in this much; less changes nothing."""
        if size > (self.replayed(recipient) or 0):
            self._journal.set_setting(_name("replayed", recipient), size.to_bytes(8, "big"))


def _name(*parts: str) -> str:
    return "/".join(("crossing", *parts))
