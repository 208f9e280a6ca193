"""Participants: who may trade, and what is open with them? Every institution, found by any word; the custodian first."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from countersign.desk.accounts import Overview
from countersign.desk.governance_views import DestinationView, ParticipantView, VaultView
from countersign.desk.operations_views import LoanView
from countersign.ui.presenters import accounts, custodian, loans, participants, writing
from countersign.ui.strings import label
from countersign.ui.theme import measure
from countersign.ui.views import custodian_page
from countersign.ui.views.account_block import AccountBlock
from countersign.ui.views.context import Context
from countersign.ui.views.line_table import LineTable
from countersign.ui.widgets.button import Button
from countersign.ui.widgets.cells import Cell
from countersign.ui.widgets.chip import Chip
from countersign.ui.widgets.label import PlainLabel, WholeValue
from countersign.ui.widgets.layout import Card, Note, clear, column, fields, page, row, rule, scrolling
from countersign.ui.widgets.picture import Picture

_COLUMNS = tuple(f"participants.column-{name}" for name in ("name", "standing", "open"))
_WIDTHS = (190, 134, 120)
_CONTRACTS = 12


class ParticipantsScreen(QWidget):
    """`opened` says which contract to review, `stating` which account's statement is asked for; `reconciling` asks whether
    the books agree, `recalling` for a participant's loans, `ordering` for the orders that stop something."""

    opened = Signal(str)
    stating = Signal(object)
    reconciling = Signal()
    recalling = Signal(str)
    ordering = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.setProperty("part", "page")
        self.views: Sequence[ParticipantView] = ()
        self.vaults: dict[str, VaultView] = {}
        self.overview: Overview | None = None
        self.search = QLineEdit()
        self.search.setAccessibleName(label("participants.search"))
        self.search.setToolTip(label("key.tip", action=label("participants.search"), key="Ctrl+F"))
        self.search.setPlaceholderText(label("participants.search-hint"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(lambda _: self.arrange())
        self.go_find = Button(label("participants.find"), "Ctrl+F", icon="search")
        self.go_find.clicked.connect(self.search.setFocus)
        self.count = PlainLabel("", "quiet", wrap=False)
        self.said = column(gap=measure.UNIT)
        self.table = LineTable(label("participants.table"), _COLUMNS, _WIDTHS, stretch=0)
        self.table.chosen.connect(lambda _: self._show_chosen())
        self.detail = column(gap=measure.GAP)
        left = column(row(self.search, self.go_find, self.count), gap=measure.UNIT)
        left.addWidget(self.table, 1)
        both = row(gap=measure.GAP)
        both.addLayout(left, 10)
        self.area = scrolling(page(self.detail, margin=0), label("participants.detail"))
        self.shown = ""
        both.addWidget(self.area, 13)
        title = PlainLabel(label("screen.participants"), "title", wrap=False)
        self.reconcile = Button(label("reconcile.open"), "Ctrl+R", icon="vault")
        self.reconcile.clicked.connect(self.reconciling)
        self.offer(label("operations.not-yours"))
        self.orders = Button(label("orders.open"), "Ctrl+Shift+O", icon="blocked")
        self.orders.explain(label("orders.open-tip"), "Ctrl+Shift+O")
        self.orders.clicked.connect(self.ordering)
        verbs = row(title, None, self.reconcile, self.orders)
        whole = column(verbs, self.said, gap=measure.UNIT, margin=measure.GAP)
        whole.addLayout(both, 1)
        self.setLayout(whole)

    def show_views(self, views: Sequence[ParticipantView], vaults: Sequence[VaultView], overview: Overview) -> None:
        """Show these participants with their vaults and accounts; the chosen one stays chosen."""
        self.views, self.overview = views, overview
        self.vaults = {each.id: each for each in vaults}
        clear(self.said)
        warnings = (("warn", words) for words in participants.alarms(views))
        for tone, words in (*custodian.alarms(overview), *warnings):
            self.said.addWidget(Note(words, tone, Picture("warning", tone)))
        self.arrange()

    def say(self, words: str) -> None:
        """One sentence above everything, until the screen is made anew."""
        self.said.insertWidget(0, Note(words, "ok", Picture("pass", "ok")))

    def offer(self, hindrance: str, lent: Sequence[LoanView] = ()) -> None:
        """Offer what operations may do here, or say why not; `lent` are every participant's loans."""
        self.hindrance, self.loans = hindrance, tuple(lent)
        self.reconcile.setEnabled(not hindrance)
        self.reconcile.explain(hindrance or label("reconcile.open-tip"), "Ctrl+R")

    def arrange(self) -> None:
        """Show those that hold every word of the search."""
        found = participants.found(self.views, self.search.text())
        rows = [(each.lei, self._cells(each)) for each in found]
        if self.overview is not None and custodian.found(self.overview, self.search.text()):
            rows.insert(0, (self.overview.custodian.lei, _own_cells(self.overview)))
        self.table.show_rows(rows)
        everybody = len(self.views) + (self.overview is not None)
        self.count.say(label("participants.count", shown=f"{len(rows):,}", all=f"{everybody:,}"))
        self._show_chosen()

    def _cells(self, view: ParticipantView) -> tuple[Cell, ...]:
        count, usd = participants.open_sum(view)
        name = participants.named(view.name)
        standing = participants.standing(view, self.context.now)
        return Cell((name, view.lei), strong=True), Cell(chip=standing), Cell((count, usd) if usd else (count,))

    def _show_chosen(self) -> None:
        clear(self.detail)
        if (
            self.table.picked != self.shown
        ):  # another page begins at its top; the same one, made anew, stays where it is
            self.area.verticalScrollBar().setValue(0)
        self.shown = self.table.picked
        if self.overview is not None and self.table.picked == self.overview.custodian.lei:
            for card in custodian_page.cards(self.overview, self.stating.emit):
                self.detail.addWidget(card)
            return
        view = next((each for each in self.views if each.lei == self.table.picked), None)
        if view is None:
            self.detail.addWidget(PlainLabel(label("participants.none"), "quiet"))
            return
        lent = loans.of(self.loans, view.lei)
        cards = [self._header(view), self._open(view), self._balances(view), self._vaults(view)]
        for card in [*cards[:3], self._loans(view, lent), *cards[3:]] if lent else cards:
            self.detail.addWidget(card)
        self.detail.addWidget(self._destinations(view))
        self.detail.addWidget(self._keys(view))

    def _header(self, view: ParticipantView) -> Card:
        tone, icon, word = participants.standing(view, self.context.now)
        card = Card()
        head = row(PlainLabel(view.name, "title"), Chip(word, icon, tone))
        head.setStretch(0, 1)
        card.body.addLayout(head)
        card.body.addWidget(PlainLabel(participants.sentence_of(view)))
        name = label("participants.lei")
        pairs: list[tuple[str, QWidget]] = [(name, WholeValue(name, view.lei, writing.groups(view.lei)))]
        card.body.addLayout(fields([*pairs, (label("participants.books"), PlainLabel(", ".join(view.books)))]))
        return card

    def _open(self, view: ParticipantView) -> Card:
        card = Card(label("participants.open"))
        count, usd = participants.open_sum(view)
        card.body.addWidget(PlainLabel(f"{count}, {usd}" if usd else count, "strong" if usd else "quiet"))
        for each in view.open[:_CONTRACTS]:
            tone, icon, word = participants.contract_chip(each.state)
            told = label("participants.open-line", id=each.contract_id, usd=writing.dollars(each.usd))
            review = Button(
                label("participants.review-short"),
                icon="search",
                name=label("participants.review", id=each.contract_id),
            )
            review.clicked.connect(lambda _=False, contract=each.contract: self.opened.emit(contract))
            line = row(Chip(word, icon, tone), PlainLabel(told), review)
            line.setStretch(1, 1)
            card.body.addLayout(line)
        if len(view.open) > _CONTRACTS:
            card.body.addWidget(PlainLabel(label("participants.open-more", count=len(view.open) - _CONTRACTS), "quiet"))
        return card

    def _balances(self, view: ParticipantView) -> Card:
        card = Card(label("participants.balances"))
        for book in view.books:
            card.body.addWidget(PlainLabel(label("participants.book", book=book), "strong"))
            found = accounts.lines(self.overview, view.lei, book) if self.overview is not None else ()
            for each in found:
                card.body.addWidget(AccountBlock(each, self.stating.emit))
            if not found:
                card.body.addWidget(PlainLabel(label("participants.no-balance"), "quiet"))
        return card

    def _loans(self, view: ParticipantView, lent: Sequence[LoanView]) -> Card:
        recall = Button(label("loans.recall"), "Ctrl+L", icon="back")
        recall.clicked.connect(lambda: self.recalling.emit(view.lei))
        hindrance = self.hindrance or loans.hindrance(lent)
        recall.setEnabled(not hindrance)
        recall.explain(hindrance or label("loans.recall-tip"), "Ctrl+L")
        card = Card(label("loans.heading"), recall)
        for at, each in enumerate(lent):
            line = loans.line(each)
            tone, icon, word = line.chip
            if at:
                card.body.addWidget(rule())
            head = row(PlainLabel(line.name, "strong"), Chip(word, icon, tone))
            head.setStretch(0, 1)
            card.body.addLayout(head)
            pairs: list[tuple[str, QWidget]] = [(caption, PlainLabel(value)) for caption, value in line.figures]
            card.body.addLayout(fields(pairs, columns=2))
        return card

    def _vaults(self, view: ParticipantView) -> Card:
        card = Card(label("participants.vaults"))
        for each in (self.vaults[name] for name in view.vaults if name in self.vaults):
            people = ", ".join(each.people)
            told = label(
                "participants.vault", id=each.id, threshold=each.threshold, people=people,
                chain=writing.chain(each.chain), book=each.book,
            )  # fmt: skip
            warm = Chip(label("participants.cold"), "no-network", "info") if each.cold else None
            kind = warm or Chip(label("participants.online"), "network", "quiet")
            able = ("participants.able", "pass", "ok") if each.able else ("participants.unable", "warning", "bad")
            line = row(PlainLabel(told), kind, Chip(label(able[0]), able[1], able[2]))
            line.setStretch(0, 1)
            card.body.addLayout(line)
        if not view.vaults:
            card.body.addWidget(PlainLabel(label("participants.no-vaults"), "quiet"))
        return card

    def _destinations(self, view: ParticipantView) -> Card:
        card = Card(label("participants.destinations"))
        for at, each in enumerate(view.destinations):
            if at:
                card.body.addWidget(rule())
            card.body.addLayout(_destination(each))
        if not view.destinations:
            card.body.addWidget(PlainLabel(label("participants.no-destinations"), "quiet"))
        return card

    def _keys(self, view: ParticipantView) -> Card:
        card = Card(label("participants.keys"))
        for caption, kids in (("participants.key", view.keys), ("participants.withdrawn", view.withdrawn_keys)):
            for kid in kids:
                card.body.addLayout(fields([(label(caption), WholeValue(label(caption), kid, writing.groups(kid)))]))
        if not view.keys:
            card.body.addWidget(PlainLabel(label("participants.no-keys"), "quiet"))
        return card


def _destination(each: DestinationView) -> QGridLayout:
    (tone, icon, word), told = participants.destination(each)
    chain, _, address = each.account.rpartition(":")
    grid = QGridLayout()
    grid.setHorizontalSpacing(measure.GAP)
    grid.setVerticalSpacing(measure.HALF)
    grid.addWidget(WholeValue(label("participants.address"), each.account, writing.groups(address)), 0, 0)
    grid.addWidget(Chip(word, icon, tone), 0, 1, Qt.AlignmentFlag.AlignTop)
    grid.addWidget(PlainLabel(f"{writing.chain(chain)} · {told}", "caption"), 1, 0, 1, 2)
    grid.setColumnStretch(0, 1)
    return grid


def _own_cells(overview: Overview) -> tuple[Cell, ...]:
    name = participants.named(overview.custodian.name)
    mark, breaks = custodian.chip(), custodian.breaks_count(overview)
    return Cell((name, overview.custodian.lei), strong=True), Cell(chip=mark), Cell((breaks,))
