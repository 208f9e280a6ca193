"""What Sign shows where keys lie in the officer's own devices: the devices, and what their screens must say."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from countersign.desk.views import DeviceView, InstructionView
from countersign.ui.presenters import device as words
from countersign.ui.presenters import writing
from countersign.ui.strings import label
from countersign.ui.theme import measure
from countersign.ui.widgets.label import PlainLabel, WholeValue
from countersign.ui.widgets.layout import Card, fields


def device(view: DeviceView, *, both: bool) -> Card:
    """One device as registered, and its keys that sign. `both`: a token signs the same transaction too."""
    card = Card(label("device.card"))
    card.body.addWidget(PlainLabel(label("device.how")))
    if both:
        card.body.addWidget(PlainLabel(label("device.both"), "strong"))
    pairs: list[tuple[str, QWidget]] = [(caption, PlainLabel(value)) for caption, value in words.registered(view)]
    pairs += _keys(view.keys)
    card.body.addLayout(fields(pairs))
    return card


def _keys(keys: Sequence[str]) -> list[tuple[str, QWidget]]:
    named = [
        label("device.key") if len(keys) == 1 else label("device.key-of", number=at, count=len(keys))
        for at in range(1, len(keys) + 1)
    ]
    return [(name, WholeValue(name, key, writing.groups(key))) for name, key in zip(named, keys, strict=True)]


def compare(chosen: InstructionView, *, base: bool) -> Card:
    """Line by line what the device's screen must show, addresses whole."""
    card = Card(label("device.compare"))
    card.body.addWidget(PlainLabel(label("device.compare-how")))
    for each in words.expected(chosen, base=base):
        card.body.addWidget(PlainLabel(each.words, "strong"))
        if each.address:
            shown = writing.groups(each.address)
            card.body.addWidget(WholeValue(label("device.address"), each.address, shown, measure.STRONG))
    if found := words.txid(chosen):
        card.body.addWidget(PlainLabel(label("device.txid"), "caption"))
        card.body.addWidget(WholeValue(label("device.txid"), found, writing.groups(found)))
    return card
