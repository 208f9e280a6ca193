"""The few bytes between `picture_reader` and `picture_child`, over two pipes.

- Parent to child: `HEADER` (kind, width, height, length), then that many bytes of a file or of greyscale pixels.
- Child to parent: `pipes.LENGTH`, then that many bytes of JSON: a list of texts, or {"code", "values"} of a Malformed.
  The first answer is an empty list, unasked: the child is confined and ready.

    >>> HEADER.pack(FILE, 0, 0, 5).hex()
    '00000000000000000000000005'
"""

import struct
from typing import Final

HEADER: Final = struct.Struct(">BIII")
FILE: Final = 0
GREY: Final = 1
FRAME_SECONDS: Final = 0.2
TEXTS_LIMIT: Final = 64
TEXT_LIMIT: Final = 8192
REPLY_LIMIT: Final = 1 << 20
