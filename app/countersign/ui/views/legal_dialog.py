"""Reads a legal text: pages as pictures from the closed process, or pages of plain text; one at a time, scrolled, larger, smaller.

- The window never waits: the document is opened and every page painted on a thread; the sheet stays white until its picture comes.
- What cannot be shown is said in the page's place: what happened, what to do, the code. Other pages can still be read.
- Closing ends the process.
"""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QSize
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QWidget

from countersign.desk.legal_text import LegalText
from countersign.desk.views import LegalKind
from countersign.errors import CountersignError
from countersign.ui.presenters import legal_text, writing
from countersign.ui.presenters.instruments import PageSize
from countersign.ui.presenters.problem import problem
from countersign.ui.strings import label
from countersign.ui.tasks.runner import aside
from countersign.ui.theme import fonts, measure
from countersign.ui.views.context import Context
from countersign.ui.views.dialog import Dialog
from countersign.ui.widgets.button import Button
from countersign.ui.widgets.chip import Chip
from countersign.ui.widgets.label import PlainLabel, WholeValue
from countersign.ui.widgets.layout import Note, column, page, row
from countersign.ui.widgets.paper import Paper, Sheets
from countersign.ui.widgets.picture import Picture

_MOST = 1_100
"""Pixels across at which lines are still read with ease: *Fit the width* goes no further."""


class LegalDialog(Dialog):
    """One legal text, its hash checked by whoever made `text`. `begin` opens it."""

    def __init__(self, text: LegalText, contract_id: str, context: Context, parent: QWidget) -> None:
        super().__init__(label("legal.title", id=contract_id), parent)
        self.text, self.context = text, context
        self.over = False
        self.at, self.percent, self.fitted = 0, 100, True
        self.sheets: Sequence[PageSize] | Sequence[str] = ()
        self.wanted: tuple[int, int] | None = None
        self.painting = False
        self.document = context.instruments.open_pdf(text.data) if text.kind is LegalKind.PDF else None
        self.area = Sheets(label("legal.area"))
        self.area.turned.connect(lambda way: self.turn(self.at + way, at_end=way < 0))
        self.area.resized.connect(self._fit)
        self.state = PlainLabel(label("legal.opening"), "strong", wrap=False)
        self._lay_out(contract_id)
        self.resize(min(parent.width() - measure.HUGE, 1_180), parent.height() - measure.HUGE * 2)
        self.finished.connect(self._close)
        self._offer()

    def _lay_out(self, contract_id: str) -> None:
        digest = self.text.sha256
        note = "legal.pdf-note" if self.document is not None else "legal.text-note"
        head = row(
            PlainLabel(label("legal.title", id=contract_id), "title"), Chip(label("legal.checked"), "pass", "ok")
        )
        head.setStretch(0, 1)
        box = column(head, WholeValue(label("legal.name"), digest, writing.groups(digest)), gap=measure.UNIT)
        box.setContentsMargins(measure.GAP, measure.GAP, measure.GAP, measure.GAP)
        box.addWidget(self.area, 1)
        box.addWidget(PlainLabel(label(note), "caption"))
        box.addLayout(self._bar())
        self.setLayout(box)
        for key, way in (("PgDown", 1), ("PgUp", -1)):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.activated.connect(lambda way=way: self.area.further(way))
        for key, end in (("Home", 0), ("End", -1)):
            QShortcut(QKeySequence(key), self).activated.connect(
                lambda end=end: self.turn(end % max(1, len(self.sheets)))
            )

    def _bar(self) -> QHBoxLayout:
        def button(key: str, shortcut: str, act: Callable[[], None], *, icon: str = "", part: str = "") -> Button:
            made = Button(label(key), shortcut, icon=icon, part=part)
            made.clicked.connect(lambda _: act())
            return made

        self.previous = button("legal.previous", "Ctrl+PgUp", lambda: self.turn(self.at - 1), icon="back")
        self.next = button("legal.next", "Ctrl+PgDown", lambda: self.turn(self.at + 1), icon="forward")
        self.smaller = button("legal.smaller", "Ctrl+-", lambda: self.resize_page(-1))
        self.larger = button("legal.larger", "Ctrl++", lambda: self.resize_page(1))
        self.fit = button("legal.fit", "Ctrl+0", lambda: self.resize_page(0))
        close = button("common.close", "Esc", self.accept, part="primary")
        self.zoom = PlainLabel("", "quiet", wrap=False)
        return row(
            self.previous, self.state, self.next, None, self.smaller, self.zoom, self.larger, self.fit, None, close
        )

    def begin(self) -> None:
        """Open the document; nothing waits for it."""
        self.context.runner.start(self._begin())
        self.area.setFocus()

    async def _begin(self) -> None:
        try:
            self.sheets = await aside(self.document.open if self.document is not None else self._pages)
        except CountersignError as error:
            self._refuse(error)
            self.state.say("")
            return
        if not self.over:
            self.turn(0)

    def _pages(self) -> Sequence[str]:
        return legal_text.pages(self.text.words)

    def turn(self, page: int, *, at_end: bool = False) -> None:
        """Show a page, from 0; nothing where there is none."""
        if not 0 <= page < len(self.sheets):
            return
        self.at = page
        self._show()
        self.area.rest(at_end=at_end)

    def resize_page(self, steps: int) -> None:
        """The next larger (+1) or smaller (−1) zoom; 0: as wide as there is room."""
        self.fitted = steps == 0
        if steps:
            self.percent = legal_text.zoomed(self.percent, steps)
        self._show()

    def _fit(self) -> None:
        if self.fitted and self.sheets and self.document is not None and not self.over:
            self._show()

    def _show(self) -> None:
        sheet = self.sheets[self.at]
        if isinstance(sheet, str):
            self._write(sheet)
        else:
            self._lay(sheet)
        self._offer()

    def _write(self, words: str) -> None:
        """A page of plain text, as large as the zoom says."""
        if self.fitted:
            self.percent = 100
        pixels = max(6, round(measure.BODY * self.percent / 100))
        shown = PlainLabel(words, wrap=False)
        shown.setFont(fonts.monospaced(pixels))
        shown.setStyleSheet(f"font-size: {pixels}px;")
        shown.setAccessibleName(self._name())
        self.area.setWidget(page(shown))
        self.area.setWidgetResizable(True)

    def _lay(self, size: PageSize) -> None:
        """A sheet of paper in its size; its picture is asked for."""
        across = round(size.width * legal_text.DOTS_A_POINT * self.percent / 100)
        if self.fitted:
            across = min(self.area.viewport().width(), _MOST)
            self.percent = max(1, round(100 * across / (size.width * legal_text.DOTS_A_POINT)))
        across = max(1, across)
        down = max(1, round(across * size.height / size.width))
        paper = self.area.widget()
        if not isinstance(paper, Paper):
            paper = Paper()
            self.area.setWidgetResizable(False)
            self.area.setWidget(paper)
        paper.show_page(self._name(), QSize(across, down))
        self.wanted = self.at, round(across * self.devicePixelRatioF())
        if not self.painting:
            self.painting = True
            self.context.runner.start(self._paint(), ended=self._painted)

    async def _paint(self) -> None:
        """Paint what is wanted, until nothing is: what was turned past is left out."""
        assert self.document is not None
        document = self.document
        while self.wanted is not None and not self.over:
            at, width = self.wanted
            self.wanted = None
            try:
                picture = await aside(partial(document.paint, at, width))
            except CountersignError as error:
                self._refuse(error, at)
                continue
            paper = None if self.over else self.area.widget()
            if isinstance(paper, Paper) and at == self.at:
                paper.show_pixels(picture.pixels, picture.width, picture.height)
                self._offer()

    def _painted(self) -> None:
        self.painting = False

    def _refuse(self, error: CountersignError, at: int = 0) -> None:
        """Said in the page's place, unless another page is shown by now."""
        if self.over or at != self.at:
            return
        said = problem(error)
        note = Note(said.happened, "bad", Picture("warning", "bad"))
        words = (PlainLabel(said.next, "strong"), PlainLabel(label("problem.code", code=said.code), "caption"))
        self.area.setWidgetResizable(True)
        self.area.setWidget(page(note, *words))
        self._offer()

    def _name(self) -> str:
        return label("legal.page", page=self.at + 1, pages=len(self.sheets))

    def _offer(self) -> None:
        count = len(self.sheets)
        self.previous.setEnabled(self.at > 0)
        self.next.setEnabled(self.at + 1 < count)
        if count:
            sheet = self.area.widget()
            drawing = isinstance(sheet, Paper) and sheet.image.isNull()
            self.state.say(label("legal.drawing", page=self.at + 1, pages=count) if drawing else self._name())
        self.zoom.say(label("legal.zoom", percent=self.percent) if count else "")
        self.smaller.setEnabled(bool(count) and self.percent > legal_text.ZOOMS[0])
        self.larger.setEnabled(bool(count) and self.percent < legal_text.ZOOMS[-1])
        self.fit.setEnabled(bool(count))

    def _close(self) -> None:
        self.over = True
        if self.document is not None:
            self.context.runner.start(aside(self.document.close))
