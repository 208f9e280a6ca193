"""What takes two officers on one settlement, as a small form: what comes of it is a proposal."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLayout, QVBoxLayout, QWidget

from countersign.desk.deed_views import AWARD, CONSENT, LIFT, RELEASE, REPLACE, VOID, Offer
from countersign.desk.fee_rates import FeeRate
from countersign.resources.visible import visible
from countersign.ui.presenters import deeds
from countersign.ui.strings import label
from countersign.ui.theme import measure
from countersign.ui.views.dialog import Dialog
from countersign.ui.views.files import PathLine
from countersign.ui.views.rate_line import RateLine, rate_field
from countersign.ui.widgets.button import Button
from countersign.ui.widgets.label import PlainLabel
from countersign.ui.widgets.layout import Note, column, row
from countersign.ui.widgets.option import Option
from countersign.ui.widgets.picture import Picture

_RATED = (VOID, REPLACE, LIFT, CONSENT)
WIDTH = measure.UNIT * 88


class DeedDialog(Dialog):
    """`kind` is what was chosen; `checker`, `rate`, `terms` and `ruling` what it needs beside.

    `ways`: how a release's legs go out, tone and sentence.
    """

    def __init__(
        self,
        contract: str,
        offers: tuple[Offer, ...],
        checkers: Sequence[tuple[str, str]],
        found: FeeRate | None,
        parent: QWidget,
        ways: Sequence[tuple[str, str]] = (),
    ) -> None:
        super().__init__(label("deeds.title"), parent)
        self.ways = ways
        self.offers = {each.kind: each for each in deeds.offered(offers)}
        self.checkers = tuple(checkers)
        self.kind = ""
        self._fields(found)
        box = column(PlainLabel(label("deeds.title"), "title"), gap=measure.UNIT, margin=measure.WIDE)
        box.addWidget(Note(label("deeds.explain"), "info", Picture("information", "info")))
        box.addWidget(PlainLabel(label("deeds.what", contract=contract), "caption"))
        group = QButtonGroup(self)
        for each in self.offers.values():
            option = Option(label(f"deeds.{each.kind}"), group, partial(self._choose, each.kind))
            option.setEnabled(each.objection is None)
            box.addWidget(option)
            box.addLayout(_indented(PlainLabel(deeds.about(each), "quiet")))
            if each.objection is None and not self.kind:
                option.setChecked(True)
                self.kind = each.kind
        for fields in self.fields.values():
            box.addWidget(fields)
        box.addStretch(1)
        cancel = Button(label("common.cancel"), "Esc")
        cancel.clicked.connect(self.reject)
        self.now = Button(label("deeds.now"), "Ctrl+Return", icon="sign", part="primary")
        self.now.clicked.connect(self.accept)
        box.addLayout(row(None, cancel, self.now))
        self.setLayout(box)
        self._fit(box)

    def _fit(self, box: QVBoxLayout) -> None:
        """As high as the highest of its forms needs: wrapped words ask for more before they know their width."""
        box.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        first, heights = self.kind, [0]
        for each in self.fields:
            self._choose(each)
            box.activate()
            heights.append(box.heightForWidth(WIDTH))
        self._choose(first)
        self.setMinimumSize(WIDTH, max(heights))
        self.resize(self.minimumSize())

    def _fields(self, found: FeeRate | None) -> None:
        self.people = QButtonGroup(self)
        how = (Note(words, tone, Picture("information", tone)) for tone, words in self.ways)
        who = column(*how, PlainLabel(label("deeds.checker"), "caption"), gap=measure.HALF)
        for at, (_, name) in enumerate(self.checkers):
            who.addWidget(Option(visible(name), self.people, self._offer, chosen=at == 0, number=at))
        if not self.checkers:
            who.addWidget(PlainLabel(label("deeds.no-checker"), "quiet"))
        self.typed = RateLine(found)
        self.typed.textChanged.connect(lambda _: self._offer())
        self.terms_line = PathLine(
            "deeds.terms", "deeds.terms-hint", "deeds.choose", folder=False, kinds="deeds.terms-kinds"
        )
        self.ruling_line = PathLine(
            "deeds.ruling", "deeds.ruling-hint", "deeds.choose", folder=False, kinds="deeds.paper-kinds"
        )
        for line in (self.terms_line, self.ruling_line):
            line.field.textChanged.connect(lambda _: self._offer())
        release, rate, award = QWidget(), rate_field(self.typed, found), QWidget()
        release.setLayout(who)
        award.setLayout(
            column(
                PlainLabel(label("deeds.terms"), "caption"),
                self.terms_line,
                PlainLabel(label("deeds.ruling"), "caption"),
                self.ruling_line,
                gap=measure.HALF,
                margin=0,
            )
        )
        self.fields = {RELEASE: release, VOID: rate, AWARD: award}

    @property
    def checker(self) -> str:
        """The id of who checks a release; "" where there is nobody."""
        at = self.people.checkedId()
        return self.checkers[at][0] if 0 <= at < len(self.checkers) else ""

    @property
    def rate(self) -> int:
        """Satoshis a virtual byte; 0 while no such number stands there."""
        return self.typed.rate

    @property
    def terms(self) -> Path | None:
        """The file of an award's terms."""
        return self.terms_line.path

    @property
    def ruling(self) -> Path | None:
        """The file of the ruling."""
        return self.ruling_line.path

    def _choose(self, kind: str) -> None:
        self.kind = kind
        shown = VOID if kind in _RATED else kind
        for name, fields in self.fields.items():
            fields.setVisible(name == shown)
        self._offer()

    def _offer(self) -> None:
        given = {
            RELEASE: bool(self.checker),
            **dict.fromkeys(_RATED, self.rate > 0),
            AWARD: self.terms is not None and self.ruling is not None,
        }
        self.now.setEnabled(bool(self.kind) and given.get(self.kind, True))


def _indented(words: QWidget) -> QHBoxLayout:
    line = row(words)
    line.setContentsMargins(measure.UNIT * 3, 0, 0, measure.HALF)
    return line
