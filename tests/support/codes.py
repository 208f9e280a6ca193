"""Codes as a camera sees them: read off what a window paints, not from what it was handed."""

import asyncio

import zxingcpp
from PIL import Image
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from countersign.airgap import ur
from support.window_hands import named

CODE = "QR code to scan with the other machine"


def read_code(widget: QWidget) -> str:
    """The text of the one QR code that a widget shows."""
    painted = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    data = bytes(painted.constBits())
    image = Image.frombytes("RGB", (painted.width(), painted.height()), data, "raw", "RGB", painted.bytesPerLine())
    (found,) = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormats(zxingcpp.QRCode))  # noise resembles others
    return str(found.text)


async def film(window: QWidget) -> ur.Message:
    """Watch the animation that stands on the open screen until the message is whole."""
    scan, last = ur.Scan(), ""
    while scan.message is None:
        text = read_code(named(window, CODE))
        if text != last:
            scan.receive(text.lower(), 0)
            last = text
        await asyncio.sleep(0)
    return scan.message
