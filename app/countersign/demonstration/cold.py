"""The hands at the cold vault: orders to operator C's process, given line by line over a pipe.

The process is the air-gapped machine: its own profile, store, token and no network. The pipe carries what an operator does there
(insert this file, point the camera at these pictures, sign), never the envelope: that crosses as pictures and files.

- One order, one answer, JSON lines; a refusal comes back as the same kind of error with code and values.
- Enrolment is the founding ceremony: the history is handed over once, its phrase compared.
"""

import asyncio
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from countersign import errors
from countersign.desk import enrolment
from countersign.desk.anchor import Anchor
from countersign.desk.ceremony import Keyring
from countersign.desk.console import OfficerConsole
from countersign.desk.embedded import EmbeddedDesk
from countersign.errors import CountersignError, Refused, Unavailable

LIMIT = 64 << 20
COLD_OFFICER = "officer-c"


class ColdVault:
    """One cold machine in `folder`; `console` is the online officer who keeps what it was enrolled with."""

    def __init__(self, folder: Path, console: Callable[[], OfficerConsole | None]) -> None:
        self._folder = folder
        self._console = console
        self._process: asyncio.subprocess.Process | None = None
        self._pin = ""

    async def start(self) -> None:
        """Start the process, in a session of its own: Ctrl+C is for us, and we end it. It raises its walls first."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "countersign", "vault-lines", str(self._folder),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=LIMIT,
            start_new_session=True,
        )  # fmt: skip

    async def ceremony(self, labels: Sequence[str]) -> Keyring:
        """Make the token and its keys inside; only public keys come out."""
        found = await self._order("ceremony", labels=list(labels))
        return enrolment.keyring(found, online=False)

    async def enrol(self, desk: EmbeddedDesk, anchor: Anchor) -> None:
        """Hand over the founding history once, after both machines showed the same twelve words for the anchor."""
        history = await enrolment.history(desk, insiders=anchor.insiders)
        found = await self._order("enrol", history=history.decode())
        if found["phrase"] != enrolment.phrase_of(anchor):
            raise Refused("demonstration.phrase-differs")
        console = self._console()
        if console is not None:
            enrolment.remember(console, COLD_OFFICER, history)

    async def confirm_clock(self) -> None:
        """The operator compared the clock with a second source."""
        await self._order("confirm-clock")

    async def isolation(self) -> Mapping[str, object]:
        """Which walls stand, and what trying both internet families inside that very process gave."""
        return await self._order("isolation")

    async def take_pictures(self, pictures: Sequence[Path]) -> Mapping[str, object]:
        """Point the camera's decoder at these picture files."""
        return await self._order("take-pictures", pictures=[str(each) for each in pictures])

    async def take_from_usb(self, file: Path) -> Mapping[str, object]:
        """Insert a file."""
        return await self._order("take-from-usb", file=str(file))

    async def sign(self) -> Mapping[str, object]:
        """Unlock the token and sign what is open."""
        return await self._order("sign")

    async def answer_pictures(self, folder: Path) -> Mapping[str, object]:
        """Show the answer as pictures in a folder."""
        return await self._order("answer-pictures", folder=str(folder))

    async def answer_to_usb(self, folder: Path) -> Path:
        """Write the answer as a file."""
        return Path(str((await self._order("answer-to-usb", folder=str(folder)))["file"]))

    async def grab(self, theme: str, picture: Path, texts: Path) -> None:
        """A picture of the vault's window as it stands, and its accessible texts."""
        await self._order("grab", theme=theme, picture=str(picture), texts=str(texts))

    async def aclose(self) -> None:
        """End the process by closing its input; kill it by its id if it stays."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), 20)
        except TimeoutError:
            process.kill()
            await process.wait()

    async def _order(self, what: str, **fields: object) -> dict[str, Any]:
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            raise Unavailable("demonstration.vault-gone", order=what)
        process.stdin.write(json.dumps({"order": what, **fields}).encode() + b"\n")
        await process.stdin.drain()
        line = await process.stdout.readline()
        if not line:
            raise Unavailable("demonstration.vault-gone", order=what)
        answer = json.loads(line)
        if "error" in answer:
            raise _error(answer["error"])
        return dict(answer["done"])


def _error(found: Mapping[str, Any]) -> CountersignError:
    match found["kind"]:
        case "Malformed":
            return errors.Malformed(found["code"], **found["values"])
        case "Refused":
            return errors.Refused(found["code"], **found["values"])
        case "Unavailable":
            return errors.Unavailable(found["code"], **found["values"])
    return errors.Conflict(found["code"], **found["values"])
