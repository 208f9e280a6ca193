"""The body of an answer: the signer's shares, or one signed refusal.

Part of the envelope (DESIGN.md §5); docs/formats/envelope.md.

- `request` is the SHA-256 of the request envelope's bytes: an answer belongs to exactly one request. Its `request_id`
  stands in the envelope.
- `parts`: one for each vault that the signer signed for, or a single refusal. A part's `event` is the officer's signed
  event: `share.added` beside a share (the desk adds its own signature), `instruction.refused` where `share` is null. What
  the event says is judged by the desk, not here.
- A share is a PSBT with this signer's partial signatures for that vault, or a 65-byte Safe signature.

    >>> AnswerBody(bytes(32), (Part(b"{}", None),)).is_refusal
    True
"""

from dataclasses import dataclass
from typing import Final

from countersign.airgap import members
from countersign.errors import Malformed

_KEYS: Final = ("request", "parts")
_PART: Final = ("event", "share")
MOST_PARTS = 1_000
"""The most vaults that one answer signs for."""


@dataclass(frozen=True, slots=True)
class Part:
    """A signed event, and the share that it names; None beside a refusal."""

    event: bytes
    share: bytes | None


@dataclass(frozen=True, slots=True)
class AnswerBody:
    """The shares with their events, or one refusal, for the request envelope whose SHA-256 is `request`."""

    request: bytes
    parts: tuple[Part, ...]

    @property
    def is_refusal(self) -> bool:
        """True where nothing was signed but the refusal."""
        return self.parts[0].share is None

    @classmethod
    def parse(cls, value: object) -> "AnswerBody":
        """From its CBOR map. Malformed("airgap.*"): no part, or a refusal beside a share, is none."""
        found = members.entries(value, "body", _KEYS)
        parts = tuple(_part(each) for each in members.array(found["parts"], "body.parts", most=MOST_PARTS))
        if not parts or (len(parts) > 1 and any(each.share is None for each in parts)):
            raise Malformed("airgap.member", where="body.parts", expected="shares, or one refusal")
        return cls(members.octets(found["request"], "body.request", size=32), parts)

    def members(self) -> dict[str, object]:
        """As a CBOR map."""
        parts = [{"event": each.event, "share": each.share} for each in self.parts]
        return {"request": self.request, "parts": parts}


def _part(value: object) -> Part:
    found = members.entries(value, "body.parts", _PART)
    share = found["share"]
    return Part(
        members.octets(found["event"], "body.parts.event"),
        None if share is None else members.octets(share, "body.parts.share"),
    )
