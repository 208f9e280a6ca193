"""What comes before a description: one's own device registered from its key record, and round 2 made of all records."""

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QFileDialog, QWidget

from countersign.desk.enrolling_views import Choices, Opened
from countersign.ui.presenters import writing
from countersign.ui.strings import label
from countersign.ui.theme import measure
from countersign.ui.views import enrol_cards as cards
from countersign.ui.views.context import Context
from countersign.ui.views.enrol_pages import field
from countersign.ui.views.files import PathLine, pick_several
from countersign.ui.views.work_dialog import WorkDialog
from countersign.ui.widgets import letters
from countersign.ui.widgets.button import Button
from countersign.ui.widgets.label import PlainLabel
from countersign.ui.widgets.layout import clear, column, page, row, scrolling
from countersign.ui.widgets.option import Option

_Done = TypeVar("_Done")
Open = Callable[[Path, str], Awaitable[Opened]]
Register = Callable[[Opened, str, str, bool], Awaitable[None]]
Assemble = Callable[[int, list[Opened], str, Path], Awaitable[Path]]


class RegisterDialog(WorkDialog):
    """`open_record` reads a key record, `register` proposes its device as this officer's; then it closes."""

    def __init__(self, open_record: Open, register: Register, context: Context, parent: QWidget) -> None:
        super().__init__(label("enrol.device-title"), context, parent)
        self._open, self._register = open_record, register
        self.record: Opened | None = None
        self.file = PathLine(
            "enrol.device-record", "enrol.file-hint", "enrol.choose", folder=False, kinds="enrol.records"
        )
        self.session = field("enrol.session", "enrol.session-hint", secret=True)
        self.read = Button(label("enrol.read"), "Ctrl+L", icon="search")
        self.read.clicked.connect(self._read)
        self.serial = field("enrol.device-serial", "enrol.device-serial")
        self.model = field("enrol.device-model", "enrol.device-model")
        self.online = QCheckBox(label("enrol.device-online"))
        self.online.setAccessibleName(label("enrol.device-online"))
        self.now = Button(label("enrol.device-now"), "Ctrl+Return", icon="sign", part="primary")
        self.now.clicked.connect(self._propose)
        self.shown = column(gap=measure.UNIT)
        self.file.field.textChanged.connect(lambda _: self._forget())
        for line in (self.serial, self.model):
            line.textChanged.connect(lambda _: self.offer())
        self._lay_out()
        self.offer()

    def _lay_out(self) -> None:
        close = Button(label("common.close"), "Esc")
        close.clicked.connect(self.reject)
        line = row(self.file, self.read)
        line.setStretch(0, 1)
        box = column(PlainLabel(label("enrol.device-title"), "title"), gap=measure.UNIT, margin=measure.WIDE)
        box.addWidget(PlainLabel(label("enrol.device-explain")))
        box.addWidget(PlainLabel(label("enrol.device-record"), "caption"))
        box.addLayout(line)
        for caption, widget in (
            ("enrol.session", self.session),
            ("enrol.device-serial", self.serial),
            ("enrol.device-model", self.model),
        ):
            box.addWidget(PlainLabel(label(caption), "caption"))
            box.addWidget(widget)
        box.addWidget(self.online)
        box.addLayout(self.said)
        box.addWidget(self.progress)
        box.addWidget(scrolling(page(self.shown, margin=0), label("enrol.says")), 1)
        box.addLayout(row(None, close, self.now))
        self.setLayout(box)
        self.setMinimumSize(measure.UNIT * 96, measure.UNIT * 84)

    def _forget(self) -> None:
        self.record = None
        clear(self.shown)
        self.offer()

    def _read(self) -> None:
        if self.file.path is not None:
            self.work(
                label("enrol.reading"), _awaited(self._open(self.file.path, self.session.text().strip())), self._show
            )

    def _show(self, found: Opened) -> None:
        self.record = found
        clear(self.shown)
        for each in cards.described(found)[-1:] if found.view.form is None else cards.described(found):
            self.shown.addWidget(each)

    def _propose(self) -> None:
        if self.record is not None:
            given = self.record, self.serial.text().strip(), self.model.text().strip(), self.online.isChecked()
            self.work(label("enrol.proposing"), _awaited(self._register(*given)), lambda _: self.accept())

    def offer(self) -> None:
        """What can be pressed now."""
        self.read.setEnabled(self.file.path is not None and not self.busy)
        named = bool(self.serial.text().strip() and self.model.text().strip())
        ready = not self.busy and self.context.runner.sound
        self.now.setEnabled(ready and self.record is not None and self.record.view.form is None and named)


class AssembleDialog(WorkDialog):
    """`open_record` reads a key record; `assemble` makes the description and writes it; `made` is where it lies."""

    def __init__(
        self, choices: Choices, open_record: Open, assemble: Assemble, context: Context, parent: QWidget
    ) -> None:
        super().__init__(label("enrol.assemble-title"), context, parent)
        self._open, self._assemble = open_record, assemble
        self.records: list[Opened] = []
        self.made: Path | None = None
        self.chain = next(iter(choices.chains), "")
        self.list = letters.Choices(label("enrol.assemble-list"))
        self.session = field("enrol.session", "enrol.session-hint", secret=True)
        self.threshold = field("enrol.threshold", "enrol.threshold")
        self.threshold.setValidator(QIntValidator(1, 15, self.threshold))
        self.threshold.textChanged.connect(lambda _: self.offer())
        self.add = Button(label("enrol.assemble-add"), "Ctrl+O", icon="search")
        self.add.clicked.connect(self._pick)
        self.remove = Button(label("enrol.assemble-remove"), "Ctrl+Del")
        self.remove.clicked.connect(self._remove)
        self.now = Button(label("enrol.assemble-now"), "Ctrl+Return", icon="vaults", part="primary")
        self.now.clicked.connect(self._place)
        group, self.chains = QButtonGroup(self), row(gap=measure.GAP)
        for each in choices.chains:
            self.chains.addWidget(
                Option(writing.chain(each), group, partial(self._on, each), chosen=each == self.chain)
            )
        self.chains.addStretch(1)
        self._lay_out()
        self.offer()

    def _lay_out(self) -> None:
        close = Button(label("common.close"), "Esc")
        close.clicked.connect(self.reject)
        box = column(PlainLabel(label("enrol.assemble-title"), "title"), gap=measure.UNIT, margin=measure.WIDE)
        box.addWidget(PlainLabel(label("enrol.assemble-explain")))
        box.addWidget(PlainLabel(label("enrol.session"), "caption"))
        box.addWidget(self.session)
        box.addWidget(PlainLabel(label("enrol.assemble-list"), "caption"))
        box.addWidget(self.list, 1)
        box.addLayout(row(self.add, self.remove, None))
        box.addWidget(PlainLabel(label("enrol.threshold"), "caption"))
        box.addWidget(self.threshold)
        box.addWidget(PlainLabel(label("enrol.chain"), "caption"))
        box.addLayout(self.chains)
        box.addLayout(self.said)
        box.addWidget(self.progress)
        box.addLayout(row(None, close, self.now))
        self.setLayout(box)
        self.setMinimumSize(measure.UNIT * 96, measure.UNIT * 72)

    def _on(self, chain: str) -> None:
        self.chain = chain

    def _pick(self) -> None:
        pick_several(self, self.add.text(), self.take, "enrol.records")

    def take(self, files: list[Path]) -> None:
        """Read these records, in their order."""

        async def read() -> list[Opened]:
            return [await self._open(each, self.session.text().strip()) for each in files]

        self.work(label("enrol.reading"), read(), self._add)

    def _add(self, found: list[Opened]) -> None:
        self.records += found
        for each in found:
            key = each.view.keys[0] if each.view.keys else None
            told = (each.file.name, each.view.note or "", *([key.fingerprint, key.path] if key is not None else []))
            self.list.more(" · ".join(part for part in told if part))

    def _remove(self) -> None:
        if self.records:
            self.records.pop()
            self.list.takeItem(len(self.records))
            self.offer()

    def _place(self) -> None:
        dialog = QFileDialog(self, self.now.text())
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(label("enrol.assemble-kinds"))
        dialog.setDefaultSuffix("dat" if self.session.text().strip() else "bsms")
        dialog.fileSelected.connect(lambda path: self.make(Path(path)))
        dialog.open()

    def make(self, place: Path) -> None:
        """Make the description and write it here."""
        given = int(self.threshold.text()), list(self.records), self.chain, place
        self.work(label("enrol.reading"), _awaited(self._assemble(*given)), self._done)

    def _done(self, path: Path) -> None:
        self.made = path
        self.accept()

    def offer(self) -> None:
        """What can be pressed now."""
        ready = not self.busy
        self.add.setEnabled(ready)
        self.remove.setEnabled(ready and bool(self.records))
        self.now.setEnabled(ready and bool(self.records) and bool(self.threshold.text()) and bool(self.chain))


async def _awaited(work: Awaitable[_Done]) -> _Done:
    return await work
