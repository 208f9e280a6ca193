"""What takes two officers, asked from the window: on a settlement from Review, orders from Participants.

- What the identity key signs goes through `unlocked`. What comes of it is a proposal, shown in Settings beside the others.
- What was typed for what did not come about is not lost: the dialog comes back with it.
"""

from collections.abc import Awaitable, Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from countersign.desk.deed_views import AWARD, CONSENT, FREEZE, LIFT, RELEASE, VOID
from countersign.desk.governance_views import ProposalView
from countersign.desk.surfaces import OfficerConsole
from countersign.errors import CountersignError
from countersign.settlement.stop_bodies import CONTRACT, Scope
from countersign.ui.presenters import deeds as presenter
from countersign.ui.strings import label
from countersign.ui.tasks.runner import aside
from countersign.ui.views.award_dialog import AwardDialog
from countersign.ui.views.context import Context
from countersign.ui.views.deed_dialog import DeedDialog
from countersign.ui.views.governance_verbs import Unlocked
from countersign.ui.views.order_dialog import LiftDialog, OrderDialog, OrdersDialog
from countersign.ui.views.participants_screen import ParticipantsScreen
from countersign.ui.views.review_screen import ReviewScreen

Shown = Callable[[str, str], Awaitable[None]]
"""Shows one proposal (its hash) in Settings, with a sentence above."""


class DeedVerbs:
    """Joins Review and Participants to a console. `proposed` shows what came of it."""

    def __init__(
        self,
        review: ReviewScreen,
        participants: ParticipantsScreen,
        console: OfficerConsole,
        context: Context,
        unlocked: Unlocked,
        proposed: Shown,
    ) -> None:
        self._review, self._participants = review, participants
        self._console, self._context = console, context
        self._unlocked, self._proposed = unlocked, proposed
        review.deciding.connect(lambda contract: self._start(self._decide(contract)))
        participants.ordering.connect(self._orders)

    def _start(self, work: Awaitable[None]) -> None:
        async def run() -> None:
            await work

        self._context.runner.start(run())

    async def _decide(self, contract: str) -> None:
        deeds = self._console.deeds
        view = self._review.view
        name = view.contract_id if view is not None else contract
        rate = await self._console.operations.fee_rate(contract)
        ways = await self._ways(contract)
        dialog = DeedDialog(name, deeds.offers(contract), deeds.checkers(), rate, self._review, ways)
        if not await dialog.answer():
            return
        if dialog.kind == FREEZE:
            await self._order(Scope(CONTRACT, contract=contract), self._review)
        elif dialog.kind == AWARD and dialog.terms is not None and dialog.ruling is not None:
            await self._award(dialog.terms, dialog.ruling)
        else:
            found = await self._unlocked(lambda: self._deed(dialog, contract))
            await self._tell(found[0])

    async def _ways(self, contract: str) -> tuple[tuple[str, str], ...]:
        """How the legs of a release would go out, where it can be proposed now."""
        deeds = self._console.deeds
        if not any(each.kind == RELEASE and each.objection is None for each in deeds.offers(contract)):
            return ()
        try:
            return tuple(presenter.way(each) for each in await deeds.ways(contract))
        except CountersignError as error:
            return (presenter.way_unknown(error),)

    async def _deed(self, dialog: DeedDialog, contract: str) -> tuple[ProposalView, ...]:
        deeds = self._console.deeds
        if dialog.kind == RELEASE:
            return (await deeds.release(contract, dialog.checker),)
        if dialog.kind == CONSENT:
            return await deeds.consent(contract, dialog.rate)
        if dialog.kind == VOID:
            return await deeds.void(contract, dialog.rate)
        [instruction] = dialog.offers[dialog.kind].instructions
        if dialog.kind == LIFT:
            return (await deeds.child(instruction, dialog.rate),)
        return (await deeds.replace(instruction, dialog.rate),)

    async def _award(self, terms: Path, ruling: Path) -> None:
        paper = await self._console.read_award(terms, ruling)
        if not await AwardDialog(paper, self._review).answer():
            return
        made = await self._unlocked(lambda: self._console.award(paper))
        if isinstance(made, ProposalView):
            await self._proposed(made.id, label("deeds.award-drafted"))
            return
        dialog = QFileDialog(self._review, label("deeds.keep-award"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(label("deeds.award-kinds"))
        dialog.setDefaultSuffix("award")
        dialog.selectFile(f"{terms.stem}.award")
        dialog.fileSelected.connect(lambda path: self._start(self._keep(Path(path), made)))
        dialog.open()

    async def _keep(self, path: Path, data: bytes) -> None:
        keep = self._context.instruments.drives.keep
        written = await aside(lambda: keep(path.parent, path.name, data))
        self._review.say(label("deeds.half-award", path=str(written)))

    def _orders(self) -> None:
        dialog = OrdersDialog(self._console.deeds.orders(), self._participants)
        dialog.ordering.connect(lambda: self._start(self._order(None, self._participants)))
        dialog.lifting.connect(lambda order: self._start(self._lift(order)))
        dialog.open()

    async def _order(self, scope: Scope | None, parent: QWidget) -> None:
        dialog = OrderDialog(self._console.deeds.targets(), parent, scope)
        if await dialog.answer() and dialog.scope is not None and dialog.paper is not None:
            number, chosen, paper, why = dialog.number, dialog.scope, dialog.paper, dialog.text
            await self._tell(await self._unlocked(lambda: self._console.freeze(number, chosen, paper, why)))

    async def _lift(self, order: str) -> None:
        dialog = LiftDialog(order, self._participants)
        if await dialog.answer() and dialog.paper is not None:
            paper, why = dialog.paper, dialog.text
            await self._tell(await self._unlocked(lambda: self._console.lift(order, paper, why)))

    async def _tell(self, view: ProposalView) -> None:
        await self._proposed(view.id, label("deeds.proposed"))
