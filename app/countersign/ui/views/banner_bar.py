"""The mode banner at the top of every window."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame

from countersign.ui.presenters import banner
from countersign.ui.presenters.banner import BannerFacts
from countersign.ui.strings import label
from countersign.ui.theme import measure
from countersign.ui.widgets.button import Button
from countersign.ui.widgets.label import PlainLabel, restyle
from countersign.ui.widgets.layout import column, row


class BannerBar(QFrame):
    """The mode in a word and a colour; a demonstration's PIN and *Next step*."""

    stepped = Signal()

    def __init__(self, facts: BannerFacts) -> None:
        super().__init__()
        self.facts = facts
        self.setAccessibleName(label("banner.name"))
        self.word = PlainLabel("", "heading", wrap=False)
        self.told, self.notes = PlainLabel("", "strong"), PlainLabel("")
        self.told.hide()
        self.pin = PlainLabel("", "strong", wrap=False)
        self.step = Button(label("banner.next"), "Ctrl+N", icon="forward", part="banner")
        self.step.explain(label("banner.next-tip"), "Ctrl+N")
        self.step.clicked.connect(self.stepped)
        line = row(self.word, column(self.told, self.notes, gap=0), self.pin, self.step, gap=measure.GAP)
        line.setContentsMargins(measure.GAP, measure.HALF, measure.GAP, measure.HALF)
        line.setStretch(1, 1)
        self.setLayout(line)
        self.setMinimumHeight(measure.CONTROL + measure.UNIT)
        self.show_interfaces(())

    def show_interfaces(self, interfaces: tuple[str, ...]) -> None:
        """Say which network interfaces are up: on a vault, loudly."""
        said = banner.line(self.facts, interfaces)
        self.setProperty("mode", said.colour)
        self.word.say(said.word)
        self.notes.say(" ".join(said.notes))
        self.notes.setVisible(bool(said.notes))
        self.pin.say(said.pin or "")
        self.pin.setVisible(said.pin is not None)
        self.step.setVisible(said.steps)
        self.notes.setProperty("part", "strong" if said.colour == "alarm" else "")
        for widget in (self, self.word, self.told, self.notes, self.pin):
            restyle(widget)

    def say(self, words: str) -> None:
        """What the others' last step was and whose turn it is, above the standing notes."""
        self.told.say(words)
        self.told.setVisible(bool(words))
