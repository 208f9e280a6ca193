"""Reading what another machine shows: QR texts one by one, or picture files, until one envelope is whole.

- Only UR type `countersign` is read here; plain PSBTs have their own door.
- What is refused (a smudged frame, another message's part) changes nothing; the scan goes on. After the time limit
  (T3) it begins anew.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from countersign.airgap import ur
from countersign.desk.ports import Clock, Courier
from countersign.errors import Malformed, Unavailable

TYPE = "countersign"


class Scanning:
    """One scan after another. Errors as `ur.Scan.receive`."""

    def __init__(self, courier: Courier, clock: Clock) -> None:
        self._courier = courier
        self._clock = clock
        self._scan = _fresh()

    def frame(self, text: str) -> tuple[int, int, bytes | None]:
        """One decoded text: parts received, parts needed, and the envelope's bytes once they are whole."""
        try:
            progress = self._scan.receive(text, self._now())
        except Malformed as error:
            if error.code == "T3.timeout":
                self._scan = _fresh()
            raise
        return progress.received, progress.needed, self._whole()

    async def pictures(self, pictures: Sequence[Path], progress: Callable[[int, int], None]) -> bytes:
        """The envelope shown in picture files. Unavailable("desk.frames-missing") where they are too few."""
        self._scan = _fresh()
        passed_over = await self._courier.read_pictures(pictures, self._scan, self._now(), progress)
        found = self._whole()
        if found is None:
            raise Unavailable("desk.frames-missing", pictures=len(pictures), unread=len(passed_over))
        return found

    def _whole(self) -> bytes | None:
        message = self._scan.message
        if message is None:
            return None
        self._scan = _fresh()
        return message.cbor

    def _now(self) -> int:
        return self._clock.now_ms() // 1000


def _fresh() -> ur.Scan:
    return ur.Scan(frozenset((TYPE,)))
