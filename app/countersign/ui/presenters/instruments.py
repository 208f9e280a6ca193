"""What bootstrap hands the window besides a console: a clock, codes drawn and read, removable drives, PDFs, a place for evidence.

- `draw_code` gives the modules of one QR code, dark is True, without its quiet zone.
- `read_picture` takes 8-bit greyscale, `width * height` bytes, and gives the texts of the QR codes in it; it may block,
  so the window calls it on a thread. It raises only `CountersignError`. So do the methods of `drives`.
- `read_batch` takes a file or a folder and gives every file's bytes by name; it may block, and raises only `CountersignError`.
- `open_pdf` takes a PDF's bytes and gives its pages as pictures, painted in a process of their own. Every method may block, so the
  window calls it on a thread; it raises only `CountersignError`.
- `preferences` remembers what a person chose (the theme); `parts` are what this program is made of.
- `keep_evidence` keeps the trace of an error that is our own bug (types, files and lines; never values) and says where.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

Modules = tuple[tuple[bool, ...], ...]


class DrawCode(Protocol):
    """Draws one QR code."""

    def __call__(self, text: str, /) -> Modules: ...


class ReadPicture(Protocol):
    """Reads the QR codes of one greyscale picture."""

    def __call__(self, grey: bytes, width: int, height: int, /) -> list[str]: ...


class PageSize(Protocol):
    """A page's width and height in points (1/72 inch)."""

    @property
    def width(self) -> float: ...
    @property
    def height(self) -> float: ...


class PagePicture(Protocol):
    """A page as `width * height` pixels of four bytes: blue, green, red, alpha. Paper is transparent."""

    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def pixels(self) -> bytes: ...


class Pages(Protocol):
    """One PDF, opened by nobody but a confined process."""

    def open(self) -> Sequence[PageSize]:
        """The size of every page; at least one."""

    def paint(self, page: int, width: int) -> PagePicture:
        """A page, from 0, as many pixels wide as asked, or as the limits allow."""

    def close(self) -> None:
        """End the process; what waits for it is refused."""


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


class Preferences(Protocol):
    """What a person chose on this machine, remembered from window to window."""

    def get(self, key: str, default: str) -> str: ...

    def put(self, key: str, value: str) -> None: ...


class Forgetful:
    """Preferences that last as long as the window."""

    def __init__(self) -> None:
        self._kept: dict[str, str] = {}

    def get(self, key: str, default: str) -> str:
        """What was put, or the default."""
        return self._kept.get(key, default)

    def put(self, key: str, value: str) -> None:
        """Remember it."""
        self._kept[key] = value


@dataclass(frozen=True, slots=True)
class Part:
    """A part this program is made of: its name, its version, its licence."""

    name: str
    version: str
    licence: str


@dataclass(frozen=True, slots=True)
class Instruments:
    """The window's instruments; `now` is unix seconds."""

    now: Callable[[], int]
    draw_code: DrawCode
    read_picture: ReadPicture
    keep_evidence: Callable[[str], str]
    drives: DriveBay
    open_pdf: Callable[[bytes], Pages]
    read_batch: Callable[[Path], Mapping[str, bytes]]
    preferences: Preferences = field(default_factory=Forgetful)
    parts: tuple[Part, ...] = ()
