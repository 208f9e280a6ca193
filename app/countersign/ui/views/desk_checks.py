"""The Desk's checks: all of them run on what is on screen, when it comes on screen, and on everything where it is sorted by them.

- What is shown was judged since its row came into view, and is judged again from time to time (`look_again`). A row that
  leaves the view loses what it said; until it is judged it says "checking…".
- A few settlements are asked for at a time, what is on screen first. An answer for an earlier view is dropped.
- `known` is what the Desk is sorted by; it is shown nowhere.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QTableView

from countersign.desk.views import Checked, DeskView, Rows
from countersign.ui.models.desk_model import DeskModel
from countersign.ui.tasks.runner import Runner

Ask = Callable[[Sequence[str], int], Awaitable[Mapping[str, Checked]]]
"""What all checks say of these contracts of a view of that size (`OfficerConsole.checked`)."""

_AT_ONCE = 4


async def _nobody(_contracts: Sequence[str], _size: int) -> Mapping[str, Checked]:
    return {}


class DeskChecks(QObject):
    """`progressed` says that more is known of everything, `learnt` that all of it is, `outdated` that the log has grown."""

    outdated = Signal()
    progressed = Signal()
    learnt = Signal()

    def __init__(self, table: QTableView, model: DeskModel, runner: Runner) -> None:
        super().__init__(table)
        self.ask: Ask = _nobody
        self.known: dict[str, Checked] = {}
        self._table, self._model, self._runner = table, model, runner
        self._view = DeskView(Rows(), ())
        self._everything: list[str] | None = None  # what is still to be asked for where the Desk is sorted by checks
        self._count = 0
        self._asked: set[str] = set()  # on screen, and asked for since it came there
        self._running = False
        table.verticalScrollBar().valueChanged.connect(lambda _: self.look())

    @property
    def progress(self) -> tuple[int, int]:
        """Of how many is known what the Desk is sorted by, and of how many it will be."""
        return (0, 0) if self._everything is None else (self._count - len(self._everything), self._count)

    def begin(self, view: DeskView) -> None:
        """Another view: nothing that was judged for an earlier log is shown or sorted by again."""
        same = view.size == self._view.size
        self._view, self._asked = view, set()
        if not same:
            self.known = {}
            self._model.forget_checked()
        self.set_everything(self._everything is not None)

    def set_everything(self, wanted: bool) -> None:
        """Whether the Desk is sorted by what checks say: then everything is judged."""
        if not wanted:
            self._everything = None
            return
        rows = self._view.rows
        lines = (rows.line(at) for at in range(len(rows)))
        self._everything = [line.contract for line in lines if line.to_check][::-1]
        self._count = len(self._everything)
        self.look()

    def look_again(self) -> None:
        """Judge what is on screen again."""
        self._asked.clear()
        self.look()

    def look(self) -> None:
        """Judge what came on screen, and forget what left it."""
        visible = set(self._visible())
        self._asked &= visible
        self._model.forget_checked(visible)
        if not self._running and self._wanted():
            self._running = True
            self._runner.start(self._work(), ended=self._ended)

    def _ended(self) -> None:
        self._running = False

    async def _work(self) -> None:
        while wanted := self._wanted():
            view = self._view
            self._asked.update(set(wanted).intersection(self._visible()))
            found = await self.ask(wanted, view.size)
            if view is not self._view:
                continue
            if not found:
                self.outdated.emit()
                return
            self.known.update(found)
            visible = set(self._visible())
            self._model.say_checked({name: each for name, each in found.items() if name in visible})
            self._advance(set(wanted))

    def _advance(self, done: set[str]) -> None:
        if self._everything:
            self._everything = [each for each in self._everything if each not in done]
            self.progressed.emit()
            if not self._everything:
                self.learnt.emit()

    def _wanted(self) -> list[str]:
        """The next to ask for."""
        first = [each for each in self._visible() if each not in self._asked]
        return (first or (self._everything or [])[: -_AT_ONCE - 1 : -1])[:_AT_ONCE]

    def _visible(self) -> list[str]:
        """The contracts on screen whose checks are to run."""
        last = self._table.rowAt(self._table.viewport().height() - 1)
        first = max(self._table.rowAt(0), 0)
        stop = self._model.rowCount() if last < 0 else last + 1
        lines = (self._model.line(at) for at in range(first, stop)) if self._table.isVisible() else ()
        return [line.contract for line in lines if line is not None and line.to_check]
