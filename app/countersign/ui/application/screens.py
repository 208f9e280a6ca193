"""A picture and the accessible texts of a window as it is, for the record (`screens/desk-light.png`, `.txt`).

- `grab(window, screen, theme)` opens the screen, dresses the application in the theme, paints at 1440 × 900 and gives
  PNG bytes; then the theme of before is put on again.
- `texts(window)` is what a screen reader finds on the open screen, one text a line, in reading order. A hash or address
  stands there whole, ungrouped, after its name, and grouped as it is painted.
"""

from typing import Final, Literal

from PySide6.QtCore import QBuffer, QByteArray, QEvent, QIODevice, QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QPlainTextEdit, QProgressBar, QTableView, QWidget

from countersign.ui.application.loop import application
from countersign.ui.theme import measure
from countersign.ui.theme.dress import dress, worn
from countersign.ui.theme.palette import DARK, LIGHT
from countersign.ui.views.frame import Frame
from countersign.ui.widgets.label import PlainLabel, WholeValue
from countersign.ui.widgets.layout import Card

SCREENS: Final = ("desk", "review", "sign", "carry", "log", "vault")
_ROWS = 200


def grab(window: Frame, screen: str, theme: Literal["light", "dark"]) -> bytes:
    """The PNG of one screen in one theme. KeyError for a screen that this window does not have."""
    before = worn()
    application().sendPostedEvents(None, QEvent.Type.DeferredDelete)
    if window.screen_key != screen:
        window.open_screen(screen)
    window.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen, not window.isVisible())
    window.resize(*measure.SCREEN)
    window.show()
    if before.name != theme:
        dress(application(), LIGHT if theme == "light" else DARK)
    _settle(window)
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    window.grab().save(buffer, "PNG")
    if before.name != theme:
        dress(application(), before)
        _settle(window)
    return bytes(data.data())


def _settle(window: QWidget) -> None:
    """Let what the widgets have posted to themselves happen: shows, layouts. No task of ours is run by it."""
    for _ in range(4):
        for widget in (window, *window.findChildren(QWidget)):
            application().sendPostedEvents(widget, 0)


def texts(window: Frame) -> str:
    """The accessible texts of the open screen, with the frame around it."""
    lines: list[str] = []
    _settle(window)
    if (centre := window.centralWidget()) is not None:
        _walk(centre, lines)
    return "\n".join(line for line in lines if line.strip()) + "\n"


def _walk(widget: QWidget, lines: list[str]) -> None:
    if not widget.isVisibleTo(widget.window()):
        return
    own = _words(widget)
    lines.extend(own)
    if isinstance(widget, QTableView):
        lines.extend(_table(widget))
        return
    children = [
        child for child in widget.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
        if not child.isWindow()
    ]  # fmt: skip
    for child in sorted(children, key=lambda child: _place(child, widget)):
        _walk(child, lines)


def _place(child: QWidget, parent: QWidget) -> tuple[int, int]:
    at = child.mapTo(parent, QPoint(0, 0))
    return at.y(), at.x()


def _words(widget: QWidget) -> list[str]:
    name = widget.accessibleName()
    if isinstance(widget, WholeValue):
        return [f"{name}: {widget.value}", widget.shown]
    if isinstance(widget, PlainLabel):
        return widget.shown.split("\n")
    if isinstance(widget, QLabel):
        return []
    if isinstance(widget, QAbstractButton):
        state = f" [{'x' if widget.isChecked() else ' '}]" if widget.isCheckable() else ""
        return [f"{name}{state}" if widget.isEnabled() else f"{name}{state} (disabled)"]
    if isinstance(widget, QLineEdit):
        secret = widget.echoMode() is QLineEdit.EchoMode.Password
        return [f"{name}: {'' if secret else widget.text()}".rstrip()]
    if isinstance(widget, QPlainTextEdit):
        return [f"{name}: {widget.toPlainText()}".rstrip()]
    if isinstance(widget, QProgressBar):
        return [f"{name}: {widget.value()}/{widget.maximum()}"]
    if isinstance(widget, Card):
        return []  # its heading says the same
    return [name] if name else []


def _table(table: QTableView) -> list[str]:
    model = table.model()
    columns = range(model.columnCount())
    head = " | ".join(str(model.headerData(at, Qt.Orientation.Horizontal) or "") for at in columns)
    role = Qt.ItemDataRole.AccessibleTextRole
    rows = [
        " | ".join(str(text) for at in columns if (text := model.index(line, at).data(role)))
        for line in range(min(model.rowCount(), _ROWS))
    ]
    return [head, *rows]
