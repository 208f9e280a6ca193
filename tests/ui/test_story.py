"""The whole story as a newcomer plays it: officer A's keys and clicks on real parts, the others on *Next step*.

Real SoftHSM tokens, the cold vault in its own process, codes as pictures, a stick, the witnessed log, embedded chains.
"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QTableView

from countersign.bootstrap.instruments import instruments
from countersign.bootstrap.stage import DemonstrationStage
from countersign.bootstrap.windows import banner
from countersign.demonstration import cast
from countersign.demonstration.story import Story
from countersign.demonstration.window import NextStep
from countersign.ui.application import OfficerWindow, open_officer
from support.parts import softhsm_module
from support.window_hands import click, dialog, key, named, no_dialog, seen, settled, type_into, words

CONFIRM = "I have compared amounts, addresses and digests. This is what we agreed."


@pytest.fixture
async def played(tmp_path: Path, qapp: QApplication) -> AsyncIterator[tuple[OfficerWindow, Story]]:
    softhsm_module()
    stage = DemonstrationStage(tmp_path / "stage")
    (tmp_path / "stage").mkdir()
    await stage.open()
    try:
        story = Story(stage, tmp_path / "hands")
        await story.found()
        window = open_officer(story.console(), banner(NextStep(story)), instruments(stage.carrier))
        window.show()
        window.activateWindow()
        while not window.isActiveWindow():
            await asyncio.sleep(0)
        await window.refresh()
        yield window, story
        window.close()
        await settled(window)
    finally:
        await stage.aclose()


async def next_step(window: OfficerWindow, said: str) -> None:
    click(window, "Next step")
    await settled(window)
    calm(window)
    assert said in seen(window)


def calm(window: OfficerWindow) -> None:
    """No problem was reported."""
    assert [words(each) for each in window.findChildren(QDialog) if each.isVisible()] == []


async def sign_one(window: OfficerWindow) -> None:
    click(window, CONFIRM)
    key(window, "Ctrl+Return")
    await settled(window)
    assert "Signed. The signature was verified" in seen(window)


async def test_a_newcomer_settles_by_keys_and_clicks(played: tuple[OfficerWindow, Story]) -> None:
    window, story = played
    await next_step(window, "both holds are placed")
    await next_step(window, "Two instructions wait for you on the Desk")
    assert "Needs you · 1" in seen(window)
    await next_step(window, "an altered recipient (B8), a delegate call (E3)")
    table = named(window, "Settlements", QTableView)
    table.setFocus()
    QTest.keySequence(table, "Return")
    await settled(window)
    calm(window)
    text = seen(window)
    assert window.screen_key == "review"
    assert f"Contract hash (SHA-256): {story.contract}" in text
    assert text.count("Extra effects: none") == 2
    assert "May be signed:" in text
    key(window, "Ctrl+S")
    if window.sign.token is not None and not window.sign.token.unlocked:
        key(window, "Ctrl+U")
        asked = await dialog(window)
        type_into(asked, "The PIN of the token", cast.PIN)
        click(asked, "Unlock")
        await settled(window)
        await no_dialog(window)
    await sign_one(window)
    click(window, "Ethereum test chain 31337: 20,000,000 USDC, to sign")
    await sign_one(window)
    assert "All 2 transactions are signed by you." in seen(window)
    await cross_by_codes(window)
    await cross_by_stick(window)
    await next_step(window, "both were broadcast")
    await next_step(window, "Final: both parties confirmed")
    key(window, "Ctrl+1")
    assert "Settled today · 1" in seen(window)
    key(window, "Ctrl+4")
    click(window, "Verify everything")
    await settled(window)
    assert "entries rebuilt from their openings" in seen(window)


async def cross_by_codes(window: OfficerWindow) -> None:
    key(window, "Ctrl+3")
    await settled(window)
    click(window, next(name for name in names(window) if name.startswith("Bitcoin · ")))
    await settled(window)
    key(window, "Alt+1")
    click(window, "Show the codes")
    await settled(window)
    assert "Frame 1 of" in seen(window)
    await next_step(window, "The vault operator read your codes")
    folder = seen(window).split("lie in ")[1].split(": take")[0]
    key(window, "Alt+2")
    type_into(window, "Folder or file with pictures", folder)
    key(window, "Ctrl+L")
    await settled(window)
    calm(window)
    assert "Everything has arrived" in seen(window)


async def cross_by_stick(window: OfficerWindow) -> None:
    click(window, next(name for name in names(window) if name.startswith("Ethereum · ")))
    await settled(window)
    await next_step(window, "write the Ethereum request into ")
    folder = seen(window).split("request into ")[1].split(". Then")[0]
    key(window, "Alt+3")
    type_into(window, "Folder of the stick", folder)
    key(window, "Ctrl+W")
    await settled(window)
    calm(window)
    assert "read back, and verified" in seen(window)
    await next_step(window, "The vault operator inserted your file")
    file = seen(window).split("Read ")[1].split(" on Carry")[0]
    type_into(window, "File on the stick", file)
    key(window, "Ctrl+O")
    await settled(window)
    calm(window)
    assert "The answer was verified and its signatures are with the desk." in seen(window)


def names(window: OfficerWindow) -> list[str]:
    return [button.accessibleName() for button in window.carry.list.findChildren(type(window.rail.refresh))]
