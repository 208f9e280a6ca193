"""What an operations officer asks of the console from the window: to reconcile, and to say so in the log.

- Every verb stands where its subject does; an officer without the role sees it disabled, with the reason in its tooltip.
- What the identity key signs goes through `unlocked`; after each the screens are made anew.
"""

from collections.abc import Awaitable, Callable

from countersign.desk.operations_views import ReconciliationView
from countersign.desk.surfaces import OfficerConsole
from countersign.ui.presenters import operations
from countersign.ui.views.context import Context
from countersign.ui.views.governance_verbs import Unlocked
from countersign.ui.views.participants_screen import ParticipantsScreen
from countersign.ui.views.reconcile_dialog import ReconcileDialog


class OperationsVerbs:
    """Joins Participants to a console; `refresh` takes in the log and shows everything anew."""

    def __init__(
        self,
        participants: ParticipantsScreen,
        console: OfficerConsole,
        context: Context,
        unlocked: Unlocked,
        refresh: Callable[[], Awaitable[None]],
    ) -> None:
        self._participants, self._console, self._context = participants, console, context
        self._unlocked, self._refresh = unlocked, refresh
        participants.reconciling.connect(self._reconcile)

    def show(self) -> None:
        """Offer what this officer may do."""
        self._participants.offer(operations.hindrance(self._console.operations.standing()))

    def _reconcile(self) -> None:
        standing = self._console.operations.standing()
        ReconcileDialog(standing, self._console.reconcile, self._record, self._context, self._participants).open()

    async def _record(self, shown: ReconciliationView) -> ReconciliationView:
        recorded = await self._unlocked(lambda: self._console.operations.record(shown))
        await self._refresh()
        return recorded
