"""The stick: chosen, written, read back, verified, ejected; or a file read that came back on it."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from countersign.ui.presenters import writing
from countersign.ui.strings import label
from countersign.ui.theme import measure
from countersign.ui.views.context import Context
from countersign.ui.views.drive_list import DriveList
from countersign.ui.views.files import PathLine
from countersign.ui.widgets.button import Button
from countersign.ui.widgets.label import PlainLabel, WholeValue
from countersign.ui.widgets.layout import Card, Note, clear, column, page, row, scrolling
from countersign.ui.widgets.picture import Picture


class UsbPanel(QWidget):
    """`writing` gives a folder, `reading` a file. `write` and `read` are the headings' label keys; "" leaves one out.
    `expected` is what the file that comes back is called."""

    writing = Signal(object)
    reading = Signal(object)

    def __init__(self, context: Context, write: str, read: str, expected: str = "") -> None:
        super().__init__()
        self.expected = expected
        self.drives = DriveList(context)
        self.drives.chosen.connect(self._choose)
        self.folder = PathLine("carry.usb-folder", "carry.usb-folder-hint", "carry.usb-choose-folder", folder=True)
        self.write = Button(label("carry.usb-write-now"), "Ctrl+W", icon="usb", part="primary")
        self.write.clicked.connect(self._write)
        self.written = Note("", "ok", Picture("pass", "ok"))
        self.digest = column(gap=measure.HALF)
        self.done = QWidget()
        self.done.setLayout(column(self.written, self.digest))
        self.done.hide()
        self.file = PathLine(
            "carry.usb-file", "carry.usb-file-hint", "carry.usb-choose-file", folder=False,
            kinds="carry.files-envelopes",
        )  # fmt: skip
        self.read = Button(label("carry.usb-read-now"), "Ctrl+O", icon="usb", part="primary")
        self.read.clicked.connect(self._read)
        self.taken = Note("", "ok", Picture("pass", "ok"))
        self.taken.hide()
        items: list[QWidget] = [self.drives]
        for heading, path, button, below in (
            (write, self.folder, self.write, self.done),
            (read, self.file, self.read, self.taken),
        ):
            if heading:
                items.append(_card(heading, path, button, below))
                path.field.textChanged.connect(lambda _, path=path: self.drives.follow(path.path))
        self.setLayout(column(scrolling(page(*items, margin=0), label("carry.usb-area"))))

    def _choose(self, folder: Path) -> None:
        self.folder.field.setText(str(folder))
        if self.expected:
            self.file.field.setText(str(folder / self.expected))

    def _write(self) -> None:
        if self.folder.path is not None:
            self.writing.emit(self.folder.path)

    def _read(self) -> None:
        if self.file.path is not None:
            self.reading.emit(self.file.path)

    def show_written(self, path: str, sha256: str) -> None:
        """The bytes are on the stick and were read back; their SHA-256."""
        self.written.words.say(label("carry.usb-written", path=path))
        name = label("carry.sha256")
        clear(self.digest)
        self.digest.addWidget(PlainLabel(name, "caption"))
        self.digest.addWidget(WholeValue(name, sha256, writing.groups(sha256)))
        self.done.show()
        self.drives.look()

    def show_taken(self, words: str) -> None:
        """What the file brought."""
        self.taken.words.say(words)
        self.taken.show()

    def forget(self) -> None:
        """Another request: what was said of the last one goes."""
        self.done.hide()
        self.taken.hide()
        self.drives.forget()


def _card(heading: str, path: PathLine, button: Button, below: QWidget) -> Card:
    card = Card(label(heading))
    card.body.addWidget(path)
    card.body.addLayout(row(None, button))
    card.body.addWidget(below)
    return card
