"""What bootstrap hands the window besides a console: a clock, drawing and reading of codes, a place for evidence.

- `draw_code` gives the modules of one QR code, dark is True, without its quiet zone.
- `read_picture` takes 8-bit greyscale, `width * height` bytes, and gives the texts of the QR codes in it; it may block,
  so the window calls it on a thread. It raises only `CountersignError`.
- `keep_evidence` keeps the trace of an error that is our own bug (types, files and lines; never values) and says where.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

Modules = tuple[tuple[bool, ...], ...]


class DrawCode(Protocol):
    """Draws one QR code."""

    def __call__(self, text: str, /) -> Modules: ...


class ReadPicture(Protocol):
    """Reads the QR codes of one greyscale picture."""

    def __call__(self, grey: bytes, width: int, height: int, /) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Instruments:
    """The window's instruments; `now` is unix seconds."""

    now: Callable[[], int]
    draw_code: DrawCode
    read_picture: ReadPicture
    keep_evidence: Callable[[str], str]
