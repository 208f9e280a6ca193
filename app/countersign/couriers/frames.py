"""A UR message as numbered pictures, and back.

Implements UX.md (10) and BCR-2024-001's animation: each picture carries one part; the row is longer than the message
needs, so that a fifth of it may be lost.

- A message that fits into one picture is one still code; otherwise it is shown as `shown(seq_len)` parts: three times as
  many as it needs, and two dozen spare ones at least. Measured with a fifth lost at random: twice as many fail once in
  twelve times at 12 parts, these not once in 400.
- Texts are upper case: a QR code holds capitals in 5.5 bits a character.
- Files are `request-0001.png`, `request-0002.png`, …: the order in which they are shown. Reading takes them as they
  come; order, gaps and repeats are the fountain's business.
- Each file is read through `UsbFolder`'s guards (T2) and decoded by `PictureReader` (T5), as a dropped picture is.

    write_folder(Path("frames"), "request", texts(message))
    scan = Scan()
    for path in sorted(Path("frames").glob("request-*.png")):
        for text in read_file(path, reader):
            scan.receive(text, now)
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from countersign.airgap import ur
from countersign.couriers import pictures
from countersign.couriers.picture_reader import PictureReader
from countersign.couriers.usb import UsbFolder
from countersign.errors import Malformed

VERSION: Final = 27
SPARE_LEAST: Final = 24
_PART_OVERHEAD: Final = 26  # CBOR heads of a part (5 numbers, data) and the CRC-32, at their longest


def shown(seq_len: int) -> int:
    """How many parts are shown so that a fifth may be lost: 3 × seq_len, and at least two dozen more than needed."""
    return max(3 * seq_len, seq_len + SPARE_LEAST)


def max_fragment(ur_type: str, version: int = VERSION) -> int:
    """How many message bytes a frame of QR `version` (20..27) carries. Malformed("T5.version")."""
    path = len(f"ur:{ur_type}/4294967295-4096/")
    return (pictures.capacity(version) - path) // 2 - _PART_OVERHEAD


def texts(message: ur.Message, version: int = VERSION) -> tuple[str, ...]:
    """The texts to show, upper case: one, or `shown(seq_len)` parts in order. Malformed("T3.message-len")."""
    whole = ur.encode(message)
    if len(whole) <= pictures.capacity(version):
        return (whole.upper(),)
    parts = ur.Parts(message, max_fragment(message.type, version))
    return tuple(parts.text(number).upper() for number in range(1, shown(parts.seq_len) + 1))


def picture(text: str, *, pixels: int = 4) -> bytes:
    """The PNG of one text of an animation."""
    return pictures.frame(text, pixels=pixels)


def write_folder(folder: Path, name: str, shown_texts: Sequence[str], *, pixels: int = 4) -> tuple[Path, ...]:
    """Write `name-0001.png …` into an existing folder, in the order shown. A row of one is a still code."""
    draw = pictures.still if _stands_alone(shown_texts) else pictures.frame
    paths = []
    for number, text in enumerate(shown_texts, start=1):
        path = folder / f"{name}-{number:04d}.png"
        path.write_bytes(draw(text, pixels=pixels))
        paths.append(path)
    return tuple(paths)


def _stands_alone(shown_texts: Sequence[str]) -> bool:
    """ECC M holds about a fifth less than ECC L: a row of one that would not fit is drawn as a frame."""
    return len(shown_texts) == 1 and len(shown_texts[0]) <= pictures.STILL_CAPACITY


def read_file(path: Path, reader: PictureReader) -> list[str]:
    """The texts in one picture file, perhaps none. Errors as `UsbFolder.read` and `PictureReader.decode`."""
    return reader.decode(UsbFolder(path.parent).read(path.name))


def scan_files(paths: Iterable[Path], reader: PictureReader, scan: ur.Scan, now: int) -> tuple[str, ...]:
    """Feed picture files to a scan until its message is whole; `now` as in `Scan.receive`.

    Returns the codes of what was passed over (a smudged frame, a stranger's code): a scan goes on without them.
    """
    passed_over = []
    for path in paths:
        if scan.message is not None:
            break
        try:
            for text in read_file(path, reader):
                scan.receive(text, now)
        except Malformed as reason:
            passed_over.append(reason.code)
    return tuple(passed_over)
