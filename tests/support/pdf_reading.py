"""A PDF as a reader of another house has it (QtPdf is PDFium): its words, and where on the page each letter stands.

Read(painted(paper, silent)).has("Harbour Prime")
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF
from PySide6.QtPdf import QPdfDocument

TOUCH = 1.5
"""Points by which boxes may overlap: they are told in whole points, and letters are set close."""


@dataclass(frozen=True)
class Letter:
    """A character of a page and its box (points, from the left and the top)."""

    page: int
    index: int
    text: str
    box: QRectF


def bare(text: str) -> str:
    """Blanks and line ends left out: what wraps is still found."""
    return re.sub(r"\s", "", text)


class Read:
    """A parsed PDF."""

    def __init__(self, pdf: bytes) -> None:
        self._buffer = QBuffer()
        self._buffer.setData(QByteArray(pdf))
        self._buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        self.document = QPdfDocument()
        self.document.load(self._buffer)
        assert self.document.status() is QPdfDocument.Status.Ready
        count = self.document.pageCount()
        self.pages = [self.document.getAllText(at).text() for at in range(count)]
        self.places = [self.document.getAllText(at).boundingRectangle() for at in range(count)]

    @property
    def text(self) -> str:
        """Everything, without blanks."""
        return bare("".join(self.pages))

    def has(self, value: str) -> bool:
        return bare(value) in self.text

    @cached_property
    def letters(self) -> list[Letter]:
        """Every character that is painted, in the order of the file."""
        return [letter for page in range(len(self.pages)) for letter in self._letters(page)]

    def _letters(self, page: int) -> Iterator[Letter]:
        """PDFium tells one box for each character that is not blank."""
        boxes = self.document.getAllText(page).bounds()
        for index, (char, box) in enumerate(zip(bare(self.pages[page]), boxes, strict=True)):
            yield Letter(page, index, char, box.boundingRect())

    def within(self, left: float, right: float, behind: str) -> str:
        """What stands between two distances from the left edge, without blanks, on each page that has this text, behind it."""
        ends = [(bare(page) + behind).index(behind) + len(behind) for page in self.pages]
        return "".join(
            each.text for each in self.letters if left <= each.box.left() < right and each.index >= ends[each.page]
        )

    def overlapping(self) -> list[str]:
        """Letters painted over others."""
        places: dict[tuple[int, int, int], list[Letter]] = {}
        found = []
        for one in self.letters:
            touched = list(_squares(one))
            near = {other.index: other for square in touched for other in places.get(square, ())}
            for other in near.values():
                common = one.box.intersected(other.box)
                if min(common.width(), common.height()) > _tolerated(one, other):
                    found.append(
                        f"page {one.page + 1}: {one.text!r} and {other.text!r} at {common.left()}, {common.top()}"
                    )
            for square in touched:
                places.setdefault(square, []).append(one)
        return found


def _squares(letter: Letter) -> Iterator[tuple[int, int, int]]:
    """The squares of twelve points that a letter lies in."""
    box = letter.box
    for across in range(int(box.left()) // 12, int(box.right()) // 12 + 1):
        for down in range(int(box.top()) // 12, int(box.bottom()) // 12 + 1):
            yield letter.page, across, down


def _tolerated(one: Letter, other: Letter) -> float:
    """Marks may stand in the box of a letter beside them, and in no other."""
    if not any(unicodedata.category(each.text).startswith("M") for each in (one, other)):
        return TOUCH
    return 12.0 if abs(one.index - other.index) < 6 else 0.5
