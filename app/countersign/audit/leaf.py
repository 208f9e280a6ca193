"""What stands in the log for an event: a salted 32-byte commitment, and the opening that lets a reader rebuild it.

DESIGN.md §5 (log entry), CHECKS.md L3.

- Entry = SHA-256("countersign/leaf/v1\\n" ‖ u64be sequenced-at in ms ‖ 32-byte salt ‖ event bytes).
- The salt keeps an outside node from guessing events; whoever may read the event receives time and salt.
- The opening is RFC 8785 JSON without a final newline: exactly `index`, `salt` (lower-case hex), `time_ms`.
- The leaf hash is RFC 6962's, over the 32-byte entry: SHA-256(0x00 ‖ entry).

    >>> Opening(3, 1_700_000_000_000, bytes(32)).serialise()[:24]
    b'{"index":3,"salt":"00000'
"""

import hashlib
from dataclasses import dataclass, field

from countersign.errors import Malformed
from countersign.formats import jcs, merkle, shape, strict_json

PREFIX = b"countersign/leaf/v1\n"
SALT_SIZE = 32
ENTRY_SIZE = 32
_FIELDS = {"index": shape.integer(0), "salt": shape.hex_bytes(SALT_SIZE), "time_ms": shape.integer(0)}

leaf_hash = merkle.leaf_hash


def entry(time_ms: int, salt: bytes, event: bytes) -> bytes:
    """The 32-byte log entry of `event`, sequenced at `time_ms` (Unix milliseconds). Malformed(L3.opening)."""
    if len(salt) != SALT_SIZE:
        raise Malformed("L3.opening", field="salt")
    if not 0 <= time_ms <= jcs.MAX_INTEGER:
        raise Malformed("L3.opening", field="time_ms")
    return hashlib.sha256(PREFIX + time_ms.to_bytes(8, "big") + salt + event).digest()


@dataclass(frozen=True, slots=True)
class Opening:
    """Where an event stands (`index`), when it was sequenced (Unix ms), and the 32-byte salt of its commitment."""

    index: int
    time_ms: int
    salt: bytes = field(repr=False)

    @classmethod
    def parse(cls, data: bytes) -> "Opening":
        """Strict RFC 8785 JSON of exactly these three fields. Malformed(C2.…)."""
        fields = shape.record(strict_json.parse_canonical(data), "opening", _FIELDS)
        return cls(fields["index"], fields["time_ms"], fields["salt"])

    def serialise(self) -> bytes:
        """RFC 8785 JSON, no final newline."""
        return jcs.encode({"index": self.index, "salt": self.salt.hex(), "time_ms": self.time_ms})

    def entry(self, event: bytes) -> bytes:
        """The 32-byte log entry that this opening gives `event`."""
        return entry(self.time_ms, self.salt, event)

    def leaf(self, event: bytes) -> bytes:
        """The RFC 6962 leaf hash that must be proved for `event` (L3)."""
        return leaf_hash(self.entry(event))
