"""The alarm page of a fork: both notes that a log signed for one size, whole, to be handed to the auditor."""

from countersign.desk.views import ForkView
from countersign.ui.presenters import log, writing
from countersign.ui.strings import label
from countersign.ui.tasks.runner import aside
from countersign.ui.theme import fonts, measure
from countersign.ui.views.context import Context
from countersign.ui.views.files import PathLine
from countersign.ui.widgets.button import Button
from countersign.ui.widgets.label import PlainLabel, WholeValue
from countersign.ui.widgets.layout import Card, Note, column, row
from countersign.ui.widgets.picture import Picture

PINNED, OFFERED = "pinned.note", "offered.note"


class ForkCard(Card):
    """Shows them and writes both into a folder."""

    def __init__(self, context: Context, fork: ForkView) -> None:
        super().__init__(label("log.fork"))
        self.context, self.fork = context, fork
        happened, then = log.fork(fork)
        name = label("log.fork-evidence")
        self.folder = PathLine("log.fork-folder", "log.fork-hint", "carry.usb-choose-folder", folder=True)
        self.keep = Button(label("log.fork-keep"), "Ctrl+W", icon="usb", part="primary")
        self.keep.clicked.connect(self._keep)
        self.kept = Note("", "ok", Picture("pass", "ok"))
        self.body.addWidget(PlainLabel(happened, "strong"))
        self.body.addWidget(PlainLabel(then))
        self.body.addWidget(_note("log.fork-pinned", fork.pinned))
        self.body.addWidget(_note("log.fork-offered", fork.offered))
        self.body.addWidget(PlainLabel(name, "caption"))
        self.body.addWidget(WholeValue(name, fork.evidence, writing.groups(fork.evidence)))
        self.body.addWidget(self.folder)
        self.body.addLayout(row(None, self.keep))
        self.body.addWidget(self.kept)
        self.kept.hide()

    def _keep(self) -> None:
        folder, drives = self.folder.path, self.context.instruments.drives
        if folder is None:
            return

        async def work() -> None:
            first = await aside(lambda: drives.keep(folder, PINNED, self.fork.pinned.encode()))
            second = await aside(lambda: drives.keep(folder, OFFERED, self.fork.offered.encode()))
            self.kept.words.say(label("log.fork-kept", first=first, second=second))
            self.kept.show()

        self.context.runner.start(work())


def _note(name: str, text: str) -> Card:
    card = Card(margin=measure.UNIT)
    words = PlainLabel(text.rstrip("\n"))
    words.setFont(fonts.monospaced(measure.CAPTION))
    words.setStyleSheet(f"font-size: {measure.CAPTION}px;")
    words.setAccessibleName(label(name))
    card.body.addWidget(PlainLabel(label(name), "caption"))
    card.body.addLayout(column(words))
    return card
