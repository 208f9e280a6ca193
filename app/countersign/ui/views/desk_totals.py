"""Below the Desk's table: what is open by asset and counterparty, and what the next cut-off brings. Whole in a dialog."""

from collections.abc import Sequence
from itertools import accumulate

from PySide6.QtWidgets import QWidget

from countersign.desk.cut_off_view import CutOffView
from countersign.desk.views import Money, Sums
from countersign.resources.visible import visible
from countersign.ui.presenters import cut_off, writing
from countersign.ui.strings import label
from countersign.ui.theme import measure
from countersign.ui.views.context import Context
from countersign.ui.views.dialog import Dialog
from countersign.ui.widgets.button import Button
from countersign.ui.widgets.label import PlainLabel
from countersign.ui.widgets.layout import Card, clear, column, fields, holds_focus, page, row, scrolling
from countersign.ui.widgets.picture import Picture

_LINES, _LETTERS = 3, 240
"""A card has room for so many entries, of so many letters together."""


class DeskTotals(QWidget):
    """Three cards; what has no room there says how many more there are."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.open_sums: tuple[Money, ...] | None = ()
        self.parties: Sums = ()
        self.cut_off: CutOffView | None = None
        self.cards = row(gap=measure.GAP)
        self.setLayout(self.cards)

    def show_sums(self, open_sums: tuple[Money, ...] | None, parties: Sums) -> None:
        """What is open by asset, and what each counterparty has to deliver. None: it is still being counted."""
        self.open_sums, self.parties = open_sums, parties
        self._build()

    def show_cut_off(self, view: CutOffView) -> None:
        """What the next cut-off would bring."""
        self.cut_off = view
        self._build()

    def _build(self) -> None:
        focused = holds_focus(self)
        clear(self.cards)
        cards = [self._by_asset(), self._by_party(), self._at_cut_off()]
        for card, stretch in zip(cards, (3, 4, 5), strict=True):
            card.body.addStretch(1)
            self.cards.addWidget(card, stretch)
        if focused:
            self.everything.setFocus()

    def _by_asset(self) -> Card:
        card = Card(label("desk.totals"), margin=measure.UNIT)
        _fill(card, [writing.short(money) for money in self.open_sums or ()] or [self.nothing], "strong")
        return card

    def _by_party(self) -> Card:
        card = Card(label("desk.by-party"), margin=measure.UNIT)
        lines = [label("desk.party-line", party=visible(party), sums=_told(sums)) for party, sums in self.parties]
        _fill(card, lines or [self.nothing])
        return card

    @property
    def nothing(self) -> str:
        """What stands where there is no sum."""
        return label("desk.totals-counting" if self.open_sums is None else "desk.totals-none")

    def _at_cut_off(self) -> Card:
        everything = Button(label("desk.all-totals"), "Ctrl+T")
        everything.explain(label("desk.all-totals-tip"), "Ctrl+T")
        everything.clicked.connect(lambda: TotalsDialog(self, self.context.now, self).open())
        self.everything = everything
        card, view = Card(label("cut-off.title"), everything, margin=measure.UNIT), self.cut_off
        if view is None:
            card.body.addWidget(PlainLabel(label("cut-off.reading"), "quiet"))
            return card
        card.body.addWidget(PlainLabel(cut_off.headline(view, self.context.now), "strong"))
        stops = cut_off.hindrances(view, self.context.now)
        room = _room([each.words for each in stops], _LINES - 1)
        for each in stops[:room]:
            line = row(Picture(each.icon, each.tone), PlainLabel(each.words))
            line.setStretch(1, 1)
            card.body.addLayout(line)
        rest = len(stops) - room
        if rest > 0:
            card.body.addWidget(PlainLabel(label("desk.more", count=rest), "quiet"))
        else:
            for words in cut_off.saved(view)[: 1 if stops else 2]:
                card.body.addWidget(PlainLabel(words))
        return card


def _told(sums: tuple[Money, ...]) -> str:
    return ", ".join(writing.short(money) for money in sums)


def _fill(card: Card, lines: list[str], part: str = "") -> None:
    most = _room(lines, _LINES)
    shown = lines if len(lines) <= most else lines[: max(1, min(most, _LINES - 1))]
    for words in shown:
        card.body.addWidget(PlainLabel(words, part))
    if len(shown) < len(lines):
        card.body.addWidget(PlainLabel(label("desk.more", count=len(lines) - len(shown)), "quiet"))


def _room(lines: Sequence[str], most: int) -> int:
    """How many of these lines have room in a card, at least one: names may be a hundred letters long."""
    sums = accumulate(len(words) for words in lines[:most])
    return max(1, sum(letters <= _LETTERS for letters in sums))


class TotalsDialog(Dialog):
    """Every total, and the whole plan of the next cut-off."""

    def __init__(self, totals: DeskTotals, now: int, parent: QWidget) -> None:
        super().__init__(label("desk.all-totals-tip"), parent)
        parts = [self._sums(totals), *([] if totals.cut_off is None else self._cut_off(totals.cut_off, now))]
        close = Button(label("common.close"), "Esc")
        close.clicked.connect(self.reject)
        area = scrolling(page(*parts, margin=0), label("desk.all-totals-tip"))
        box = column(PlainLabel(label("desk.all-totals-tip"), "title"), gap=measure.GAP, margin=measure.WIDE)
        box.addWidget(area, 1)
        box.addLayout(row(None, close))
        self.setLayout(box)
        self.resize(measure.UNIT * 110, measure.UNIT * 76)

    def _sums(self, totals: DeskTotals) -> QWidget:
        by_asset = Card(label("desk.totals"))
        for money in totals.open_sums or ():
            by_asset.body.addWidget(PlainLabel(writing.full(money), "strong"))
        by_party = Card(label("desk.by-party"))
        pairs: list[tuple[str, QWidget]] = [
            (visible(party), PlainLabel("\n".join(writing.full(money) for money in sums), "strong"))
            for party, sums in totals.parties
        ]
        by_party.body.addLayout(fields(pairs))
        for card, empty in ((by_asset, not totals.open_sums), (by_party, not pairs)):
            if empty:
                card.body.addWidget(PlainLabel(totals.nothing, "quiet"))
        return page(by_asset, by_party, margin=0)

    def _cut_off(self, view: CutOffView, now: int) -> list[QWidget]:
        card = Card(label("cut-off.title"))
        card.body.addWidget(PlainLabel(cut_off.headline(view, now), "strong"))
        for words in cut_off.saved(view):
            card.body.addWidget(PlainLabel(words))
        stops = cut_off.hindrances(view, now)
        for each in stops:
            line = row(Picture(each.icon, each.tone), PlainLabel(each.words))
            line.setStretch(1, 1)
            card.body.addLayout(line)
        if not stops:
            card.body.addWidget(PlainLabel(label("cut-off.clear"), "quiet"))
        if not view.savings:
            return [card]
        by_asset = Card(label("cut-off.by-asset"))
        for gross, net in cut_off.savings(view):
            by_asset.body.addWidget(PlainLabel(label("cut-off.asset-line", gross=gross, net=net)))
        return [card, by_asset]
