"""Taking a message in: by camera, from pictures, from pasted text. A missing camera is no dead end."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QPlainTextEdit, QProgressBar, QWidget

from countersign.ui.presenters import carry
from countersign.ui.strings import label
from countersign.ui.tasks.runner import aside
from countersign.ui.theme import measure
from countersign.ui.views.context import Context
from countersign.ui.views.files import PathLine, pictures_in
from countersign.ui.widgets.button import Button
from countersign.ui.widgets.camera import CameraPicture
from countersign.ui.widgets.drop import DropPlace
from countersign.ui.widgets.label import PlainLabel
from countersign.ui.widgets.layout import Card, column, row
from countersign.ui.widgets.progress import ProgressLine


class ScanPanel(QWidget):
    """`read` gives decoded texts one by one, `pictures` a list of files.

    `hint` says what text may be pasted, `none` what else does the same where no camera is (label keys).
    """

    read = Signal(str)
    pictures = Signal(list)

    def __init__(self, context: Context, *, hint: str = "carry.paste-hint", none: str = "carry.camera-none") -> None:
        super().__init__()
        self.context, self.hint, self.none = context, hint, none
        self.words = PlainLabel("", "amount")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(label("carry.parts"))
        self.progress = ProgressLine(label("carry.reading"))
        line = row(self._camera(), self._files(), gap=measure.GAP)
        line.setStretch(0, 1)
        line.setStretch(1, 1)
        whole = column(self.words, self.bar, self.progress, gap=measure.UNIT)
        whole.addLayout(line, 1)
        self.setLayout(whole)
        self.show_received(0, 0, complete=False)

    def _camera(self) -> Card:
        card = Card(label("carry.camera"))
        self.camera = CameraPicture(label("carry.camera"))
        self.camera.grey.connect(self._look)
        self.camera.hide()
        self.start = Button(label("carry.camera-start"), "Ctrl+M", icon="camera", part="primary")
        self.start.clicked.connect(self._turn)
        self.state = PlainLabel(label("carry.camera-off"), "quiet")
        card.body.addWidget(self.state)
        card.body.addLayout(row(self.start, None))
        card.body.addWidget(self.camera, 1)
        card.body.addStretch(0)
        return card

    def _files(self) -> Card:
        card = Card(label("carry.files"))
        drop = DropPlace(label("carry.drop"))
        drop.dropped.connect(self.pictures)
        self.path = PathLine(
            "carry.folder", "carry.folder-hint", "carry.pictures", folder=False, kinds="carry.files-pictures"
        )
        self.take_path = Button(label("carry.take-folder"), "Ctrl+L")
        self.take_path.clicked.connect(self._take_path)
        self.text = QPlainTextEdit()
        self.text.setAccessibleName(label("carry.paste"))
        self.text.setPlaceholderText(label(self.hint))
        self.text.setTabChangesFocus(True)
        self.take = Button(label("carry.take-text"), "Ctrl+T")
        self.take.clicked.connect(self._take_text)
        for widget in (drop, self.path):
            card.body.addWidget(widget)
        card.body.addLayout(row(None, self.take_path))
        card.body.addWidget(self.text, 1)
        card.body.addLayout(row(None, self.take))
        return card

    def show_received(self, got: int, needed: int, *, complete: bool) -> None:
        """What has arrived and what is missing."""
        words, tone = carry.received(got, needed, complete=complete)
        self.words.say(words, tone)
        self.bar.setRange(0, max(needed, 1))
        self.bar.setValue(min(got, needed) if not complete else max(needed, 1))
        if complete:
            self.stop()

    def stop(self) -> None:
        """Close the camera, if it is open."""
        self.camera.stop()
        self.camera.hide()
        self.state.say(label("carry.camera-off"), "")
        self.start.setText(label("carry.camera-start"))

    def _turn(self) -> None:
        if self.camera.isVisible():
            self.stop()
        elif self.camera.start():
            self.camera.show()
            self.state.say(label("carry.camera-on"), "")
            self.start.setText(label("carry.camera-stop"))
        else:
            self.state.say(label(self.none), "warn")

    def _look(self, grey: bytes, width: int, height: int) -> None:
        read = self.context.instruments.read_picture

        def done(texts: list[str]) -> None:
            for text in texts:
                self.read.emit(text)

        self.context.runner.start(aside(lambda: read(grey, width, height)), done, self.camera.resume)

    def _take_path(self) -> None:
        if self.path.path is not None:
            self.pictures.emit(pictures_in(self.path.path))

    def _take_text(self) -> None:
        for line in self.text.toPlainText().split("\n"):
            if line.strip():
                self.read.emit(line.strip())
        self.text.clear()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.stop()
