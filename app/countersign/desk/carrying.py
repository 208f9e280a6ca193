"""The Carry screen's verbs of an officer's console: show a request, write it, scan or read the answer.

Beside `officer.Officer`; together they satisfy `surfaces.OfficerConsole`. The recipient is the first vault operator
who may still sign on a cold machine.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from countersign.airgap import ur
from countersign.desk.crossing import Crossing
from countersign.desk.ports import DENSEST, Clock, Courier
from countersign.desk.replica import Replica
from countersign.desk.scanning import TYPE, Scanning
from countersign.desk.surfaces import REQUEST_FILE
from countersign.desk.views import CrossingView
from countersign.errors import Refused
from countersign.review.case import Channel

Progress = Callable[[int, int], None]


class Carrying:
    """Requests out, answers in."""

    def __init__(self, replica: Replica, crossing: Crossing, courier: Courier, clock: Clock) -> None:
        self._replica = replica
        self._crossing = crossing
        self._courier = courier
        self._scanning = Scanning(courier, clock)

    async def carry_requests(self) -> Sequence[CrossingView]:
        """What waits to be carried to a cold vault, and what was carried and not yet answered."""
        return self._crossing.waiting()

    async def request_frames(self, instruction: str, density: int = DENSEST) -> Sequence[str]:
        """The UR parts of a request, in the order shown. Raises as `Crossing.request`; Malformed("T3.message-len")."""
        data = await self._request(instruction, Channel.QR)
        return self._courier.frames(ur.Message(TYPE, data), density)

    async def request_to_usb(self, instruction: str, folder: Path) -> Path:
        """Write the request, read it back, compare. Raises as `Crossing.request` and the courier."""
        data = await self._request(instruction, Channel.USB)
        return await self._courier.write_file(folder, REQUEST_FILE, data)

    async def take_frame(self, text: str) -> tuple[int, int, bool]:
        """One decoded text of an answer; once whole it is taken in. Raises as `Crossing.take_answer`."""
        received, needed, whole = self._scanning.frame(text)
        if whole is not None:
            await self._crossing.take_answer(whole)
        return received, needed, whole is not None

    async def take_pictures(self, pictures: Sequence[Path], progress: Progress) -> CrossingView:
        """An answer from picture files."""
        return await self._crossing.take_answer(await self._scanning.pictures(pictures, progress))

    async def take_from_usb(self, file: Path) -> CrossingView:
        """An answer from a file."""
        return await self._crossing.take_answer(await self._courier.read_file(file))

    async def _request(self, name: str, channel: Channel) -> bytes:
        recipients = self._crossing.recipients(self._replica.state.instruction(name))
        if not recipients:
            raise Refused("desk.nothing-to-carry", instruction=name, recipient="")
        return await self._crossing.request(name, recipients[0], channel)
