"""What Participants asks of its console about an account: its statement."""

from countersign.desk.surfaces import OfficerConsole
from countersign.settlement.ledger import Account
from countersign.ui.presenters import accounts
from countersign.ui.views.context import Context
from countersign.ui.views.participants_screen import ParticipantsScreen
from countersign.ui.views.statement_dialog import StatementDialog


class AccountVerbs:
    """Joins a Participants screen to a console."""

    def __init__(self, screen: ParticipantsScreen, console: OfficerConsole, context: Context) -> None:
        self._screen, self._console, self._context = screen, console, context
        screen.stating.connect(self._state)

    def _state(self, account: Account) -> None:
        name = accounts.name_of(self._screen.overview, account)
        dialog = StatementDialog(account, name, self._console.statement, self._context, self._screen)
        dialog.open()
        dialog.begin()
