"""Paints a report of the history as a PDF to be kept: A4 across, black on white in every theme, fonts embedded (PDF/A-1b).

- Nothing is clipped: what is too wide wraps, at words or, where a word is wider than its place, within it; a settlement
  stays on one page where it fits on one, and goes on over the next, line by line, where it does not.
- Nothing is painted over anything else: a line is as high as its ink, the foot of a page has as many lines as it needs.
- Nothing is lost: a character that no font here can draw is spelt out, and so is one that a reader of the file would take
  for another (beyond the basic plane Qt names it wrongly). Everything runs from left to right.
- Painted twice: once for the number of pages, once for good, both by the same code.
- Needs no window and no screen; may run on a thread. `going` is asked before every settlement and may raise to stop.

    pdf = painted(paper, lambda done, total: None)
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QPointF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPagedPaintDevice,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QTextCharFormat,
    QTextLayout,
    QTextLine,
    QTextOption,
)

from countersign.resources.visible import spelled
from countersign.ui.presenters.report import Fact, Line, Paper
from countersign.ui.strings import label
from countersign.ui.theme import fonts
from countersign.ui.theme.palette import PRINT

Going = Callable[[int, int], None]
"""done, total settlements."""

RESOLUTION = 300
POINT = RESOLUTION / 72
MARGIN = 14.0  # mm
SHARES = (0.17, 0.16, 0.19, 0.19, 0.12, 0.17)
"""The columns' parts of the width, in the order of `presenters.report.COLUMNS`."""
GUTTER = 6 * POINT
SEPARATOR = "\u2028"
"""Between the lines of a cell. From outside none comes: `visible` spells it out."""
CAPTION, MOMENT = 0.17, 0.25
"""What captions take of the width: names of values; moments of entries."""
INK, QUIET, RULE = QColor(PRINT["ink"]), QColor(PRINT["quiet"]), QColor(PRINT["rule"])


@dataclass(frozen=True, slots=True)
class Piece:
    """Text at a place of the line, from the left and in a width."""

    text: str
    font: QFont
    left: float
    width: float
    quiet: bool = False
    right: bool = False
    strong: bool = False  # its first line stands out


@dataclass(frozen=True, slots=True)
class Strip:
    """What stands side by side: pieces, the space above, whether a rule is drawn above."""

    pieces: tuple[Piece, ...]
    above: float = 0.0
    rule: bool = False
    keep: float = 0.0  # what must be left on the page below it


@dataclass(slots=True)
class Sheet:
    """Where the pen is. Without a painter nothing is painted, and pages are counted."""

    writer: QPdfWriter
    foot: str
    pages: int = 0
    painter: QPainter | None = None
    page: int = 1
    y: float = 0.0
    heading: tuple[Strip, ...] = ()
    width: float = field(init=False)
    height: float = field(init=False)

    def __post_init__(self) -> None:
        area = self.writer.pageLayout().paintRectPixels(RESOLUTION)
        self.width = float(area.width())
        self.height = float(area.height()) - 6 * POINT
        self.height -= _height([layout for _, layout in self._feet()])
        self._footer()

    def put(self, *strips: Strip) -> None:
        """These one below the other: on one page where they fit on one, else over as many as their lines need."""
        laid = [(strip, [(each, _laid(each, self.writer)) for each in strip.pieces]) for strip in strips]
        needed = sum(strip.above + _height([layout for _, layout in pieces]) for strip, pieces in laid)
        if self.y > 0 and self.y + needed + strips[0].keep > self.height >= needed:
            self._turn()
        for strip, pieces in laid:
            self.y += strip.above if self.y > 0 else 0.0
            if strip.rule:
                self._rule()
            self._lines(pieces)

    def _lines(self, pieces: Sequence[tuple[Piece, QTextLayout]]) -> None:
        """The pieces side by side, line by line."""
        for at in range(max((layout.lineCount() for _, layout in pieces), default=0)):
            lines = [(each, layout.lineAt(at)) for each, layout in pieces if at < layout.lineCount()]
            above = max(_above(each, line) for each, line in lines)
            tallest = above + max(line.height() for _, line in lines)
            if self.y + tallest > self.height:
                self._turn()
            for each, line in lines:
                self._draw(each, line, self.y + above)
            self.y += tallest

    def _draw(self, piece: Piece, line: QTextLine, y: float) -> None:
        if self.painter is None:
            return
        self.painter.setPen(QUIET if piece.quiet else INK)
        left = piece.left + (piece.width - line.naturalTextWidth() if piece.right else 0.0)
        line.draw(self.painter, QPointF(left, y - line.y()))

    def _rule(self) -> None:
        if self.painter is not None:
            self.painter.setPen(RULE)
            self.painter.drawLine(QPointF(0, self.y), QPointF(self.width, self.y))
        self.y += 3 * POINT

    def _turn(self) -> None:
        """Go on at the top of another page, under the table's heading where a table goes on."""
        if self.painter is not None:
            self.writer.newPage()
        self.page, self.y = self.page + 1, 0.0
        self._footer()
        heading, self.heading = self.heading, ()
        if heading:
            self.put(*heading)
        self.heading = heading

    def _feet(self) -> Sequence[tuple[Piece, QTextLayout]]:
        """What stands at the foot of the page: what the report is, and beside it which page this is."""
        font = fonts.printed(7)
        said = label("report.page", page=self.page, pages=self.pages)
        beside = 0.15 * self.width
        feet = (
            Piece(self.foot, font, 0.0, self.width - beside, quiet=True),
            Piece(said, font, self.width - beside, beside, quiet=True, right=True),
        )
        return [(each, _laid(each, self.writer)) for each in feet]

    def _footer(self) -> None:
        if self.painter is None:
            return
        for piece, layout in self._feet():
            for at in range(layout.lineCount()):
                line = layout.lineAt(at)
                self._draw(piece, line, self.height + 6 * POINT + line.y())


def _laid(piece: Piece, writer: QPdfWriter) -> QTextLayout:
    """The text in lines of its width."""
    text = drawable(piece.text, piece.font)
    layout = QTextLayout(text, piece.font, writer)
    option = QTextOption()
    option.setTextDirection(Qt.LayoutDirection.LeftToRight)
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    if piece.strong:
        bold = QTextLayout.FormatRange()
        bold.start, bold.length, bold.format = 0, len(text.partition(SEPARATOR)[0]), QTextCharFormat()
        bold.format.setFontWeight(QFont.Weight.Bold)
        layout.setFormats([bold])
    layout.beginLayout()
    y = 0.0
    while (line := layout.createLine()).isValid():
        line.setLineWidth(piece.width)
        line.setPosition(QPointF(0, y))
        y += line.height()
    layout.endLayout()
    return layout


def drawable(text: str, font: QFont) -> str:
    """The text with what this font and those behind it cannot draw, or the file could not name, spelt out."""
    if text.isascii():
        return text
    metrics = QFontMetricsF(font)
    return "".join(
        char if char == SEPARATOR or (ord(char) < 0x10000 and metrics.inFontUcs4(ord(char))) else spelled(char)
        for char in text
    )


def _above(piece: Piece, line: QTextLine) -> float:
    """How far the ink of a line reaches above it: marks upon marks do."""
    if piece.text.isascii():
        return 0.0
    tops = [run.boundingRect().top() for run in line.glyphRuns()]
    return max(0.0, line.y() - min(tops, default=line.y()))


def _height(layouts: Sequence[QTextLayout]) -> float:
    return max((layout.boundingRect().height() for layout in layouts), default=0.0)


def painted(paper: Paper, going: Going) -> bytes:
    """The PDF's bytes."""
    total = 2 * len(paper.lines)
    counted = _run(Sheet(_writer(QBuffer(), paper), paper.foot), paper, lambda done: going(done, total))
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = _writer(buffer, paper)
    painter = QPainter(writer)
    try:
        sheet = Sheet(writer, paper.foot, counted, painter)
        _run(sheet, paper, lambda done: going(len(paper.lines) + done, total))
    finally:
        painter.end()
    buffer.close()
    return bytes(data.data())


def _writer(buffer: QBuffer, paper: Paper) -> QPdfWriter:
    writer = QPdfWriter(buffer)
    writer.setPdfVersion(QPagedPaintDevice.PdfVersion.PdfVersion_A1b)
    writer.setResolution(RESOLUTION)
    writer.setTitle(paper.title)
    writer.setCreator("Countersign")
    margins = QMarginsF(MARGIN, MARGIN, MARGIN, MARGIN)
    page = QPageSize(QPageSize.PageSizeId.A4)
    writer.setPageLayout(QPageLayout(page, QPageLayout.Orientation.Landscape, margins, QPageLayout.Unit.Millimeter))
    return writer


def _run(sheet: Sheet, paper: Paper, going: Callable[[int], None]) -> int:
    """Everything, in order; the number of pages."""
    sheet.put(_alone(paper.title, fonts.printed(18, bold=True), sheet.width))
    _facts(sheet, paper.facts, above=6)
    cells = tuple(_cells(sheet, [(each,) for each in paper.columns], head=True))
    heading = Strip(cells, above=14 * POINT, keep=60 * POINT)
    sheet.put(heading)
    sheet.heading = (heading,)
    for done, line in enumerate(paper.lines):
        going(done)
        sheet.put(*_row(sheet, line))
    if not paper.lines:
        sheet.put(_alone(label("report.none"), fonts.printed(9), sheet.width, above=4))
    sheet.heading = ()
    for title, facts, part in (
        (label("report.totals"), paper.totals, CAPTION),
        (label("report.whole"), paper.whole, CAPTION),
        (paper.story_title, paper.story, MOMENT),
        (label("report.signature"), (Fact("", paper.how),), CAPTION),
    ):
        if title:
            sheet.put(_alone(title, fonts.printed(12, bold=True), sheet.width, above=16, keep=48))
            _facts(sheet, facts, part)
    return sheet.page


def _alone(text: str, font: QFont, width: float, *, above: float = 0.0, keep: float = 0.0) -> Strip:
    return Strip((Piece(text, font, 0.0, width),), above=above * POINT, keep=keep * POINT)


def _facts(sheet: Sheet, facts: Sequence[Fact], part: float = CAPTION, above: float = 2) -> None:
    """Captions on the left, values on the right; a value without a caption takes the whole width."""
    indent = part * sheet.width
    for at, each in enumerate(facts):
        value = fonts.printed(9, fixed=each.fixed)
        if not each.caption:
            sheet.put(_alone(each.value, value, sheet.width, above=2))
            continue
        caption = Piece(each.caption, fonts.printed(8), 0.0, indent - GUTTER, quiet=True)
        beside = Piece(each.value, value, indent, sheet.width - indent)
        sheet.put(Strip((caption, beside), above=(2 if at else above) * POINT))


def _row(sheet: Sheet, line: Line) -> Iterator[Strip]:
    """A settlement: its cells, then what stands below, small."""
    yield Strip(tuple(_cells(sheet, line.cells)), above=4 * POINT, rule=True)
    small = fonts.printed(6.5)
    indent = CAPTION * sheet.width
    for at, each in enumerate(line.below):
        caption = Piece(each.caption, small, 0.0, indent - GUTTER, quiet=True)
        font = fonts.printed(6.5, fixed=each.fixed)
        beside = Piece(each.value, font, indent, sheet.width - indent, quiet=True)
        yield Strip((caption, beside), above=0.0 if at else 3 * POINT)


def _cells(sheet: Sheet, cells: Sequence[Sequence[str]], *, head: bool = False) -> Iterator[Piece]:
    """One piece a column; a cell's lines are parted by line separators. The settlement's id stands out."""
    left = 0.0
    for at, (share, lines) in enumerate(zip(SHARES, cells, strict=True)):
        width = share * sheet.width
        font = fonts.printed(7.5 if head else 8.5, bold=head)
        yield Piece(SEPARATOR.join(lines), font, left, width - GUTTER, quiet=head, strong=not (at or head))
        left += width
