"""The few bytes between `pdf_pages` and `pdf_child`, over two pipes.

- Parent to child: `HEADER` (kind, page, width, height, length), then that many bytes of a PDF. OPEN carries the document, PAGE asks
  for a picture of one page, from 0, in that many pixels.
- Child to parent: `pipes.LENGTH`, then a kind byte and its bytes. WORDS: JSON, `{"pages":[[width,height],…]}` in hundredths of a
  point, or `{"refused": Reason, "count": n}`. PIXELS: four bytes a pixel (blue, green, red, alpha), row after row, no padding.

    >>> HEADER.pack(PAGE, 2, 794, 1123, 0).hex()
    '01000000020000031a0000046300000000'
"""

import struct
from enum import StrEnum
from typing import Final

HEADER: Final = struct.Struct(">BIIII")
OPEN: Final = 0
PAGE: Final = 1
WORDS: Final = b"\0"
PIXELS: Final = b"\1"
BYTES_A_PIXEL: Final = 4
HUNDREDTHS: Final = 100
REQUEST_SECONDS: Final = 5.0
"""Processor time for one request."""
PAGES_LIMIT: Final = 500
WORDS_LIMIT: Final = 1 << 16


class Reason(StrEnum):
    """Why there is no answer."""

    DAMAGED = "damaged"
    ENCRYPTED = "encrypted"
    PAGES = "pages"
    PAGE = "page"
