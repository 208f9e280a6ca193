"""What Settings asks of its console: propose, sign, have logged, hand on, withdraw; and the theme.

- What the identity key signs asks for the PIN where the token is locked (`unlocked`, given by the window).
- After each the screens are made anew from fresh views.
"""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Protocol, TypeVar

from countersign.desk.governance_views import ProposalView
from countersign.desk.surfaces import OfficerConsole
from countersign.ui.strings import label
from countersign.ui.tasks.runner import aside
from countersign.ui.theme.dress import wear
from countersign.ui.views.context import Context
from countersign.ui.views.propose_dialog import CERTIFY, KEY, NUMBER, SUSPEND, ProposeDialog, WithdrawDialog
from countersign.ui.views.settings_screen import SettingsScreen

_Done = TypeVar("_Done")


class Unlocked(Protocol):
    """Does what the identity key signs, asking for the PIN where it must."""

    def __call__(self, work: Callable[[], Awaitable[_Done]]) -> Awaitable[_Done]: ...


class GovernanceVerbs:
    """Joins Settings to a console. `show` makes the screens anew, `refresh` takes in the log first."""

    def __init__(
        self,
        screen: SettingsScreen,
        console: OfficerConsole,
        context: Context,
        unlocked: Unlocked,
        refresh: Callable[[], Awaitable[None]],
    ) -> None:
        self._screen, self._console, self._context = screen, console, context
        self._unlocked, self._refresh = unlocked, refresh
        part = screen.proposals
        part.signing.connect(lambda proposal: self._start(self._sign(proposal)))
        part.logging.connect(lambda proposal: self._start(self._log(proposal)))
        part.withdrawing.connect(lambda proposal: self._start(self._withdraw(proposal)))
        part.keeping.connect(lambda proposal, path: self._start(self._keep(proposal, path)))
        part.files.connect(lambda files: self._start(self._take(files)))
        part.proposing.connect(lambda: self._start(self._propose()))
        screen.console.dressing.connect(self._dress)
        theme = context.instruments.preferences.get("theme", "system")
        screen.console.show_theme(theme if theme in screen.console.options else "system")

    def _start(self, work: Awaitable[None]) -> None:
        async def run() -> None:
            await work

        self._context.runner.start(run())

    async def show(self) -> None:
        """Show what is proposed and what is in force."""
        found = self._console.governance
        token = (await self._console.strip()).token
        self._screen.show_views(found.proposals(), found.policy(), found.roster(), token, found.words())

    async def _told(self, view: ProposalView, words: str) -> None:
        await self.show()
        self._screen.proposals.choose(view.id)
        self._screen.proposals.say(words)

    async def _sign(self, proposal: str) -> None:
        view = await self._unlocked(lambda: self._console.governance.sign(proposal))
        await self._told(view, label("settings.signed-now"))

    async def _log(self, proposal: str) -> None:
        receipt = await self._console.governance.append(proposal)
        await self._refresh()
        self._screen.proposals.say(label("settings.logged-now", index=f"{receipt.index:,}"))

    async def _withdraw(self, proposal: str) -> None:
        if await WithdrawDialog(self._screen).answer():
            self._console.governance.withdraw(proposal)
            await self.show()
            self._screen.proposals.say(label("settings.withdrawn-now"))

    async def _keep(self, proposal: str, path: Path) -> None:
        data = self._console.governance.export(proposal)
        keep = self._context.instruments.drives.keep
        written = await aside(lambda: keep(path.parent, path.name, data))
        self._screen.proposals.say(label("settings.written", path=str(written)))

    async def _take(self, files: list[Path]) -> None:
        for file in files:
            await self._taken(file)

    async def _taken(self, file: Path) -> None:
        await self._told(await self._console.take_change(file), label("settings.taken"))

    async def _propose(self) -> None:
        found = self._console.governance
        dialog = ProposeDialog(found.roster(), found.numbers(), self._screen)
        if await dialog.answer():
            what, which, text = dialog.what, dialog.which, dialog.text
            view = await self._unlocked(lambda: self._proposed(what, which, text))
            await self._told(view, label("settings.proposed"))

    def _proposed(self, what: str, which: str, text: str) -> Awaitable[ProposalView]:
        found = self._console.governance
        if what == KEY:
            return found.propose_withdrawal(which)
        if what == CERTIFY:
            return found.propose_certification(which, text)
        if what == NUMBER:
            return found.propose_number(which, text)
        return found.propose_suspension(which, suspended=what == SUSPEND)

    def _dress(self, theme: str) -> None:
        wear(theme)
        self._context.instruments.preferences.put("theme", theme)
