"""A Safe's change of its own owners: who goes and who comes, every check, the digests; confirmed, signed, sent, looked for.

- It shows what the bytes do, decoded anew each time, and signs exactly what it shows (D1).
- Operations send it once its quorum is there; what the node then sees of it is logged from here as well.
"""

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from PySide6.QtWidgets import QCheckBox, QWidget

from countersign.desk.owner_surfaces import Owning
from countersign.desk.ports import Receipt
from countersign.desk.views import OwnersView
from countersign.ui.presenters import owners, review
from countersign.ui.strings import label
from countersign.ui.theme import measure
from countersign.ui.views import owner_cards, sign_cards
from countersign.ui.views.check_list import check_cards, verdict_note
from countersign.ui.views.context import Context
from countersign.ui.views.work_dialog import WorkDialog
from countersign.ui.widgets.button import Button
from countersign.ui.widgets.label import PlainLabel
from countersign.ui.widgets.layout import Card, clear, column, page, row, scrolling
from countersign.ui.widgets.opening import Opening

_Done = TypeVar("_Done")


class WithToken(Protocol):
    """Does something again once the token was unlocked, where it proved locked."""

    async def __call__(self, work: Callable[[], Awaitable[_Done]]) -> _Done: ...


class OwnersDialog(WorkDialog):
    """`acts` is the console's part, `changed` makes the window's other screens anew."""

    def __init__(
        self,
        vault: str,
        acts: Owning,
        with_token: WithToken,
        changed: Callable[[], None],
        context: Context,
        parent: QWidget,
    ) -> None:
        super().__init__(label("owners.title", vault=vault), context, parent)
        self.vault, self.acts, self.with_token, self.changed = vault, acts, with_token, changed
        self.view: OwnersView | None = None
        self.confirm: QCheckBox | None = None
        self.detail = column(gap=measure.GAP)
        self.sign = Button(label("owners.sign-now"), "Ctrl+Return", icon="sign", part="primary")
        self.sign.clicked.connect(self._sign)
        self.send = Button(label("owners.send"), "Ctrl+E")
        self.send.explain(label("owners.send-tip"), "Ctrl+E")
        self.send.clicked.connect(self._send)
        self.observe = Button(label("owners.observe"), "Ctrl+R", icon="refresh")
        self.observe.explain(label("owners.observe-tip"), "Ctrl+R")
        self.observe.clicked.connect(self._observe)
        close = Button(label("common.close"), "Esc")
        close.clicked.connect(self.reject)
        box = column(PlainLabel(label("owners.title", vault=vault), "title"), gap=measure.UNIT, margin=measure.WIDE)
        box.addWidget(self.progress)
        box.addLayout(self.said)
        box.addWidget(scrolling(page(self.detail, margin=measure.UNIT), label("owners.body")), 1)
        box.addLayout(row(close, None, self.observe, self.send, self.sign))
        self.setLayout(box)
        self.resize(measure.UNIT * 116, measure.UNIT * 84)
        self.offer()

    def read(self, said: str = "") -> None:
        """Look at it now; `said` stands above it then."""

        def shown(view: OwnersView) -> None:
            self.show_view(view)
            if said:
                self.say(said, "ok", "pass")

        self.work(label("owners.reading"), self.acts.look(self.vault), shown)

    def show_view(self, view: OwnersView) -> None:
        """Show the change, what is confirmed, what is signed, every check."""
        self.view, chosen = view, view.instruction
        clear(self.detail)
        card, self.confirm = sign_cards.confirmation(chosen)
        self.confirm.toggled.connect(lambda _: self.offer())
        sections = [(review.kind(chosen), chosen.verdict)]
        checks = Opening(label("vault.checks"), lambda: page(*check_cards(sections), margin=0))
        if not chosen.verdict.may_sign:
            checks.open_up()
        holder = Card()
        holder.body.addWidget(checks)
        for each in (
            verdict_note(chosen.verdict),
            PlainLabel(owners.standing(view), "strong"),
            owner_cards.change(view.change),
            card,
            sign_cards.what(chosen),
            holder,
        ):
            self.detail.addWidget(each)
        self.offer()

    def offer(self) -> None:
        """What can be pressed now."""
        view, free = self.view, not self.busy and self.context.runner.sound
        wanted = view is not None and bool(view.missing) and not view.instruction.signed_by_me
        ticked = self.confirm is not None and self.confirm.isChecked()
        self.sign.setEnabled(free and wanted and ticked and view is not None and view.instruction.verdict.may_sign)
        self.send.setEnabled(free and view is not None and not view.missing and view.transaction is None)
        self.observe.setEnabled(free and view is not None and not view.missing)  # whoever has it may send it

    def _sign(self) -> None:
        view = self.view
        if view is None:
            return

        async def work() -> None:
            await self.with_token(lambda: self.acts.sign(self.vault, self.progress.advance, view.instruction))

        self._then(label("sign.signing"), work, label("sign.verified"))

    def _send(self) -> None:
        async def work() -> None:
            await self.with_token(lambda: self.acts.send(self.vault))

        self._then(label("owners.sending"), work, label("owners.sent"))

    def _observe(self) -> None:
        async def work() -> Receipt | None:
            return await self.with_token(lambda: self.acts.observe(self.vault))

        def seen(receipt: Receipt | None) -> None:
            self.changed()
            self.say(label("owners.seen" if receipt is not None else "owners.nothing-new"), "info", "information")

        self.work(label("owners.observing"), work(), seen)

    def _then(self, doing: str, work: Callable[[], Awaitable[None]], said: str) -> None:
        async def all_of_it() -> OwnersView:
            await work()
            return await self.acts.look(self.vault)

        def done(view: OwnersView) -> None:
            self.changed()
            self.show_view(view)
            self.say(said, "ok", "pass")

        self.work(doing, all_of_it(), done)
