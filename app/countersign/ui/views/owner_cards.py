"""A Safe's change of its own owners on a card: every owner whole, what becomes of them, and by whose order."""

from collections.abc import Iterable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from countersign.desk.owner_choices import OwnersGround, OwnersPlan
from countersign.desk.owner_views import OwnerLine, OwnersChange
from countersign.ui.presenters import owner_change, owners, writing
from countersign.ui.presenters.owners import Owner
from countersign.ui.strings import label
from countersign.ui.theme import measure
from countersign.ui.widgets.chip import Chip
from countersign.ui.widgets.label import PlainLabel, WholeValue
from countersign.ui.widgets.layout import Card, column, fields, row, rule


def change(view: OwnersChange, pixels: int = measure.STRONG) -> Card:
    """Who owns the Safe before and after, how many sign, who stands in front of who goes, who ordered it."""
    card = Card(label("owners.title", vault=view.vault))
    card.body.addWidget(PlainLabel(owners.signing(view), "amount"))
    for each in owners.lines(view.owners):
        card.body.addWidget(rule())
        card.body.addLayout(_owner(each, pixels))
    card.body.addWidget(rule())
    card.body.addLayout(fields(_rest(view)))
    return card


def planned(plan: OwnersPlan) -> Card:
    """Who would own the Safe, and how many would sign; who changes first."""
    return _listed(label("owners.change-before-after"), owner_change.quorum(plan), plan.owners)


def today(ground: OwnersGround) -> Card:
    """Who owns the Safe, before anything is chosen."""
    return _listed(label("owners.change-today"), *owner_change.today(ground))


def _listed(heading: str, quorum: str, found: Iterable[OwnerLine]) -> Card:
    card = Card(heading)
    card.body.addWidget(PlainLabel(quorum, "amount"))
    for each in owners.lines(found):
        card.body.addWidget(rule())
        card.body.addLayout(_owner(each, measure.CAPTION))
    return card


def _owner(each: Owner, pixels: int) -> QVBoxLayout:
    tone, icon, word = each.chip
    head = row(PlainLabel(each.name, "strong"), Chip(word, icon, tone))
    head.setStretch(0, 1)
    name = label("owners.address", name=each.name)
    return column(head, WholeValue(name, each.address, writing.groups(each.address), pixels), gap=measure.HALF)


def _rest(view: OwnersChange) -> list[tuple[str, QWidget]]:
    pairs: list[tuple[str, QWidget]] = []
    if view.in_front is not None:
        front = owners.owner(view.in_front)
        value = WholeValue(label("owners.in-front"), front.address, writing.groups(front.address))
        pairs.append((label("owners.in-front"), _both(front.name, value)))
    pairs.append((label("owners.ordered-by"), PlainLabel(label("carry.and").join(view.ordered_by))))
    pairs.append((label("owners.of"), PlainLabel(view.party)))
    for name, whole in (("owners.safe", view.address), ("owners.order", view.order)):
        pairs.append((label(name), WholeValue(label(name), whole, writing.groups(whole))))
    pairs.append((label("owners.call"), PlainLabel(view.call)))
    return pairs


def _both(words: str, value: QWidget) -> QWidget:
    holder = QWidget()
    holder.setLayout(column(PlainLabel(words), value, gap=0))
    return holder
