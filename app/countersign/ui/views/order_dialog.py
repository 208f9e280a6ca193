"""Orders that stop something: all of them in a table, and the small forms that propose a new one or lift one."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QLineEdit, QVBoxLayout, QWidget

from countersign.desk.deed_views import OrderView, TargetView
from countersign.settlement.stop_bodies import ASSET, BOOK, CONTRACT, PARTICIPANT, Scope
from countersign.ui.presenters import deeds, writing
from countersign.ui.strings import label
from countersign.ui.theme import measure
from countersign.ui.views.dialog import Dialog
from countersign.ui.views.files import PathLine
from countersign.ui.views.line_table import LineTable
from countersign.ui.widgets.button import Button
from countersign.ui.widgets.cells import Cell
from countersign.ui.widgets.label import PlainLabel, WholeValue
from countersign.ui.widgets.layout import Card, Note, clear, column, fields, row
from countersign.ui.widgets.letters import Choices
from countersign.ui.widgets.option import Option
from countersign.ui.widgets.picture import Picture

_KINDS = (PARTICIPANT, BOOK, ASSET, CONTRACT)
_WIDTHS = (190, 420, 110)


class OrdersDialog(Dialog):
    """`ordering` asks for a new order, `lifting` says which one is to be lifted."""

    ordering = Signal()
    lifting = Signal(str)

    def __init__(self, views: Sequence[OrderView], parent: QWidget) -> None:
        super().__init__(label("orders.title"), parent)
        self.views = {each.order: each for each in views}
        columns = ("orders.column-order", "orders.column-what", "orders.column-state")
        self.table = LineTable(label("orders.table"), columns, _WIDTHS, stretch=1)
        self.table.chosen.connect(lambda _: self._show())
        self.detail = column(gap=measure.UNIT)
        self.new = Button(label("orders.new"), "Ctrl+N", part="primary")
        self.new.clicked.connect(self._new)
        self.lift = Button(label("orders.lift"), "Ctrl+L")
        self.lift.clicked.connect(self._lift)
        close = Button(label("orders.close"), "Esc")
        close.clicked.connect(self.reject)
        box = column(PlainLabel(label("orders.title"), "title"), gap=measure.UNIT, margin=measure.WIDE)
        box.addWidget(self.table, 1)
        box.addLayout(self.detail)
        box.addLayout(row(close, None, self.lift, self.new))
        self.setLayout(box)
        self.setMinimumSize(measure.UNIT * 110, measure.UNIT * 66)
        self.table.show_rows([(each.order, _cells(each)) for each in views])
        self._show()

    def _show(self) -> None:
        clear(self.detail)
        view = self.views.get(self.table.picked)
        self.lift.setEnabled(view is not None and view.lifted is None)
        if view is None:
            self.detail.addWidget(PlainLabel(label("orders.none"), "quiet"))
            return
        card, name = Card(), label("orders.document")
        card.body.addWidget(PlainLabel(deeds.order_words(view), "strong"))
        pairs: list[tuple[str, QWidget]] = [
            (label("orders.column-state"), PlainLabel(deeds.order_times(view))),
            (label("orders.officers"), PlainLabel(", ".join(view.officers))),
            (label("orders.reason"), PlainLabel(view.reason)),
            (name, WholeValue(name, view.document, writing.groups(view.document))),
        ]
        card.body.addLayout(fields(pairs))
        self.detail.addWidget(card)

    def _new(self) -> None:
        self.accept()
        self.ordering.emit()

    def _lift(self) -> None:
        self.accept()
        self.lifting.emit(self.table.picked)


def _cells(view: OrderView) -> tuple[Cell, ...]:
    return Cell((view.order,), strong=True), Cell((deeds.order_words(view),)), Cell(chip=deeds.order_state(view))


class PaperDialog(Dialog):
    """A form with a paper and a reason; nothing is proposed without both."""

    def __init__(self, title: str, explain: str, now: str, parent: QWidget) -> None:
        super().__init__(title, parent)
        self.paper_line = PathLine(
            "deeds.paper", "deeds.paper-hint", "deeds.choose", folder=False, kinds="deeds.paper-kinds"
        )
        self.reason = QLineEdit()
        self.reason.setAccessibleName(label("order.reason"))
        self.now = Button(now, "Ctrl+Return", icon="sign", part="primary")
        self.now.clicked.connect(self.accept)
        self.now.setEnabled(False)
        cancel = Button(label("common.cancel"), "Esc")
        cancel.clicked.connect(self.reject)
        box = column(PlainLabel(title, "title"), gap=measure.UNIT, margin=measure.WIDE)
        box.addWidget(Note(explain, "warn", Picture("warning", "warn")))
        self.before(box)
        box.addWidget(PlainLabel(label("deeds.paper"), "caption"))
        box.addWidget(self.paper_line)
        box.addWidget(PlainLabel(label("order.reason"), "caption"))
        box.addWidget(self.reason)
        box.addStretch(1)
        box.addLayout(row(None, cancel, self.now))
        self.setLayout(box)
        self.setMinimumWidth(measure.UNIT * 88)
        for field in (self.paper_line.field, self.reason):
            field.textChanged.connect(lambda _: self.offer())

    def before(self, box: QVBoxLayout) -> None:
        """What stands above the paper."""

    @property
    def paper(self) -> Path | None:
        """The paper's file."""
        return self.paper_line.path

    @property
    def text(self) -> str:
        """The reason."""
        return self.reason.text().strip()

    @property
    def whole(self) -> bool:
        """Whether everything is given."""
        return self.paper is not None and bool(self.text)

    def offer(self) -> None:
        """What can be pressed now."""
        self.now.setEnabled(self.whole)


class LiftDialog(PaperDialog):
    """Lifts one order."""

    def __init__(self, order: str, parent: QWidget) -> None:
        title = label("order.lift-title", order=order)
        super().__init__(title, label("order.lift-explain"), label("order.lift-now"), parent)


class OrderDialog(PaperDialog):
    """A new order: `scope` what it stops, `number` what it is called. `scope` may be given at the start."""

    def __init__(self, targets: Sequence[TargetView], parent: QWidget, scope: Scope | None = None) -> None:
        self.targets = {kind: [each for each in targets if each.scope.kind == kind] for kind in _KINDS}
        self.kind = PARTICIPANT if scope is None else scope.kind
        super().__init__(label("order.title"), label("order.explain"), label("order.now"), parent)
        self._choose(self.kind)
        scopes = [each.scope for each in self.targets[self.kind]]
        if scope in scopes:
            self.list.setCurrentRow(scopes.index(scope))

    def before(self, box: QVBoxLayout) -> None:
        """Number and scope."""
        self.name = QLineEdit()
        self.name.setAccessibleName(label("order.number"))
        self.name.setPlaceholderText(label("order.number-hint"))
        self.name.textChanged.connect(lambda _: self.offer())
        self.list = Choices(label("order.which"))
        self.list.setMinimumHeight(measure.UNIT * 18)
        self.list.currentRowChanged.connect(lambda _: self.offer())
        box.addWidget(PlainLabel(label("order.number"), "caption"))
        box.addWidget(self.name)
        box.addWidget(PlainLabel(label("order.scope"), "caption"))
        group, line = QButtonGroup(self), row(gap=measure.GAP)
        for kind in _KINDS:
            words = label(f"order.kind-{kind}")
            line.addWidget(Option(words, group, partial(self._choose, kind), chosen=kind == self.kind))
        line.addStretch(1)
        box.addLayout(line)
        box.addWidget(PlainLabel(label("order.which"), "caption"))
        box.addWidget(self.list, 1)

    @property
    def number(self) -> str:
        """The order's number as it was typed."""
        return self.name.text().strip()

    @property
    def scope(self) -> Scope | None:
        """What is chosen; None where there is nothing to choose."""
        found, at = self.targets[self.kind], self.list.currentRow()
        return found[at].scope if 0 <= at < len(found) else None

    @property
    def whole(self) -> bool:
        """Whether everything is given."""
        return super().whole and bool(self.number) and self.scope is not None

    def _choose(self, kind: str) -> None:
        self.kind = kind
        self.list.offer(each.words for each in self.targets[kind])
        self.list.setCurrentRow(0)
        self.offer()
