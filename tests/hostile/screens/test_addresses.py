"""D2: an address stands whole wherever it stands, what differs from the registry is marked, and none is ever typed in.

The lie: an address made to be mistaken for the registered one, with the same beginning and the same end.
"""

import re
from dataclasses import replace
from pathlib import Path

import pytest

import countersign
from countersign.desk.views import ReviewView
from countersign.formats import likeness
from countersign.ui.application import OfficerWindow, texts
from countersign.ui.presenters import review as presenter
from countersign.ui.presenters import writing
from countersign.ui.widgets.label import WholeValue
from support import window_world as world
from support.window_hands import settled

REAL = world.HARBOUR
TWIN = f"{REAL[:14]}{'q' * (len(REAL) - 28)}{REAL[-14:]}"
_FIELD = re.compile(r"\bQ(?:LineEdit|PlainTextEdit|TextEdit|ComboBox|SpinBox)\b\)?\(|\((?:QLineEdit|QPlainTextEdit)\)")
FIELDS = {
    "search_dialog": "looks up", "desk_screen": "looks up", "history_screen": "looks up", "log_screen": "looks up",
    "vaults_screen": "looks up", "participants_screen": "looks up",
    "address_dialog": "compares an address with the registry; nothing is paid to it",
    "place_card": "the number of a vault's own place",
    "arrivals_dialog": "the reference of what has come in", "files": "a path", "scan_panel": "the text of a code, signed",
    "secret_dialog": "a PIN", "rate_line": "a fee rate", "propose_dialog": "a number or a day of the policy",
    "refuse_dialog": "a reason", "endorse_verbs": "a reason", "reason": "a reason",
    "statement_dialog": "a day",
    "enrol_pages": "a new vault's id, its threshold, a session's secret",
    "order_dialog": "an order's number and its reason", "line_list": "read only",
}  # fmt: skip


def swapped(view: ReviewView) -> ReviewView:
    """The bytes pay the twin."""
    first = view.instructions[0]
    line = replace(first.lines[0], paid_to=TWIN)
    return replace(view, instructions=(replace(first, lines=(line,)), *view.instructions[1:]))


async def page(window: OfficerWindow, officer: world.OfficerDouble, *, lie: bool) -> str:
    officer.altered = swapped if lie else (lambda view: view)
    await window.show_settlement(world.CONTRACT)
    await settled(window)
    window.open_screen("review")
    return texts(window)


async def test_both_addresses_stand_whole_and_their_difference_is_named(
    window: OfficerWindow, officer: world.OfficerDouble
) -> None:
    await window.refresh()
    honest, hostile = await page(window, officer, lie=False), await page(window, officer, lie=True)
    assert TWIN not in honest
    assert writing.groups(REAL) in hostile
    assert writing.groups(TWIN) in hostile
    assert hostile.count(REAL) < honest.count(REAL)
    assert f"{len(likeness.groups(REAL, TWIN))} groups" in hostile


async def test_switched_off_the_two_read_the_same(
    window: OfficerWindow, officer: world.OfficerDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An address with its middle left out, and no mark: what is painted of either page is the same."""
    monkeypatch.setattr(writing, "groups", lambda value: f"{value[:12]}…{value[-12:]}")
    monkeypatch.setattr(presenter, "marks", lambda *_: "")
    await window.refresh()
    pages = []
    for lie in (False, True):
        await page(window, officer, lie=lie)
        pages.append([each.shown for each in window.review.findChildren(WholeValue)])
    assert pages[0] == pages[1]


def test_no_field_of_the_window_takes_an_address_to_pay() -> None:
    """Nothing is typed or pasted that is paid. Whoever adds a field says here what it takes."""
    views = Path(countersign.__file__).parent / "ui"
    made = {module.stem for module in views.rglob("*.py") if _FIELD.search(module.read_text("utf-8"))}
    assert made == set(FIELDS)


def test_nothing_reads_the_clipboard() -> None:
    """Whatever swaps addresses in it finds nobody who takes one from there."""
    used = [module for module in Path(countersign.__file__).parent.rglob("*.py")
            if "clipboard" in module.read_text("utf-8").lower()]  # fmt: skip
    assert used == []
