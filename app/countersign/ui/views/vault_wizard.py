"""The four steps of an air-gapped machine: scan or insert → verify and review → sign → show or write."""

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from countersign.ui.strings import label
from countersign.ui.theme import measure
from countersign.ui.views.context import Context
from countersign.ui.views.vault_pages import ClockPage, GivePage, ReviewPage, TakePage
from countersign.ui.views.vault_sign_page import SignPage
from countersign.ui.widgets.label import PlainLabel
from countersign.ui.widgets.layout import column
from countersign.ui.widgets.progress import ProgressLine
from countersign.ui.widgets.steps import Steps

CLOCK, TAKE, REVIEW, SIGN, GIVE = range(5)
_WORDS = ("vault.step-take", "vault.step-review", "vault.step-sign", "vault.step-give")


class VaultWizard(QWidget):
    """The pages and where one is; the window does what they ask."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.setProperty("part", "wizard")
        self.steps = Steps([label(word) for word in _WORDS])
        self.clock, self.take = ClockPage(context), TakePage(context)
        self.review, self.sign, self.give = ReviewPage(context), SignPage(context), GivePage(context)
        self.stack = QStackedWidget()
        for each in (self.clock, self.take, self.review, self.sign, self.give):
            self.stack.addWidget(each)
        self.progress = ProgressLine(label("sign.signing"))
        head = column(PlainLabel(label("screen.vault"), "caption"), self.steps, self.progress, gap=measure.HALF)
        head.setContentsMargins(measure.GAP, measure.UNIT, measure.GAP, 0)
        box = column(gap=0)
        box.addLayout(head)
        box.addWidget(self.stack, 1)
        self.setLayout(box)
        self.timer = QTimer(self)
        self.timer.setInterval(1000)
        self.timer.timeout.connect(self.clock.tick)
        self.go(CLOCK)

    @property
    def at(self) -> int:
        """The open page."""
        return self.stack.currentIndex()

    def go(self, page: int) -> None:
        """Open a page; the clock stands before the four steps."""
        self.stack.setCurrentIndex(page)
        if page == CLOCK:
            self.clock.tick()
            self.steps.go(-1, label("vault.clock-step"))
        else:
            self.steps.go(page - 1, label("vault.steps", number=page, word=label(_WORDS[page - 1])))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.timer.stop()
