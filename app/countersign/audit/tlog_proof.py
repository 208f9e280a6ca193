"""A `.tlog-proof` file: a checkpoint, an entry's index, and its inclusion proof, to be verified without any server.

c2sp.org/tlog-proof@v1; CHECKS.md L3.

- First line the header, an optional `extra` line (never trusted; we write none), the `index` line, up to 63 hashes from
  the leaf's sibling upwards, an empty line, then the checkpoint verbatim.
- The checkpoint's bytes are kept as they are: their form is L1's matter, their signatures L2's and L5's.

    c2sp.org/tlog-proof@v1
    index 5
    rzFuy5Go7nrpkhBwKy1HWPMM3eO/YePY54fXRoH5Cm4=

    example.com/log
    6
    …
"""

from dataclasses import dataclass

from countersign.audit import note, proof
from countersign.audit.checkpoint import Checkpoint
from countersign.audit.spelling import base64_text, hash_line, number, unbase64
from countersign.errors import Malformed

HEADER = "c2sp.org/tlog-proof@v1"
MAX_HASHES = 63
MAX_SIZE = note.MAX_SIZE + 64 * 1024


@dataclass(frozen=True, slots=True)
class TlogProof:
    """Leaf `index`, its path (32-byte hashes), the checkpoint file's bytes, and extra data or None."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None

    @classmethod
    def parse(cls, data: bytes) -> "TlogProof":
        """A file's bytes, strictly. Malformed(L3.proof-…), naming the line that is wrong."""
        if len(data) > MAX_SIZE:
            raise Malformed("L3.proof-size", limit=MAX_SIZE)
        head, blank, checkpoint = data.partition(b"\n\n")
        try:
            lines = head.decode("ascii").split("\n")
        except UnicodeDecodeError as reason:
            raise Malformed("L3.proof-text") from reason
        if lines.pop(0) != HEADER:
            raise Malformed("L3.proof-header")
        extra = None
        if lines and lines[0].startswith("extra "):
            extra = unbase64(lines.pop(0).removeprefix("extra "), "L3.proof-extra")
        if not lines or not lines[0].startswith("index "):
            raise Malformed("L3.proof-index")
        index = number(lines.pop(0).removeprefix("index "), "L3.proof-index")
        if len(lines) > MAX_HASHES:
            raise Malformed("L3.proof-hashes", limit=MAX_HASHES, found=len(lines))
        hashes = tuple(hash_line(line, "L3.proof-hash") for line in lines)
        if not blank or not checkpoint:
            raise Malformed("L3.proof-checkpoint")
        return cls(index, hashes, checkpoint, extra)

    def serialise(self) -> bytes:
        """The file's bytes."""
        lines = [HEADER]
        if self.extra is not None:
            lines.append(f"extra {base64_text(self.extra)}")
        lines += [f"index {self.index}", *map(base64_text, self.hashes), "", ""]
        return "\n".join(lines).encode("ascii") + self.checkpoint

    def verify(self, leaf: bytes, head: Checkpoint) -> None:
        """Leaf hash `leaf` stands at this index under `head`. Refused(L3.index|proof-length|root)."""
        proof.verify_inclusion(self.index, head.size, leaf, self.hashes, head.root)
