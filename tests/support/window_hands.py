"""Hands and eyes for the window's tests: find by accessible name, click, type, wait for what was started.

Nothing here lets Qt's events run inside a coroutine (`processEvents`, `qWait`): qasync would enter a task within another.
"""

import asyncio
from collections.abc import Iterator
from typing import TypeVar

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QApplication,
    QDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QWidget,
)  # fmt: skip

from countersign.ui.application import texts
from countersign.ui.theme import fonts, measure
from countersign.ui.views.frame import Frame
from countersign.ui.widgets.label import PlainLabel
from countersign.ui.widgets.letters import Choices

CONTROLS = (QAbstractButton, QAbstractItemView, QAbstractSlider, QLineEdit, QPlainTextEdit, QProgressBar, QScrollArea)
Found = TypeVar("Found", bound=QWidget)


def controls(root: QWidget) -> Iterator[QWidget]:
    """Everything one can press, type into or read a value from; not the parts that Qt puts inside them."""
    for widget in root.findChildren(QWidget):
        if isinstance(widget, CONTROLS) and not _inside(widget):
            yield widget


def _inside(widget: QWidget) -> bool:
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, QAbstractItemView | QLineEdit | QPlainTextEdit):
            return True
        if isinstance(parent, QScrollArea) and type(widget).__name__ == "QScrollBar":
            return True
        parent = parent.parentWidget()
    return type(widget).__name__ == "QScrollBar"


def named(root: QWidget, name: str, kind: type[Found] = QWidget) -> Found:  # type: ignore[assignment]
    """The one visible widget of this accessible name."""
    found = [each for each in root.findChildren(kind) if each.accessibleName() == name and each.isVisibleTo(root)]
    assert len(found) == 1, (name, [each.accessibleName() for each in controls(root) if each.isVisibleTo(root)])
    return found[0]


def click(root: QWidget, name: str) -> None:
    """Press a button by its accessible name."""
    button = named(root, name, QAbstractButton)
    assert button.isEnabled(), name
    reach(button)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton, pos=QPoint(min(12, button.width() // 2), button.height() // 2))


def reach(widget: QWidget) -> None:
    """Scroll until it is on the screen."""
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, QScrollArea):
            parent.ensureWidgetVisible(widget)
        parent = parent.parentWidget()


def enabled(root: QWidget, name: str) -> bool:
    return named(root, name, QAbstractButton).isEnabled()


def type_into(root: QWidget, name: str, text: str) -> None:
    """Replace the text of a field."""
    field = named(root, name)
    assert isinstance(field, QLineEdit | QPlainTextEdit)
    field.setFocus()
    field.selectAll()
    if text:
        QTest.keyClicks(field, text)
    else:
        QTest.keyClick(field, Qt.Key.Key_Delete)


async def active(window: QWidget) -> None:
    """Until the keys go to this window: on the offscreen platform that takes turns of the loop, and is nobody's after a dialog."""
    window.activateWindow()
    for _ in range(10_000):
        if window.isActiveWindow():
            return
        await asyncio.sleep(0)
    raise AssertionError("another window keeps the keys")


def key(window: QWidget, sequence: str) -> None:
    """Press a key of the window, to which keys go: its shortcuts are dead while it is not the active one."""
    assert isinstance(window, QDialog) or window.isActiveWindow(), sequence
    QTest.keySequence(window, sequence)


async def settled(window: Frame) -> None:
    """Until nothing that the window started is running."""
    while window.context.runner.running:
        await asyncio.wait(tuple(window.context.runner.running))
    await asyncio.sleep(0)


async def dialog(window: QWidget) -> QDialog:
    """The dialog that is open, as soon as it is."""
    return await another_dialog(window, None)


async def another_dialog(window: QWidget, first: QDialog | None) -> QDialog:
    """The dialog that is open beside `first`, as soon as it is."""
    turns = 10_000
    while turns:
        for each in window.findChildren(QDialog):
            if each.isVisible() and each is not first:
                return each
        turns -= await _idle_turn(window)
    raise AssertionError("no dialog was opened")


async def no_dialog(window: QWidget) -> None:
    """Until every dialog is gone."""
    turns = 10_000
    while turns:
        if not any(each.isVisible() for each in window.findChildren(QDialog)):
            return
        turns -= await _idle_turn(window)
    raise AssertionError("a dialog stays open")


async def _idle_turn(window: QWidget) -> bool:
    """A turn of the loop; whether nothing that the window started (a token takes its time) was running in it."""
    await asyncio.sleep(0)
    return not (isinstance(window, Frame) and window.context.runner.running)


def seen(window: Frame) -> str:
    """What a screen reader finds on the open screen."""
    return texts(window)


def words(root: QWidget) -> str:
    """The labels of a dialog."""
    return "\n".join(each.shown for each in root.findChildren(PlainLabel) if each.isVisibleTo(root))


def labels(root: QWidget) -> list[QLabel]:
    return [each for each in root.findChildren(QLabel) if each.isVisibleTo(root)]


def clipped(root: QWidget) -> list[str]:
    """Visible labels and buttons whose words do not fit their place."""
    found = []
    for label in labels(root):
        width, text = label.contentsRect().width(), label.text()
        metrics = QFontMetrics(label.font())
        if label.wordWrap():
            needed = metrics.boundingRect(0, 0, max(width, 1), 1 << 16, int(Qt.TextFlag.TextWordWrap), text)
            if text and (needed.height() > label.height() + 2 or needed.width() > width + 2):
                found.append(f"{text[:60]!r} needs {needed.width()}x{needed.height()} in {width}x{label.height()}")
        elif metrics.horizontalAdvance(text) > label.width() + 1:
            found.append(f"{text[:60]!r} needs {metrics.horizontalAdvance(text)} in {label.width()}")
    for button in root.findChildren(QPushButton):
        needed = button.sizeHint().width()
        if button.property("part") == "item":  # strong where it is chosen, which Qt does not reckon with
            strong = QFontMetrics(fonts.proportional(bold=True))
            needed = (
                2 * measure.GAP + 4 + max(map(strong.horizontalAdvance, button.text().replace("&&", "&").split("\n")))
            )
        if button.isVisibleTo(root) and needed > button.width() + 1:
            found.append(f"button {button.text()!r} needs {needed} in {button.width()}")
    return found + [
        each for choices in root.findChildren(Choices) if choices.isVisibleTo(root) for each in _cut(choices)
    ]


def _cut(choices: Choices) -> list[str]:
    found, metrics = [], QFontMetrics(choices.font())
    room = choices.viewport().width() - 2 * (measure.UNIT + 3)  # less the style sheet's padding, and the style's own
    for entry in map(choices.item, range(choices.count())):
        at, text = choices.visualItemRect(entry), entry.text()
        needed = metrics.boundingRect(0, 0, room, 1 << 16, int(Qt.TextFlag.TextWordWrap), text)
        if needed.height() > at.height() - 2 * measure.UNIT:
            found.append(f"entry {text[-60:]!r} needs {needed.height()} in {at.height() - 2 * measure.UNIT}")
    return found


def grab_again(window: QWidget) -> None:
    """Paint once more at the present size, so that every layout has run."""
    for _ in range(4):
        for widget in (window, *window.findChildren(QWidget)):
            QApplication.sendPostedEvents(widget, 0)
    window.grab()
