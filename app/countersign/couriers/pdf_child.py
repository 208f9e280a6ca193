"""The process that opens a stranger's PDF: the document in by standard input, pictures of its pages out by standard output.

Implements T5 of CHECKS.md for documents: no network, no files, limits on memory and time. Started by `pdf_pages`; never imported by
anything that holds a key. What paints (`Painter`) is handed in: it is Qt's, and Qt lives in `ui` (docs/decisions/0006).

- Requests and answers are framed as `pdf_wire` says. One process sees one document.
- 5 s of processor time a request (ITIMER_PROF): past it, SIGPROF ends the process. The parent holds the clock.
- 512 MiB of data. A document that wants more, and a fault in the vendor's code, end this process and nothing more.
- The painter is confined too: fonts that the document does not carry are replaced by those built into the library.

    python -I -m countersign.bootstrap.pdf_child
"""

import json
import signal
from typing import Final, Protocol

from countersign.couriers.confinement import confine
from countersign.couriers.pdf_wire import (
    HEADER,
    HUNDREDTHS,
    OPEN,
    PAGES_LIMIT,
    PIXELS,
    REQUEST_SECONDS,
    WORDS,
    Reason,
)
from countersign.couriers.pipes import give, take

MEMORY: Final = 512 << 20
_FAR: Final = 10_000_000
WARM_UP: Final = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]/Contents 4 0 R>>endobj
4 0 obj<</Length 22>>stream
0 0 1 rg 9 9 36 36 re f
endstream endobj
trailer<</Root 1 0 R>>
"""


class Painter(Protocol):
    """Opens one PDF at a time and paints its pages. Raises nothing for a bad document."""

    def open(self, pdf: bytes) -> str:
        """Open it; "" or why not: "damaged", "encrypted"."""

    def pages(self) -> int:
        """How many pages the open document has."""

    def size(self, page: int) -> tuple[float, float]:
        """A page's width and height in points."""

    def paint(self, page: int, width: int, height: int) -> bytes:
        """A page in so many pixels, four bytes each; empty where it cannot be painted."""


def serve(painter: Painter) -> None:
    """Answer requests until standard input ends."""
    painter.open(
        WARM_UP
    )  # loads what the library loads late, while files can be opened; no letters: no fonts are looked for
    painter.paint(0, 8, 8)
    confine(MEMORY)
    give(b"")
    while len(head := take(HEADER.size)) == HEADER.size:
        kind, page, width, height, length = HEADER.unpack(head)
        signal.setitimer(signal.ITIMER_PROF, REQUEST_SECONDS)
        answer = _opened(painter, take(length)) if kind == OPEN else _painted(painter, page, width, height)
        signal.setitimer(signal.ITIMER_PROF, 0)
        give(answer)


def _opened(painter: Painter, pdf: bytes) -> bytes:
    refused = painter.open(pdf)
    count = 0 if refused else painter.pages()
    if not refused and count < 1:
        refused = Reason.DAMAGED
    if not refused and count > PAGES_LIMIT:
        refused = Reason.PAGES
    if refused:
        return _refused(Reason(refused), count)
    sizes = [[_hundredths(side) for side in painter.size(page)] for page in range(count)]
    return WORDS + json.dumps({"pages": sizes}).encode("ascii")


def _painted(painter: Painter, page: int, width: int, height: int) -> bytes:
    pixels = painter.paint(page, width, height)
    return PIXELS + pixels if pixels else _refused(Reason.PAGE, page)


def _refused(reason: Reason, count: int) -> bytes:
    return WORDS + json.dumps({"refused": reason, "count": count}).encode("ascii")


def _hundredths(points: float) -> int:
    """Whole hundredths of a point; 0 for what is no length."""
    return round(points * HUNDREDTHS) if 0 < points < _FAR else 0
