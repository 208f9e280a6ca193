"""A log's head as text: origin, size, root; and the signed note around it.

c2sp.org/tlog-checkpoint; CHECKS.md L1.

- Line 1 the origin (exact, where the caller knows it), line 2 the size without leading zeros, line 3 the root hash in
  strict base64.
- Our own log writes no extension lines and accepts none; foreign logs may have them.

    example.com/behind-the-sofa
    20852163
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

    — example.com/behind-the-sofa Az3grlgtzPICa5OS8npV…
"""

from dataclasses import dataclass

from countersign.audit.note import Note, Signature
from countersign.audit.spelling import base64_text, hash_line, number
from countersign.errors import Malformed


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of one log: `size` leaves under `root` (32 bytes)."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str, *, origin: str | None = None, foreign: bool = False) -> "Checkpoint":
        """A note text. With `origin`, no other log's; `foreign` allows extension lines.

        Malformed(L1.lines|origin|size|size-leading-zero|root|extension).
        """
        lines = text.removesuffix("\n").split("\n")
        if not text.endswith("\n") or len(lines) < 3 or not all(lines):
            raise Malformed("L1.lines")
        if origin is not None and lines[0] != origin:
            raise Malformed("L1.origin", expected=origin, found=lines[0][:80])
        if len(lines) > 3 and not foreign:
            raise Malformed("L1.extension")
        return cls(lines[0], number(lines[1], "L1.size"), hash_line(lines[2], "L1.root"), tuple(lines[3:]))

    def text(self) -> str:
        """The note text."""
        return "".join(f"{line}\n" for line in (self.origin, self.size, base64_text(self.root), *self.extensions))


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint and the note that carries it. Nothing is verified yet: see `quorum`."""

    checkpoint: Checkpoint
    note: Note

    @classmethod
    def parse(cls, data: bytes, *, origin: str | None = None, foreign: bool = False) -> "SignedCheckpoint":
        """A checkpoint file. Malformed(L1.…)."""
        note = Note.parse(data)
        return cls(Checkpoint.parse(note.text, origin=origin, foreign=foreign), note)

    @classmethod
    def sign(cls, checkpoint: Checkpoint, *signatures: Signature) -> "SignedCheckpoint":
        """A checkpoint with the signature lines given (see `note.sign`, `note.cosign`)."""
        return cls(checkpoint, Note(checkpoint.text(), signatures))

    def signed_by(self, *signatures: Signature) -> "SignedCheckpoint":
        """The same checkpoint with further signature lines."""
        return SignedCheckpoint(self.checkpoint, self.note.signed_by(*signatures))

    def serialise(self) -> bytes:
        """The file's bytes."""
        return self.note.serialise()
