"""Exporting a transaction for the officer's own device: as a file, or as codes that its camera reads."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QWidget

from countersign.ui.presenters.instruments import DrawCode
from countersign.ui.strings import label
from countersign.ui.theme import measure
from countersign.ui.views.dialog import Dialog
from countersign.ui.views.files import PathLine
from countersign.ui.views.show_panel import ShowPanel
from countersign.ui.widgets.button import Button
from countersign.ui.widgets.label import PlainLabel
from countersign.ui.widgets.layout import column, row
from countersign.ui.widgets.option import Option

Choose = Callable[[int], None]


class DeviceDialog(Dialog):
    """`writing` asks for the file in a folder, `showing` for the codes; each is an export, so nothing leaves before one is
    pressed. A choice made anew takes the shown codes away."""

    writing = Signal(Path)
    showing = Signal()

    def __init__(self, draw: DrawCode, parent: QWidget, *, explain: str = "device.export-explain") -> None:
        super().__init__(label("device.export-title"), parent)
        self.version, self.tag = 0, 2
        self.folder = PathLine("device.folder", "device.folder-hint", "device.choose", folder=True)
        self.write = Button(label("device.write"), "Ctrl+Return", icon="usb", part="primary")
        self.write.setEnabled(False)
        self.folder.field.textChanged.connect(lambda _: self.write.setEnabled(self.folder.path is not None))
        self.write.clicked.connect(self._write)
        self.told = PlainLabel("", "quiet")
        self.panel = ShowPanel(draw)
        self.panel.asked.connect(self.showing)
        close = Button(label("common.close"), "Esc")
        close.clicked.connect(self.reject)
        line = row(self.folder, self.write)
        line.setStretch(0, 1)
        box = column(
            PlainLabel(label("device.export-title"), "title"),
            PlainLabel(label(explain)),
            self._options("device.version", {0: "device.version-0", 2: "device.version-2"}, self._of_version),
            PlainLabel(label("device.folder"), "caption"),
            line,
            self.told,
            self._options("device.code", {2: "device.tag-2", 1: "device.tag-1"}, self._of_tag),
            gap=measure.UNIT,
            margin=measure.WIDE,
        )
        box.addWidget(self.panel, 1)
        box.addLayout(row(None, close))
        self.setLayout(box)
        self.setMinimumSize(measure.UNIT * 110, measure.UNIT * 80)

    def _options(self, caption: str, choices: dict[int, str], choose: Choose) -> QHBoxLayout:
        group, line = QButtonGroup(self), row(PlainLabel(label(caption), "caption", wrap=False), gap=measure.GAP)
        for at, (number, key) in enumerate(choices.items()):
            words = label(key)
            line.addWidget(Option(words, group, partial(choose, number), chosen=at == 0))
        line.addStretch(1)
        return line

    def _of_version(self, version: int) -> None:
        self.version = version
        self.panel.show_texts(())

    def _of_tag(self, tag: int) -> None:
        self.tag = tag
        self.panel.show_texts(())

    def _write(self) -> None:
        if self.folder.path is not None:
            self.writing.emit(self.folder.path)
