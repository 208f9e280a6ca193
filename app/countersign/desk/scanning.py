"""Reading what another machine shows: QR texts one by one, or picture files, until one message is whole.

- What is read is said first: envelopes of another machine of ours, or the PSBT that an officer's own device shows. Any other
  UR type is refused before its payload is looked at.
- What is refused (a smudged frame, another message's part) changes nothing; the scan goes on. After the time limit
  (T3) it begins anew.

    scan = Scanning(courier, clock, DEVICE)
    received, needed, signed = scan.frame("UR:CRYPTO-PSBT/1-3/…")
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from countersign.airgap import psbt_ur, ur
from countersign.desk.ports import Clock, Courier
from countersign.errors import Malformed, Unavailable

TYPE = "countersign"


@dataclass(frozen=True, slots=True)
class Reads:
    """What a scan takes: the UR types, and how the bytes come out of a whole message."""

    types: frozenset[str]
    bytes_of: Callable[[ur.Message], bytes]


ENVELOPE: Final = Reads(frozenset((TYPE,)), lambda message: message.cbor)
DEVICE: Final = Reads(frozenset(("psbt", "crypto-psbt")), psbt_ur.decode)


class Scanning:
    """One scan after another. Errors as `ur.Scan.receive`, and what taking the bytes out of the message raises."""

    def __init__(self, courier: Courier, clock: Clock, reads: Reads = ENVELOPE) -> None:
        self._courier = courier
        self._clock = clock
        self._reads = reads
        self._scan = self._fresh()

    def frame(self, text: str) -> tuple[int, int, bytes | None]:
        """One decoded text: parts received, parts needed, and the message's bytes once they are whole."""
        try:
            progress = self._scan.receive(text, self._now())
        except Malformed as error:
            if error.code == "T3.timeout":
                self._scan = self._fresh()
            raise
        return progress.received, progress.needed, self._whole()

    async def pictures(self, pictures: Sequence[Path], progress: Callable[[int, int], None]) -> bytes:
        """The message shown in picture files. Unavailable("desk.frames-missing") where they are too few."""
        self._scan = self._fresh()
        passed_over = await self._courier.read_pictures(pictures, self._scan, self._now(), progress)
        found = self._whole()
        if found is None:
            raise Unavailable("desk.frames-missing", pictures=len(pictures), unread=len(passed_over))
        return found

    def _whole(self) -> bytes | None:
        message = self._scan.message
        if message is None:
            return None
        self._scan = self._fresh()
        return self._reads.bytes_of(message)

    def _now(self) -> int:
        return self._clock.now_ms() // 1000

    def _fresh(self) -> ur.Scan:
        return ur.Scan(self._reads.types)
