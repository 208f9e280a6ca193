"""Arrivals: what this console's nodes see and the log has not; log it; credit an old payment into a Safe by its reference."""

from collections.abc import Collection, Coroutine
from typing import Any, Protocol

from PySide6.QtWidgets import QLineEdit, QWidget

from countersign.desk.arrivals import Sight, TakenIn
from countersign.desk.ports import Receipt
from countersign.ui.presenters import arrivals, writing
from countersign.ui.presenters.arrivals import ArrivalLine
from countersign.ui.strings import label
from countersign.ui.theme import measure
from countersign.ui.views.context import Context
from countersign.ui.views.line_table import LineTable
from countersign.ui.views.work_dialog import WorkDialog
from countersign.ui.widgets.button import Button
from countersign.ui.widgets.cells import Cell
from countersign.ui.widgets.label import PlainLabel, WholeValue
from countersign.ui.widgets.layout import Card, clear, column, fields, row

_COLUMNS = tuple(f"arrivals.column-{name}" for name in ("state", "where", "amount", "depth"))
_WIDTHS = (190, 300, 260, 130)


class Verbs(Protocol):
    """What the dialog asks for."""

    def look(self) -> Coroutine[Any, Any, TakenIn]: ...

    def take_in(self, only: Collection[str]) -> Coroutine[Any, Any, TakenIn]: ...

    def find(self, vault: str, asset: str, reference: str) -> Coroutine[Any, Any, Sight]: ...

    def credit(self, vault: str, asset: str, reference: str) -> Coroutine[Any, Any, Receipt]: ...


class ArrivalsDialog(WorkDialog):
    """`begin` looks for the first time."""

    def __init__(self, verbs: Verbs, context: Context, parent: QWidget) -> None:
        super().__init__(label("arrivals.title"), context, parent)
        self.verbs = verbs
        self.view: TakenIn | None = None
        self.lines: dict[str, ArrivalLine] = {}
        self.payable = ("", "")  # the Safe and the asset of the chosen line
        self.looked_up = ""  # the reference whose payment was found and can be credited
        self.again = Button(label("arrivals.look"), "F5", icon="refresh")
        self.again.clicked.connect(self.begin)
        self.log = Button(arrivals.verb(None), "Ctrl+L", icon="sign", part="primary")
        self.log.clicked.connect(self._log)
        self.table = LineTable(label("arrivals.table"), _COLUMNS, _WIDTHS, stretch=1)
        self.table.chosen.connect(self._show_chosen)
        self.chosen = Card(label("arrivals.chosen"), margin=measure.UNIT)
        self.detail = column(gap=measure.HALF)
        self.chosen.body.addLayout(self.detail)
        self._make_reference()
        self._lay_out()
        self.resize(measure.UNIT * 124, measure.UNIT * 82)
        self.table.hide()
        self.chosen.hide()
        self.offer()

    def _make_reference(self) -> None:
        self.reference = QLineEdit()
        self.reference.setAccessibleName(label("arrivals.by-reference"))
        self.reference.setToolTip(label("arrivals.by-reference"))
        self.reference.setPlaceholderText(label("arrivals.reference-hint"))
        self.reference.textChanged.connect(self._forget)
        self.look_up = Button(label("arrivals.find"), "Ctrl+Return", icon="search")
        self.look_up.clicked.connect(self._find)
        self.credit = Button(label("arrivals.credit"), "Ctrl+D", icon="sign")
        self.credit.clicked.connect(self._credit)
        self.found = PlainLabel("", "strong")
        line = row(self.reference, self.look_up, self.credit)
        line.setStretch(0, 1)
        self.by_reference = QWidget()
        box = column(PlainLabel(label("arrivals.by-reference"), "caption"), line, self.found, gap=measure.HALF)
        self.by_reference.setLayout(box)
        self.chosen.body.addWidget(self.by_reference)

    def _lay_out(self) -> None:
        close = Button(label("common.close"), "Esc")
        close.clicked.connect(self.reject)
        box = column(PlainLabel(label("arrivals.title"), "title"), gap=measure.UNIT, margin=measure.WIDE)
        box.addLayout(self.said)
        box.addWidget(self.progress)
        box.addWidget(self.table, 1)
        box.addWidget(self.chosen)
        box.addStretch(0)
        box.addLayout(row(self.again, None, self.log, close))
        self.setLayout(box)

    def offer(self) -> None:
        """What can be pressed now."""
        free = not self.busy and self.context.runner.sound
        self.again.setEnabled(free)
        verb = arrivals.verb(self.view)
        self.log.setText(verb)
        self.log.setAccessibleName(verb)
        self.log.explain(label("arrivals.log-tip"), "Ctrl+L")
        self.log.setEnabled(free and self.view is not None and bool(self.view.ripe))
        reference = self.reference.text().strip()
        self.look_up.setEnabled(free and bool(reference))
        self.credit.setEnabled(free and bool(reference) and reference == self.looked_up)

    def begin(self) -> None:
        """Ask the nodes."""
        self.work(label("arrivals.looking"), self.verbs.look(), self.show_found)

    def _log(self) -> None:
        if self.view is not None:
            ripe = self.view.ripe
            self.view = None  # what was stopped half-way is looked for anew before more of it is logged
            work = self.verbs.take_in(ripe)
            self.work(label("arrivals.logging"), work, self.show_found, stopped=label("arrivals.stopped"))

    def show_found(self, found: TakenIn) -> None:
        """Show what there is, or what came of logging it."""
        self.view = found
        self.lines = dict(arrivals.lines(found))
        self.table.setVisible(bool(self.lines))
        self.chosen.setVisible(bool(self.lines))
        self.table.show_rows([(key, _cells(line)) for key, line in self.lines.items()])
        tone, icon, words = arrivals.headline(found)
        self.say(words, tone, icon)
        self.offer()

    def _show_chosen(self, key: str) -> None:
        clear(self.detail)
        line = self.lines[key]
        self.detail.addWidget(PlainLabel(line.happened, "strong"))
        if line.next:
            self.detail.addWidget(PlainLabel(line.next))
        if line.reference:
            name = label("arrivals.reference")
            value = WholeValue(name, line.reference, writing.groups(line.reference))
            self.detail.addLayout(fields([(name, value)]))
        if line.payable != self.payable:
            self.payable = line.payable
            self.reference.clear()
            self._forget()
        self.by_reference.setVisible(bool(self.payable[0]))

    def _forget(self) -> None:
        self.looked_up = ""
        self.found.say("")
        self.found.hide()
        self.offer()

    def _find(self) -> None:
        reference = self.reference.text().strip()

        def show(sight: Sight) -> None:
            self.looked_up = reference if sight.ripe else ""
            self.found.say(arrivals.told(sight))
            self.found.show()

        self._forget()
        self.work(label("arrivals.finding"), self.verbs.find(*self.payable, reference), show)

    def _credit(self) -> None:
        reference = self.looked_up

        async def work() -> tuple[Receipt, TakenIn]:
            receipt = await self.verbs.credit(*self.payable, reference)
            return receipt, await self.verbs.look()

        def show(done: tuple[Receipt, TakenIn]) -> None:
            self.reference.clear()
            self.show_found(done[1])
            self.said.insertWidget(
                0, PlainLabel(label("arrivals.credited", index=f"{done[0].index:,}"), "strong", "ok")
            )

        self.work(label("arrivals.crediting"), work(), show)


def _cells(line: ArrivalLine) -> tuple[Cell, ...]:
    return Cell(chip=line.chip), Cell((line.where,), strong=True), Cell((line.amount,)), Cell((line.depth,))
