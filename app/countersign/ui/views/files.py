"""A line for a path with a button that chooses it: typed or picked, the same; dialogs are opened, never executed."""

import re
from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget

from countersign.ui.strings import label
from countersign.ui.widgets.button import Button
from countersign.ui.widgets.layout import row

_PICTURES = (".png", ".jpg", ".jpeg")
_TESTS = (".psbt", ".test")
MOST_TESTS = 64
_NUMBERED = re.compile(r"(.*-)[0-9]+", re.DOTALL)


class PathLine(QWidget):
    """`name` and `hint` are label keys; `folder` chooses folders, else files of `kinds`."""

    def __init__(self, name: str, hint: str, choose: str, *, folder: bool, kinds: str = "") -> None:
        super().__init__()
        self.folder, self.kinds = folder, kinds
        self.field = QLineEdit()
        self.field.setAccessibleName(label(name))
        self.field.setToolTip(label(name))
        self.field.setPlaceholderText(label(hint))
        self.choose = Button(label(choose))
        self.choose.clicked.connect(self._pick)
        line = row(self.field, self.choose)
        line.setStretch(0, 1)
        self.setLayout(line)

    @property
    def path(self) -> Path | None:
        """What stands there now."""
        text = self.field.text().strip()
        return Path(text) if text else None

    def _pick(self) -> None:
        def put(chosen: str) -> None:
            self.field.setText(chosen)

        pick(self, self.choose.text(), put, folder=self.folder, kinds=self.kinds)


def pick(parent: QWidget, title: str, put: Callable[[str], None], *, folder: bool, kinds: str) -> QFileDialog:
    """Open the system's file dialog."""
    dialog = QFileDialog(parent, title)
    dialog.setFileMode(QFileDialog.FileMode.Directory if folder else QFileDialog.FileMode.ExistingFile)
    if kinds:
        dialog.setNameFilter(label(kinds))
    dialog.fileSelected.connect(put)
    dialog.open()
    return dialog


def pick_several(parent: QWidget, title: str, put: Callable[[list[Path]], None], kinds: str) -> QFileDialog:
    """Open the system's file dialog for as many files as one likes."""
    dialog = QFileDialog(parent, title)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    dialog.setNameFilter(label(kinds))
    dialog.filesSelected.connect(lambda chosen: put([Path(each) for each in chosen]))
    dialog.open()
    return dialog


def tests_in(folder: Path) -> list[Path]:
    """The files of a folder that may hold test signatures (`.psbt`, `.test`), by name, as many as anybody would put there."""
    try:
        found = sorted(each for each in folder.iterdir() if each.suffix.lower() in _TESTS)
    except OSError:
        return []
    return found[:MOST_TESTS]


def pictures_in(path: Path) -> list[Path]:
    """A folder's pictures by name; of one numbered picture (`answer-0001.png`) its whole animation; else the picture itself."""
    numbered = _NUMBERED.fullmatch(path.stem)
    if not path.is_dir() and numbered is None:
        return [path]
    try:
        found = sorted((path if path.is_dir() else path.parent).iterdir())
    except OSError:
        return [path]
    pictures = [each for each in found if each.suffix.lower() in _PICTURES]
    if path.is_dir():
        return pictures
    same = [
        each for each in pictures if (other := _NUMBERED.fullmatch(each.stem)) and numbered and other[1] == numbered[1]
    ]
    return same if path in same else [path]
