"""What crossed the air gap, so that nothing is answered twice or out of order (CHECKS.md T1, L7).

- A sender numbers its envelopes in a session 1, 2, 3 …; each is recorded by the SHA-256 of its bytes when it was
  accepted.
- The same bytes again are answered from the record. Other bytes under a number already used: `T1.number-taken`. A
  number that is not the next: `T1.number-not-next`.
- The newest log head that a correspondent is known to have stands here, and never goes back.
"""

from countersign.desk.records import PeerHead
from countersign.errors import Conflict, Refused
from countersign.store.bodies import body, fields, name, number, text
from countersign.store.chain import Chain
from countersign.store.database import Database


class SessionRecord:
    """Envelopes received and sent, answers given, heads shown. Part of `Journal`."""

    _database: Database
    _chain: Chain

    def receive(self, sender: str, session: bytes, sequence: int, envelope: bytes) -> bytes | None:
        """Records an accepted envelope by its SHA-256, durably. Returns the recorded answer if these bytes were
        answered before.

        Raises `Conflict("T1.number-taken")`, `Refused("T1.number-not-next")`.
        """
        with self._database.transaction():
            if self._place("received", sender, session, sequence, envelope):
                return None
        return self.answer_to(envelope)

    def received(self, sender: str, session: bytes, sequence: int) -> bytes | None:
        """The SHA-256 of the envelope accepted under this number, or None."""
        return self._chain.last("received", _place_name(sender, session, sequence))

    def answer(self, envelope: bytes, answer: bytes) -> None:
        """Keeps the answer's bytes to the envelope with this SHA-256, durably, before they leave.

        Raises `Conflict("T1.other-answer")` if another answer was given.
        """
        with self._database.transaction():
            known = self.answer_to(envelope)
            if known is None:
                self._chain.append("answer", envelope, answer)
            elif known != answer:
                raise Conflict("T1.other-answer", envelope=envelope.hex())

    def answer_to(self, envelope: bytes) -> bytes | None:
        """The bytes once given in answer to the envelope with this SHA-256, or None."""
        return self._chain.last("answer", envelope)

    def send(self, recipient: str, session: bytes, sequence: int, envelope: bytes) -> None:
        """Records our own envelope, durably, before it leaves. Raises what `receive` raises."""
        with self._database.transaction():
            self._place("sent", recipient, session, sequence, envelope)

    def next_sequence(self, recipient: str, session: bytes) -> int:
        """The number that our next envelope to this recipient bears in this session; the first is 1."""
        return self._newest("sent", recipient, session) + 1

    def last_received(self, sender: str, session: bytes) -> int:
        """The newest number accepted from this sender in this session; 0 if none."""
        return self._newest("received", sender, session)

    def peer_head(self, peer: str) -> PeerHead | None:
        """The newest log head this correspondent is known to have."""
        found = self._chain.last("peer-head", peer.encode())
        if found is None:
            return None
        values = fields(found)
        return PeerHead(number(values, "size"), bytes.fromhex(text(values, "root")))

    def raise_peer_head(self, peer: str, head: PeerHead) -> None:
        """Records a newer head; an older one changes nothing. Raises `Refused("L7.two-heads")` for another root of
        one size."""
        with self._database.transaction():
            known = self.peer_head(peer)
            if known is not None and known.size == head.size and known.root != head.root:
                raise Refused("L7.two-heads", size=head.size)
            if known is None or head.size > known.size:
                self._chain.append("peer-head", peer.encode(), body({"size": head.size, "root": head.root.hex()}))

    def _place(self, kind: str, peer: str, session: bytes, sequence: int, envelope: bytes) -> bool:
        """Files an envelope under its number; False if these very bytes stand there already."""
        place = _place_name(peer, session, sequence)
        known = self._chain.last(kind, place)
        if known is not None:
            if known != envelope:
                raise Conflict("T1.number-taken", session=session.hex(), sequence=sequence)
            return False
        expected = self._newest(kind, peer, session) + 1
        if sequence != expected:
            raise Refused("T1.number-not-next", session=session.hex(), sequence=sequence, expected=expected)
        self._chain.append(kind, place, envelope)
        self._chain.append(f"{kind}-newest", name(peer.encode(), session), sequence.to_bytes(8, "big"))
        return True

    def _newest(self, kind: str, peer: str, session: bytes) -> int:
        return int.from_bytes(self._chain.last(f"{kind}-newest", name(peer.encode(), session)) or b"", "big")


def _place_name(peer: str, session: bytes, sequence: int) -> bytes:
    return name(peer.encode(), session, sequence.to_bytes(8, "big", signed=True))
