"""What bootstrap hands the window besides a console: a clock, codes drawn and read, removable drives, a place for evidence.

- `draw_code` gives the modules of one QR code, dark is True, without its quiet zone.
- `read_picture` takes 8-bit greyscale, `width * height` bytes, and gives the texts of the QR codes in it; it may block,
  so the window calls it on a thread. It raises only `CountersignError`. So do the methods of `drives`.
- `keep_evidence` keeps the trace of an error that is our own bug (types, files and lines; never values) and says where.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

Modules = tuple[tuple[bool, ...], ...]


class DrawCode(Protocol):
    """Draws one QR code."""

    def __call__(self, text: str, /) -> Modules: ...


class ReadPicture(Protocol):
    """Reads the QR codes of one greyscale picture."""

    def __call__(self, grey: bytes, width: int, height: int, /) -> list[str]: ...


class DriveFacts(Protocol):
    """A removable drive: its label, where it is mounted, the bytes free for us, whether it can be written."""

    @property
    def label(self) -> str: ...
    @property
    def folder(self) -> Path: ...
    @property
    def free(self) -> int: ...
    @property
    def read_only(self) -> bool: ...


class DriveBay(Protocol):
    """The removable drives of this machine."""

    def present(self) -> Sequence[DriveFacts]:
        """Those that are mounted now."""

    def fingerprint(self, file: Path) -> str:
        """The SHA-256 of a file as its drive gives it back now, hex."""

    def keep(self, folder: Path, name: str, data: bytes) -> Path:
        """Write one file into a folder, read it back, compare; its path."""

    def eject(self, folder: Path) -> None:
        """Write everything out and unmount the drive that a folder is on."""


@dataclass(frozen=True, slots=True)
class Instruments:
    """The window's instruments; `now` is unix seconds."""

    now: Callable[[], int]
    draw_code: DrawCode
    read_picture: ReadPicture
    keep_evidence: Callable[[str], str]
    drives: DriveBay
