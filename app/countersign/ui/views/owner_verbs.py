"""What Vaults asks about a change of a Safe's owners: it opens, is signed, sent and looked for in a dialog of its own."""

from collections.abc import Callable

from countersign.desk.surfaces import OfficerConsole
from countersign.ui.views.context import Context
from countersign.ui.views.owners_dialog import OwnersDialog, WithToken
from countersign.ui.views.vaults_screen import VaultsScreen


class OwnerVerbs:
    """Joins a Vaults screen to what a console does about its Safes' owners. `begin` makes the window's screens anew."""

    def __init__(
        self,
        screen: VaultsScreen,
        console: OfficerConsole,
        context: Context,
        with_token: WithToken,
        begin: Callable[[], None],
    ) -> None:
        self._screen, self._console, self._context = screen, console, context
        self._with_token, self._begin = with_token, begin
        screen.changing.connect(self._open)

    def _open(self, vault: str) -> None:
        acts = self._console.owner_changes
        dialog = OwnersDialog(vault, acts, self._with_token, self._begin, self._context, self._screen)
        dialog.open()
        dialog.read()
