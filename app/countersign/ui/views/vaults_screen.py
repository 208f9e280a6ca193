"""Vaults: what lies where, and who can spend it? Every vault found by any word; the chosen one whole, with its addresses."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from countersign.desk.vault_views import HoldingsView, PlaceView, VaultPage, VaultsView
from countersign.ui.presenters import vaults, writing
from countersign.ui.presenters.instruments import Modules
from countersign.ui.strings import label
from countersign.ui.theme import measure
from countersign.ui.views import vault_cards
from countersign.ui.views.line_table import LineTable
from countersign.ui.views.place_card import PlaceCard
from countersign.ui.widgets.button import Button
from countersign.ui.widgets.cells import Cell
from countersign.ui.widgets.label import PlainLabel
from countersign.ui.widgets.layout import Note, clear, column, page, row, scrolling
from countersign.ui.widgets.picture import Picture
from countersign.ui.widgets.progress import ProgressLine

_COLUMNS = tuple(f"vaults.column-{name}" for name in ("name", "owner", "state"))
_WIDTHS = (190, 170, 134)


class VaultsScreen(QWidget):
    """`asking` wants the nodes asked, `checking` a typed address compared, `placing` one place's address,
    `enrolling` the page on which another vault is enrolled, `changing` the change of a Safe's owners that is under way,
    `ordering` a new one."""

    asking = Signal()
    checking = Signal()
    placing = Signal(str, int)
    enrolling = Signal()
    changing = Signal(str)
    ordering = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("part", "page")
        self.pages: Sequence[VaultPage] = ()
        self.seen: HoldingsView | None = None
        self.entries = 0  # of the log
        self.numbers: dict[str, int] = {}  # the place that was looked at last, by vault
        self.card: PlaceCard | None = None
        self.shown = ""
        self.drawn: tuple[VaultPage | None, HoldingsView | None, int] | None = None
        self.search = QLineEdit()
        self.search.setAccessibleName(label("vaults.search"))
        self.search.setToolTip(label("key.tip", action=label("vaults.search"), key="Ctrl+F"))
        self.search.setPlaceholderText(label("vaults.search-hint"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(lambda _: self.arrange())
        self.go_find = Button(label("vaults.find"), "Ctrl+F", icon="search")
        self.go_find.clicked.connect(self.search.setFocus)
        self.count = PlainLabel("", "quiet", wrap=False)
        self.table = LineTable(label("vaults.table"), _COLUMNS, _WIDTHS, stretch=0)
        self.table.chosen.connect(lambda _: self._turn())
        self.ask = Button(label("vaults.ask"), "Ctrl+R", icon="refresh")
        self.ask.explain(label("vaults.ask-tip"), "Ctrl+R")
        self.ask.clicked.connect(self.asking)
        self.check = Button(label("vaults.check"), "Ctrl+Shift+A", icon="search")
        self.check.explain(label("vaults.check-tip"), "Ctrl+Shift+A")
        self.check.clicked.connect(self.checking)
        self.enrol = Button(label("vaults.enrol"), "Ctrl+Shift+N")
        self.enrol.explain(label("vaults.enrol-tip"), "Ctrl+Shift+N")
        self.enrol.clicked.connect(self.enrolling)
        self.progress = ProgressLine(label("vaults.asking"))
        self.said = column(gap=measure.UNIT)
        self._lay_out()

    def _lay_out(self) -> None:
        self.detail = column(gap=measure.GAP)
        left = column(row(self.search, self.go_find, self.count), gap=measure.UNIT)
        left.addWidget(self.table, 1)
        both = row(gap=measure.GAP)
        both.addLayout(left, 10)
        self.area = scrolling(page(self.detail, margin=0), label("vaults.detail"))
        both.addWidget(self.area, 13)
        title = PlainLabel(label("screen.vaults"), "title", wrap=False)
        verbs = row(title, None, self.ask, self.check, self.enrol)
        whole = column(verbs, self.progress, self.said, gap=measure.UNIT, margin=measure.GAP)
        whole.addLayout(both, 1)
        self.setLayout(whole)

    def show_view(self, view: VaultsView) -> None:
        """Show these vaults; the chosen one stays chosen."""
        self.pages, self.entries = view.pages, view.size
        self.arrange()

    def show_holdings(self, seen: HoldingsView) -> None:
        """Show what the nodes said."""
        self.seen = seen
        clear(self.said)
        self._turn()

    def say(self, words: str) -> None:
        """One sentence above everything, until the nodes are asked again."""
        clear(self.said)
        self.said.addWidget(Note(words, "warn", Picture("information", "warn")))

    def choose(self, vault: str, place: int | None = None) -> None:
        """Show one vault, whatever was searched for; at one of its places."""
        self.table.picked = vault
        if place is not None:
            self.numbers[vault] = place
        self.drawn = None
        self.search.clear()
        self.arrange()

    def arrange(self) -> None:
        """Show those that hold every word of the search."""
        found = vaults.found(self.pages, self.search.text())
        self.table.show_rows([(each.id, _cells(each)) for each in found])
        self.count.say(label("vaults.count", shown=f"{len(found):,}", all=f"{len(self.pages):,}"))
        self._turn()

    def _turn(self) -> None:
        """Show the chosen one, unless all that is to be shown stands there already."""
        page = next((each for each in self.pages if each.id == self.table.picked), None)
        wanted = page, self.seen, self.entries if self.seen is not None else 0
        if wanted != self.drawn:
            self.drawn = wanted
            self._show(page)

    def _show(self, view: VaultPage | None) -> None:
        clear(self.detail)
        self.card = None
        if self.table.picked != self.shown:  # another page begins at its top
            self.area.verticalScrollBar().setValue(0)
        self.shown = self.table.picked
        if view is None:
            self.detail.addWidget(PlainLabel(label("vaults.none"), "quiet"))
            return
        self.detail.addWidget(vault_cards.header(view, *self._verbs(view)))
        if view.safe is not None and view.safe.ordered is not None:
            self._show_change(view.id)
        self.detail.addWidget(vault_cards.holdings(view, self.seen, self.entries))
        if view.places:
            self._add_places(view)
        if view.safe is not None:
            self.detail.addWidget(vault_cards.safe(view))
        self.detail.addWidget(vault_cards.keys(view))
        if view.descriptors:
            self.detail.addWidget(vault_cards.descriptors(view))
        self.detail.addWidget(vault_cards.enrolment())

    def _verbs(self, view: VaultPage) -> tuple[Button, ...]:
        """What can be proposed of a vault: a Safe's owners change."""
        if view.safe is None:
            return ()
        change = Button(label("owners.change"), "Ctrl+Shift+C")
        change.explain(label("owners.change-tip"), "Ctrl+Shift+C")
        change.clicked.connect(lambda: self.ordering.emit(view.id))
        return (change,)

    def _show_change(self, vault: str) -> None:
        change = Button(label("owners.open"), "Ctrl+Shift+O", icon="sign")
        change.explain(label("owners.open-tip"), "Ctrl+Shift+O")
        change.clicked.connect(lambda: self.changing.emit(vault))
        told = PlainLabel(label("owners.under-way"), "strong")
        line = row(told, change)
        line.setStretch(0, 1)
        self.detail.addLayout(line)

    def _add_places(self, view: VaultPage) -> None:
        first = view.receive if view.receive is not None else view.places[0]
        kept = self.numbers.get(view.id, first)
        self.card = PlaceCard(view, kept if kept in view.places else first)
        self.card.wanted.connect(lambda number: self._want(view.id, number))
        self.detail.addWidget(self.card)
        self.placing.emit(view.id, self.card.number)

    def _want(self, vault: str, number: int) -> None:
        self.numbers[vault] = number
        self.placing.emit(vault, number)

    def show_place(self, view: PlaceView, modules: Modules) -> None:
        """Show a place, if its vault is the chosen one still."""
        if self.card is not None and self.card.page.id == view.vault:
            self.card.show_place(view, modules)


def _cells(view: VaultPage) -> tuple[Cell, ...]:
    owner = view.owner, label("vaults.book-line", book=view.book)  # a long name leaves the book its line
    place = label("vaults.where", chain=writing.chain(view.chain), heat=vaults.temperature(view)[2])
    return Cell((view.id, place), strong=True), Cell(owner), Cell(chip=vaults.ability(view))
