"""Attesting from Carry: one officer writes their half as a file, another joins it at their own console (check L8)."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from countersign.desk.surfaces import OfficerConsole
from countersign.ui.strings import label
from countersign.ui.tasks.runner import aside
from countersign.ui.views.carry_screen import CarryScreen
from countersign.ui.views.context import Context

_Done = TypeVar("_Done")
WithToken = Callable[[Callable[[], Awaitable[_Done]]], Awaitable[_Done]]
NAME = "{id}.attestation"
"""What a half is called; another officer chooses that file."""


class AttestVerbs:
    """What Carry's two buttons do. `with_token` asks for the PIN where the token is locked."""

    def __init__(
        self,
        screen: CarryScreen,
        console: OfficerConsole,
        context: Context,
        with_token: WithToken[object],
        refresh: Callable[[], Awaitable[None]],
    ) -> None:
        self._screen, self._console, self._context = screen, console, context
        self._with_token, self._refresh = with_token, refresh
        screen.attesting.connect(self.attest)
        screen.joining.connect(self.join)

    def attest(self, instruction: str, folder: Path) -> None:
        """Sign this officer's half, and write it into a folder."""
        name = NAME.format(id=self._screen.current.contract_id if self._screen.current else instruction[:16])

        async def work() -> None:
            half = await self._with_token(lambda: self._console.attest(instruction))
            assert isinstance(half, bytes)
            path = await aside(lambda: self._context.instruments.drives.keep(folder, name, half))
            self._screen.say(label("carry.attested-half", path=str(path)))

        self._context.runner.start(work())

    def join(self, file: Path) -> None:
        """Sign another officer's half where this console finds the same, and log it."""

        async def work() -> None:
            await self._with_token(lambda: self._console.join_attestation(file))
            await self._refresh()
            self._screen.say(label("carry.attestation-logged"))

        self._context.runner.start(work())
