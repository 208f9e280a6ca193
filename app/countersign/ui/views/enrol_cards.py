"""The cards of Enrol a vault: a file in its parts, the judged vault, its keys, what is compared, whose tests are there."""

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from countersign.desk.describing import DescriptionView
from countersign.desk.enrolling_views import EnrolmentView, Opened, TestsView
from countersign.ui.presenters import enrol, writing
from countersign.ui.presenters.enrol import Chip as ChipFacts
from countersign.ui.presenters.enrol import KeyGroup, KeyLine
from countersign.ui.strings import label
from countersign.ui.theme import measure
from countersign.ui.widgets.chip import Chip
from countersign.ui.widgets.label import PlainLabel, WholeValue
from countersign.ui.widgets.layout import Card, Note, column, fields, row, rule
from countersign.ui.widgets.opening import Opening
from countersign.ui.widgets.picture import Picture


def note(words: str, tone: str) -> Note:
    """A sentence that must be seen."""
    return Note(words, tone, Picture({"ok": "pass", "info": "information"}.get(tone, "warning"), tone))


def described(found: Opened) -> list[QWidget]:
    """A file as it states itself; why nothing is signed for it, if so."""
    view = found.view
    card = Card(label("enrol.says"))
    card.body.addWidget(PlainLabel(str(found.file), "caption"))
    card.body.addWidget(PlainLabel(enrol.kind(view), "strong"))
    card.body.addLayout(fields([(name, PlainLabel(value)) for name, value in enrol.facts(view)]))
    items: list[QWidget] = [card]
    if view.refusal is not None:
        items.insert(0, note(f"{label('enrol.refused-form')} {enrol.told(view.refusal)}", "bad"))
    elif not enrol.is_vault(view):
        items.insert(0, note(label("enrol.single"), "info"))
    return [*items, *keys(enrol.described_keys(view)), *_places(view)]


def _places(view: DescriptionView) -> list[QWidget]:
    if not view.addresses:
        return []
    card = Card(label("enrol.first-places"))
    pairs = [(f"{place} ({prefix})", address) for prefix, place, address in view.addresses]
    card.body.addLayout(fields([_address(name, value, measure.CAPTION) for name, value in pairs]))
    return [card]


def _address(name: str, value: str, pixels: int) -> tuple[str, QWidget]:
    return name, WholeValue(name, value, writing.groups(value), pixels)


def keys(groups: Sequence[KeyGroup]) -> list[QWidget]:
    """A card of the keys; where there are slots, each opens to its own."""
    if not groups:
        return []
    card = Card(label("enrol.keys"))
    for at, each in enumerate(groups):
        if not each.place:
            card.body.addLayout(_keys(each.lines))
            continue
        opening = Opening(label("enrol.keys-of", place=each.place), lambda each=each: _held(each.lines))  # type: ignore[misc]
        card.body.addWidget(opening)
        if not at:
            opening.open_up()
    return [card]


def _held(lines: Sequence[KeyLine]) -> QWidget:
    holder = QWidget()
    holder.setLayout(_keys(lines))
    return holder


def _keys(lines: Sequence[KeyLine]) -> QVBoxLayout:
    box = column(gap=measure.UNIT)
    for at, each in enumerate(lines):
        if at:
            box.addWidget(rule())
        head = row(PlainLabel(each.caption, "strong"), *map(_chip, each.chips))
        head.setStretch(0, 1)
        box.addLayout(head)
        for words in (each.held, each.origin):
            if words:
                box.addWidget(PlainLabel(words, "caption"))
        box.addWidget(WholeValue(each.name, each.text, enrol.spread(each.text)))
    return box


def _chip(facts: ChipFacts) -> Chip:
    tone, icon, word = facts
    return Chip(word, icon, tone)


def judged(view: EnrolmentView) -> list[QWidget]:
    """The vault as it would be registered: nothing against it, one's own key, every key with its officer."""
    card = Card()
    card.body.addWidget(PlainLabel(enrol.named(view), "title"))
    card.body.addWidget(PlainLabel(enrol.quorum(view), "strong"))
    card.body.addWidget(PlainLabel(label(f"enrol.judged-{view.kind}")))
    tone, words = enrol.own(view)
    card.body.addWidget(note(words, tone))
    return [card, *keys(enrol.enrolled_keys(view)), addresses(view, measure.CAPTION)]


def addresses(view: EnrolmentView, pixels: int) -> Card:
    """The places that are compared."""
    card = Card(label("enrol.first-places"))
    for name, value in enrol.addresses(view):
        card.body.addWidget(PlainLabel(name, "caption"))
        card.body.addWidget(WholeValue(name, value, writing.groups(value), pixels))
    return card


def phrase(view: EnrolmentView) -> Card:
    """The twelve words, large."""
    card = Card(label("enrol.words"))
    card.body.addWidget(PlainLabel(enrol.named(view), "caption"))
    card.body.addWidget(PlainLabel(enrol.words(view.words), "large"))
    return card


def tests(vault: EnrolmentView, view: TestsView) -> list[QWidget]:
    """Every cosigner with their test's file, or missing; refused files with the reason."""
    tone, icon, words = enrol.standing(vault, view)
    card = Card(label("enrol.tests-title"))
    for at, each in enumerate(view.cosigners):
        if at:
            card.body.addWidget(rule())
        head = row(PlainLabel(label("enrol.signed-by", name=each.name), "strong"))
        if each.own:
            head.addWidget(Chip(label("enrol.you"), "person", "quiet"))
        head.addWidget(_chip(enrol.test_chip(each)))
        head.setStretch(0, 1)
        card.body.addLayout(head)
        for file in each.files:
            card.body.addWidget(PlainLabel(str(file), "caption"))
    refused = [
        note(f"{label('enrol.refused-file', file=file.name)} {enrol.told(error)}", "bad")
        for file, error in view.refused
    ]
    return [Note(words, tone, Picture(icon, tone)), card, *refused]
