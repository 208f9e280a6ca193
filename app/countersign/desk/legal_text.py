"""The legal text of a contract: an artefact that the terms name by SHA-256, at hand or not, a PDF or plain text.

DESIGN.md §5 (artefacts), UX.md (Review).

- The store checks the hash of what it hands out; what changed underneath is said, never shown.
- A file is kept only if it is the legal text of a contract in the log. Its name says nothing, its hash everything.
- A PDF begins with `%PDF-`; anything else is plain text if it is strict UTF-8 without control characters but line ends, tabs and
  form feeds. What is neither can be kept by the desk, and is not shown by a console.
- At most 16 MiB of PDF and 1 MiB of text.

    >>> kind_of(b"Sale of 250 BTC.\\n")
    <LegalKind.TEXT: 'text'>
"""

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from countersign.desk.ports import Artefacts
from countersign.desk.views import LegalKind, LegalTextView
from countersign.errors import Malformed, Refused, Unavailable
from countersign.settlement.state import State

PDF_LIMIT: Final = 16 << 20
TEXT_LIMIT: Final = 1 << 20
SHOWN: Final = (LegalKind.PDF, LegalKind.TEXT)
_PDF: Final = b"%PDF-"
_MARK: Final = "\ufeff"
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")
_LINE_END: Final = re.compile(r"\r\n?")


@dataclass(frozen=True, slots=True)
class LegalText:
    """Bytes whose SHA-256 was checked against the contract's; `kind` is PDF or TEXT."""

    sha256: str
    kind: LegalKind
    data: bytes

    @property
    def words(self) -> str:
        """A plain text with lines that end in LF, without a byte order mark."""
        return _LINE_END.sub("\n", self.data.decode("utf-8").removeprefix(_MARK))


def kind_of(data: bytes) -> LegalKind:
    """What bytes are, by what stands in them."""
    if data.startswith(_PDF):
        return LegalKind.PDF if len(data) <= PDF_LIMIT else LegalKind.OTHER
    if not data or len(data) > TEXT_LIMIT:
        return LegalKind.OTHER
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return LegalKind.OTHER
    return LegalKind.OTHER if _CONTROL.search(text) else LegalKind.TEXT


def view(artefacts: Artefacts, digest: str) -> LegalTextView:
    """Whether the text of a SHA-256 (hex) is at hand, and what it is."""
    try:
        data = _checked(artefacts, digest)
    except Unavailable:
        return LegalTextView(digest, LegalKind.ABSENT, 0)
    except Refused:
        return LegalTextView(digest, LegalKind.ALTERED, 0)
    return LegalTextView(digest, kind_of(data), len(data))


def read(artefacts: Artefacts, digest: str) -> LegalText:
    """The text of a SHA-256 (hex), checked.

    Unavailable("desk.legal-text-absent"), Refused("store.artefact-altered"), Malformed("desk.legal-text-kind").
    """
    data = _checked(artefacts, digest)
    return LegalText(digest, _shown(data), data)


def _checked(artefacts: Artefacts, digest: str) -> bytes:
    try:
        data = artefacts.get(bytes.fromhex(digest))
    except Unavailable as reason:
        raise Unavailable("desk.legal-text-absent", sha256=digest) from reason
    if sha256(data).hexdigest() != digest:
        raise Refused("store.artefact-altered", sha256=digest)
    return data


def contracts_of(state: State, data: bytes) -> tuple[str, ...]:
    """The ids of the logged contracts whose legal text these bytes are, by id.

    Malformed("desk.legal-text-kind" | "desk.legal-text-size"), Refused("desk.legal-text-unknown").
    """
    if len(data) > PDF_LIMIT:
        raise Malformed("desk.legal-text-size", size=len(data), limit=PDF_LIMIT)
    digest = sha256(data).hexdigest()
    named = {each.terms.id for each in state.contracts.values() if each.terms.legal_text_sha256 == digest}
    if not named:
        raise Refused("desk.legal-text-unknown", sha256=digest)
    _shown(data)
    return tuple(sorted(named))


def _shown(data: bytes) -> LegalKind:
    found = kind_of(data)
    if found not in SHOWN:
        raise Malformed("desk.legal-text-kind")
    return found
