"""The five pages of Enrol a vault: the description, which vault and whose keys, the words, the test, the proposal.

Each shows what it is given and says by signals what a person wants; nothing is read, judged or signed here.
"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QLineEdit, QWidget

from countersign.desk.enrolling_views import Choices, EnrolmentView, Opened, TestsView
from countersign.ui.presenters import enrol, writing
from countersign.ui.strings import label
from countersign.ui.theme import measure
from countersign.ui.views import enrol_cards as cards
from countersign.ui.views.files import PathLine, pick_several
from countersign.ui.widgets import letters
from countersign.ui.widgets.button import Button
from countersign.ui.widgets.label import PlainLabel, WholeValue
from countersign.ui.widgets.layout import Card, clear, column, page, row, scrolling
from countersign.ui.widgets.option import Option
from countersign.ui.widgets.reason import ReasonField

_OWNERS = measure.UNIT * 17


def field(name: str, hint: str, *, secret: bool = False) -> QLineEdit:
    """A line to type into."""
    made = QLineEdit()
    made.setAccessibleName(label(name))
    made.setToolTip(label(name))
    made.setPlaceholderText(label(hint))
    if secret:
        made.setEchoMode(QLineEdit.EchoMode.Password)
    return made


def captioned(card: Card, caption: str, widget: QWidget) -> None:
    """A caption and what it is of, below each other."""
    card.body.addWidget(PlainLabel(label(caption), "caption"))
    card.body.addWidget(widget)


class Sides(QWidget):
    """What is asked on the left, what is known on the right; each scrolls for itself."""

    def __init__(self, *asked: QWidget) -> None:
        super().__init__()
        self.shown = column(gap=measure.GAP)
        left = scrolling(page(*asked, margin=0), label("enrol.body"))
        self.right = scrolling(page(self.shown, margin=0), label("enrol.says"))
        both = row(gap=measure.GAP)
        both.addWidget(left, 10)
        both.addWidget(self.right, 13)
        self.setLayout(both)

    def show_items(self, items: Sequence[QWidget]) -> None:
        """Show these on the right, from their top."""
        clear(self.shown)
        for each in items:
            self.shown.addWidget(each)
        self.right.verticalScrollBar().setValue(0)


class FilePage(Sides):
    """Which file describes the vault. `read` wants it read, `assembling` and `registering` what comes before it."""

    read = Signal(Path, str)
    assembling = Signal()
    registering = Signal()

    def __init__(self) -> None:
        card, before = Card(label("enrol.file-title")), Card(label("enrol.other"))
        super().__init__(card, before)
        self.file = PathLine("enrol.file", "enrol.file-hint", "enrol.choose", folder=False, kinds="enrol.kinds")
        self.session = field("enrol.session", "enrol.session-hint", secret=True)
        self.go = Button(label("enrol.read"), "Ctrl+L", icon="search")
        self.go.clicked.connect(self._read)
        self.file.field.returnPressed.connect(self._read)
        card.body.addWidget(PlainLabel(label("enrol.file-explain")))
        captioned(card, "enrol.file", self.file)
        captioned(card, "enrol.session", self.session)
        card.body.addLayout(row(None, self.go))
        self.register = Button(label("enrol.register"), "Ctrl+D", icon="key")
        self.register.clicked.connect(self.registering)
        self.assemble = Button(label("enrol.assemble"), "Ctrl+M", icon="vaults")
        self.assemble.clicked.connect(self.assembling)
        before.body.addWidget(PlainLabel(label("enrol.other-explain")))
        before.body.addLayout(row(self.register, self.assemble, None))
        self.show_file(None)

    def _read(self) -> None:
        if self.file.path is not None and self.go.isEnabled():
            self.read.emit(self.file.path, self.session.text().strip())

    def show_file(self, found: Opened | None) -> None:
        """Show what the file says."""
        nothing: list[QWidget] = [PlainLabel(label("enrol.nothing-read"), "quiet")]
        self.show_items(nothing if found is None else cards.described(found))

    def offer(self, *, busy: bool) -> None:
        """What can be pressed now."""
        self.go.setEnabled(self.file.path is not None and not busy)


class VaultPage(Sides):
    """What the vault will be called, whose it is, and where one's own key comes from. `judging` wants it judged."""

    judging = Signal()
    changed = Signal()

    def __init__(self) -> None:
        card = Card(label("enrol.vault-title"))
        super().__init__(card)
        self.choices = Choices((), ())
        self.chain = ""
        self.name = field("enrol.name", "enrol.name-hint")
        self.owners = letters.Choices(label("enrol.owner"))
        self.owners.setFixedHeight(_OWNERS)
        self.chains = column(gap=measure.HALF)
        self.group = QButtonGroup(self)
        self.own = PathLine("enrol.own", "enrol.own-hint", "enrol.choose", folder=False, kinds="enrol.records")
        self.go = Button(label("enrol.judge"), "Ctrl+L", icon="search")
        self.go.clicked.connect(self.judging)
        captioned(card, "enrol.name", self.name)
        captioned(card, "enrol.owner", self.owners)
        card.body.addWidget(PlainLabel(label("enrol.chain"), "caption"))
        card.body.addLayout(self.chains)
        captioned(card, "enrol.own", self.own)
        card.body.addWidget(PlainLabel(label("enrol.own-explain"), "caption"))
        card.body.addLayout(row(None, self.go))
        for line in (self.name, self.own.field):
            line.textChanged.connect(lambda _: self.changed.emit())
        self.owners.currentRowChanged.connect(lambda _: self.changed.emit())
        self.show_vault(None)

    @property
    def owner(self) -> tuple[str, str]:
        """LEI and book of whom the vault shall be; empty where there is nobody to choose."""
        at = self.owners.currentRow()
        return self.choices.owners[at][:2] if 0 <= at < len(self.choices.owners) else ("", "")

    def show_choices(self, choices: Choices) -> None:
        """Whose it may be, and on which chain; what was chosen stays chosen."""
        if choices == self.choices:
            return
        before = self.owner
        self.choices = choices
        self.owners.offer(enrol.owner_lines(choices.owners))
        known = [each[:2] for each in choices.owners]
        self.owners.setCurrentRow(known.index(before) if before in known else 0)
        clear(self.chains)
        self.chain = self.chain if self.chain in choices.chains else next(iter(choices.chains), "")
        for each in choices.chains:
            words = writing.chain(each)
            self.chains.addWidget(Option(words, self.group, partial(self._on, each), chosen=each == self.chain))

    def _on(self, chain: str) -> None:
        self.chain = chain
        self.changed.emit()

    def show_vault(self, view: EnrolmentView | None) -> None:
        """Show the judged vault."""
        waiting: list[QWidget] = [PlainLabel(label("enrol.not-judged"), "quiet")]
        self.show_items(waiting if view is None else cards.judged(view))

    def offer(self, *, busy: bool) -> None:
        """What can be pressed now."""
        whole = bool(self.name.text().strip() and self.owner[0] and self.chain)
        self.go.setEnabled(whole and not busy)


class WordsPage(Sides):
    """The words and addresses that all compare; `changed` when something was typed."""

    changed = Signal()

    def __init__(self) -> None:
        card = Card(label("enrol.words-title"))
        super().__init__(card)
        self.heard = field("enrol.heard", "enrol.heard-hint")
        self.heard.textChanged.connect(lambda _: self.changed.emit())
        card.body.addWidget(PlainLabel(label("enrol.words-explain")))
        captioned(card, "enrol.heard", self.heard)
        card.body.addWidget(PlainLabel(label("enrol.addresses"), "strong"))
        card.body.addWidget(PlainLabel(label("enrol.addresses-explain")))

    def show_vault(self, view: EnrolmentView) -> None:
        """Show what is compared; nothing is typed yet."""
        self.heard.clear()
        self.show_items([cards.phrase(view), cards.addresses(view, measure.STRONG)])


class TestPage(QWidget):
    """One's own test signature: by the seat's token, or by a device of one's own."""

    __test__ = False
    signing = Signal()
    exporting = Signal()
    taking = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.body = column(gap=measure.GAP)
        self.said = column(gap=measure.UNIT)
        self.sign = Button(label("enrol.sign"), "Ctrl+S", icon="sign", part="primary")
        self.sign.clicked.connect(self.signing)
        self.export = Button(label("enrol.export"), "Ctrl+E", icon="carry")
        self.export.clicked.connect(self.exporting)
        self.take = Button(label("enrol.take"), "Ctrl+T", icon="back")
        self.take.clicked.connect(self.taking)
        self.buttons = row(self.export, self.take, self.sign, None)
        whole = page(self.body, self.said, self.buttons, margin=0)
        self.setLayout(column(scrolling(whole, label("enrol.body"))))

    def show_vault(self, view: EnrolmentView) -> None:
        """Show what is signed, and with what."""
        clear(self.body)
        clear(self.said)
        card = Card(label("enrol.test-title"))
        card.body.addWidget(PlainLabel(enrol.named(view), "strong"))
        card.body.addWidget(PlainLabel(label("enrol.test-explain")))
        _, first = view.addresses[0]
        caption = label("enrol.test-pays")
        card.body.addWidget(PlainLabel(caption, "caption"))
        card.body.addWidget(WholeValue(caption, first, writing.groups(first), measure.STRONG))
        card.body.addWidget(PlainLabel(label("enrol.test-device" if view.by_device else "enrol.test-token")))
        self.body.addWidget(card)
        self.sign.setVisible(not view.by_device)
        for button in (self.export, self.take):
            button.setVisible(view.by_device)

    def say(self, words: str) -> None:
        """What became of it."""
        clear(self.said)
        self.said.addWidget(cards.note(words, "ok"))

    def offer(self, *, allowed: bool) -> None:
        """What can be pressed now."""
        for button in (self.sign, self.export, self.take):
            button.setEnabled(allowed)


class TestsPage(Sides):
    """Whose test signatures are there. `looking` wants the files looked at again, `added` gives more of them; `changed` when the
    reason why one is missing was typed."""

    __test__ = False
    looking = Signal()
    added = Signal(list)
    changed = Signal()

    def __init__(self) -> None:
        card, self.without = Card(label("enrol.tests-files")), Card(label("enrol.untested-title"))
        super().__init__(card, self.without)
        self.folder = PlainLabel("", "caption")
        self.look = Button(label("enrol.look"), "Ctrl+R", icon="refresh")
        self.look.clicked.connect(self.looking)
        self.add = Button(label("enrol.add"), "Ctrl+O", icon="search")
        self.add.clicked.connect(self._pick)
        card.body.addWidget(PlainLabel(label("enrol.tests-explain")))
        captioned(card, "enrol.folder", self.folder)
        card.body.addLayout(row(self.look, self.add, None))
        self.untested = ReasonField(label("enrol.untested"), label("enrol.untested-hint"))
        self.untested.textChanged.connect(self.changed)
        self.without.body.addWidget(PlainLabel(label("enrol.untested-explain")))
        captioned(self.without, "enrol.untested", self.untested)
        self.without.hide()

    def _pick(self) -> None:
        pick_several(self, self.add.text(), self.added.emit, "enrol.tests")

    def show_tests(self, view: EnrolmentView, tests: TestsView) -> None:
        """Show who has signed, and the words of what is proposed."""
        self.folder.say(str(view.wanted.description.file.parent))
        self.without.setVisible(enrol.wants_reason(view, tests))
        self.show_items([*cards.tests(view, tests), cards.phrase(view), cards.addresses(view, measure.CAPTION)])

    def begin(self) -> None:
        """Another vault: nothing is said of it."""
        self.untested.clear()
        self.without.hide()

    def offer(self, *, busy: bool) -> None:
        """What can be pressed now."""
        for widget in (self.look, self.add, self.untested):
            widget.setEnabled(not busy)


def focus_first(widget: QWidget | None) -> None:
    """Give the keys to what is asked first on a page."""
    if widget is None:
        return
    for each in widget.findChildren(QLineEdit):
        if each.isVisibleTo(widget):
            each.setFocus(Qt.FocusReason.OtherFocusReason)
            return
