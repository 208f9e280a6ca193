"""The custodian's own page on Participants: what it owes, whether the books add up, its accounts."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from countersign.desk.accounts import Overview
from countersign.settlement.ledger import Account
from countersign.settlement.roster import CUSTODIAN_BOOKS
from countersign.ui.presenters import accounts, custodian, writing
from countersign.ui.strings import label
from countersign.ui.theme import measure
from countersign.ui.views.account_block import AccountBlock
from countersign.ui.widgets.chip import Chip
from countersign.ui.widgets.label import LONG, PlainLabel, WholeValue
from countersign.ui.widgets.layout import Card, Note, fields, row, rule
from countersign.ui.widgets.picture import Picture


def cards(overview: Overview, opened: Callable[[Account], None]) -> list[Card]:
    """The page, from top to bottom; `opened` is called with the account whose statement is asked for."""
    return [_header(overview), _owed(overview), _books(overview), _accounts(overview, opened)]


def _header(overview: Overview) -> Card:
    tone, icon, word = custodian.chip()
    own, card = overview.custodian, Card()
    head = row(PlainLabel(own.name, "title"), Chip(word, icon, tone))
    head.setStretch(0, 1)
    card.body.addLayout(head)
    card.body.addWidget(PlainLabel(label("custodian.sentence")))
    name = label("participants.lei")
    card.body.addLayout(fields([(name, WholeValue(name, own.lei, writing.groups(own.lei)))]))
    return card


def _owed(overview: Overview) -> Card:
    card = Card(label("custodian.owed"))
    found = custodian.debts(overview)
    if not found:
        card.body.addWidget(PlainLabel(label("custodian.nothing-owed"), "quiet"))
        return card
    card.body.addWidget(Note(custodian.no_unit(), "info", Picture("information", "info")))
    for at, each in enumerate(found):
        if at:
            card.body.addWidget(rule())
        card.body.addWidget(PlainLabel(each.amount, "amount"))
        card.body.addWidget(PlainLabel(label("custodian.to", creditor=each.creditor), "strong"))
        card.body.addWidget(PlainLabel(each.why))
        card.body.addLayout(_pairs(each.facts))
    return card


def _books(overview: Overview) -> Card:
    card = Card(label("custodian.books"))
    found = custodian.equations(overview)
    card.body.addWidget(PlainLabel(label("custodian.books-caption" if found else "custodian.none"), "quiet"))
    for at, each in enumerate(found):
        if at:
            card.body.addWidget(rule())
        tone, icon, word = each.verdict
        head = row(PlainLabel(each.symbol, "strong"), Chip(word, icon, tone))
        head.setStretch(0, 1)
        card.body.addLayout(head)
        card.body.addWidget(PlainLabel(each.asset, "caption"))
        card.body.addLayout(_sum(each.figures))
    return card


def _accounts(overview: Overview, opened: Callable[[Account], None]) -> Card:
    card = Card(label("custodian.own"))
    for book in CUSTODIAN_BOOKS:
        card.body.addWidget(PlainLabel(accounts.book_name(book), "strong"))
        found = accounts.lines(overview, overview.custodian.lei, book)
        for each in found:
            card.body.addWidget(AccountBlock(each, opened, custodian.owes(overview, each.account)))
        if not found:
            card.body.addWidget(PlainLabel(label("participants.no-balance"), "quiet"))
    return card


def _sum(figures: Sequence[tuple[str, str]]) -> QGridLayout:
    """Figures below each other, their digits in line."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(measure.GAP)
    grid.setVerticalSpacing(measure.HALF)
    for line, (caption, value) in enumerate(figures):
        grid.addWidget(PlainLabel(caption, "caption", wrap=False), line, 0)
        grid.addWidget(PlainLabel(value, wrap=len(value) > LONG), line, 1, Qt.AlignmentFlag.AlignRight)
    grid.setColumnStretch(2, 1)
    return grid


def _pairs(pairs: Sequence[tuple[str, str]]) -> QGridLayout:
    shown: list[tuple[str, QWidget]] = [(caption, PlainLabel(value)) for caption, value in pairs]
    return fields(shown)
