"""The body of an answer: a share, or a signed refusal.

Part of the envelope (DESIGN.md §5); docs/formats/envelope.md.

- `request` is the SHA-256 of the request envelope's bytes: an answer belongs to exactly one request. Its `request_id`
  stands in the envelope.
- `event` is the answering officer's signed event: `share.added` beside a share (the desk adds its own signature),
  `instruction.refused` where `share` is null. What the event says is judged by the desk, not here.
- `share` is a PSBT with this signer's partial signatures, or a 65-byte Safe signature.

    >>> AnswerBody(bytes(32), b"{}", None).is_refusal
    True
"""

from dataclasses import dataclass
from typing import Final

from countersign.airgap import members

_KEYS: Final = ("request", "event", "share")


@dataclass(frozen=True, slots=True)
class AnswerBody:
    """The share (or None) and the signed event, for the request envelope whose SHA-256 is `request`."""

    request: bytes
    event: bytes
    share: bytes | None

    @property
    def is_refusal(self) -> bool:
        """True where nothing was signed but the refusal."""
        return self.share is None

    @classmethod
    def parse(cls, value: object) -> "AnswerBody":
        """From its CBOR map. Malformed("airgap.*")."""
        found = members.entries(value, "body", _KEYS)
        share = found["share"]
        return cls(
            members.octets(found["request"], "body.request", size=32),
            members.octets(found["event"], "body.event"),
            None if share is None else members.octets(share, "body.share"),
        )

    def members(self) -> dict[str, object]:
        """As a CBOR map."""
        return {"request": self.request, "event": self.event, "share": self.share}
