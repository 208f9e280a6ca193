"""What an operations officer asks of the console from the window: to reconcile, import, recall, prepare, take in.

- Every verb stands where its subject does; an officer without the role sees it disabled, with the reason in its tooltip.
- What the identity key signs goes through `unlocked`; after each the screens are made anew.
"""

from collections.abc import Awaitable, Callable, Collection
from pathlib import Path
from typing import TypeVar

from countersign.desk.arrivals import Sight, TakenIn
from countersign.desk.legs import LegsView
from countersign.desk.operations_views import BatchView, ReconciliationView
from countersign.desk.ports import Receipt
from countersign.desk.surfaces import OfficerConsole, Operating, Progress
from countersign.ui.presenters import loans, operations
from countersign.ui.strings import label
from countersign.ui.tasks.runner import aside
from countersign.ui.views.arrivals_dialog import ArrivalsDialog
from countersign.ui.views.context import Context
from countersign.ui.views.desk_screen import DeskScreen
from countersign.ui.views.governance_verbs import Unlocked
from countersign.ui.views.import_dialog import ImportDialog
from countersign.ui.views.legs_dialog import LegsDialog
from countersign.ui.views.participants_screen import ParticipantsScreen
from countersign.ui.views.prepare_dialog import PrepareDialog
from countersign.ui.views.recall_dialog import RecallDialog
from countersign.ui.views.reconcile_dialog import ReconcileDialog
from countersign.ui.views.review_screen import ReviewScreen

_Done = TypeVar("_Done")


class OperationsVerbs:
    """Joins Desk, Review and Participants to a console; `refresh` takes in the log and shows everything anew."""

    def __init__(
        self,
        desk: DeskScreen,
        review: ReviewScreen,
        participants: ParticipantsScreen,
        console: OfficerConsole,
        context: Context,
        unlocked: Unlocked,
        refresh: Callable[[], Awaitable[None]],
    ) -> None:
        self._desk, self._review, self._participants = desk, review, participants
        self._console, self._context = console, context
        self._unlocked, self._refresh = unlocked, refresh
        participants.reconciling.connect(self._reconcile)
        desk.importing.connect(self._import)
        desk.arriving.connect(self._arrive)
        review.following.connect(self._follow)
        participants.recalling.connect(lambda lei: self._context.runner.start(self._recall(lei)))
        self._reasons: dict[str, str] = {}  # typed for a recall that did not come about
        review.preparing.connect(self._prepare)

    def show(self) -> None:
        """Offer what this officer may do."""
        hindrance = operations.hindrance(self._console.operations.standing())
        self._participants.offer(hindrance, self._console.operations.loans())
        self._desk.offer_operations(hindrance)
        view = self._review.view
        wanted = view is not None and self._console.operations.on_chains(view.contract)
        self._review.offer_chains(wanted, hindrance)
        lacking = view is not None and self._console.operations.to_prepare(view.contract)
        self._review.offer_preparing(lacking, hindrance)

    def _reconcile(self) -> None:
        standing = self._console.operations.standing()
        ReconcileDialog(standing, self._console.reconcile, self._record, self._context, self._participants).open()

    async def _record(self, shown: ReconciliationView) -> ReconciliationView:
        recorded = await self._unlocked(lambda: self._console.operations.record(shown))
        await self._refresh()
        return recorded

    async def _recall(self, lei: str) -> None:
        offered = loans.recallable(loans.of(self._console.operations.loans(), lei))
        if not offered:
            return
        dialog = RecallDialog(offered, self._participants)
        dialog.reason.setPlainText(self._reasons.get(lei, ""))
        if await dialog.answer():
            which, why = dialog.which.id, dialog.reason.text
            self._reasons[lei] = why
            after = await self._unlocked(lambda: self._console.operations.recall(which, why))
            del self._reasons[lei]
            await self._refresh()
            self._participants.say(loans.recalled(after))

    def _follow(self, contract: str) -> None:
        view = self._review.view
        name = view.contract_id if view is not None else contract
        verbs = LegVerbs(self._console.operations, contract, self._unlocked, self._refresh)
        dialog = LegsDialog(name, verbs, self._context, self._review)
        dialog.open()
        dialog.begin()

    def _prepare(self, contract: str) -> None:
        self._context.runner.start(self._prepared(contract))

    async def _prepared(self, contract: str) -> None:
        dialog = PrepareDialog(await self._console.operations.fee_rate(contract), self._review)
        if await dialog.answer():
            rate = dialog.rate
            done = await self._unlocked(lambda: self._console.operations.prepare(contract, rate))
            await self._refresh()
            self._review.say(label("prepare.done", count=done))

    def _arrive(self) -> None:
        verbs = ArrivalVerbs(self._console.operations, self._unlocked, self._refresh)
        dialog = ArrivalsDialog(verbs, self._context, self._desk)
        dialog.open()
        dialog.begin()

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


class ArrivalVerbs:
    """What came in: what is logged is signed with the unlocked token, and the screens follow whatever came of it."""

    def __init__(self, operations: Operating, unlocked: Unlocked, refresh: Callable[[], Awaitable[None]]) -> None:
        self._operations, self._unlocked, self._refresh = operations, unlocked, refresh

    async def look(self) -> TakenIn:
        """What this console's nodes see and the log has not."""
        return await self._operations.arrivals()

    async def take_in(self, only: Collection[str]) -> TakenIn:
        """Log what was shown."""
        return await self._logged(lambda: self._operations.take_in(only))

    async def find(self, vault: str, asset: str, reference: str) -> Sight:
        """Look a payment up."""
        return await self._operations.find_payment(vault, asset, reference)

    async def credit(self, vault: str, asset: str, reference: str) -> Receipt:
        """Credit it."""
        return await self._logged(lambda: self._operations.credit(vault, asset, reference))

    async def _logged(self, work: Callable[[], Awaitable[_Done]]) -> _Done:
        try:
            return await self._unlocked(work)
        finally:
            await self._refresh()


class LegVerbs:
    """One settlement's legs: what is logged is signed with the unlocked token, and the screens follow whatever came of it."""

    def __init__(
        self, operations: Operating, contract: str, unlocked: Unlocked, refresh: Callable[[], Awaitable[None]]
    ) -> None:
        self._operations, self._contract = operations, contract
        self._unlocked, self._refresh = unlocked, refresh

    async def look(self) -> LegsView:
        """The legs as this console's nodes have them."""
        return await self._operations.look(self._contract)

    async def observe(self) -> LegsView:
        """Log what the nodes say."""
        return await self._logged(lambda: self._operations.observe(self._contract))

    async def send(self, reason: str) -> LegsView:
        """Send, first or again."""
        return await self._logged(lambda: self._operations.send(self._contract, reason))

    async def raise_fees(self, reason: str) -> LegsView:
        """Replace what waits on Ethereum by the same with higher fees."""
        return await self._logged(lambda: self._operations.raise_fees(self._contract, reason))

    async def record_failure(self, instruction: str, reason: str) -> LegsView:
        """Log a failure."""
        return await self._logged(lambda: self._operations.record_failure(self._contract, instruction, reason))

    async def _logged(self, work: Callable[[], Awaitable[LegsView]]) -> LegsView:
        try:
            return await self._unlocked(work)
        finally:
            await self._refresh()
