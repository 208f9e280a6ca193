"""Importing: a file or a folder, what each item of it is before anything is filed, then what became of each."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from PySide6.QtWidgets import QWidget

from countersign.desk.operations_views import BatchView
from countersign.desk.surfaces import Progress
from countersign.ui.presenters import batch, writing
from countersign.ui.presenters.batch import ItemLine
from countersign.ui.strings import label
from countersign.ui.tasks.runner import aside
from countersign.ui.theme import measure
from countersign.ui.views.context import Context
from countersign.ui.views.files import PathLine, pick
from countersign.ui.views.line_table import LineTable
from countersign.ui.views.work_dialog import WorkDialog
from countersign.ui.widgets.button import Button
from countersign.ui.widgets.cells import Cell
from countersign.ui.widgets.label import PlainLabel, WholeValue
from countersign.ui.widgets.layout import Card, clear, column, fields, row

Judge = Callable[[Path], Awaitable[BatchView]]
File = Callable[[BatchView, Progress], Awaitable[BatchView]]
Rows = list[tuple[str, tuple[Cell, ...]]]
Shown = tuple[BatchView, dict[str, ItemLine], Rows]
_COLUMNS = tuple(f"import.column-{name}" for name in ("outcome", "what", "exchange"))
_WIDTHS = (150, 330, 420)


class ImportDialog(WorkDialog):
    """`judge` reads and judges a place; `file` files what is new of what is shown."""

    def __init__(self, judge: Judge, file: File, context: Context, parent: QWidget) -> None:
        super().__init__(label("import.title"), context, parent)
        self.judge, self.file = judge, file
        self.view: BatchView | None = None
        self.lines: dict[str, ItemLine] = {}
        self.place = PathLine(
            "import.place", "import.place-hint", "import.choose-file", folder=False, kinds="import.kinds"
        )
        self.place.field.textChanged.connect(self.offer)
        self.folder = Button(label("import.choose-folder"))
        self.folder.clicked.connect(self._pick_folder)
        self.now = Button(label("import.judge"), "Ctrl+Return", icon="search", part="primary")
        self.now.clicked.connect(self._judge)
        self.log = Button(batch.verb(None), "Ctrl+L", icon="sign")
        self.log.clicked.connect(self._file)
        self.table = LineTable(label("import.table"), _COLUMNS, _WIDTHS, stretch=2)
        self.table.chosen.connect(self._show_chosen)
        self.chosen = column(gap=measure.HALF)
        self._lay_out()
        self.resize(measure.UNIT * 124, measure.UNIT * 82)
        self.table.hide()
        self.say(label("import.waiting"), "info", "information")
        self.offer()

    def _lay_out(self) -> None:
        close = Button(label("common.close"), "Esc")
        close.clicked.connect(self.reject)
        box = column(PlainLabel(label("import.title"), "title"), gap=measure.UNIT, margin=measure.WIDE)
        box.addWidget(PlainLabel(label("import.place"), "caption"))
        places = row(self.place, self.folder, self.now)
        places.setStretch(0, 1)
        box.addLayout(places)
        box.addLayout(self.said)
        box.addWidget(self.progress)
        box.addWidget(self.table, 1)
        box.addLayout(self.chosen)
        box.addStretch(0)
        box.addLayout(row(None, self.log, close))
        self.setLayout(box)

    def _pick_folder(self) -> None:
        pick(self, self.folder.text(), self.place.field.setText, folder=True, kinds="")

    def offer(self) -> None:
        """What can be pressed now."""
        self.now.setEnabled(self.place.path is not None and not self.busy)
        verb = batch.verb(self.view)
        self.log.setText(verb)
        self.log.setAccessibleName(verb)
        self.log.explain(label("import.file-tip"), "Ctrl+L")
        self.log.setEnabled(self.view is not None and not self.view.filed and self.view.new > 0 and not self.busy)

    def _judge(self) -> None:
        place = self.place.path
        if place is not None:
            self.work(label("import.judging"), _read(self.judge(place)), self.show_batch)

    def _file(self) -> None:
        if self.view is not None:
            filing = self.file(self.view, self.progress.advance)
            self.view = None  # what was stopped half-way is judged anew before more of it is filed
            self.work(label("import.filing"), _read(filing), self.show_batch, stopped=label("import.stopped"))

    def show_batch(self, found: Shown) -> None:
        """Show what the items are, or what became of them."""
        self.view, self.lines, cells = found
        clear(self.chosen)
        self.table.setVisible(bool(cells))
        self.table.picked = ""
        self.table.show_rows(cells)
        tone, icon, words = batch.headline(self.view)
        self.say(words, tone, icon)
        if passed := batch.passed(self.view):
            self.said.addWidget(PlainLabel(passed, "quiet"))
        self.offer()

    def _show_chosen(self, key: str) -> None:
        clear(self.chosen)
        line = self.lines[key]
        card = Card(label("import.chosen"), margin=measure.UNIT)
        card.body.addWidget(PlainLabel(line.happened, "strong"))
        if line.next:
            card.body.addWidget(PlainLabel(line.next))
        if line.hash:
            name = label("import.hash")
            card.body.addLayout(fields([(name, WholeValue(name, line.hash, writing.groups(line.hash)))]))
        self.chosen.addWidget(card)


async def _read(work: Awaitable[BatchView]) -> Shown:
    """A batch with its rows, which may be many: they are written on a thread."""
    view = await work

    def rows() -> Shown:
        lines = {str(at): each for at, each in enumerate(batch.lines(view))}
        return view, lines, [(key, _cells(each)) for key, each in lines.items()]

    return await aside(rows)


def _cells(line: ItemLine) -> tuple[Cell, ...]:
    return (
        Cell(chip=line.chip),
        Cell((line.what, line.place), strong=True),
        Cell((line.exchange, line.parties)) if line.exchange else Cell(),
    )
