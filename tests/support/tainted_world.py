"""The hand-made console's views with hostile letters behind every name, id, symbol and sentence that comes from outside.

- `Tainted(double)` is the double itself, but what it gives has `TAINT` behind each such text, however deep; what it is
  given has it taken off again.
- `shown(window)` is what a person reads of each widget after Qt has had its say: markup rendered, keys taken off buttons,
  marks off titles. `taken(window)` are the places at which something else than `SHOWN` is read.
"""

import asyncio
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt
from PySide6.QtGui import Qt as GuiQt
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

from countersign.desk.views import Rows
from countersign.resources.visible import visible
from countersign.ui.widgets.chip import Chip
from countersign.ui.widgets.label import BREAK
from countersign.ui.widgets.letters import FOLD

MARK: Final = "Zq7"
TAINT: Final = f"{MARK}<b>A</b> <img src='file:///etc/hostname'>&lt;&B[*] **C** [D](E){'W' * 28}\u202e\x07"
NEAR: Final = f"{MARK} & Söhne (2) < 3 > 1, No. [7]*"

_FOREIGN = re.compile(
    r"MER-HAR-[0-9-]+[0-9]|Meridian Capital|Harbour Prime|Northgate Trust|Quay Street|Tidewater Bank|Amara Okafor"
    r"|Chidi Brandt|Conrad Lake|Dora Finch|Ada Vale|Olive Penn|meridian-btc|harbour-safe|signing-a|vault-c|MERIDIAN-1|Tails"
    r"|HC-2026-114|OFAC-77|Paid twice\.|By order of the High Court\.|High Court order|LCIA 2020"
    r"|London Court of International Arbitration|Coldcard Mk4|SoftHSM v2|witness-one\.example|northgate\.example/desk\b"
)
_SYMBOL = re.compile(r"(BTC|USDC)\Z")


class Tainted:
    """A double whose answers are hostile. `taint` goes behind every foreign text."""

    def __init__(self, double: object, taint: str = TAINT) -> None:
        self.__dict__["_double"], self.__dict__["_taint"] = double, taint

    def __getattr__(self, name: str) -> Any:
        return self._of(getattr(self._double, name))

    def __setattr__(self, name: str, value: object) -> None:
        setattr(self._double, name, value)

    def _of(self, value: Any) -> Any:
        if callable(value) and not isinstance(value, type):
            return lambda *args, **named: self._answer(value(*self._clean(args), **self._clean(named)))
        if type(value).__module__.startswith("support."):
            return value if is_dataclass(value) else Tainted(value, self._taint)
        return self._told(value)

    def _answer(self, answer: Any) -> Any:
        if not asyncio.iscoroutine(answer):
            return self._of(answer)

        async def later() -> Any:
            return self._of(await answer)

        return later()

    def _told(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._text(value)
        if is_dataclass(value) and not isinstance(value, type):
            return _rebuilt(value, self._told)
        if isinstance(value, Rows):
            return Rows(tuple(map(self._told, value)))
        if isinstance(value, tuple | list):
            return type(value)(self._told(each) for each in value) if type(value) in (tuple, list) else value
        if isinstance(value, dict):
            return {name: self._told(each) for name, each in value.items()}
        return value

    def _text(self, text: str) -> str:
        if type(text) is not str:
            return text  # a word of an enumeration
        return text + self._taint if _SYMBOL.match(text) else _FOREIGN.sub(lambda found: found[0] + self._taint, text)

    def _clean(self, value: Any) -> Any:
        if isinstance(value, str):
            return value.replace(self._taint, "")
        if isinstance(value, tuple | list):
            return type(value)(self._clean(each) for each in value)
        if isinstance(value, Mapping):
            return {name: self._clean(each) for name, each in value.items()}
        if is_dataclass(value) and not isinstance(value, type):
            return _rebuilt(value, self._clean)
        return value


def _rebuilt(value: Any, change: Any) -> Any:
    """The same value with every field changed, judged by nobody; itself where nothing changes."""
    found = {each.name: getattr(value, each.name) for each in fields(value)}
    changed = {name: change(inner) for name, inner in found.items()}
    if all(changed[name] is inner or changed[name] == inner for name, inner in found.items()):
        return value
    made = object.__new__(type(value))
    for name, inner in changed.items():
        object.__setattr__(made, name, inner)
    return made


def read(text: str) -> str:
    """What Qt shows of a text that it takes for markup where it looks like it."""
    if not GuiQt.mightBeRichText(text):
        return text
    document = QTextDocument()
    document.setHtml(text)
    return document.toPlainText()


def shown(root: QWidget) -> Iterator[tuple[str, str]]:
    """Each text under `root`, as a person reads it, with its kind."""
    for widget in (root, *root.findChildren(QWidget)):
        if widget.isWindow():
            yield "title", widget.windowTitle().replace("[*][*]", "\0").replace("[*]", "").replace("\0", "[*]")
        yield "tooltip", read(widget.toolTip())
        yield "spoken", f"{widget.accessibleName()}\n{widget.accessibleDescription()}"
        yield from _own(widget)


def _own(widget: QWidget) -> Iterator[tuple[str, str]]:
    if isinstance(widget, QLabel):
        plain = widget.textFormat() is Qt.TextFormat.PlainText
        yield "label", (widget.text() if plain else read(widget.text())).replace(BREAK, "")
    elif isinstance(widget, QAbstractButton):
        yield "button", re.sub(r"&(.)", r"\1", widget.text()).replace(FOLD, "")
    elif isinstance(widget, QLineEdit):
        yield "field", f"{widget.text()}\n{widget.placeholderText()}"
    elif isinstance(widget, QPlainTextEdit):
        yield "lines", widget.toPlainText()
    elif isinstance(widget, Chip):
        yield "chip", widget.word
    elif isinstance(widget, QAbstractItemView) and (model := widget.model()) is not None:
        for line in range(model.rowCount()):
            for column in range(model.columnCount() if isinstance(model, QAbstractTableModel) else 1):
                index = model.index(line, column, QModelIndex())
                yield "cell", str(index.data() or "").replace(BREAK, "")
                yield "tooltip", read(str(index.data(Qt.ItemDataRole.ToolTipRole) or ""))
                yield "spoken", str(index.data(Qt.ItemDataRole.AccessibleTextRole) or "")


def taken(root: QWidget, taint: str = TAINT) -> list[str]:
    """The texts under `root` of which a person reads something else than was given."""
    whole = visible(taint)
    return [f"{kind}: {text!r}" for kind, text in shown(root)
            if kind != "spoken" and text.count(MARK) != text.count(whole)]  # fmt: skip
