"""What every console does for an officer's own device: codes of what goes out, a scan or a file of what comes back.

Satisfies `device_surfaces.DeviceConsole`. Whoever stands on it has a courier and a clock.
"""

from collections.abc import Sequence
from pathlib import Path

from countersign.airgap import psbt_ur
from countersign.desk.ports import DENSEST, Clock, Courier
from countersign.desk.scanning import DEVICE, Scanning


class DeviceCodes:
    """Nothing of it judges what comes back."""

    _courier: Courier
    _clock: Clock

    def device_scan(self) -> Scanning:
        """A scan of the codes that the device shows."""
        return Scanning(self._courier, self._clock, DEVICE)

    async def device_read(self, file: Path) -> bytes:
        """What the device gave back, from a file. Raises as the courier."""
        return await self._courier.read_chosen(file)

    def device_frames(self, data: bytes, tag: int = 2, density: int = DENSEST) -> Sequence[str]:
        """What was exported as UR parts for QR codes of version `density`: of type `psbt` (tag 2) or `crypto-psbt` (tag 1)."""
        return self._courier.frames(psbt_ur.encode(data, version=tag), density)
