"""*Evidence pack…* on History: of the settlement that is told, by clicks, and what is said of it."""

from pathlib import Path

from PySide6.QtWidgets import QAbstractButton, QFileDialog, QTableView

from countersign.errors import Refused
from countersign.ui.application import OfficerWindow
from support import window_world as world
from support.window_hands import click, dialog, enabled, key, named, settled, words

PACK = "Evidence pack…"
PLACE = "/media/stick/evidence.zip"


async def told(window: OfficerWindow) -> None:
    await window.refresh()
    await settled(window)
    key(window, "Ctrl+7")
    assert not [each for each in window.history.findChildren(QAbstractButton) if each.accessibleName() == PACK]
    named(window, "Settlements, the newest first", QTableView).selectRow(0)
    await settled(window)


async def chosen(window: OfficerWindow) -> None:
    """The person has pressed the button and chosen a place."""
    [place] = window.history.findChildren(QFileDialog)
    assert (place.acceptMode(), place.defaultSuffix()) == (QFileDialog.AcceptMode.AcceptSave, "zip")
    place.fileSelected.emit(PLACE)
    place.close()
    place.setParent(None)


async def test_the_pack_of_the_settlement_that_is_told_is_written(
    window: OfficerWindow, officer: world.OfficerDouble
) -> None:
    await told(window)
    click(window, PACK)
    await chosen(window)
    assert not enabled(window, PACK), "one at a time"
    await settled(window)
    assert officer.asked[-1] == ("evidence", world.CONTRACT)
    kept = window.context.instruments.drives.kept  # type: ignore[attr-defined]
    assert kept == {Path(PLACE): b"pack of " + world.CONTRACT.encode()}
    said = words(window.history)
    assert f"Written to {PLACE}. Compare these words with whoever receives it: able acid also" in said
    assert "Not in it" not in said
    assert enabled(window, PACK)


async def test_by_its_key_too_and_what_is_not_in_it_is_named(
    window: OfficerWindow, officer: world.OfficerDouble
) -> None:
    officer.absent = ("ab" * 32,)
    await told(window)
    key(window, "Ctrl+E")
    await chosen(window)
    await settled(window)
    said = f"Not in it, because this console does not keep them: {'ab' * 32}. Compare these words"
    assert said in words(window.history)


async def test_a_refusal_is_told_and_nothing_is_written(window: OfficerWindow, officer: world.OfficerDouble) -> None:
    await told(window)
    click(window, PACK)
    officer.error = Refused("desk.pack-lacks", artefact="cd" * 32, type="share.added", id="MH-2026-0001")
    await chosen(window)
    await settled(window)
    problem = await dialog(window)
    assert "that are not kept here" in words(problem)
    problem.accept()
    assert window.context.instruments.drives.kept == {}  # type: ignore[attr-defined]
    assert enabled(window, PACK)
