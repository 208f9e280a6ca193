"""Carry: has it arrived? Requests to cold vaults and their answers, by code, picture, text or stick."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget, QWidget

from countersign.desk.surfaces import ANSWER_FILE
from countersign.desk.views import CrossingView
from countersign.ui.presenters import carry
from countersign.ui.strings import label
from countersign.ui.theme import measure
from countersign.ui.views.context import Context
from countersign.ui.views.files import pick
from countersign.ui.views.scan_panel import ScanPanel
from countersign.ui.views.show_panel import ShowPanel
from countersign.ui.views.usb_panel import UsbPanel
from countersign.ui.widgets.button import Button
from countersign.ui.widgets.chip import Chip
from countersign.ui.widgets.label import PlainLabel
from countersign.ui.widgets.layout import Note, clear, column, holds_focus, page, row, scrolling
from countersign.ui.widgets.picture import Picture

WAYS = ("show", "scan", "usb")
_ICONS = {"show": "code", "scan": "camera", "usb": "usb"}
_KEYS = {"show": "Alt+1", "scan": "Alt+2", "usb": "Alt+3"}


class CarryScreen(QWidget):
    """`chosen` asks for the codes of an instruction's request, `writing` for a file of it, `attesting` for this officer's half
    of an attestation in a folder, `joining` for the other half: each is an act of the officer, so nothing is asked for
    before it is pressed."""

    chosen = Signal(str)
    writing = Signal(str, object)
    attesting = Signal(str, object)
    joining = Signal(object)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.setProperty("part", "page")
        self.context = context
        self.crossings: Sequence[CrossingView] = ()
        self.instruction = self.said = ""
        self.list = scrolling(page(), label("carry.list"))
        self.list.setFixedWidth(measure.SIDE)
        self.show_panel = ShowPanel(context.instruments.draw_code)
        self.show_panel.asked.connect(lambda: self.chosen.emit(self.instruction))
        self.scan = ScanPanel(context)
        self.usb = UsbPanel(context, "carry.usb-write", "carry.usb-read", ANSWER_FILE)
        self.usb.writing.connect(self._write)
        self.panels = QStackedWidget()
        for panel in (self.show_panel, self.scan, self.usb):
            self.panels.addWidget(panel)
        self.ways: dict[str, Button] = {}
        group = QButtonGroup(self)
        tabs = row(gap=measure.UNIT)
        for way in WAYS:
            button = Button(label(f"carry.{way}"), _KEYS[way], icon=_ICONS[way], part="segment")
            button.setCheckable(True)
            button.clicked.connect(lambda _=False, way=way: self.go(way))
            group.addButton(button)
            tabs.addWidget(button)
            self.ways[way] = button
        tabs.addStretch(1)
        self.head = column(gap=measure.HALF)
        right = column(tabs, self.head, gap=measure.UNIT, margin=measure.GAP)
        right.addWidget(self.panels, 1)
        whole = row(self.list, gap=0)
        whole.addLayout(right, 1)
        self.setLayout(whole)
        self.go("show")
        self.show_view(())

    def go(self, way: str) -> None:
        """Open one way across."""
        self.ways[way].setChecked(True)
        for button in self.ways.values():
            button.draw()
        self.panels.setCurrentIndex(WAYS.index(way))
        self._show_head()

    @property
    def waiting(self) -> int:
        """How many requests are not yet answered."""
        return sum(each.phase != "answered" for each in self.crossings)

    def show_view(self, crossings: Sequence[CrossingView]) -> None:
        """Show these crossings; the chosen one stays chosen, and the open way open."""
        first = not self.crossings
        self.crossings = crossings
        known = [each.instruction for each in crossings]
        if self.instruction not in known:
            self.instruction = known[0] if known else ""
            self.show_panel.show_texts(())
            if first:
                self._arrive()
        self._build()

    def say(self, words: str) -> None:
        """What has just arrived, until another crossing is chosen."""
        self.said = words
        self._show_head()

    def choose(self, instruction: str) -> None:
        """Open one crossing, its own way."""
        self.instruction, self.said = instruction, ""
        self.usb.forget()
        self.scan.show_received(0, 0, complete=False)
        self._arrive()
        self._build()

    def _arrive(self) -> None:
        current = self.current
        self.show_panel.show_texts(())
        if current is not None:
            self.go("usb" if current.channel == "usb" else "show")

    @property
    def current(self) -> CrossingView | None:
        """The chosen crossing."""
        return next((each for each in self.crossings if each.instruction == self.instruction), None)

    def _write(self, folder: Path) -> None:
        if self.instruction:
            self.writing.emit(self.instruction, folder)

    def _attesting(self) -> QHBoxLayout:
        """What can be done about a request that nobody attested."""
        attest = Button(label("carry.attest"), "Alt+A", icon="sign", name=label("carry.attest-name"))
        join = Button(label("carry.join"), "Alt+J", icon="person", name=label("carry.join-name"))
        attest.clicked.connect(lambda: pick(self, label("carry.attest-name"), self.attest_into, folder=True, kinds=""))
        join.clicked.connect(
            lambda: pick(self, label("carry.join-name"), self.join_from, folder=False, kinds="carry.attestations")
        )
        return row(attest, join, None)

    def attest_into(self, folder: str) -> None:
        """Write this officer's half into a folder."""
        self.attesting.emit(self.instruction, Path(folder))

    def join_from(self, file: str) -> None:
        """Join the half in a file."""
        self.joining.emit(Path(file))

    def _build(self) -> None:
        items: list[QWidget] = [PlainLabel(label("screen.carry"), "title")]
        if not self.crossings:
            items.append(PlainLabel(label("carry.nothing"), "quiet"))
        group = QButtonGroup(self)
        for each in self.crossings:
            line = carry.crossing(each)
            name = label("carry.choose", title=line.title, phase=line.phase[2])
            button = Button(line.title.replace(" · ", "\n"), part="item", name=name, width=measure.ITEM)
            button.setCheckable(True)
            button.setMinimumHeight(measure.ROW)
            button.setChecked(each.instruction == self.instruction)
            button.clicked.connect(lambda _=False, key=each.instruction: self.choose(key))
            group.addButton(button)
            tone, icon, word = line.phase
            below = column(row(Chip(word, icon, tone), None), *self._due(each), gap=measure.HALF)
            below.addWidget(PlainLabel(line.more, "caption"))
            holder = QWidget()
            holder.setLayout(column(button, below, gap=measure.HALF))
            items.append(holder)
        focused = holds_focus(self.list)
        self.list.setWidget(page(*items))
        chosen = group.checkedButton()
        if focused and chosen is not None:
            chosen.setFocus()
        self._show_head()

    def _due(self, view: CrossingView) -> list[QWidget]:
        """By when it must be done: of the chosen one with the whole reason, and what to do."""
        found = carry.due(view, self.context.now)
        if found is None:
            return []
        told, do, tone = found
        if view.instruction == self.instruction:
            return [PlainLabel(told, "", tone), PlainLabel(do, "caption")]
        return [PlainLabel(carry.due_shortly(view, self.context.now), "caption")]

    def _show_head(self) -> None:
        clear(self.head)
        if self.said:
            self.head.addWidget(Note(self.said, "ok", Picture("pass", "ok")))
        current = self.current
        if current is None:
            return
        line = carry.crossing(current)
        if line.phrase:
            phrase = row(PlainLabel(label("carry.phrase"), "caption", wrap=False), PlainLabel(line.phrase, "reading"))
            phrase.setStretch(1, 1)
            self.head.addLayout(phrase)
        by_stick = self.panels.currentWidget() is self.usb
        whole = None if current.phase != "request" else by_stick
        asked = carry.needs_attesting(current, by_stick=whole)
        if line.warning and asked:
            self.head.addWidget(Note(line.warning, "warn", Picture("warning", "warn")))
            self.head.addLayout(self._attesting())
        if line.vouched and asked:
            self.head.addWidget(Note(line.vouched, "info", Picture("information", "info")))
