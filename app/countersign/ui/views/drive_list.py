"""The removable drives of this machine: looked for when they come into sight, chosen, ejected."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QButtonGroup

from countersign.errors import CountersignError
from countersign.ui.presenters import carry
from countersign.ui.presenters.instruments import DriveFacts
from countersign.ui.presenters.problem import problem
from countersign.ui.strings import label
from countersign.ui.tasks.runner import aside
from countersign.ui.theme import measure
from countersign.ui.views.context import Context
from countersign.ui.widgets.button import Button
from countersign.ui.widgets.label import PlainLabel
from countersign.ui.widgets.layout import Card, Note, clear, column, row
from countersign.ui.widgets.picture import Picture


class DriveList(Card):
    """`chosen` gives the folder of a drive that was pressed. What cannot be listed is said in its place, not in a dialog."""

    chosen = Signal(object)

    def __init__(self, context: Context) -> None:
        look = Button(label("carry.drives-look"), "Ctrl+D", icon="refresh")
        super().__init__(label("carry.drives"), look)
        self.context = context
        self.drives: Sequence[DriveFacts] = ()
        self.folder: Path | None = None
        self.ejecting = False
        self.group = QButtonGroup(self)
        look.clicked.connect(self.look)
        self.list = column(gap=measure.UNIT)
        self.eject = Button(label("carry.eject"), "Ctrl+J", icon="forward")
        self.eject.explain(label("carry.eject-tip"), "Ctrl+J")
        self.eject.clicked.connect(self._eject)
        self.told = Note("", "ok", Picture("pass", "ok"))
        self.told.hide()
        line = row(PlainLabel(label("carry.usb-eject"), "quiet"), self.eject)
        line.setStretch(0, 1)
        self.body.addLayout(self.list)
        self.body.addLayout(line)
        self.body.addWidget(self.told)
        self._show(())

    def look(self) -> None:
        """Look which drives are there now."""

        async def work() -> None:
            try:
                self._show(await aside(self.context.instruments.drives.present))
            except CountersignError as error:
                told = problem(error)
                self._show((), f"{told.happened} {told.next}")

        self.context.runner.start(work())

    def follow(self, path: Path | None) -> None:
        """A path was given: the drive it lies on, if any, is the chosen one."""
        found = carry.drive_of(self.drives, path)
        self.folder = found.folder if found else None
        self.group.setExclusive(False)
        for button in self.group.buttons():
            button.setChecked(button.property("folder") == str(self.folder))
        self.group.setExclusive(True)
        self._offer()

    def forget(self) -> None:
        """What was said of the last drive goes."""
        self.told.hide()

    def _show(self, drives: Sequence[DriveFacts], instead: str = "") -> None:
        self.drives = drives
        for button in self.group.buttons():
            self.group.removeButton(button)
        clear(self.list)
        if not drives:
            self.list.addWidget(PlainLabel(instead or label("carry.drives-none"), "quiet"))
        for each in drives:
            name, told, spoken = carry.drive(each)
            button = Button(name, icon="usb", part="segment", name=spoken)
            button.setCheckable(True)
            button.setProperty("folder", str(each.folder))
            button.clicked.connect(lambda _=False, folder=each.folder: self.chosen.emit(folder))
            self.group.addButton(button)
            line = row(button, PlainLabel(told))
            line.setStretch(1, 1)
            self.list.addLayout(line)
        self.follow(self.folder)

    def _offer(self) -> None:
        self.eject.setEnabled(self.folder is not None and not self.ejecting)

    def _eject(self) -> None:
        folder = self.folder
        drive = carry.drive_of(self.drives, folder)
        if folder is None or drive is None:
            return
        self.ejecting = True
        self._offer()
        self._say(label("carry.ejecting"))

        async def work() -> None:
            try:
                await aside(lambda: self.context.instruments.drives.eject(folder))
            except CountersignError:
                self.told.hide()
                raise
            self._say(label("carry.ejected", label=drive.label))
            self.look()

        def ended() -> None:
            self.ejecting = False
            self._offer()

        self.context.runner.start(work(), ended=ended)

    def _say(self, words: str) -> None:
        self.told.words.say(words)
        self.told.show()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.look()
