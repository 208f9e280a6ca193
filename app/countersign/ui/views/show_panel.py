"""Showing a message as an animated code: speed, size, a counter, a pause. The code is black on white in every theme."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QImage, QShowEvent
from PySide6.QtWidgets import QSlider, QWidget

from countersign.ui.presenters import carry
from countersign.ui.presenters.instruments import DrawCode
from countersign.ui.strings import label
from countersign.ui.theme import measure
from countersign.ui.widgets.button import Button
from countersign.ui.widgets.code_picture import LEAST, QUIET, CodePicture, code_image
from countersign.ui.widgets.label import PlainLabel
from countersign.ui.widgets.layout import column, row

_FASTEST, _SPEED, _LARGEST = 15, 6, 12
_THINNEST, _DENSEST = 20, 27  # QR versions (UX.md, 10)


class ShowPanel(QWidget):
    """Frames are drawn when they are first shown, then kept. `asked` wants the message that is to be shown, in parts for
    codes of version `density`."""

    asked = Signal()

    def __init__(self, draw: DrawCode) -> None:
        super().__init__()
        self.ask = Button(label("carry.start-show"), "Ctrl+G", icon="code", part="primary")
        self.ask.clicked.connect(self.asked)
        self.draw = draw
        self.texts: tuple[str, ...] = ()
        self.drawn: dict[int, QImage] = {}
        self.at = 0
        self.code = CodePicture(label("carry.code"))
        self.code.resized.connect(self._paint)
        self.counter = PlainLabel("", "amount", wrap=False)
        self.told = PlainLabel("", "caption")
        self.pause = Button(label("carry.pause"), "Ctrl+P")
        self.pause.setCheckable(True)
        self.speed, self.speed_words = self._slider("carry.speed", 1, _FASTEST, _SPEED), PlainLabel("", wrap=False)
        self.zoom = self._slider("carry.size", LEAST, _LARGEST, _LARGEST)
        self.dense = self._slider("carry.density-name", _THINNEST, _DENSEST, _DENSEST)
        self.dense.setTracking(False)
        self.dense.valueChanged.connect(lambda _: self.asked.emit())
        self.timer = QTimer(self)
        self.timer.timeout.connect(self.step)
        self.speed.valueChanged.connect(lambda _: self._pace())
        self.zoom.valueChanged.connect(self._resize)
        side = column(
            self.ask,
            self.counter,
            self.told,
            self.pause,
            PlainLabel(label("carry.speed"), "caption"),
            row(self.speed, self.speed_words),
            PlainLabel(label("carry.size"), "caption"),
            self.zoom,
            PlainLabel(label("carry.density-name"), "caption"),
            self.dense,
            PlainLabel(label("carry.show-hint"), "quiet"),
            gap=measure.UNIT,
        )
        side.addStretch(1)
        holder = QWidget()
        holder.setLayout(side)
        holder.setFixedWidth(measure.UNIT * 30)
        line = row(self.code, holder, gap=measure.GAP)
        line.setStretch(0, 1)
        self.setLayout(line)
        self.show_texts(())

    def _slider(self, name: str, low: int, high: int, value: int) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setRange(low, high)
        slider.setPageStep(1)
        slider.setValue(value)
        slider.setAccessibleName(label(name))
        slider.setToolTip(label("key.tip", action=label(name), key="← →"))
        return slider

    def show_texts(self, texts: Sequence[str]) -> None:
        """Show this message from its first part."""
        self.texts, self.drawn, self.at = tuple(texts), {}, 0
        self.ask.setHidden(bool(texts))
        for part in (self.pause, self.speed, self.zoom, self.dense, self.counter, self.told):
            part.setEnabled(bool(texts))
        if not texts:
            self.code.show_code(QImage())
            self.counter.say(label("carry.not-shown"))
            self.told.say("")
        self._paint()
        self._pace()

    @property
    def density(self) -> int:
        """The QR version wished for."""
        return self.dense.value()

    def step(self) -> None:
        """The next frame, unless paused."""
        if self.texts and not self.pause.isChecked():
            self.at = (self.at + 1) % len(self.texts)
            self._paint()

    def _paint(self) -> None:
        if not self.texts:
            return
        if self.at not in self.drawn:
            self.drawn[self.at] = code_image(self.draw(self.texts[self.at]))
        image = self.drawn[self.at]
        self.code.show_code(image)
        self.counter.say(label("carry.frame", number=self.at + 1, count=len(self.texts)))
        self.told.say(carry.density(image.width() - 2 * QUIET, self.code.pixels, len(self.texts), self.speed.value()))

    def _pace(self) -> None:
        self.speed_words.say(label("carry.a-second", number=self.speed.value()))
        self.timer.setInterval(1000 // self.speed.value())
        if len(self.texts) > 1 and self.isVisible():
            self.timer.start()
        else:
            self.timer.stop()

    def _resize(self, pixels: int) -> None:
        self.code.wanted = pixels
        self.code.update()
        self._paint()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._pace()
        self._paint()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.timer.stop()
