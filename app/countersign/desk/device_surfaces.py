"""What a window asks of a console about an officer's own device: codes of what goes out, and what was signed by camera or file.

How something is exported, and how the answer counts, is each console's own.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from countersign.desk.ports import DENSEST


class DeviceScan(Protocol):
    """One look at a device's codes: its parts belong to nothing scanned before."""

    def frame(self, text: str) -> tuple[int, int, bytes | None]:
        """One decoded text of UR type `psbt` or `crypto-psbt`: parts received, parts needed, the PSBT once it is whole."""

    async def pictures(self, pictures: Sequence[Path], progress: Callable[[int, int], None]) -> bytes:
        """The PSBT that picture files show."""


class DeviceConsole(Protocol):
    """A console at which an officer's own device is used."""

    def device_scan(self) -> DeviceScan:
        """A scan that begins now."""

    async def device_read(self, file: Path) -> bytes:
        """What the device gave back, from a file that a person chose."""

    def device_frames(self, data: bytes, tag: int = 2, density: int = DENSEST) -> Sequence[str]:
        """What was exported as UR parts for codes: of type `psbt` (tag 2) or `crypto-psbt` (tag 1)."""
