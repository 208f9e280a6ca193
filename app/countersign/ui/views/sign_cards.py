"""What Sign and the vault's wizard both show: what is confirmed, what the token signs, the token itself."""

from collections.abc import Sequence

from PySide6.QtWidgets import QCheckBox, QWidget

from countersign.desk.views import InstructionView, TokenView
from countersign.ui.presenters import sign, writing
from countersign.ui.strings import label
from countersign.ui.theme import measure
from countersign.ui.views import transaction_cards as cards
from countersign.ui.widgets.button import bind
from countersign.ui.widgets.chip import Chip
from countersign.ui.widgets.label import PlainLabel, WholeValue
from countersign.ui.widgets.layout import Card, fields


def confirmation(chosen: InstructionView, *, base: bool = False) -> tuple[Card, QCheckBox]:
    """Amounts, names and whole addresses in words, and the tick that says they were compared."""
    card = Card(label("sign.confirm-title"))
    for at, words in enumerate(sign.statements(chosen, base=base)):
        card.body.addWidget(PlainLabel(words, "amount" if at < len(chosen.lines) else "strong"))
        if at < len(chosen.lines):
            to = chosen.lines[at].paid_to
            card.body.addWidget(WholeValue(label("review.address-paid"), to, writing.groups(to), measure.STRONG))
    if chosen.digests and chosen.digests[0].words:
        card.body.addWidget(PlainLabel(label("sign.bound", words=chosen.digests[0].words)))
    confirm = QCheckBox(label("sign.confirm"))
    confirm.setAccessibleName(label("sign.confirm"))
    bind(confirm, "Ctrl+Y")
    confirm.setToolTip(label("key.tip", action=label("sign.confirm-tip"), key="Ctrl+Y"))
    card.body.addWidget(confirm)
    confirm.setHidden(chosen.signed_by_me)  # only once it has a parent: a widget without one would be a window
    return card, confirm


def what(chosen: InstructionView, *, on_device: bool = False) -> Card:
    """The digests, large; those of inputs on demand. `on_device`: no token signs them."""
    card = Card(label("device.what" if on_device else "sign.what"))
    for each in chosen.digests:
        if each.label != "input-digest":
            card.body.addWidget(cards.digest(each, measure.STRONG))
    if (inputs := cards.input_digests(chosen)) is not None:
        card.body.addWidget(inputs)
    return card


def token(view: TokenView, keys: Sequence[str]) -> Card:
    """The token as registered, its state, the keys that sign."""
    tone, icon, word = sign.token_state(view)
    card = Card(label("sign.token"), Chip(word, icon, tone))
    pairs: list[tuple[str, QWidget]] = [(caption, PlainLabel(value)) for caption, value in sign.token(view)]
    for at, key in enumerate(keys, 1):
        name = label("sign.key") if len(keys) == 1 else label("sign.key-of", number=at, count=len(keys))
        pairs.append((name, WholeValue(name, key, writing.groups(key))))
    card.body.addLayout(fields(pairs))
    return card
