"""The cards of one vault on the Vaults screen: what it is, what lies in it, who holds its keys, its descriptors, its Safe."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from countersign.desk.vault_views import HoldingsView, SlotView, VaultPage
from countersign.ui.presenters import vaults, writing
from countersign.ui.presenters.vaults import Holding, Person
from countersign.ui.strings import label
from countersign.ui.theme import measure
from countersign.ui.widgets.chip import Chip
from countersign.ui.widgets.label import PlainLabel, WholeValue
from countersign.ui.widgets.layout import Card, Note, column, fields, row, rule
from countersign.ui.widgets.opening import Opening
from countersign.ui.widgets.picture import Picture

Pairs = list[tuple[str, QWidget]]


def _whole(name: str, value: str) -> tuple[str, QWidget]:
    return name, WholeValue(name, value, writing.groups(value))


def _chip(chip: tuple[str, str, str]) -> Chip:
    tone, icon, word = chip
    return Chip(word, icon, tone)


def header(view: VaultPage, *verbs: QWidget) -> Card:
    """Whose it is, where, how many sign, whether it is cold and can still spend; beside it what can be done with it."""
    card = Card()
    head = row(PlainLabel(view.id, "title"), _chip(vaults.temperature(view)), _chip(vaults.ability(view)))
    head.setStretch(0, 1)
    card.body.addLayout(head)
    quorum = row(PlainLabel(vaults.quorum(view), "strong"), *verbs)
    quorum.setStretch(0, 1)
    card.body.addLayout(quorum)
    for tone, words in vaults.sentences(view):
        card.body.addWidget(Note(words, tone, Picture("warning", tone)) if tone else PlainLabel(words))
    owner = PlainLabel(label("vaults.owner-line", owner=view.owner, book=view.book))
    pairs: Pairs = [(label("vaults.owner"), owner), _whole(label("vaults.lei"), view.lei)]
    card.body.addLayout(fields([*pairs, (label("vaults.chain"), PlainLabel(writing.chain(view.chain)))]))
    return card


def holdings(view: VaultPage, seen: HoldingsView | None, size: int) -> Card:
    """What the ledger says of each asset, and what the node does; the breaks between them in words."""
    card = Card(label("vaults.holdings"))
    tone, icon, words = vaults.asked(seen, view, size)
    if tone == "quiet":
        card.body.addWidget(PlainLabel(words, "caption"))
    else:
        card.body.addWidget(Note(words, tone, Picture(icon, tone)))
    lines = seen.of(view.id) if seen is not None else ()
    for at, line in enumerate(lines):
        if at:
            card.body.addWidget(rule())
        card.body.addLayout(_holding(vaults.holding(line)))
    if not lines:
        for money in view.ledger:
            symbol, amount = vaults.ledger_only(money)
            card.body.addWidget(PlainLabel(symbol, "strong"))
            card.body.addLayout(fields([(label("vaults.ledger"), PlainLabel(amount))]))
    return card


def _holding(found: Holding) -> QVBoxLayout:
    head = row(PlainLabel(found.symbol, "strong"), _chip(found.chip))
    head.setStretch(0, 1)
    sides: Pairs = [
        (label("vaults.ledger"), PlainLabel(found.ledger)),
        (label("vaults.on-chain"), PlainLabel(found.chain)),
    ]
    box = column(head, fields(sides, columns=2), gap=measure.HALF)
    if found.told:
        box.addWidget(PlainLabel(found.told, "strong"))
    for each in found.breaks:
        box.addWidget(PlainLabel(vaults.cause(each)))
        box.addWidget(PlainLabel(f"{each.happened} {each.next}", "quiet"))
        if each.reference:
            box.addLayout(fields([_whole(label("vaults.reference"), each.reference)]))
    return box


def keys(view: VaultPage) -> Card:
    """Every officer with keys in it: cold, online or withdrawn, and in which token."""
    card = Card(label("vaults.owners" if view.safe is not None else "vaults.keys"))
    for at, each in enumerate(vaults.people(view)):
        if at:
            card.body.addWidget(rule())
        card.body.addLayout(_person(each))
    return card


def _person(each: Person) -> QVBoxLayout:
    head = row(PlainLabel(each.name, "strong"), _chip(each.chip))
    head.setStretch(0, 1)
    box = column(head, gap=measure.HALF)
    for words in each.told:
        box.addWidget(PlainLabel(words, "caption"))
    for address in each.addresses:
        name = label("vaults.owner-address", name=each.name)
        box.addWidget(WholeValue(name, address, writing.groups(address)))
    return box


def descriptors(view: VaultPage) -> Card:
    """Every descriptor whole, with whose key each one is. A vault of one shows it; of many each opens."""
    several = len(view.descriptors) > 1 or view.descriptors[0].number is not None
    card = Card(label("vaults.descriptors" if several else "vaults.descriptor"))
    for at, each in enumerate(view.descriptors):
        if not several:
            card.body.addWidget(_descriptor(view, each))
            continue
        head = label("vaults.slot-line", number=each.number, names=vaults.names(view, each.keys))
        line = Opening(head, lambda each=each: _descriptor(view, each))  # type: ignore[misc]
        card.body.addWidget(line)
        if not at:
            line.open_up()
    return card


def _descriptor(view: VaultPage, each: SlotView) -> QWidget:
    name = label("vaults.descriptor-of", vault=view.id)
    known = {key.kid: key.name for key in view.keys}
    pairs = [_whole(label("vaults.key", name=known[kid]), kid) for kid in each.keys]
    text = WholeValue(name, each.descriptor, vaults.spread(each.descriptor))
    whole = QWidget()
    whole.setLayout(column(text, fields(pairs), gap=measure.UNIT))
    return whole


def safe(view: VaultPage) -> Card:
    """What is registered of the Safe itself."""
    card, facts = Card(label("vaults.safe")), view.safe
    assert facts is not None
    quorum = label("vaults.threshold-line", threshold=view.threshold, cosigners=view.cosigners)
    handler = label("vaults.handler")
    pairs: Pairs = [
        (label("vaults.version"), PlainLabel(facts.version)),
        (label("vaults.threshold"), PlainLabel(quorum)),
        _whole(label("vaults.singleton"), facts.singleton),
        _whole(handler, facts.fallback_handler)
        if facts.fallback_handler
        else (handler, PlainLabel(label("vaults.no-handler"))),
        (label("vaults.modules"), PlainLabel(label("vaults.no-modules"))),
        (label("vaults.waiting"), PlainLabel(label("vaults.is-waiting" if facts.waiting else "vaults.is-free"))),
    ]
    card.body.addLayout(fields(pairs))
    if facts.outside:
        card.body.addWidget(Note("\n".join(vaults.outside(facts)), "warn", Picture("warning", "warn")))
    if facts.ordered is not None:
        words = "\n".join((label("vaults.change-heading"), *vaults.ordered(facts.ordered)))
        card.body.addWidget(Note(words, "warn", Picture("clock", "warn")))
    return card


def enrolment() -> Card:
    """How another vault gets here."""
    card = Card(label("vaults.enrolment"))
    for words in vaults.enrolment():
        card.body.addWidget(PlainLabel(words))
    return card
