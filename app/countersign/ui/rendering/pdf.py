"""Pages of a PDF as pixels: the one door of QtPdf. Runs only in the confined process (`couriers.pdf_child`).

- No application object, no window, no event loop, no thread: QtPdf paints into memory.
- A page is painted with its annotations as they look on paper, on transparent ground. No form is filled in, no link or script
  of the document is read.
- Nothing is converted with QImage: Qt would start threads for it, and a confined process has none.

    painter = PdfPainter()
    painter.open(pdf) or painter.paint(0, 794, 1123)
"""

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize
from PySide6.QtPdf import QPdfDocument, QPdfDocumentRenderOptions

_Error = QPdfDocument.Error
_LOCKED = (_Error.IncorrectPassword, _Error.UnsupportedSecurityScheme)


class PdfPainter:
    """`couriers.pdf_child.Painter` with QtPdf."""

    def __init__(self) -> None:
        self._document = QPdfDocument()
        self._buffer = QBuffer()
        self._options = QPdfDocumentRenderOptions()
        self._options.setRenderFlags(QPdfDocumentRenderOptions.RenderFlag.Annotations)

    def open(self, pdf: bytes) -> str:
        """Open it instead of what was open; "" or why not."""
        self._document.close()
        self._buffer.close()
        self._buffer.setData(QByteArray(pdf))
        self._buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        self._document.load(self._buffer)
        if self._document.status() is QPdfDocument.Status.Ready:
            return ""
        return "encrypted" if self._document.error() in _LOCKED else "damaged"

    def pages(self) -> int:
        """How many pages it has."""
        return self._document.pageCount()

    def size(self, page: int) -> tuple[float, float]:
        """A page's width and height in points."""
        size = self._document.pagePointSize(page)
        return size.width(), size.height()

    def paint(self, page: int, width: int, height: int) -> bytes:
        """A page in so many pixels: blue, green, red, alpha; empty where it cannot be painted."""
        image = self._document.render(page, QSize(width, height), self._options)
        return b"" if image.isNull() else bytes(image.constBits())
