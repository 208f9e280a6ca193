"""Enrol a vault: five steps from a description to a proposal, what was read kept until another file is read.

- Nothing is offered before the step that it needs: no words before the own key was found, no test before the words.
- What is changed on an earlier step takes back what came of it.
"""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QStackedWidget, QWidget

from countersign.desk.enrolling_views import EnrolmentView, Opened, TestsView, Wanted
from countersign.errors import CountersignError
from countersign.ui.presenters import enrol
from countersign.ui.strings import label
from countersign.ui.theme import measure
from countersign.ui.views import enrol_cards as cards
from countersign.ui.views.context import Context
from countersign.ui.views.enrol_pages import FilePage, TestPage, TestsPage, VaultPage, WordsPage, focus_first
from countersign.ui.widgets.button import Button
from countersign.ui.widgets.label import PlainLabel
from countersign.ui.widgets.layout import clear, column, row
from countersign.ui.widgets.progress import ProgressLine
from countersign.ui.widgets.steps import Steps

FILE, VAULT, WORDS, TEST, PROPOSE = range(5)
_STEPS = ("file", "vault", "words", "test", "propose")
_NEXT = ("enrol.next-vault", "enrol.next-words", "enrol.next-test", "enrol.next-propose", "enrol.propose")
_ICONS = ("forward", "forward", "pass", "forward", "sign")


class EnrolScreen(QWidget):
    """`comparing` gives the words that were typed, `looking` wants the tests' files looked at, `proposing` the vault proposed."""

    left = Signal()
    comparing = Signal(str)
    looking = Signal()
    proposing = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.setProperty("part", "page")
        self.context = context
        self.busy = False
        self.opened: Opened | None = None
        self.own: Opened | None = None
        self.view: EnrolmentView | None = None
        self.tests: TestsView | None = None
        self.typed = ""  # the words, once they were found to be the vault's
        self.tested = False  # this officer's own test is there
        self.added: list[Path] = []
        self.steps = Steps([label(f"enrol.step-{each}") for each in _STEPS])
        self.progress = ProgressLine(label("enrol.reading"))
        self.said = column(gap=measure.UNIT)
        self.file, self.vault, self.words = FilePage(), VaultPage(), WordsPage()
        self.test, self.gather = TestPage(), TestsPage()
        self.stack = QStackedWidget()
        for each in (self.file, self.vault, self.words, self.test, self.gather):
            self.stack.addWidget(each)
        self._buttons()
        self._lay_out()
        self.vault.changed.connect(self._changed)
        for changed in (self.words.changed, self.gather.changed):
            changed.connect(self.offer)
        self.file.file.field.textChanged.connect(lambda _: self.offer())
        self.go(FILE)

    def _buttons(self) -> None:
        self.leave = Button(label("enrol.leave"), "Esc", icon="vaults")
        self.leave.explain(label("enrol.leave-tip"), "Esc")
        self.leave.clicked.connect(self.left)
        self.back = Button(label("enrol.back"), "Alt+Left", icon="back")
        self.back.clicked.connect(lambda: self.go(self.at - 1))
        self.skip = Button(label("enrol.skip"), "Ctrl+Shift+P")
        self.skip.explain(label("enrol.skip-tip"), "Ctrl+Shift+P")
        self.skip.clicked.connect(lambda: self.go(PROPOSE))
        self.next = Button(label(_NEXT[FILE]), "Ctrl+Return", icon="forward", part="primary")
        self.next.clicked.connect(self._go_on)

    def _lay_out(self) -> None:
        title = row(PlainLabel(label("screen.enrol"), "title", wrap=False), None)
        head = column(title, self.steps, self.progress, self.said, gap=measure.UNIT)
        head.setContentsMargins(measure.GAP, measure.GAP, measure.GAP, 0)
        middle = column(self.stack)
        middle.setContentsMargins(measure.GAP, measure.UNIT, measure.GAP, measure.UNIT)
        bar = QFrame()
        bar.setProperty("part", "actions")
        bar.setLayout(row(self.leave, self.back, None, self.skip, self.next, margin=measure.UNIT))
        whole = column(head, gap=0)
        whole.addLayout(middle, 1)
        whole.addWidget(bar)
        self.setLayout(whole)

    @property
    def at(self) -> int:
        """The open step, from 0."""
        return self.stack.currentIndex()

    @property
    def untested(self) -> str:
        """Why the vault comes without somebody's test; empty where nobody's is wanted or missing."""
        asked = self.view is not None and self.tests is not None and enrol.wants_reason(self.view, self.tests)
        return self.gather.untested.text if asked else ""

    @property
    def wanted(self) -> Wanted | None:
        """Which vault it is, as it was said; None before a file was read."""
        if self.opened is None:
            return None
        lei, book = self.vault.owner
        return Wanted(self.opened, self.vault.name.text().strip(), lei, book, self.vault.chain, self.own)

    def go(self, step: int) -> None:
        """Open a step."""
        clear(self.said)
        self.stack.setCurrentIndex(step)
        if step == PROPOSE:
            self.looking.emit()
        self.next.drawing = _ICONS[step]
        self.next.setText(label(_NEXT[step]))
        self.next.setAccessibleName(label(_NEXT[step]))
        self.next.explain(label("enrol.propose-tip" if step == PROPOSE else _NEXT[step]), "Ctrl+Return")
        self.next.draw()
        self.take_keys()
        self.offer()

    def take_keys(self) -> None:
        """What is typed goes to what is asked first."""
        focus_first(self.stack.currentWidget())

    def _mark(self) -> None:
        """Which steps are done: none for having been passed over."""
        own = self.view is not None and self.view.own_fault is None
        whole = self.opened is not None and enrol.is_vault(self.opened.view), own, bool(self.typed), self.tested
        done = [at for at, each in enumerate(whole) if each]
        said = label("enrol.step", number=self.at + 1, word=label(f"enrol.step-{_STEPS[self.at]}"))
        names = ", ".join(label(f"enrol.step-{_STEPS[at]}") for at in done)
        self.steps.go(self.at, label("enrol.step-done", said=said, done=names) if names else said, done)

    def _go_on(self) -> None:
        if self.at == WORDS:
            self.comparing.emit(self.words.heard.text())
        elif self.at == PROPOSE:
            self.proposing.emit()
        else:
            self.go(self.at + 1)

    def show_file(self, found: Opened | None) -> None:
        """Another description, or none while one is read: all that came of the last one is over."""
        self.opened, self.added = found, []
        self.file.show_file(found)
        self._changed_vault()

    def show_vault(self, view: EnrolmentView) -> None:
        """The vault as it was judged; its words are to be compared."""
        self.view, self.typed, self.tests, self.tested = view, "", None, False
        self.vault.show_vault(view)
        self.words.show_vault(view)
        self.test.show_vault(view)
        self.gather.begin()
        self.offer()

    def show_compared(self, typed: str) -> None:
        """The words were found to be this vault's."""
        self.typed = typed
        self.go(TEST)

    def show_tests(self, found: TestsView) -> None:
        """Whose test signatures are there."""
        self.tests = found
        self.tested = any(each.own and each.files for each in found.cosigners)
        if self.view is not None:
            self.gather.show_tests(self.view, found)
        self.offer()

    def show_signed(self, words: str) -> None:
        """This officer's test was made; `words` say where it lies."""
        self.tested = True
        self.test.say(words)
        self.offer()

    def refuse(self, error: CountersignError) -> None:
        """What stands against it, in the page."""
        clear(self.said)
        self.said.addWidget(cards.note(enrol.told(error), "bad"))

    def begin(self, words: str) -> None:
        """Something runs."""
        clear(self.said)
        self.busy = True
        self.progress.begin(words)
        self.offer()

    def end(self) -> None:
        """It is over."""
        self.busy = False
        self.progress.end()
        self.offer()

    def _changed(self) -> None:
        if self.at == VAULT:
            self._changed_vault()

    def _changed_vault(self) -> None:
        self.view, self.tests, self.typed, self.tested = None, None, "", False
        self.vault.show_vault(None)
        self.offer()

    def offer(self) -> None:
        """What can be pressed now, and what is done."""
        self._mark()
        ready, sound = not self.busy, self.context.runner.sound
        own = self.view is not None and self.view.own_fault is None
        view, tests = self.view, self.tests
        whole = view is not None and tests is not None and enrol.may_propose(view, tests, self.untested)
        allowed = (
            self.opened is not None and enrol.is_vault(self.opened.view),
            own,
            own and bool(self.words.heard.text().strip()),
            self.view is not None,
            whole and sound,
        )
        self.next.setEnabled(ready and bool(allowed[self.at]))
        self.back.setEnabled(ready and self.at > FILE)
        self.skip.setVisible(self.at in (VAULT, WORDS))
        self.skip.setEnabled(ready and self.view is not None)
        self.file.offer(busy=self.busy)
        self.vault.offer(busy=self.busy)
        self.test.offer(allowed=ready and own and bool(self.typed) and sound)
        self.gather.offer(busy=self.busy)
