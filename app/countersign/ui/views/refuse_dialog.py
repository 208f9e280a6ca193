"""Refusing is a first-class act: the failed findings are filled in, the officer adds a reason, the refusal is signed."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtWidgets import QButtonGroup, QPlainTextEdit, QWidget

from countersign.review.finding import Finding, Verdict
from countersign.ui.presenters import checks
from countersign.ui.strings import label
from countersign.ui.theme import measure
from countersign.ui.views.dialog import Dialog
from countersign.ui.widgets.button import Button
from countersign.ui.widgets.chip import Chip
from countersign.ui.widgets.label import PlainLabel
from countersign.ui.widgets.layout import Note, Page, clear, column, fields, row, scrolling
from countersign.ui.widgets.option import Option
from countersign.ui.widgets.picture import Picture


class RefuseDialog(Dialog):
    """`choices`: what can be refused, as (key or None for the contract, its name, its verdict)."""

    def __init__(self, choices: Sequence[tuple[str | None, str, Verdict]], parent: QWidget) -> None:
        super().__init__(label("refuse.title"), parent)
        self.choices = tuple(choices)
        self.chosen = next((at for at, each in enumerate(self.choices) if each[2].against), 0)
        group = QButtonGroup(self)
        options = column(gap=measure.HALF)
        for at, (_, name, verdict) in enumerate(self.choices):
            words, chosen = _choice(name, verdict), at == self.chosen
            options.addWidget(Option(words, group, partial(self._choose, at), chosen=chosen, name=name))
        self.findings = column(gap=measure.UNIT)
        self.reason = QPlainTextEdit()
        self.reason.setAccessibleName(label("refuse.reason"))
        self.reason.setPlaceholderText(label("refuse.reason-hint"))
        self.reason.setTabChangesFocus(True)
        self.reason.setFixedHeight(measure.UNIT * 10)
        cancel = Button(label("common.cancel"), "Esc")
        cancel.clicked.connect(self.reject)
        self.now = Button(label("refuse.now"), "Ctrl+Return", icon="refuse", part="refuse-now")
        self.now.clicked.connect(self.accept)
        self.now.setEnabled(False)
        self.reason.textChanged.connect(lambda: self.now.setEnabled(bool(self.text)))
        box = column(PlainLabel(label("refuse.title"), "title"), gap=measure.UNIT, margin=measure.WIDE)
        box.addWidget(Note(label("refuse.explain"), "warn", Picture("warning", "warn")))
        box.addWidget(PlainLabel(label("refuse.what"), "caption"))
        box.addLayout(options)
        area = scrolling(self._holder(), label("refuse.findings"))
        area.setMinimumHeight(measure.UNIT * 20)
        box.addWidget(area, 1)
        box.addWidget(PlainLabel(label("refuse.reason"), "caption"))
        box.addWidget(self.reason)
        box.addLayout(row(None, cancel, self.now))
        self.setLayout(box)
        self.setMinimumWidth(measure.UNIT * 84)
        self._choose(self.chosen)
        self.reason.setFocus()

    def _holder(self) -> QWidget:
        holder = Page()
        holder.setLayout(self.findings)
        return holder

    @property
    def text(self) -> str:
        """The reason."""
        return self.reason.toPlainText().strip()

    @property
    def instruction(self) -> str | None:
        """What is refused: an instruction, or None for the contract."""
        return self.choices[self.chosen][0]

    def _choose(self, at: int) -> None:
        self.chosen = at
        clear(self.findings)
        against = self.choices[at][2].against
        self.findings.addWidget(PlainLabel(label("refuse.findings" if against else "refuse.no-findings"), "caption"))
        for finding in against:
            self.findings.addWidget(_finding(finding))
        self.findings.addStretch(1)


def _choice(name: str, verdict: Verdict) -> str:
    against = verdict.against
    return label("refuse.choice", name=name, check=against[0].check) if against else name


def _finding(finding: Finding) -> QWidget:
    line = checks.finding_line(finding)
    head = row(Chip(line.word, line.icon, line.tone), PlainLabel(f"{line.check}  {line.name}", "strong"))
    head.setStretch(1, 1)
    box = column(head, PlainLabel(line.sentence), gap=measure.HALF)
    box.addLayout(fields([(caption, PlainLabel(value)) for caption, value in line.evidence]))
    widget = QWidget()
    widget.setLayout(box)
    return widget
