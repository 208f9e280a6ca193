"""Putting a theme on: Fusion, the palette, the style sheet; following the system's choice.

- A widget that paints asks `worn()` for the colours: no global holds them.
- `follow_system` dresses now and whenever the system changes between light and dark.
"""

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from countersign.ui.theme import fonts
from countersign.ui.theme.palette import DARK, LIGHT, Palette
from countersign.ui.theme.sheet import sheet

_ROLES = {
    QPalette.ColorRole.Window: "window",
    QPalette.ColorRole.WindowText: "ink",
    QPalette.ColorRole.Base: "surface",
    QPalette.ColorRole.AlternateBase: "raised",
    QPalette.ColorRole.Text: "ink",
    QPalette.ColorRole.Button: "surface",
    QPalette.ColorRole.ButtonText: "ink",
    QPalette.ColorRole.Highlight: "selection",
    QPalette.ColorRole.HighlightedText: "ink",
    QPalette.ColorRole.ToolTipBase: "raised",
    QPalette.ColorRole.ToolTipText: "ink",
    QPalette.ColorRole.PlaceholderText: "quiet",
    QPalette.ColorRole.Mid: "line",
    QPalette.ColorRole.Accent: "accent",
    QPalette.ColorRole.Link: "accent",
}


_CHOSEN = "theme"


def qt_palette(palette: Palette) -> QPalette:
    """Our colours in Qt's roles."""
    result = QPalette()
    for role, name in _ROLES.items():
        result.setColor(role, QColor(getattr(palette, name)))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText, QPalette.ColorRole.WindowText):
        result.setColor(QPalette.ColorGroup.Disabled, role, QColor(palette.quiet))
    return result


def dress(application: QApplication, palette: Palette) -> None:
    """Fusion, this palette and its style sheet on every window."""
    application.setStyle("Fusion")
    application.setPalette(qt_palette(palette))
    application.setFont(fonts.proportional())
    application.setStyleSheet(sheet(palette))


def worn() -> Palette:
    """The palette that the windows wear now. A widget's own palette does not tell: the style sheet changes it."""
    return DARK if QGuiApplication.palette().window().color().lightness() < 128 else LIGHT


def of_system(application: QApplication) -> Palette:
    """What the system asks for; light where it does not say."""
    return DARK if application.styleHints().colorScheme() is Qt.ColorScheme.Dark else LIGHT


def follow_system(application: QApplication) -> None:
    """Dress as the system is dressed, now and after each change, until another theme is chosen."""
    dress(application, of_system(application))
    application.styleHints().colorSchemeChanged.connect(lambda _: _follow(application))


def _follow(application: QApplication) -> None:
    if application.property(_CHOSEN) in (None, "system"):
        dress(application, of_system(application))


def wear(theme: str) -> None:
    """Dress as a person chose: "light", "dark", or as the system is."""
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        return
    application.setProperty(_CHOSEN, theme)
    dress(application, {"light": LIGHT, "dark": DARK}.get(theme) or of_system(application))
