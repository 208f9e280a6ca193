"""Families and figures: one proportional and one monospaced family list, tabular figures everywhere.

The first family that the machine has is used; Chinese falls to the CJK family after it.
"""

from typing import Final

from PySide6.QtGui import QFont

from countersign.ui.theme import measure

PROPORTIONAL: Final = [
    "Inter",
    "Noto Sans",
    "Cantarell",
    "Segoe UI",
    "DejaVu Sans",
    "Noto Sans CJK SC",
    "WenQuanYi Micro Hei",
]
MONOSPACED: Final = ["JetBrains Mono", "Noto Sans Mono", "Consolas", "DejaVu Sans Mono", "Noto Sans Mono CJK SC"]


def proportional(pixels: int = measure.BODY, *, bold: bool = False) -> QFont:
    """Words and amounts; digits all of one width."""
    return _font(PROPORTIONAL, pixels, bold)


def monospaced(pixels: int = measure.BODY, *, bold: bool = False) -> QFont:
    """Addresses, hashes, keys."""
    font = _font(MONOSPACED, pixels, bold)
    font.setStyleHint(QFont.StyleHint.Monospace)
    return font


def printed(points: float, *, bold: bool = False, fixed: bool = False) -> QFont:
    """For paper, in points. Without ligatures: whoever searches the file finds "final" letter by letter."""
    font = monospaced(bold=bold) if fixed else proportional(bold=bold)
    font.setPointSizeF(points)
    font.setFeature(QFont.Tag("liga"), 0)
    return font


def _font(families: list[str], pixels: int, bold: bool) -> QFont:
    font = QFont(families)
    font.setPixelSize(pixels)
    font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font
