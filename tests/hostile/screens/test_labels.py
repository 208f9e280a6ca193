"""D4: every label, tooltip, table, list, button and title of every screen shows foreign text letter for letter, whole."""

from collections import Counter
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication, QWidget

from countersign.ui.application import BannerFacts, Instruments, Mode, OfficerWindow, open_officer, open_vault
from countersign.ui.views import dialog as dialogs
from countersign.ui.views.dialog import Dialog
from countersign.ui.views.line_table import LineTable
from countersign.ui.widgets import button, cells, label, letters
from countersign.ui.widgets.cells import Cell
from countersign.ui.widgets.chip import Dots
from countersign.ui.widgets.label import PlainLabel
from countersign.ui.widgets.layout import column
from countersign.ui.widgets.letters import Choices
from hostile.screens.conftest import throw_away
from support import window_world as world
from support.tainted_world import MARK, NEAR, TAINT, Tainted, shown, taken
from support.window_hands import click, clipped, dialog, grab_again, named, settled
from ui.test_accessible import vault_steps

GOES, COMES = "Who goes", "Who comes, of the registered keys for this chain"
SCREENS = ("desk", "review", "sign", "carry", "vaults", "participants", "log", "history", "settings")


def opened(double: object, instruments: Instruments, taint: str) -> OfficerWindow:
    window = open_officer(Tainted(double, taint), BannerFacts(Mode.ONLINE), instruments)  # type: ignore[arg-type]
    window.belong_to(f"Amara Okafor{taint}")
    window.show()
    return window


@pytest.fixture
def hostile(qapp: QApplication, officer: world.OfficerDouble, instruments: Instruments) -> Iterator[OfficerWindow]:
    window = opened(officer, instruments, TAINT)
    yield window
    throw_away(window, qapp)


async def filled(window: OfficerWindow) -> None:
    await window.refresh()
    await window.show_settlement(world.CONTRACT)
    await settled(window)


async def every_screen(window: OfficerWindow, taint: str = TAINT) -> list[str]:
    """What is read wrongly, cut, or pushes the window wider than 1200 or higher than 900, on any screen."""
    await filled(window)
    found = []
    for screen in SCREENS:
        window.open_screen(screen)
        await settled(window)
        window.resize(1200, 760)
        grab_again(window)
        found += clipped(window)
        if window.width() > 1200 or window.height() > 900:
            found.append(f"{screen} needs {window.width()}x{window.height()}")
    return found + taken(window, taint)


async def test_every_screen_shows_hostile_words_letter_for_letter_and_whole(hostile: OfficerWindow) -> None:
    assert await every_screen(hostile) == []
    kinds = Counter(kind for kind, text in shown(hostile) if MARK in text)
    assert {"label", "tooltip", "cell", "button", "title"} <= set(kinds), kinds
    assert sum(kinds.values()) > 600, kinds


def test_the_walk_has_every_screen(window: OfficerWindow) -> None:
    assert window.screens.keys() == {*SCREENS, "enrol"}, "Enrol a vault is walked in test_enrolment.py"


async def test_the_near_miss_is_shown_as_it_is(
    qapp: QApplication, officer: world.OfficerDouble, instruments: Instruments
) -> None:
    window = opened(officer, instruments, NEAR)
    assert await every_screen(window, NEAR) == []
    throw_away(window, qapp)


OFF: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "label": lambda off: off.setattr(PlainLabel, "setTextFormat", lambda *_: None),
    "tooltip": lambda off: off.setattr(letters, "GuiQt", SimpleNamespace(mightBeRichText=lambda _: False)),
    "button": lambda off: [off.setattr(place, "pressed", lambda text, _=0: text) for place in (button, letters)],
    "title": lambda off: off.setattr(dialogs, "entitle", QWidget.setWindowTitle),
    "cell": lambda off: off.setattr(label, "visible", str),
}


def small(words: str) -> Dialog:
    """One of each thing that shows words, with hostile ones."""
    window = Dialog(words, None)  # type: ignore[arg-type]
    table = LineTable("table", ("screen.desk",), (200,), stretch=0)
    table.show_rows([("key", (Cell((words,)),))])
    choices = letters.Choices("choices")
    choices.offer([words])
    window.setLayout(column(label.PlainLabel(words), button.Button(words), Dots((True,), words), table, choices))
    return window


@pytest.mark.parametrize("kind", OFF)
def test_with_its_guard_switched_off_the_lie_is_shown(
    kind: str, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = small(TAINT)
    assert taken(window) == []
    assert {each for each, text in shown(window) if MARK in text} >= OFF.keys()
    OFF[kind](monkeypatch)
    without = small(TAINT)
    assert kind in {each.partition(":")[0] for each in taken(without)}
    for each in (window, without):
        throw_away(each, qapp)


def width_of(word: str, room: int) -> int:
    """How wide a label becomes that has only so much room."""
    shown_word = PlainLabel(word)
    place, wrap = QRect(0, 0, room, 1 << 16), int(Qt.TextFlag.TextWordWrap)
    return QFontMetrics(shown_word.font()).boundingRect(place, wrap, shown_word.text()).width()


def test_a_long_word_wraps_and_is_cut_at_the_edge_where_it_may_not_break(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert width_of("W" * 90, 300) <= 300
    monkeypatch.setattr(label, "breakable", str)
    assert width_of("W" * 90, 300) > 800


def test_a_word_wider_than_its_column_breaks_and_no_other_does(qapp: QApplication) -> None:
    metrics = QFontMetrics(PlainLabel("").font())
    wide = metrics.horizontalAdvance("Meridian Capital")
    assert cells.wrapping("Meridian Capital of the North", metrics, wide) == "Meridian Capital of the North"
    broken = cells.wrapping("Meridian " + "W" * 40, metrics, wide)
    assert broken.replace(label.BREAK, "") == "Meridian " + "W" * 40
    assert all(
        metrics.horizontalAdvance(part) <= wide for word in broken.split(" ") for part in word.split(label.BREAK)
    )


async def test_a_change_of_owners_that_is_put_together_shows_them_too(hostile: OfficerWindow) -> None:
    await filled(hostile)
    hostile.open_screen("vaults")
    hostile.vaults.choose(next(each.id for each in hostile.vaults.pages if each.safe is not None and MARK in each.id))
    grab_again(hostile)
    click(hostile, "Change owners…")
    asked = await dialog(hostile)
    await settled(hostile)
    grab_again(asked)
    click(asked, "An owner is exchanged")
    for which in (GOES, COMES):
        grab_again(asked)
        named(asked, which, Choices).setCurrentRow(0)
    grab_again(asked)
    assert (taken(asked), clipped(asked)) == ([], [])
    assert Counter(kind for kind, text in shown(asked) if MARK in text).keys() >= {"label", "cell", "title"}
    assert asked.width() <= 1200


async def test_every_step_of_the_vault_shows_them_too(
    qapp: QApplication, cold: world.VaultDouble, instruments: Instruments
) -> None:
    window = open_vault(Tainted(cold), BannerFacts(Mode.VAULT), instruments)  # type: ignore[arg-type]
    window.show()
    found: list[str] = []

    def visit(root: QWidget) -> None:
        grab_again(root)
        found.extend([*taken(root), *clipped(root)])

    await vault_steps(window, visit)
    assert found == []
    assert sum(MARK in text for _, text in shown(window)) > 20
    throw_away(window, qapp)
