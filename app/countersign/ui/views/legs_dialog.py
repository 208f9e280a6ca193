"""On the chains: where each leg of a released settlement is; log it, send it, send it again, raise its fee, record
that it failed."""

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QWidget

from countersign.desk.legs import ChainLeg, LegsView
from countersign.ui.presenters import legs, writing
from countersign.ui.strings import label
from countersign.ui.theme import measure
from countersign.ui.views.context import Context
from countersign.ui.views.work_dialog import WorkDialog
from countersign.ui.widgets.button import Button
from countersign.ui.widgets.chip import Chip
from countersign.ui.widgets.label import PlainLabel, WholeValue
from countersign.ui.widgets.layout import Card, column, fields, page, row, scrolling
from countersign.ui.widgets.option import Option
from countersign.ui.widgets.reason import ReasonField

Looking = Coroutine[object, object, LegsView]


class Verbs(Protocol):
    """What the dialog asks for; each gives the legs as they are after it."""

    def look(self) -> Looking: ...

    def observe(self) -> Looking: ...

    def send(self, reason: str) -> Looking: ...

    def raise_fees(self, reason: str) -> Looking: ...

    def record_failure(self, instruction: str, reason: str) -> Looking: ...


class LegsDialog(WorkDialog):
    """`begin` looks for the first time."""

    def __init__(self, contract_id: str, verbs: Verbs, context: Context, parent: QWidget) -> None:
        super().__init__(label("legs.title", id=contract_id), context, parent)
        self.verbs = verbs
        self.view: LegsView | None = None
        self.chosen = ""  # the instruction whose failure would be recorded
        self.area = scrolling(page(margin=0), label("legs.area"))
        self.reason = ReasonField(label("legs.reason"), label("legs.reason-hint"))
        self.reason.textChanged.connect(self.offer)
        self.look = Button(label("legs.look"), "F5", icon="refresh")
        self.look.clicked.connect(self.begin)
        self.observe = Button(label("legs.observe"), "Ctrl+O", icon="log")
        self.observe.explain(label("legs.observe-tip"), "Ctrl+O")
        self.observe.clicked.connect(self._observe)
        self.hasten = Button(label("legs.raise"), "Ctrl+Up", icon="clock")
        self.hasten.explain(label("legs.raise-tip"), "Ctrl+Up")
        self.hasten.clicked.connect(self._raise)
        self.fail = Button(label("legs.fail"), "Ctrl+L", icon="refuse", part="refuse")
        self.fail.explain(label("legs.fail-tip"), "Ctrl+L")
        self.fail.clicked.connect(self._fail)
        self.send = Button(label("legs.send"), "Ctrl+Return", icon="forward", part="primary")
        self.send.explain(label("legs.send-tip"), "Ctrl+Return")
        self.send.clicked.connect(self._send)
        self._lay_out(contract_id)
        self.reason.setFocus()
        self.resize(measure.UNIT * 118, measure.UNIT * 84)
        self.offer()

    def _lay_out(self, contract_id: str) -> None:
        close = Button(label("common.close"), "Esc")
        close.clicked.connect(self.reject)
        box = column(PlainLabel(label("legs.title", id=contract_id), "title"), gap=measure.UNIT, margin=measure.WIDE)
        box.addLayout(self.said)
        box.addWidget(self.progress)
        box.addWidget(self.area, 1)
        box.addWidget(PlainLabel(label("legs.reason"), "caption"))
        box.addWidget(self.reason)
        box.addLayout(row(self.look, self.observe, None, self.hasten, self.fail, self.send, close))
        self.setLayout(box)

    def offer(self) -> None:
        """What can be pressed now."""
        view, free = self.view, not self.busy and self.context.runner.sound
        reason = bool(self.reason.text)
        again = view is not None and legs.sent_before(view)
        self.look.setEnabled(free)
        self.observe.setEnabled(view is not None and legs.behind(view) and free)
        self.fail.setEnabled(bool(self.chosen) and reason and free)
        waits = view is not None and legs.stuck(view)
        self.hasten.setVisible(waits)
        self.hasten.setEnabled(waits and reason and free)
        self.send.setText(label("legs.send-again" if again else "legs.send"))
        self.send.setAccessibleName(self.send.text())
        self.send.setEnabled(view is not None and legs.sendable(view) and (reason or not again) and free)

    def begin(self) -> None:
        """Ask the nodes."""
        self.work(label("legs.looking"), self.verbs.look(), self.show_view)

    def _observe(self) -> None:
        self.work(label("legs.observing"), self.verbs.observe(), self._then("legs.observed"))

    def _send(self) -> None:
        self.work(label("legs.sending"), self.verbs.send(self.reason.text), self._then("legs.sent"))

    def _raise(self) -> None:
        self.work(label("legs.raising"), self.verbs.raise_fees(self.reason.text), self._then("legs.raised"))

    def _fail(self) -> None:
        work = self.verbs.record_failure(self.chosen, self.reason.text)
        self.work(label("legs.failing"), work, self._then("legs.recorded"))

    def _then(self, done: str) -> Callable[[LegsView], None]:
        def show(view: LegsView) -> None:
            self.show_view(view)
            self.said.insertWidget(0, PlainLabel(label(done), "strong", "ok"))

        return show

    def show_view(self, view: LegsView) -> None:
        """Show the legs as they are now."""
        self.view = view
        failing = [each.instruction for each in legs.failing(view)]
        self.chosen = self.chosen if self.chosen in failing else next(iter(failing), "")
        group = QButtonGroup(self)
        self.area.setWidget(page(*(self._leg(each, group) for each in view.legs), gap=measure.UNIT, margin=0))
        tone, icon, words = legs.headline(view)
        self.say(words, tone, icon)
        self.offer()

    def _leg(self, leg: ChainLeg, group: QButtonGroup) -> Card:
        line, card = legs.line(leg), Card(margin=measure.GAP)
        tone, icon, word = line.chip
        head = row(PlainLabel(line.name, "heading"), Chip(word, icon, tone))
        head.setStretch(0, 1)
        card.body.addLayout(head)
        for words in line.owed:
            card.body.addWidget(PlainLabel(words, "strong"))
        if line.transaction:
            name = label("legs.transaction")
            card.body.addLayout(fields([(name, WholeValue(name, line.transaction, writing.groups(line.transaction)))]))
        for ink, words in line.told:
            card.body.addWidget(PlainLabel(words, tone=ink))
        if leg.objection is None:
            card.body.addWidget(self._option(leg, line.name, group))
            for words in (label("legs.would"), *legs.consequence(leg)):
                card.body.addWidget(PlainLabel(words, "quiet"))
        return card

    def _option(self, leg: ChainLeg, name: str, group: QButtonGroup) -> QRadioButton:
        words, chosen = label("legs.choose"), leg.instruction == self.chosen
        pressed = partial(self._choose, leg.instruction)
        option = Option(words, group, pressed, chosen=chosen, name=f"{words}: {name}")
        option.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return option

    def _choose(self, instruction: str) -> None:
        self.chosen = instruction
        self.offer()
