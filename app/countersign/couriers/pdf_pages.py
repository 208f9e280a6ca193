"""One PDF as pictures of its pages, painted in a confined process of its own; no other program opens it.

Implements T5 of CHECKS.md for documents (UX.md, Review: legal text).

- A file has at most 16 MiB and 500 pages; a page measures 1 to 14,400 points a side (the format's own limit), all together at most
  1,000,000 points of height; a picture has at most 12,000,000 pixels and 4,096 a side.
- A process sees one document. It ends itself after 5 s of processor time for one request or at 512 MiB; the clock's limit here is
  a second line for one that neither works nor answers. The next request gets a new process.
- Scripts, links, forms and attachments do nothing: the library is built without an interpreter, and what it could reach is
  shut off. What comes back are sizes and pixels; both are checked, neither is decoded.
- Blocks up to the limits: call it off the window's thread. `close` may be called from another thread; what runs then ends.

    pages = PdfPages(pdf, (sys.executable, "-I", "-m", "countersign.bootstrap.pdf_child"))
    sizes = pages.open()
    picture = pages.paint(0, width=1_000)
    pages.close()
"""

import signal
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from countersign.couriers.child import Child
from countersign.couriers.pdf_wire import (
    BYTES_A_PIXEL,
    HEADER,
    HUNDREDTHS,
    OPEN,
    PAGE,
    PAGES_LIMIT,
    PIXELS,
    WORDS,
    WORDS_LIMIT,
    Reason,
)
from countersign.errors import Malformed, Unavailable
from countersign.formats import strict_json

FILE_LIMIT: Final = 16 << 20
SIDE_POINTS: Final = 14_400
HEIGHT_POINTS: Final = 1_000_000
SIDE_PIXELS: Final = 4_096
PICTURE_PIXELS: Final = 12_000_000
CLOCK_SECONDS: Final = 60.0
START_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class PageSize:
    """A page's width and height in points (1/72 inch)."""

    width: float
    height: float


@dataclass(frozen=True, slots=True)
class PagePicture:
    """A page as `width * height` pixels of four bytes (blue, green, red, alpha), row after row; paper is transparent."""

    width: int
    height: int
    pixels: bytes


class PdfPages:
    """One document. `command` is what to start: a frozen build names its own program there."""

    def __init__(self, pdf: bytes, command: Sequence[str]) -> None:
        self._pdf = pdf
        self._command = tuple(command)
        self._child: Child | None = None
        self._sizes: tuple[PageSize, ...] = ()
        self._turn = threading.Lock()
        self._closed = False
        self.restarts = 0

    def open(self) -> tuple[PageSize, ...]:
        """The size of every page.

        Malformed("couriers.pdf-size" | "couriers.pdf-damaged" | "couriers.pdf-encrypted" | "couriers.pdf-pages" |
        "couriers.pdf-page-size" | "couriers.pdf-time" | "couriers.pdf-fault"), Unavailable("couriers.pdf-painter" |
        "couriers.pdf-closed").
        """
        if len(self._pdf) > FILE_LIMIT:
            raise Malformed("couriers.pdf-size", size=len(self._pdf), limit=FILE_LIMIT)
        with self._turn:
            self._running()
        return self._sizes

    def paint(self, page: int, width: int) -> PagePicture:
        """A picture of a page, from 0, as wide as asked or as wide as the limits allow. Raises as `open`, and
        Malformed("couriers.pdf-page")."""
        sizes = self._sizes or self.open()
        across, down = fitting(sizes[page], width)
        length = across * down * BYTES_A_PIXEL
        with self._turn:
            child = self._running()
            answer = self._ask(child, HEADER.pack(PAGE, page, across, down, 0), max(length + 1, WORDS_LIMIT))
            if answer[:1] != PIXELS:
                raise self._refusal(child, _said(answer), page)
            if len(answer) != length + 1:
                raise self._lied(child)
        return PagePicture(across, down, answer[1:])

    def close(self) -> None:
        """End the process for good; what waits for it gets Unavailable("couriers.pdf-closed")."""
        self._closed = True
        if (child := self._child) is not None:
            child.kill()
        with self._turn:
            if self._child is not None:
                self._child.end()
            self._child = None

    def _running(self) -> Child:
        """The process with the document open in it."""
        self._require_open()
        if self._child is None:
            child = self._started()
            said = _said(self._ask(child, HEADER.pack(OPEN, 0, 0, 0, len(self._pdf)) + self._pdf, WORDS_LIMIT))
            sizes = said.get("pages") if isinstance(said, dict) else None
            if not isinstance(sizes, list):
                raise self._refusal(child, said, 0)
            try:
                self._sizes = _sizes(sizes)
            except Malformed:
                self._end(child)
                raise
            except (TypeError, ValueError) as lie:
                raise self._lied(child) from lie
        assert self._child is not None
        return self._child

    def _started(self) -> Child:
        try:
            self._child = child = Child(self._command)
            child.ready(START_SECONDS)
        except (OSError, EOFError, TimeoutError) as reason:
            if self._child is not None:
                self._end(self._child)
            self._require_open()
            raise Unavailable("couriers.pdf-painter", reason=type(reason).__name__) from reason
        return child

    def _require_open(self) -> None:
        if self._closed:
            raise Unavailable("couriers.pdf-closed")

    def _ask(self, child: Child, request: bytes, limit: int) -> bytes:
        try:
            return child.ask(request, CLOCK_SECONDS, limit)
        except (OSError, EOFError, TimeoutError) as reason:
            in_time = not isinstance(reason, TimeoutError)
            status = self._end(child, wait=in_time)
            self._require_open()
            if in_time and status != -signal.SIGPROF:
                raise Malformed("couriers.pdf-fault", status=status) from reason
            raise Malformed("couriers.pdf-time") from reason

    def _refusal(self, child: Child, said: object, page: int) -> Malformed:
        """What the child says no to. A page that cannot be painted leaves the others; all else is the document's end."""
        known = said if isinstance(said, dict) else {}
        count = known.get("count")
        match known.get("refused"):
            case Reason.PAGE:
                return Malformed("couriers.pdf-page", page=page + 1)
            case Reason.DAMAGED:
                code = Malformed("couriers.pdf-damaged")
            case Reason.ENCRYPTED:
                code = Malformed("couriers.pdf-encrypted")
            case Reason.PAGES if isinstance(count, int):
                code = Malformed("couriers.pdf-pages", count=count, limit=PAGES_LIMIT)
            case _:
                return self._lied(child)
        self._end(child)
        return code

    def _lied(self, child: Child) -> Malformed:
        return Malformed("couriers.pdf-fault", status=self._end(child))

    def _end(self, child: Child, *, wait: bool = False) -> int:
        self._child = None
        self.restarts += 1
        return child.end(wait=wait)


def fitting(size: PageSize, width: int) -> tuple[int, int]:
    """Pixels across and down for a page that should be `width` wide, within the limits and never less than one.

    >>> fitting(PageSize(595.0, 842.0), 1_000)
    (1000, 1415)
    """
    ratio = size.height / size.width
    across = max(1, min(width, SIDE_PIXELS, int(SIDE_PIXELS / ratio), int((PICTURE_PIXELS / ratio) ** 0.5)))
    return across, max(1, min(SIDE_PIXELS, round(across * ratio)))


def _said(answer: bytes) -> object:
    """The child's words, believed no more than the document; None where they are none."""
    if answer[:1] != WORDS:
        return None
    try:
        return strict_json.parse(answer[1:], limit=WORDS_LIMIT)
    except Malformed:
        return None


def _sizes(said: Sequence[object]) -> tuple[PageSize, ...]:
    """Sizes in points. Malformed("couriers.pdf-page-size"), TypeError or ValueError for what are no sizes."""
    if not 1 <= len(said) <= PAGES_LIMIT:
        raise ValueError
    sizes = tuple(_size(page, each) for page, each in enumerate(said))
    if sum(size.height for size in sizes) > HEIGHT_POINTS:
        last = sizes[-1]
        raise Malformed("couriers.pdf-page-size", page=len(sizes), width=round(last.width), height=round(last.height))
    return sizes


def _size(page: int, said: object) -> PageSize:
    if not isinstance(said, list) or not all(type(side) is int for side in said):
        raise TypeError
    width, height = (side / HUNDREDTHS for side in said)
    if not all(1 <= side <= SIDE_POINTS for side in (width, height)):
        raise Malformed("couriers.pdf-page-size", page=page + 1, width=round(width), height=round(height))
    return PageSize(width, height)
