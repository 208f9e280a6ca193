"""The style sheet, made of the palette and the measures; the only one of the window.

Widgets name their part by the dynamic property `part` ("card", "title", "primary", …) and their meaning by `tone`.
"""

from countersign.resources.location import data_path
from countersign.ui.theme import measure as m
from countersign.ui.theme.palette import Palette, colours

_TONES = ("ok", "warn", "bad", "info", "quiet")
_MODES = ("online", "vault", "auditor", "demonstration", "alarm")

_PARTS = """
QWidget {{ color: {ink}; }}
QMainWindow, QDialog, QWidget[part="page"], QWidget[part="wizard"] {{ background: {window}; }}
QToolTip {{ background: {raised}; color: {ink}; border: 1px solid {line}; padding: {HALF}px; }}
QFrame[part="card"] {{ background: {surface}; border: 1px solid {line}; border-radius: {RADIUS}px; }}
QFrame[part="strip"] {{ background: {surface}; border: 0; border-bottom: 1px solid {line}; }}
QFrame[part="rail"] {{ background: {surface}; border: 0; border-right: 1px solid {line}; }}
QFrame[part="actions"] {{ background: {surface}; border: 0; border-top: 1px solid {line}; }}
QFrame[part="rule"] {{ background: {line}; border: 0; max-height: 1px; min-height: 1px; }}
QLabel[part="title"] {{ font-size: {TITLE}px; font-weight: 600; }}
QLabel[part="heading"] {{ font-size: {STRONG}px; font-weight: 600; }}
QLabel[part="strong"] {{ font-weight: 600; }}
QLabel[part="caption"] {{ font-size: {CAPTION}px; color: {quiet}; }}
QLabel[part="quiet"] {{ color: {quiet}; }}
QLabel[part="amount"] {{ font-size: {STRONG}px; font-weight: 600; }}
QLabel[part="large"] {{ font-size: {LARGE}px; font-weight: 600; }}
QLabel[part="reading"] {{ font-size: {TITLE}px; }}
QWidget[part="wizard"] QLabel {{ font-size: {STRONG}px; }}
QWidget[part="wizard"] QLabel[part="caption"] {{ font-size: {BODY}px; }}
QWidget[part="wizard"] QLabel[part="heading"], QWidget[part="wizard"] QLabel[part="amount"],
QWidget[part="wizard"] QLabel[part="reading"] {{ font-size: {TITLE}px; }}
QWidget[part="wizard"] QLabel[part="large"] {{ font-size: {LARGE}px; }}
QWidget[part="wizard"] QCheckBox {{ font-size: {STRONG}px; }}
QScrollArea, QScrollArea > QWidget > QWidget[part="page"] {{ background: transparent; border: 0; }}
QScrollArea[part="sheets"] {{ border: 2px solid {line}; border-radius: {HALF}px; }}
QScrollArea[part="sheets"]:focus {{ border: 2px solid {accent}; }}
QPushButton, QToolButton, QComboBox {{ background: {surface}; border: 1px solid {line}; border-radius: {RADIUS}px;
  padding: {HALF}px {GAP}px; min-height: {CONTROL_INNER}px; }}
QPushButton:hover, QToolButton:hover, QComboBox:hover {{ background: {raised}; border-color: {quiet}; }}
QPushButton:pressed, QToolButton:pressed {{ background: {selection}; }}
QPushButton:disabled, QToolButton:disabled, QComboBox:disabled {{ color: {quiet}; background: {window};
  border: 1px dashed {line}; }}
QPushButton:focus, QToolButton:focus, QComboBox:focus, QLineEdit:focus, QPlainTextEdit:focus, QTableView:focus,
QListWidget:focus, QScrollArea:focus {{ border: 2px solid {accent}; }}
QRadioButton:disabled, QCheckBox:disabled {{ color: {quiet}; }}
QPushButton[part="primary"] {{ background: {accent}; color: {on_accent}; border-color: {accent}; font-weight: 600; }}
QPushButton[part="primary"]:hover {{ background: {accent}; border: 2px solid {ink}; }}
QPushButton[part="primary"]:focus {{ border: 2px solid {ink}; }}
QPushButton[part="primary"]:disabled {{ color: {quiet}; background: {window}; border: 1px dashed {line}; }}
QPushButton[part="refuse"] {{ color: {bad}; border-color: {bad}; }}
QPushButton[part="refuse"]:disabled {{ color: {quiet}; border: 1px dashed {line}; }}
QPushButton[part="refuse-now"] {{ background: {bad}; color: {on_bad}; border-color: {bad}; font-weight: 600; }}
QPushButton[part="refuse-now"]:disabled {{ color: {quiet}; background: {window}; border: 1px dashed {line}; }}
QPushButton[part="rail"] {{ text-align: left; border: 0; border-radius: {RADIUS}px; padding: {UNIT}px {UNIT}px;
  background: transparent; }}
QPushButton[part="rail"]:hover {{ background: {raised}; }}
QPushButton[part="rail"]:checked {{ background: {accent_soft}; color: {accent}; font-weight: 600;
  border-left: 3px solid {accent}; }}
QPushButton[part="rail"]:focus {{ border: 2px solid {accent}; }}
QPushButton[part="opening"] {{ text-align: left; border: 1px solid transparent; background: transparent;
  padding: {HALF}px; }}
QPushButton[part="opening"]:hover {{ background: {raised}; }}
QPushButton[part="opening"]:focus {{ border: 2px solid {accent}; }}
QPushButton[part="item"] {{ text-align: left; padding: {UNIT}px {GAP}px; }}
QPushButton[part="item"]:checked {{ background: {accent_soft}; color: {accent}; border: 2px solid {accent};
  font-weight: 600; }}
QPushButton[part="segment"] {{ font-weight: 600; }}
QPushButton[part="segment"]:checked {{ background: {accent_soft}; color: {accent}; border: 2px solid {accent}; }}
QPushButton[type="large"] {{ font-size: {TITLE}px; min-height: {CONTROL}px; padding: {UNIT}px {WIDE}px; }}
QPushButton[part="banner"] {{ background: {on_banner_demonstration}; color: {banner_demonstration};
  border-color: {on_banner_demonstration};
  font-weight: 600; min-height: {GAP}px; }}
QPushButton[part="banner"]:focus {{ border: 2px solid {on_banner}; }}
QPushButton[part="banner"]:disabled {{ background: transparent; color: {on_banner_demonstration};
  border: 1px dashed {on_banner_demonstration}; }}
QLineEdit, QPlainTextEdit {{ background: {surface}; border: 1px solid {line}; border-radius: {RADIUS}px;
  padding: {HALF}px {UNIT}px;
  selection-background-color: {selection}; selection-color: {ink}; }}
QLineEdit {{ min-height: {CONTROL_INNER}px; }}
QCheckBox {{ spacing: {UNIT}px; }}
QCheckBox::indicator {{ width: {ICON}px; height: {ICON}px; border: 2px solid {quiet}; border-radius: 3px;
  background: {surface}; }}
QCheckBox::indicator:checked {{ background: {accent}; border-color: {accent}; image: url({TICK}); }}
QRadioButton {{ spacing: {UNIT}px; }}
QRadioButton::indicator {{ width: 12px; height: 12px; border: 2px solid {quiet}; border-radius: 8px;
  background: {surface}; }}
QRadioButton::indicator:checked {{ width: 6px; height: 6px; border: 5px solid {accent}; }}
QRadioButton::indicator:disabled {{ border-color: {line}; }}
QCheckBox:focus {{ border: 2px solid {accent}; border-radius: {RADIUS}px; }}
QTableView, QListWidget {{ background: {surface}; alternate-background-color: {raised}; border: 1px solid {line};
  border-radius: {RADIUS}px; gridline-color: {line}; selection-background-color: {selection};
  selection-color: {ink}; }}
QListWidget::item {{ padding: {UNIT}px; }}
QHeaderView {{ background: {surface}; }}
QHeaderView::section {{ background: {raised}; color: {quiet}; border: 0; border-bottom: 1px solid {line};
  padding: {UNIT}px;
  font-size: {CAPTION}px; font-weight: 600; }}
QTableCornerButton::section {{ background: {raised}; border: 0; }}
QProgressBar {{ background: {quiet_soft}; border: 0; border-radius: {HALF}px; min-height: {UNIT}px;
  max-height: {UNIT}px; }}
QProgressBar::chunk {{ background: {accent}; border-radius: {HALF}px; }}
QScrollBar:vertical {{ background: transparent; width: 12px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: 12px; margin: 0; }}
QScrollBar::handle {{ background: {line}; border-radius: 4px; margin: 2px; min-height: 32px; min-width: 32px; }}
QScrollBar::handle:hover {{ background: {quiet}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QSlider::groove:horizontal {{ background: {quiet_soft}; height: 4px; border-radius: 2px; }}
QSlider::handle:horizontal {{ background: {accent}; width: 16px; margin: -6px 0; border-radius: 8px; }}
QSlider:focus {{ border: 2px solid {accent}; border-radius: {RADIUS}px; }}
QFrame[part="account"] {{ border: 2px solid transparent; border-radius: {RADIUS}px; background: transparent; }}
QFrame[part="account"]:hover {{ background: {raised}; }}
QFrame[part="account"]:focus {{ border: 2px solid {accent}; }}
QFrame[part="drop"] {{ border: 2px dashed {quiet}; border-radius: {RADIUS}px; background: {raised}; }}
QFrame[part="drop"]:focus {{ border: 2px dashed {accent}; }}
"""
_TONE = """
QLabel[tone="{tone}"] {{ color: {ink}; }}
QFrame[part="note"][tone="{tone}"] {{ background: {ground}; border: 1px solid {ink}; border-radius: {radius}px; }}
QFrame[part="note"][tone="{tone}"] QLabel {{ color: {ink}; }}
"""
_MODE = """
QFrame[mode="{mode}"] {{ background: {ground}; border: 0; }}
QFrame[mode="{mode}"] QLabel {{ color: {ink}; }}
"""


def sheet(palette: Palette) -> str:
    """The whole style sheet of one palette."""
    table = colours(palette)
    measures = {name: getattr(m, name) for name in dir(m) if name.isupper()}
    tick = data_path(f"icons/tick-{palette.name}.svg").as_posix()
    text = _PARTS.format(**table, **measures, CONTROL_INNER=m.CONTROL - 10, TICK=tick)
    for tone in _TONES:
        text += _TONE.format(tone=tone, ink=table[tone], ground=table[f"{tone}_soft"], radius=m.RADIUS)
    for mode in _MODES:
        ink = table["on_banner_demonstration" if mode == "demonstration" else "on_banner"]
        text += _MODE.format(mode=mode, ground=table[f"banner_{mode}"], ink=ink)
    return text
