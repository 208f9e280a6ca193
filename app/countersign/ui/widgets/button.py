"""Buttons: a word, perhaps an icon, a key that the tooltip shows, an accessible name."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QPushButton

from countersign.ui.strings import label
from countersign.ui.theme import icons, measure
from countersign.ui.theme.dress import worn
from countersign.ui.theme.palette import colours
from countersign.ui.widgets.letters import pressed, tip

_INK = {"primary": "on_accent", "refuse": "bad", "refuse-now": "on_bad", "banner": "banner_demonstration"}


class Button(QPushButton):
    """A labelled action. `key` is its shortcut ("Ctrl+S"); `part` its style; `name` what a screen reader says.

    `width`: pixels in which the words must stand, in as many lines as they need; 0 where they stand in one."""

    def __init__(
        self, text: str, key: str = "", *, icon: str = "", part: str = "", name: str = "", width: int = 0
    ) -> None:
        super().__init__(pressed(text, width))
        self.drawing = icon
        self.setProperty("part", part)
        self.setAccessibleName(name or text)
        self.setAutoDefault(False)
        self.explain(name or text, key)
        bind(self, key)
        self.setIconSize(QSize(measure.ICON, measure.ICON))
        self.draw()

    def setText(self, text: str) -> None:
        super().setText(pressed(text))

    def explain(self, action: str, key: str = "") -> None:
        """The tooltip: what it does and by which key."""
        shown = QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText) if key else ""
        self.setToolTip(tip(label("key.tip", action=action, key=shown) if shown else action))

    def draw(self) -> None:
        """Paint the icon in the colour of this button's words."""
        if not self.drawing:
            return
        ink = _INK.get(str(self.property("part")), "accent" if self.isChecked() else "ink")
        name = "quiet" if not self.isEnabled() else ink
        self.setIcon(icons.icon(self.drawing, colours(worn())[name], measure.ICON))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.EnabledChange, QEvent.Type.StyleChange):
            self.draw()

    def checkStateSet(self) -> None:
        super().checkStateSet()
        self.draw()


def bind(button: QAbstractButton, key: str) -> None:
    """Press `button` by a key while it can be seen. (Qt's own shortcut of a button clicks a tenth of a second later.)"""
    if key:
        shortcut = QShortcut(QKeySequence(key), button)
        shortcut.setAutoRepeat(False)
        shortcut.activated.connect(button.click)


def base_units(build: Callable[[], None], *, large: bool = False) -> Button:
    """The button that shows amounts as the integers that are signed, and back; `build` shows the page anew."""
    button = Button(label("common.base-units"), "Ctrl+B", part="segment")
    button.explain(label("review.base-units-tip"), "Ctrl+B")
    button.setProperty("type", "large" if large else "")
    button.setCheckable(True)
    button.toggled.connect(lambda _: build())
    return button
