"""Sign: which key, now? One confirmation each; a batch that is partly signed is called so."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QFrame, QVBoxLayout, QWidget

from countersign.desk.views import InstructionView, ReviewView, SignView, TokenView
from countersign.ui.presenters import device, sign
from countersign.ui.strings import label
from countersign.ui.theme import measure
from countersign.ui.views import device_cards, sign_cards
from countersign.ui.views.check_list import verdict_note
from countersign.ui.views.context import Context
from countersign.ui.widgets.button import Button, base_units
from countersign.ui.widgets.chip import Chip
from countersign.ui.widgets.label import PlainLabel
from countersign.ui.widgets.layout import Note, column, holds_focus, page, row, scrolling
from countersign.ui.widgets.picture import Picture
from countersign.ui.widgets.progress import ProgressLine


class SignScreen(QWidget):
    """`unlocking`, `signing` (an instruction), `exporting` and `taking` (an instruction, for the officer's own device),
    `refusing` (a contract), `left` (back to Review)."""

    unlocking = Signal()
    signing = Signal(str)
    exporting = Signal(str)
    taking = Signal(str)
    refusing = Signal(str)
    left = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.setProperty("part", "page")
        self.view: ReviewView | None = None
        self.waiting: Sequence[SignView] = ()
        self.token: TokenView | None = None
        self.chosen = ""
        self.busy = self._just_signed = False
        self.list = scrolling(page(PlainLabel(label("sign.nothing"), "quiet")), label("screen.sign"))
        self.list.setFixedWidth(measure.SIDE)
        self.body = scrolling(page(), label("sign.body"))
        self.progress = ProgressLine(label("sign.signing"))
        both = row(self.list, self.body, gap=0)
        both.setStretch(1, 1)
        whole = column(gap=0)
        whole.addLayout(both, 1)
        whole.addWidget(self._actions())
        self.setLayout(whole)

    def _actions(self) -> QFrame:
        self.back = Button(label("sign.to-review"), "Esc", icon="back")
        self.back.clicked.connect(self.left)
        self.refuse = Button(label("review.refuse"), "Ctrl+R", icon="refuse", part="refuse")
        self.refuse.explain(label("review.refuse-tip"), "Ctrl+R")
        self.refuse.clicked.connect(self._refuse)
        self.base = base_units(lambda: self._build(keep=True))
        self.unlock = Button(label("sign.unlock"), "Ctrl+U", icon="unlocked")
        self.unlock.clicked.connect(self.unlocking)
        self.sign = Button(label("sign.sign"), "Ctrl+Return", icon="sign", part="primary")
        self.sign.clicked.connect(lambda: self.signing.emit(self.chosen))
        self.export = Button(label("device.export"), "Ctrl+E", icon="usb", part="primary")
        self.export.clicked.connect(lambda: self.exporting.emit(self.chosen))
        self.take = Button(label("device.take"), "Ctrl+T", icon="pass")
        self.take.clicked.connect(lambda: self.taking.emit(self.chosen))
        self.confirm, self.item = QCheckBox(), self.sign
        bar = QFrame()
        bar.setProperty("part", "actions")
        verbs = (self.unlock, self.export, self.take, self.sign)
        line = row(self.back, self.base, self.refuse, self.progress, None, *verbs, margin=measure.UNIT)
        bar.setLayout(line)
        self.offer()
        return bar

    def _refuse(self) -> None:
        if self.view is not None:
            self.refusing.emit(self.view.contract)

    def show_view(self, view: ReviewView | None, waiting: Sequence[SignView]) -> None:
        """Show what can be signed of this settlement; the first thing not yet signed is chosen.

        What was prepared since `view` was made is not in it, and waits for the next look.
        """
        known = {each.instruction for each in view.instructions} if view else set()
        self.view, self.waiting = view, [each for each in waiting if each.instruction.instruction in known]
        ids = [each.instruction.instruction for each in self.waiting]
        if self.chosen not in known or (self.chosen not in ids and not self._just_signed):
            self.chosen = ids[0] if ids else next(iter(known), "")
        if self.waiting:
            self.token = self.waiting[0].token
        self._build()

    def finish(self, view: ReviewView, waiting: Sequence[SignView]) -> None:
        """The chosen thing has been signed and verified: say so, keep it open."""
        self._just_signed = True
        self.show_view(view, waiting)
        self._just_signed = False

    def shown(self, instruction: str) -> InstructionView | None:
        """What of this settlement stands on the screen and was confirmed."""
        known = self.view.instructions if self.view is not None else ()
        return next((each for each in known if each.instruction == instruction), None)

    def choose(self, instruction: str) -> None:
        """Open one thing of the batch."""
        self.chosen = instruction
        self._build()

    def show_token(self, token: TokenView) -> None:
        """The token as it is now."""
        self.token = token
        self._build(keep=True)

    def set_busy(self, busy: bool) -> None:
        """Whether the token is at work."""
        self.busy = busy
        self.offer()

    def _build(self, *, keep: bool = False) -> None:
        kept = keep and self.confirm.isChecked()
        scrolled = self.body.verticalScrollBar().value() if keep else 0
        view = self.view
        if view is None or not view.instructions:
            self.list.setWidget(
                page(PlainLabel(label("screen.sign"), "title"), PlainLabel(label("sign.nothing"), "quiet"))
            )
            self.body.setWidget(page())
            self.offer()
            return
        focused = holds_focus(self.list)
        self.list.setWidget(self._batch(view))
        if focused:
            self.item.setFocus()
        chosen = next(each for each in view.instructions if each.instruction == self.chosen)
        waiting = next((each for each in self.waiting if each.instruction.instruction == self.chosen), None)
        self.body.setWidget(self._chosen(chosen, waiting))
        self.confirm.setChecked(kept)
        self.body.verticalScrollBar().setValue(scrolled)
        self.offer()

    def say_stopped(self) -> None:
        """The officer cancelled: what was signed stays recorded."""
        shown = self.body.widget()
        inner = shown.layout() if shown else None
        if isinstance(inner, QVBoxLayout):
            inner.insertWidget(0, Note(label("sign.stopped"), "warn", Picture("warning", "warn")))

    def _batch(self, view: ReviewView) -> QWidget:
        items: list[QWidget] = [
            PlainLabel(label("screen.sign"), "title"),
            PlainLabel(view.contract_id, "strong"),
            PlainLabel(sign.totals(view.instructions, self.waiting), "quiet"),
        ]
        group = QButtonGroup(self)
        for each in view.instructions:
            shown = sign.item(each, base=self.base.isChecked())
            words = label("sign.choose", title=shown.title, amounts=shown.amounts, state=shown.state[2])
            button = Button(f"{shown.title}\n{shown.amounts}", part="item", name=words, width=measure.ITEM)
            button.setCheckable(True)
            if each.instruction == self.chosen:
                self.item = button
                button.setChecked(True)
            button.setMinimumHeight(measure.ROW)
            button.clicked.connect(lambda _=False, key=each.instruction: self.choose(key))
            group.addButton(button)
            holder = QWidget()
            tone, icon, word = shown.state
            holder.setLayout(column(button, row(Chip(word, icon, tone), None), gap=measure.HALF))
            items.append(holder)
        return page(*items)

    def _chosen(self, chosen: InstructionView, waiting: SignView | None) -> QWidget:
        items: list[QWidget] = []
        if chosen.signed_by_me:
            items.append(Note(label("sign.verified"), "ok", Picture("pass", "ok")))
        else:
            items.append(verdict_note(chosen.verdict))
        card, self.confirm = sign_cards.confirmation(chosen, base=self.base.isChecked())
        self.confirm.toggled.connect(lambda _: self.offer())
        items.append(card)
        devices = waiting.devices if waiting else ()
        items += [device_cards.device(each, both=bool(waiting and waiting.keys)) for each in devices]
        if devices:
            items.append(device_cards.compare(chosen, base=self.base.isChecked()))
        alone = bool(devices) and not (waiting and waiting.keys)
        items.append(sign_cards.what(chosen, on_device=alone))
        if self.token is not None and not alone:
            items.append(sign_cards.token(self.token, waiting.keys if waiting else ()))
        return page(*items)

    def offer(self) -> None:
        """What can be pressed now."""
        waiting = next((each for each in self.waiting if each.instruction.instruction == self.chosen), None)
        self._offer_device(waiting)
        token = self.token
        locked = token is not None and not token.unlocked
        self.unlock.setEnabled(locked and token is not None and token.tries != "locked" and not self.busy)
        self.unlock.setVisible(locked or token is None)
        allowed = (
            waiting is not None
            and bool(waiting.keys)
            and waiting.instruction.verdict.may_sign
            and self.confirm.isChecked()
        )
        ready = allowed and not locked and not self.busy and self.context.runner.sound
        self.sign.setEnabled(ready)
        self.refuse.setEnabled(self.view is not None and not self.busy and self.context.runner.sound)

    def _offer_device(self, waiting: SignView | None) -> None:
        """The device's verbs stand where a key lies in one; the token's where one lies in it, or nothing is chosen."""
        here = waiting is not None and bool(waiting.devices)
        self.export.setVisible(here)
        self.take.setVisible(here)
        self.sign.setVisible(waiting is None or bool(waiting.keys) or not here)
        if waiting is None or not here:
            return
        free = not self.busy and self.context.runner.sound
        why = device.why_not(waiting.instruction, confirmed=self.confirm.isChecked())
        self.export.setEnabled(free and not why)
        self.export.explain(why or label("device.export-tip"), "Ctrl+E")
        forbidden = device.why_not(waiting.instruction, confirmed=True)
        self.take.setEnabled(free and not forbidden)
        self.take.explain(forbidden or label("device.take-tip"), "Ctrl+T")
