"""A modal dialog opened with `open()`, never `exec()`: the loop goes on; a coroutine awaits `answer`."""

import asyncio

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QDialog, QWidget

from countersign.ui.theme import measure
from countersign.ui.widgets.letters import entitle


class Dialog(QDialog):
    """Thrown away by Python once nobody asks for its answer."""

    def __init__(self, title: str, parent: QWidget) -> None:
        super().__init__(parent)
        entitle(self, title)
        self.setAccessibleName(title)
        self.setModal(True)
        self.finished.connect(lambda _: QTimer.singleShot(0, self.deleteLater))
        self.setMinimumWidth(measure.UNIT * 72)

    async def answer(self) -> bool:
        """Open, wait, and say whether it was accepted."""
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        def finished(result: int) -> None:
            if not future.done():
                future.set_result(result == QDialog.DialogCode.Accepted)

        self.finished.connect(finished)
        self.open()
        return await future
