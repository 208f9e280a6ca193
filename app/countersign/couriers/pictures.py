"""QR codes as pictures: drawn and read. The one door of zxing-cpp.

Implements the QR rules of UX.md (10) and FACTS.md "QR over the air".

- Animation frames: ECC L, at most version 27 (125 modules), drawn by zxing-cpp. Still codes (one picture says it all):
  ECC M, drawn by the `qrcode` library.
- Black on white, four modules of quiet zone, a whole number of pixels a module, never under 2.5: at least 3.
- Reading looks for QR codes only. It runs in `picture_child`, never in the process that holds keys or windows; call
  `PictureReader.decode` instead of `read` for anything that a stranger may have drawn.
- Texts are upper-cased by the caller where that makes a denser code (UR); nothing here looks into them.

    frame(text.upper(), pixels=4)   # the PNG's bytes
"""

import io
from dataclasses import dataclass
from typing import Final, cast

import qrcode
import zxingcpp
from PIL import Image, UnidentifiedImageError

from countersign.errors import Malformed

VERSION_LIMIT: Final = 27
QUIET_ZONE: Final = 4
LEAST_PIXELS: Final = 3
FRAME_PIXELS_LIMIT: Final = 4096 * 2160
SIDE_LIMIT: Final = 4096
_FORMATS: Final = ("PNG", "JPEG")
# Alphanumeric characters that versions 20 to 27 hold at ECC L (ISO/IEC 18004, table 7).
_CAPACITY: Final = {20: 1249, 21: 1352, 22: 1460, 23: 1588, 24: 1704, 25: 1853, 26: 1990, 27: 2132}
STILL_CAPACITY: Final = 1637  # version 27 at ECC M


@dataclass(frozen=True, slots=True)
class Grey:
    """A camera's frame: 8-bit greyscale, `width * height` bytes, row after row, no padding."""

    width: int
    height: int
    pixels: bytes


def capacity(version: int) -> int:
    """How many characters (digits, capitals, `:/-` …) a frame of `version` (20..27) holds. Malformed("T5.version")."""
    if version not in _CAPACITY:
        raise Malformed("T5.version", found=version, least=min(_CAPACITY), limit=VERSION_LIMIT)
    return _CAPACITY[version]


def frame(text: str, *, pixels: int = 4) -> bytes:
    """The PNG of one animation frame. Malformed("T5.too-dense") where version 27 does not hold `text`."""
    side, levels = _drawn(text)
    return _png(Image.frombytes("L", (side, side), levels), pixels)


def modules(text: str) -> tuple[tuple[bool, ...], ...]:
    """The modules of one animation frame, row by row, dark is True, without the quiet zone. Malformed as `frame`."""
    side, levels = _drawn(text)
    return tuple(tuple(level == 0 for level in levels[at : at + side]) for at in range(0, side * side, side))


def _drawn(text: str) -> tuple[int, bytes]:
    """The side in modules, and one byte a module: 0 is dark."""
    code = zxingcpp.create_barcode(text, zxingcpp.QRCode, ec_level="L")
    # zxing-cpp's stubs do not say that its images offer the buffer protocol
    drawn = memoryview(cast(bytes, code.to_image(scale=1, add_quiet_zones=False)))
    _, width = drawn.shape or (0, 0)
    if width > 17 + 4 * VERSION_LIMIT:
        raise Malformed("T5.too-dense", characters=len(text), limit=capacity(VERSION_LIMIT))
    return width, bytes(drawn)


def still(text: str, *, pixels: int = 6) -> bytes:
    """The PNG of a code that stands alone. Malformed("T5.too-dense") where no version up to 27 holds `text`."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=0, box_size=1)
    code.add_data(text)
    try:
        code.make(fit=True)
    except ValueError as reason:  # qrcode says so for what exceeds version 40
        raise Malformed("T5.too-dense", characters=len(text), limit=capacity(VERSION_LIMIT)) from reason
    if code.version > VERSION_LIMIT:
        raise Malformed("T5.too-dense", characters=len(text), limit=capacity(VERSION_LIMIT))
    rows = code.get_matrix()
    modules = bytes(0 if dark else 255 for row in rows for dark in row)
    return _png(Image.frombytes("L", (len(rows), len(rows)), modules), pixels)


def _png(modules: Image.Image, pixels: int) -> bytes:
    """Modules (one pixel each) as a PNG with quiet zone, black on white, whatever the theme."""
    scale = max(pixels, LEAST_PIXELS)
    side = (modules.width + 2 * QUIET_ZONE) * scale
    picture = Image.new("1", (side, side), 1)
    enlarged = modules.convert("1").resize((modules.width * scale,) * 2, Image.Resampling.NEAREST)
    picture.paste(enlarged, (QUIET_ZONE * scale,) * 2)
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=False)
    return out.getvalue()


def read(picture: bytes | Grey) -> list[str]:
    """The texts of all QR codes in a PNG or JPEG, or in a camera's frame. For `picture_child` and tests of our own
    pictures. Malformed("T5.frame-size" | "T5.picture")."""
    image = _grey_image(picture) if isinstance(picture, Grey) else _file_image(picture)
    found = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormats(zxingcpp.QRCode))
    return [code.text for code in found if code.valid]


def check_size(width: int, height: int) -> None:
    """Refuse what is larger than a 4K frame. Malformed("T5.frame-size")."""
    if not (1 <= width <= SIDE_LIMIT and 1 <= height <= SIDE_LIMIT and width * height <= FRAME_PIXELS_LIMIT):
        raise Malformed("T5.frame-size", width=width, height=height)


def _grey_image(picture: Grey) -> Image.Image:
    check_size(picture.width, picture.height)
    if len(picture.pixels) != picture.width * picture.height:
        raise Malformed("T5.picture")
    return Image.frombytes("L", (picture.width, picture.height), picture.pixels)


def _file_image(data: bytes) -> Image.Image:
    """The picture's size is known from its header and refused before a pixel is unpacked."""
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            check_size(image.width, image.height)
            return image.convert("L")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError, EOFError) as reason:
        raise Malformed("T5.picture") from reason
