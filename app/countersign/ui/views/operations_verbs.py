"""What an operations officer asks of the console from the window: to reconcile and say so in the log, to import a batch.

- Every verb stands where its subject does; an officer without the role sees it disabled, with the reason in its tooltip.
- What the identity key signs goes through `unlocked`; after each the screens are made anew.
"""

from collections.abc import Awaitable, Callable
from pathlib import Path

from countersign.desk.operations_views import BatchView, ReconciliationView
from countersign.desk.surfaces import OfficerConsole, Progress
from countersign.ui.presenters import operations
from countersign.ui.tasks.runner import aside
from countersign.ui.views.context import Context
from countersign.ui.views.desk_screen import DeskScreen
from countersign.ui.views.governance_verbs import Unlocked
from countersign.ui.views.import_dialog import ImportDialog
from countersign.ui.views.participants_screen import ParticipantsScreen
from countersign.ui.views.reconcile_dialog import ReconcileDialog


class OperationsVerbs:
    """Joins Desk and Participants to a console; `refresh` takes in the log and shows everything anew."""

    def __init__(
        self,
        desk: DeskScreen,
        participants: ParticipantsScreen,
        console: OfficerConsole,
        context: Context,
        unlocked: Unlocked,
        refresh: Callable[[], Awaitable[None]],
    ) -> None:
        self._desk, self._participants, self._console, self._context = desk, participants, console, context
        self._unlocked, self._refresh = unlocked, refresh
        participants.reconciling.connect(self._reconcile)
        desk.importing.connect(self._import)

    def show(self) -> None:
        """Offer what this officer may do."""
        hindrance = operations.hindrance(self._console.operations.standing())
        self._participants.offer(hindrance)
        self._desk.offer_import(hindrance)

    def _reconcile(self) -> None:
        standing = self._console.operations.standing()
        ReconcileDialog(standing, self._console.reconcile, self._record, self._context, self._participants).open()

    async def _record(self, shown: ReconciliationView) -> ReconciliationView:
        recorded = await self._unlocked(lambda: self._console.operations.record(shown))
        await self._refresh()
        return recorded

    def _import(self) -> None:
        ImportDialog(self._judge, self._file, self._context, self._desk).open()

    async def _judge(self, place: Path) -> BatchView:
        read = self._context.instruments.read_batch
        return await self._console.operations.judge_batch(await aside(lambda: read(place)))

    async def _file(self, shown: BatchView, progress: Progress) -> BatchView:
        try:
            return await self._unlocked(lambda: self._console.operations.file_batch(shown, progress))
        finally:
            self._context.runner.start(self._refreshed())  # however far it came

    async def _refreshed(self) -> None:
        await self._refresh()
