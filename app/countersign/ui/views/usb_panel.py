"""The stick: write, read back, verified; or read a file that came back on it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from countersign.ui.strings import label
from countersign.ui.theme import measure
from countersign.ui.views.files import PathLine
from countersign.ui.widgets.button import Button
from countersign.ui.widgets.label import PlainLabel
from countersign.ui.widgets.layout import Card, Note, column, row
from countersign.ui.widgets.picture import Picture


class UsbPanel(QWidget):
    """`writing` gives a folder, `reading` a file. `write` and `read` are the headings' label keys; "" leaves one out."""

    writing = Signal(object)
    reading = Signal(object)

    def __init__(self, write: str, read: str) -> None:
        super().__init__()
        self.folder = PathLine("carry.usb-folder", "carry.usb-folder-hint", "carry.usb-choose-folder", folder=True)
        self.write = Button(label("carry.usb-write-now"), "Ctrl+W", icon="usb", part="primary")
        self.write.clicked.connect(self._write)
        self.written = Note("", "ok", Picture("pass", "ok"))
        self.written.hide()
        self.file = PathLine(
            "carry.usb-file", "carry.usb-file-hint", "carry.usb-choose-file", folder=False,
            kinds="carry.files-envelopes",
        )  # fmt: skip
        self.read = Button(label("carry.usb-read-now"), "Ctrl+O", icon="usb", part="primary")
        self.read.clicked.connect(self._read)
        self.taken = Note("", "ok", Picture("pass", "ok"))
        self.taken.hide()
        box = column(gap=measure.GAP)
        if write:
            box.addWidget(_card(write, self.folder, self.write, self.written, label("carry.usb-eject")))
        if read:
            box.addWidget(_card(read, self.file, self.read, self.taken, ""))
        box.addStretch(1)
        self.setLayout(box)

    def _write(self) -> None:
        if self.folder.path is not None:
            self.writing.emit(self.folder.path)

    def _read(self) -> None:
        if self.file.path is not None:
            self.reading.emit(self.file.path)

    def show_written(self, path: str) -> None:
        """The bytes are on the stick and were read back."""
        self.written.words.say(label("carry.usb-written", path=path))
        self.written.show()

    def show_taken(self, words: str) -> None:
        """What the file brought."""
        self.taken.words.say(words)
        self.taken.show()

    def forget(self) -> None:
        """Another request: what was said of the last one goes."""
        self.written.hide()
        self.taken.hide()


def _card(heading: str, path: PathLine, button: Button, note: Note, hint: str) -> Card:
    card = Card(label(heading))
    card.body.addWidget(path)
    items = (PlainLabel(hint, "quiet"), button) if hint else (None, button)
    line = row(*items)
    line.setStretch(0, 1)
    card.body.addLayout(line)
    card.body.addWidget(note)
    return card
