"""Review: is this what we agreed? Every value is decoded from the bytes that are hashed."""

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from countersign.desk.views import ReviewView
from countersign.ui.presenters import review, writing
from countersign.ui.presenters.desk import STATE_TONES
from countersign.ui.strings import label, label_or
from countersign.ui.theme import measure
from countersign.ui.views import settlement_cards
from countersign.ui.views import transaction_cards as cards
from countersign.ui.views.check_list import check_cards, verdict_note
from countersign.ui.views.context import Context
from countersign.ui.views.legal_line import LegalLine
from countersign.ui.widgets.button import Button, base_units
from countersign.ui.widgets.chip import Chip
from countersign.ui.widgets.label import PlainLabel, WholeValue
from countersign.ui.widgets.layout import Card, Note, column, fields, page, row, scrolling
from countersign.ui.widgets.opening import Opening
from countersign.ui.widgets.picture import Picture


class ReviewScreen(QWidget):
    """`signing`, `refusing`, `deciding` and `reading` (its legal text) say the contract; `taking` says it and a file;
    `left` goes back to the Desk."""

    reading = Signal(str)
    taking = Signal(str, object)
    signing = Signal(str)
    refusing = Signal(str)
    endorsing = Signal(str)
    declining = Signal(str)
    deciding = Signal(str)
    following = Signal(str)
    preparing = Signal(str)
    left = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.setProperty("part", "page")
        self.view: ReviewView | None = None
        self.middle = scrolling(page(PlainLabel(label("review.nothing"), "quiet")), label("review.body"))
        self.right = scrolling(page(), label("checks.title"))
        self.right.setFixedWidth(measure.UNIT * 53)
        both = row(self.middle, self.right, gap=0)
        both.setStretch(0, 1)
        whole = column(gap=0)
        whole.addLayout(both, 1)
        whole.addWidget(self._actions())
        self.setLayout(whole)

    def _actions(self) -> QFrame:
        self.back = Button(label("common.back"), "Esc", icon="back")
        self.back.clicked.connect(self.left)
        self.base = base_units(self._build)
        self.refuse = Button(label("review.refuse"), "Ctrl+R", icon="refuse", part="refuse")
        self.refuse.explain(label("review.refuse-tip"), "Ctrl+R")
        self.refuse.clicked.connect(lambda: self._tell(self.refusing))
        self.sign = Button(label("review.sign"), "Ctrl+S", icon="sign", part="primary")
        self.sign.explain(label("review.sign-tip"), "Ctrl+S")
        self.sign.clicked.connect(lambda: self._tell(self.signing))
        self.decline = Button(label("review.decline"), "Ctrl+D", icon="refuse", part="refuse")
        self.decline.clicked.connect(lambda: self._tell(self.declining))
        self.endorse = Button(label("review.endorse"), "Ctrl+E", icon="pass", part="primary")
        self.endorse.clicked.connect(lambda: self._tell(self.endorsing))
        self.decide = Button(label("deeds.open"), "Ctrl+T")
        self.decide.explain(label("deeds.open-tip"), "Ctrl+T")
        self.decide.clicked.connect(lambda: self._tell(self.deciding))
        self.decide.setEnabled(False)
        self.follow = Button(label("legs.open"), "Ctrl+H", icon="network")
        self.follow.clicked.connect(lambda: self._tell(self.following))
        self.follow.hide()
        self.prepare = Button(label("prepare.open"), "Ctrl+P", part="primary")
        self.prepare.clicked.connect(lambda: self._tell(self.preparing))
        self.prepare.hide()
        bar = QFrame()
        bar.setProperty("part", "actions")
        verbs = (self.decline, self.endorse, self.refuse, self.prepare, self.sign)
        bar.setLayout(row(self.back, self.base, self.decide, self.follow, None, *verbs, margin=measure.UNIT))
        self.decline.hide()
        self.endorse.hide()
        self.refuse.setEnabled(False)
        self.sign.setEnabled(False)
        return bar

    def _tell(self, signal: SignalInstance) -> None:
        if self.view is not None:
            signal.emit(self.view.contract)

    def show_view(self, view: ReviewView) -> None:
        """Show this settlement from its top."""
        same = self.view is not None and self.view.contract == view.contract
        self.view = view
        kept = self.middle.verticalScrollBar().value() if same else 0
        self._build()
        self.middle.verticalScrollBar().setValue(kept)

    def say(self, words: str) -> None:
        """One sentence above everything, until the screen is made anew."""
        shown = self.middle.widget()
        inner = shown.layout() if shown else None
        if isinstance(inner, QVBoxLayout):
            inner.insertWidget(0, Note(words, "ok", Picture("pass", "ok")))
            self.middle.verticalScrollBar().setValue(0)

    def _build(self) -> None:
        view = self.view
        if view is None:
            return
        base = self.base.isChecked()
        parts: list[QWidget] = [*settlement_cards.stop_notes(view), self._header(view)]
        if len(view.legs) > 2 or not view.instructions:
            parts += [settlement_cards.legs(view, base=base)] if view.legs else []
        if view.cycle is not None and len(view.cycle.contracts) > 1:
            parts += [settlement_cards.cycle(view.cycle, base=base)]
        for instruction in view.instructions:
            parts += [cards.comparison(instruction, base=base)]
        for instruction in view.instructions:
            parts += [cards.flow(instruction, base=base), cards.digests(instruction)]
        if not view.instructions:
            parts.append(Note(label("review.no-instruction"), "info", Picture("information", "info")))
        parts.append(cards.proof(view.proof, label("review.log-path")))
        self.middle.setWidget(page(*parts))
        verdicts = [view.contract_verdict, *(each.verdict for each in view.instructions)]
        sections = [(label("checks.of-contract"), view.contract_verdict)]
        sections += [(review.kind(each), each.verdict) for each in view.instructions]
        self.right.setWidget(page(verdict_note(*verdicts), *check_cards(sections)))
        self.offer()

    def offer(self) -> None:
        """What can be pressed now."""
        view = self.view
        if view is None:
            return
        unsigned = [each for each in view.instructions if not each.signed_by_me]
        allowed = view.contract_verdict.may_sign and all(each.verdict.may_sign for each in unsigned)
        self.sign.setEnabled(bool(unsigned) and allowed and self.context.runner.sound)
        for button, wanted in ((self.endorse, view.may_endorse), (self.decline, view.may_decline)):
            button.setVisible(wanted)
            button.setEnabled(wanted and self.context.runner.sound)
        self.decide.setEnabled(self.context.runner.sound)
        self.refuse.setEnabled(self.context.runner.sound and view.state not in ("final", "voided", "cancelled"))

    def offer_preparing(self, wanted: bool, hindrance: str) -> None:
        """Offer to prepare what the cycle lacks; or say why not."""
        self.prepare.setVisible(wanted)
        self.sign.setVisible(not wanted)
        self.prepare.setEnabled(not hindrance and self.context.runner.sound)
        self.prepare.explain(hindrance or label("prepare.open-tip"), "Ctrl+P")

    def offer_chains(self, wanted: bool, hindrance: str) -> None:
        """Offer to see the legs through on their chains, where the settlement is on its way; or say why not."""
        self.follow.setVisible(wanted)
        self.follow.setEnabled(not hindrance and self.context.runner.sound)
        self.follow.explain(hindrance or label("legs.open-tip"), "Ctrl+H")

    def _header(self, view: ReviewView) -> Card:
        tone, icon = STATE_TONES.get(view.state, ("info", "information"))
        chip = Chip(label_or(f"state.{view.state}", view.state), icon, tone)
        card = Card()
        title = PlainLabel(label("review.contract", id=view.contract_id, version=view.version), "title")
        head = row(title, chip, gap=measure.GAP)
        head.setStretch(0, 1)
        card.body.addLayout(head)
        by = review.deadline(view, self.context.now)
        if by:
            told, do, tone = by
            card.body.addWidget(PlainLabel(told, "strong", tone))
            card.body.addWidget(PlainLabel(do, "caption"))
        name = label("review.contract-hash")
        hashed = WholeValue(name, view.contract, writing.groups(view.contract))
        terms = review.header(view)
        lines: list[tuple[str, QWidget]] = [(caption, PlainLabel(value)) for caption, value in terms[:2]]
        lines.append((name, hashed))
        if view.legal_text is not None:
            legal = LegalLine(view.legal_text)
            legal.reading.connect(lambda: self._tell(self.reading))
            legal.taking.connect(lambda file: self.taking.emit(view.contract, file))
            lines.append((label("legal.name"), legal))
        card.body.addLayout(fields(lines))
        card.body.addWidget(Opening(label("review.more-terms"), lambda: _terms(terms[2:])))
        return card


def _terms(terms: tuple[tuple[str, str], ...]) -> QWidget:
    widget = QWidget()
    widget.setLayout(fields([(caption, PlainLabel(value)) for caption, value in terms]))
    return widget
