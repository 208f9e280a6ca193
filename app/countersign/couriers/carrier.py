"""`desk.ports.Courier` over the parts of this room: frames of QR texts, picture files, USB files.

Blocking work (decoding pictures in the confined child, fsync) runs off the event loop; one picture reader serves all.
"""

import asyncio
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from countersign.airgap import ur
from countersign.couriers import frames
from countersign.couriers.picture_reader import PictureReader
from countersign.couriers.pictures import Grey
from countersign.couriers.usb import UsbFolder
from countersign.errors import Malformed, Unavailable

BATCH = 8


class Carrier:
    """Close it when done: it holds the picture reader's process."""

    def __init__(self) -> None:
        self._reader = PictureReader()

    def close(self) -> None:
        """End the picture reader's process."""
        self._reader.close()

    def frames(self, message: ur.Message, density: int = frames.VERSION) -> Sequence[str]:
        """The texts to show, in order, as QR codes of that version."""
        return frames.texts(message, density)

    async def read_pictures(
        self, pictures: Sequence[Path], scan: ur.Scan, now: int, progress: Callable[[int, int], None]
    ) -> Sequence[str]:
        """Feed picture files to a scan until its message is whole; codes of what was passed over."""
        passed: list[str] = []
        for start in range(0, len(pictures), BATCH):
            if scan.message is not None:
                break
            batch = pictures[start : start + BATCH]
            passed += await asyncio.to_thread(frames.scan_files, batch, self._reader, scan, now)
            progress(min(start + BATCH, len(pictures)), len(pictures))
        return passed

    def read_grey(self, picture: Grey) -> list[str]:
        """The texts of the QR codes in a camera's frame. Blocks; call it on a thread."""
        return self._reader.decode(picture)

    async def read_file(self, file: Path) -> bytes:
        """One file of a drive, under T2's guards."""
        return await asyncio.to_thread(UsbFolder(file.parent).read, file.name)

    async def read_chosen(self, file: Path) -> bytes:
        """One file that a person chose, of any name, links followed; then under T2's guards."""
        return await asyncio.to_thread(_chosen, file)

    async def write_file(self, folder: Path, name: str, data: bytes) -> Path:
        """One file, whole, durable, read back and compared."""
        return (await asyncio.to_thread(UsbFolder(folder).write, name, data)).path


def _chosen(file: Path) -> bytes:
    place = Path(os.path.realpath(file))
    return UsbFolder(place.parent).read_named_anyhow(place.name)


class PictureFolder:
    """QR pictures on disk: `name-0001.png` …"""

    def write(self, folder: Path, name: str, texts: Sequence[str]) -> Sequence[Path]:
        """Write them in the order shown. Malformed where a text does not fit a code."""
        if not texts:
            raise Malformed("couriers.no-frames")
        return frames.write_folder(folder, name, texts)


def message_of(pictures: Sequence[bytes]) -> tuple[str, bytes]:
    """The UR type and CBOR bytes that PNG files carry. Malformed("T3.…", "T5.…"), Unavailable("couriers.frames-missing")."""
    scan = ur.Scan()
    with PictureReader() as reader:
        for picture in pictures:
            for text in reader.decode(picture):
                scan.receive(text, 0)
            if scan.message is not None:
                return scan.message.type, scan.message.cbor
    raise Unavailable("couriers.frames-missing", pictures=len(pictures))
