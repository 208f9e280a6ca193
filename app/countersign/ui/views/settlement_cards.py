"""Review's cards beside the transactions: what stops the settlement, its legs, its cycle with the conservation proof."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from countersign.desk.settlement_views import CycleView, LegView, StopView
from countersign.desk.views import ReviewView
from countersign.ui.presenters import settlement, writing
from countersign.ui.strings import label
from countersign.ui.theme import measure
from countersign.ui.widgets.label import PlainLabel, WholeValue
from countersign.ui.widgets.layout import Card, Note, column, fields, page, row
from countersign.ui.widgets.line_list import LineList
from countersign.ui.widgets.opening import Opening
from countersign.ui.widgets.picture import Picture

_MANY = 40
_COLUMNS = ("book", "gross", "net")


def stop_notes(view: ReviewView) -> list[QWidget]:
    """What stops the settlement, before anything else; a withdrawal or award says that it is one."""
    named = settlement.template(view)
    notes: list[QWidget] = [Note(named, "info", Picture("information", "info"))] if named else []
    return [*notes, *(_stop(each) for each in view.stops)]


def _stop(each: StopView) -> QWidget:
    tone, words = settlement.stop(each)
    note = Note(words, tone, Picture("blocked" if tone == "bad" else "warning", tone))
    if each.kind == "disputed":
        return page(note, *map(PlainLabel, settlement.expected(each)), gap=measure.HALF, margin=0)
    if not each.document:
        return note
    name = label("settlement.document")
    paper = fields([(name, WholeValue(name, each.document, writing.groups(each.document)))])
    return page(note, paper, gap=measure.HALF, margin=0)


def legs(view: ReviewView, *, base: bool) -> Card:
    """Every leg of the contract, its address whole."""
    card = Card(label("settlement.legs"))
    for each in view.legs:
        card.body.addWidget(_leg(each, base=base))
    return card


def _leg(line: LegView, *, base: bool) -> QWidget:
    told, chain, address = settlement.leg(line, base=base)
    name = label("settlement.place")
    place = fields([(chain, WholeValue(name, line.destination, writing.groups(address)))])
    widget = QWidget()
    widget.setLayout(column(PlainLabel(told, "strong"), place, gap=measure.HALF))
    return widget


def cycle(view: CycleView, *, base: bool) -> Card:
    """The cycle in sentences, its obligations and the proof."""
    card = Card(label("settlement.cycle-title"))
    for words in settlement.cycle(view):
        card.body.addWidget(PlainLabel(words))
    tone, icon, words = settlement.proof(view)
    line = row(Picture(icon, tone), PlainLabel(words, "strong", tone))
    line.setStretch(1, 1)
    card.body.addLayout(line)
    card.body.addWidget(Opening(label("settlement.proof"), lambda: _positions(view)))
    count = label("settlement.obligations", count=f"{len(view.obligations):,}")
    card.body.addWidget(Opening(count, lambda: _obligations(view, base=base)))
    if len(view.contracts) > 1:
        name = label("settlement.contracts")
        card.body.addWidget(Opening(name, lambda: LineList(name, view.contracts)))
    return card


def _obligations(view: CycleView, *, base: bool) -> QWidget:
    if len(view.obligations) <= _MANY:
        shown = QWidget()
        shown.setLayout(column(*(_leg(each, base=base) for each in view.obligations), gap=measure.UNIT))
        return shown
    found = (settlement.leg(each, base=base) for each in view.obligations)
    lines = [f"{told}\n{chain}: {writing.groups(address)}" for told, chain, address in found]
    return LineList(label("settlement.obligations", count=f"{len(lines):,}"), lines)


def _positions(view: CycleView) -> QWidget:
    """The proof as a table; a long one as plain lines."""
    if len(view.positions) > _MANY:
        lines = [" · ".join(settlement.position(each)) for each in view.positions]
        return LineList(label("settlement.proof"), lines)
    grid = QGridLayout()
    grid.setHorizontalSpacing(measure.GAP)
    grid.setVerticalSpacing(measure.HALF)
    for at, name in enumerate(_COLUMNS):
        _put(grid, 0, at, PlainLabel(label(f"settlement.column-{name}"), "caption"))
    for place, each in enumerate(view.positions, 1):
        owner, symbol, came, went, before, after = settlement.position(each)
        for at, words in enumerate((f"{owner}\n{symbol}", f"{came}\n{went}", f"{before}\n{after}")):
            _put(grid, place, at, PlainLabel(words))
    grid.setColumnStretch(0, 1)
    widget = QWidget()
    widget.setLayout(grid)
    return widget


def _put(grid: QGridLayout, line: int, at: int, words: PlainLabel) -> None:
    if at:
        words.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
    grid.addWidget(words, line, at)
