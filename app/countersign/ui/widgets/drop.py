"""A place to drop picture files on; pressing it (or its key) chooses them from the disk instead."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFrame

from countersign.ui.theme import measure
from countersign.ui.widgets.label import PlainLabel
from countersign.ui.widgets.layout import column


class DropPlace(QFrame):
    """`dropped` gives the local files, in their order."""

    dropped = Signal(list)

    def __init__(self, words: str) -> None:
        super().__init__()
        self.setProperty("part", "drop")
        self.setAccessibleName(words)
        self.setAcceptDrops(True)
        text = PlainLabel(words, "quiet")
        text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setLayout(column(text, margin=measure.GAP))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        files = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if files:
            self.dropped.emit(files)
