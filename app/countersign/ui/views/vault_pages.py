"""The pages of the vault's wizard: the clock, taking in, review, signing, handing back. Large type, one thing a page."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QLayout, QScrollArea, QStackedWidget, QWidget

from countersign.desk.surfaces import REQUEST_FILE
from countersign.desk.views import ReviewView, VaultRequestView
from countersign.review.finding import Verdict
from countersign.ui.presenters import carry, review, writing
from countersign.ui.strings import label
from countersign.ui.theme import measure
from countersign.ui.views import owner_cards
from countersign.ui.views import transaction_cards as cards
from countersign.ui.views.check_list import check_cards, verdict_note
from countersign.ui.views.context import Context
from countersign.ui.views.scan_panel import ScanPanel
from countersign.ui.views.show_panel import ShowPanel
from countersign.ui.views.usb_panel import UsbPanel
from countersign.ui.widgets.button import Button, base_units
from countersign.ui.widgets.label import PlainLabel, WholeValue
from countersign.ui.widgets.layout import Card, Note, Page, column, fields, page, row, scrolling
from countersign.ui.widgets.opening import Opening
from countersign.ui.widgets.picture import Picture


def large(text: str, key: str, *, icon: str = "", part: str = "") -> Button:
    """A button of the wizard."""
    button = Button(text, key, icon=icon, part=part)
    button.setProperty("type", "large")
    return button


def bar(*items: QWidget | None) -> QFrame:
    """The wizard's actions."""
    frame = QFrame()
    frame.setProperty("part", "actions")
    frame.setLayout(row(*items, margin=measure.GAP, gap=measure.GAP))
    return frame


def _sheet(layout: QLayout, name: str) -> QScrollArea:
    """A page that fills its place, and scrolls where a small screen has less."""
    holder = Page()
    holder.setLayout(layout)
    return scrolling(holder, label(name))


class ClockPage(QWidget):
    """Asked first: is the clock right?"""

    answered = Signal(bool)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.now = PlainLabel("", "large")
        yes = large(label("vault.clock-yes"), "Ctrl+Return", icon="pass", part="primary")
        yes.clicked.connect(lambda: self.answered.emit(True))
        no = large(label("vault.clock-no"), "Ctrl+Backspace", icon="fail")
        no.clicked.connect(lambda: self.answered.emit(False))
        card = Card(margin=measure.HUGE)
        for widget in (
            PlainLabel(label("vault.clock-title"), "large"),
            PlainLabel(label("vault.clock-now"), "reading"),
            self.now,
            PlainLabel(label("vault.clock-compare"), "reading"),
        ):
            card.body.addWidget(widget)
        card.body.addSpacing(measure.GAP)
        card.body.addLayout(row(yes, no, None, gap=measure.GAP))
        self.setLayout(column(page(card)))

    def tick(self) -> None:
        """Show the clock as it is."""
        self.now.say(writing.moment(self.context.now))


class Ways(QWidget):
    """Two panels of which one is open, chosen by two large buttons."""

    def __init__(self, first: tuple[str, str, QWidget], second: tuple[str, str, QWidget]) -> None:
        super().__init__()
        self.stack = QStackedWidget()
        self.buttons: list[Button] = []
        group = QButtonGroup(self)
        for at, (key, icon, panel) in enumerate((first, second)):
            button = large(label(key), f"Alt+{at + 1}", icon=icon, part="segment")
            button.setCheckable(True)
            button.clicked.connect(lambda _=False, at=at: self.go(at))
            group.addButton(button)
            self.buttons.append(button)
            self.stack.addWidget(panel)
        box = column(row(*self.buttons, None, gap=measure.GAP), gap=measure.GAP)
        box.addWidget(self.stack, 1)
        self.setLayout(box)
        self.go(0)

    def go(self, at: int) -> None:
        """Open one of the two."""
        self.buttons[at].setChecked(True)
        for button in self.buttons:
            button.draw()
        self.stack.setCurrentIndex(at)


class TakePage(QWidget):
    """Scan or insert."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.scan = ScanPanel(context)
        self.usb = UsbPanel(context, "", "carry.usb-read-request", REQUEST_FILE)
        self.ways = Ways(("vault.take-scan", "camera", self.scan), ("vault.take-usb", "usb", self.usb))
        box = column(PlainLabel(label("vault.take-title"), "large"), gap=measure.GAP, margin=measure.GAP)
        box.addWidget(self.ways, 1)
        self.setLayout(column(_sheet(box, "vault.take-title")))


class ReviewPage(QWidget):
    """Verify and review: what this machine proved by itself, and the request it opened."""

    going = Signal()
    refusing = Signal()
    over = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.body = scrolling(page(), label("vault.body"))
        self.go = large(label("vault.go-sign"), "Ctrl+Return", icon="forward", part="primary")
        self.go.clicked.connect(self.going)
        self.refuse = large(label("review.refuse"), "Ctrl+R", icon="refuse", part="refuse")
        self.refuse.clicked.connect(self.refusing)
        self.view: VaultRequestView | None = None
        self.sound = True
        self.base = base_units(self._build, large=True)
        again = large(label("vault.start-over"), "Esc", icon="back")
        again.clicked.connect(self.over)
        box = column(gap=0)
        box.addWidget(self.body, 1)
        box.addWidget(bar(again, self.base, None, self.refuse, self.go))
        self.setLayout(box)

    def show_view(self, view: VaultRequestView, *, sound: bool) -> None:
        """Show the request from its top."""
        self.view, self.sound = view, sound
        self._build()

    def _build(self) -> None:
        view, sound, base = self.view, self.sound, self.base.isChecked()
        if view is None:
            return
        chosen, sections = view.instruction, verdicts(view)
        title = PlainLabel(label("owners.review-title" if view.change is not None else "vault.review-title"), "large")
        items: list[QWidget] = [
            title,
            *_crossing(view, self.context.now),
            verdict_note(*(verdict for _, verdict in sections)),
        ]
        items += [] if view.change is None else [owner_cards.change(view.change)]
        items += [
            cards.comparison(chosen, base=base, pixels=measure.STRONG),
            cards.digests(chosen, pixels=measure.STRONG),
        ]
        items += [] if view.review is None else [_contract(view.review), cards.flow(chosen, base=base)]
        opened = all(verdict.may_sign for _, verdict in sections)
        checks = Opening(label("vault.checks"), lambda: page(*check_cards(sections), margin=0))
        if not opened:
            checks.open_up()
        holder = Card()
        holder.body.addWidget(checks)
        path = view.proof if view.review is None else view.review.proof
        items += [holder, cards.proof(path, label("review.log-path"))]
        self.body.setWidget(page(*items))
        allowed = view.answered or (opened and sound and not chosen.signed_by_me)
        self.go.setEnabled(allowed)
        self.go.setText(label("vault.go-give" if view.answered else "vault.go-sign"))
        self.go.setAccessibleName(self.go.text())
        self.refuse.setEnabled(not view.answered and sound)


def _crossing(view: VaultRequestView, now: int) -> list[QWidget]:
    """The phrase, by when it must be done, and what a crossing cannot tell."""
    phrase = Card()
    phrase.body.addWidget(PlainLabel(label("vault.phrase"), "heading"))
    phrase.body.addWidget(PlainLabel(carry.crossing(view.crossing).phrase, "large"))
    items: list[QWidget] = [phrase]
    if (due := carry.due(view.crossing, now)) is not None:
        told, do, tone = due
        items.append(Note(f"{told}\n{do}", tone, Picture("clock", tone)))
    if view.answered:
        items.append(Note(label("vault.answered"), "info", Picture("information", "info")))
    if not view.clock_confirmed:
        items.append(Note(label("vault.clock-unconfirmed"), "warn", Picture("clock", "warn")))
    if attested := carry.attested(view.crossing):
        words = f"{attested}\n{carry.explained(view.crossing)}"
        items.append(Note(words, "info", Picture("information", "info")))
    elif carry.needs_attesting(view.crossing):
        words = f"{label('vault.not-attested')}\n{carry.explained(view.crossing)}"
        items.append(Note(words, "warn", Picture("warning", "warn")))
    return items


def verdicts(view: VaultRequestView) -> list[tuple[str, Verdict]]:
    """The contract's verdict where there is a contract, and the transaction's, each with its heading."""
    found = [(review.kind(view.instruction), view.instruction.verdict)]
    return found if view.review is None else [(label("checks.of-contract"), view.review.contract_verdict), *found]


def _contract(shown: ReviewView) -> Card:
    card = Card(label("review.contract", id=shown.contract_id, version=shown.version))
    name = label("review.contract-hash")
    card.body.addWidget(PlainLabel(name, "caption"))
    card.body.addWidget(WholeValue(name, shown.contract, writing.groups(shown.contract), measure.STRONG))
    terms = [(caption, PlainLabel(value)) for caption, value in review.header(shown)]
    card.body.addLayout(fields(terms[:2]))

    def rest() -> QWidget:
        holder = QWidget()
        holder.setLayout(fields(terms[2:]))
        return holder

    card.body.addWidget(Opening(label("review.more-terms"), rest))
    return card


class GivePage(QWidget):
    """Show or write: the answer goes back."""

    another = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.show_panel = ShowPanel(context.instruments.draw_code)
        self.usb = UsbPanel(context, "carry.usb-write-answer", "")
        self.ways = Ways(("vault.give-show", "code", self.show_panel), ("vault.give-usb", "usb", self.usb))
        self.phrase = PlainLabel("", "large")
        again = large(label("vault.another"), "Ctrl+Return", icon="forward", part="primary")
        again.clicked.connect(self.another)
        self.done = Note("", "ok", Picture("pass", "ok"))
        title = PlainLabel(label("vault.give-title"), "large", wrap=False)
        told = PlainLabel(label("vault.phrase"), "caption", wrap=False)
        phrase = row(told, self.phrase, gap=measure.GAP)
        phrase.setStretch(1, 1)
        self.due = PlainLabel("", "strong")
        inner = column(row(title, self.done, gap=measure.GAP), phrase, self.due, gap=measure.UNIT, margin=measure.GAP)
        inner.addWidget(self.ways, 1)
        box = column(gap=0)
        box.addWidget(_sheet(inner, "vault.give-title"), 1)
        box.addWidget(bar(None, again))
        self.setLayout(box)

    def show_view(self, view: VaultRequestView) -> None:
        """The request that was answered, with a signature or a refusal."""
        self.done.words.say(label("sign.verified" if view.instruction.signed_by_me else "vault.refused"))
        self.phrase.say(carry.crossing(view.crossing).phrase)
        told, do, tone = carry.due(view.crossing, self.context.now) or ("", "", "quiet")
        self.due.say(f"{told} {do}".strip(), tone)
        self.due.setVisible(bool(told))
        self.usb.forget()
        self.ways.go(1 if view.crossing.channel == "usb" else 0)
