"""The camera: a live picture and, from time to time, its greyscale bytes. QtMultimedia is imported here, when it starts.

- `start` says whether there is a camera; without libraries or devices it is False and nothing else happens.
- `grey` gives (bytes, width, height) of a frame, rows without padding; while the last one is still being looked at
  (`resume` not yet called) frames are only shown.
"""

from importlib import import_module
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from countersign.ui.theme import measure
from countersign.ui.theme.palette import CODE_INK

_SIDE = 1280


class CameraPicture(QWidget):
    """What the camera sees."""

    grey = Signal(bytes, int, int)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.image = QImage()
        self.ready = True
        self.parts: tuple[Any, ...] = ()
        self.sink: Any = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(measure.UNIT * 60, measure.UNIT * 40)

    def start(self) -> bool:
        """Open the first camera. False where there is none, or where its libraries are missing."""
        try:
            multimedia = import_module("PySide6.QtMultimedia")
        except ImportError:
            return False
        self.listen(multimedia)
        device = multimedia.QMediaDevices.defaultVideoInput()
        if device.isNull():
            return False
        camera, session = multimedia.QCamera(device), multimedia.QMediaCaptureSession()
        session.setCamera(camera)
        session.setVideoSink(self.sink)
        self.parts = (camera, session)
        camera.start()
        return True

    def listen(self, multimedia: Any) -> None:
        """Take frames from a sink of our own; a test plays a camera by putting frames into it."""
        self.sink = multimedia.QVideoSink()
        self.sink.videoFrameChanged.connect(lambda frame: self.see(frame.toImage()))

    def stop(self) -> None:
        """Close the camera."""
        if self.parts:
            self.parts[0].stop()
        self.parts, self.image, self.ready = (), QImage(), True
        self.update()

    def see(self, image: QImage) -> None:
        """Show one frame and hand its grey bytes on, if the last one has been looked at."""
        if image.isNull():
            return
        if max(image.width(), image.height()) > _SIDE:
            image = image.scaled(_SIDE, _SIDE, Qt.AspectRatioMode.KeepAspectRatio)
        self.image = image
        self.update()
        if self.ready:
            self.ready = False
            grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
            line, width, height = grey.bytesPerLine(), grey.width(), grey.height()
            data = bytes(grey.constBits())
            self.grey.emit(b"".join(data[at * line : at * line + width] for at in range(height)), width, height)

    def resume(self) -> None:
        """The last frame has been looked at."""
        self.ready = True

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), CODE_INK)
        if not self.image.isNull():
            shown = self.image.scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
            painter.drawImage((self.width() - shown.width()) // 2, (self.height() - shown.height()) // 2, shown)
