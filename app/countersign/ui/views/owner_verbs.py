"""What Vaults asks about a change of a Safe's owners: it is put together and proposed in one dialog; what is under way opens, is
signed, sent and looked for in another."""

from collections.abc import Awaitable, Callable

from countersign.desk.governance_views import ProposalView
from countersign.desk.surfaces import OfficerConsole
from countersign.ui.strings import label
from countersign.ui.views.context import Context
from countersign.ui.views.owner_change_dialog import OwnerChangeDialog
from countersign.ui.views.owners_dialog import OwnersDialog, WithToken
from countersign.ui.views.vaults_screen import VaultsScreen


class OwnerVerbs:
    """Joins a Vaults screen to what a console does about its Safes' owners.

    `begin` makes the window's screens anew, `shown` shows a proposal under Settings, with a sentence.
    """

    def __init__(
        self,
        screen: VaultsScreen,
        console: OfficerConsole,
        context: Context,
        with_token: WithToken,
        begin: Callable[[], None],
        shown: Callable[[str, str], Awaitable[None]],
    ) -> None:
        self._screen, self._console, self._context = screen, console, context
        self._with_token, self._begin, self._shown = with_token, begin, shown
        screen.changing.connect(self._open)
        screen.ordering.connect(self._change)

    def _open(self, vault: str) -> None:
        acts = self._console.owner_changes
        dialog = OwnersDialog(vault, acts, self._with_token, self._begin, self._context, self._screen)
        dialog.open()
        dialog.read()

    def _change(self, vault: str) -> None:
        def proposed(view: ProposalView) -> None:
            async def show() -> None:
                await self._shown(view.id, label("owners.change-proposed", vault=vault))

            self._context.runner.start(show())

        dialog = OwnerChangeDialog(vault, self._console.owner_changes, proposed, self._context, self._screen)
        dialog.open()
        dialog.read()
