"""A line for a path with a button that chooses it: typed or picked, the same; dialogs are opened, never executed."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget

from countersign.ui.strings import label
from countersign.ui.widgets.button import Button
from countersign.ui.widgets.layout import row


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


def pictures_in(path: Path) -> list[Path]:
    """The picture itself, or the pictures of a folder by name."""
    if not path.is_dir():
        return [path]
    return sorted(each for each in path.iterdir() if each.suffix.lower() in (".png", ".jpg", ".jpeg"))
