"""The whole story as a newcomer plays it: officer A's keys and clicks on real parts, the others on *Next step*.

Real SoftHSM tokens, the cold vault in its own process, codes as pictures, a stick, the witnessed log, embedded chains. On the way
the newcomer types a wrong PIN, refuses something, and presses *Next step* at wrong moments.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QTableView

from countersign.bootstrap import windows
from countersign.bootstrap.stage import DemonstrationStage
from countersign.demonstration import cast
from countersign.demonstration.story import Story
from countersign.ui.application import OfficerWindow
from support.codes import film
from support.parts import softhsm_module
from support.window_hands import active, click, dialog, enabled, key, named, no_dialog, seen, settled, type_into, words

CONFIRM = "I have compared amounts, addresses and digests. This is what we agreed."


@pytest.fixture
async def played(
    tmp_path: Path, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[OfficerWindow, Story]]:
    softhsm_module()
    for folder in ("stage", "hands"):
        (tmp_path / folder).mkdir()
    monkeypatch.chdir(tmp_path / "hands")
    stage = DemonstrationStage(tmp_path / "stage")
    await stage.open()
    try:
        story = Story(stage, tmp_path / "hands")
        await story.found()
        window = windows.seat(story, stage)
        window.show()
        await active(window)
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


async def give_pin(window: OfficerWindow, pin: str) -> None:
    asked = await dialog(window)
    type_into(asked, "The PIN of the token", pin)
    click(asked, "Unlock")


async def back(window: OfficerWindow) -> None:
    """Until no dialog is open and the keys are the window's again (the offscreen platform has no window manager)."""
    await no_dialog(window)
    await active(window)


async def told(window: OfficerWindow, code: str, what: str) -> None:
    """A problem is shown by its name; it is closed again."""
    await settled(window)
    shown = await dialog(window)
    assert f"Code {code}" in words(shown)
    assert what in words(shown)
    click(shown, "Close")
    await back(window)


async def sign_one(window: OfficerWindow) -> None:
    click(window, CONFIRM)
    key(window, "Ctrl+Return")
    await settled(window)
    assert "Signed. The signature was verified" in seen(window)


async def test_a_newcomer_settles_by_keys_and_clicks(played: tuple[OfficerWindow, Story]) -> None:
    window, story = played
    assert isinstance(story.stage, DemonstrationStage)
    seated = await story.stage.console(cast.COMPLIANCE.id, story.people[cast.COMPLIANCE.id])  # who attests below
    assert f"PIN of your demonstration token: {cast.PIN}" in seen(window)
    await next_step(window, "both holds are placed")
    assert "Waiting for others · 1" in seen(window)
    await next_step(window, "Two instructions wait for you on the Desk")
    assert "Needs you · 1" in seen(window)
    await open_review(window, story)
    await unlock_on_sign(window)
    await next_step(window, "an altered recipient (B8), a delegate call (E3)")
    await refuse_the_safe_transaction(window)
    await next_step(window, "Your turn: on the Desk, open the settlement")
    key(window, "Ctrl+2")
    await sign_one(window)
    await next_step(window, "Your turn: on the Desk, open the settlement")
    click(window, "Ethereum test chain 31337: 20,000,000 USDC, to sign")
    await sign_one(window)
    assert "Signed by you: 2 of 2 transactions." in seen(window)
    await cross_by_codes(window, story)
    await cross_by_stick(window)
    await next_step(window, "both were broadcast")
    await next_step(window, "Final: both parties confirmed")
    key(window, "Ctrl+1")
    assert "Settled today · 1" in seen(window)
    await look_at_the_log(window, story)
    await next_step(window, "Five institutions have traded forty contracts")
    key(window, "Ctrl+1")
    assert "41 of 41 settlements" in seen(window)
    operations, compliance = await windows.beside(story, story.stage, (cast.OPERATIONS.id, cast.COMPLIANCE.id))
    assert compliance.console is seated
    await reconcile(operations, story.stage)
    for each in (operations, compliance):
        each.close()
        await settled(each)


async def reconcile(window: OfficerWindow, stage: DemonstrationStage) -> None:
    """The operations officer's own window: the books agree with the chains, and the log says so."""
    window.show()
    await window.refresh()
    await settled(window)
    assert stage.pin_of(cast.OPERATIONS.id) in seen(window)
    window.open_screen("participants")
    click(window, "Reconcile…")
    found = await dialog(window)
    click(found, "Compare")
    await settled(window)
    assert "Nothing is broken: both sides agree to the last unit." in words(found)
    click(found, "Record in the log")
    await settled(window)
    assert stage.desk.state.reconciled is not None
    assert stage.desk.state.reconciled.breaks == 0


async def open_review(window: OfficerWindow, story: Story) -> None:
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


async def unlock_on_sign(window: OfficerWindow) -> None:
    """A wrong PIN is tried once and named; cancelling says nothing; the right one unlocks."""
    key(window, "Ctrl+S")
    click(window, CONFIRM)
    assert not enabled(window, "Sign with the token")
    key(window, "Ctrl+U")
    await give_pin(window, "135790")
    await told(window, "H5.pin-incorrect", "It was tried once.")
    click(window, "Next step")
    key(await dialog(window), "Esc")
    await settled(window)
    await back(window)
    assert "The last step was not finished. Press Next step to try it again." in seen(window)
    assert "officer-a · locked" in seen(window)
    key(window, "Ctrl+U")
    await give_pin(window, cast.PIN)
    await settled(window)
    await back(window)
    assert "officer-a · unlocked" in seen(window)


async def refuse_the_safe_transaction(window: OfficerWindow) -> None:
    """No check fails, the officer may refuse all the same, with the PIN if the token was locked; what others do goes on."""
    key(window, "Ctrl+Shift+U")
    await settled(window)
    assert "officer-a · locked" in seen(window)
    key(window, "Ctrl+R")
    asked = await dialog(window)
    assert "No check fails. You may still refuse; say why." in words(asked)
    click(asked, "Ethereum test chain 31337: Safe transaction")
    assert not enabled(asked, "Sign the refusal")
    type_into(asked, "Your reason", "Harbour asked me to wait.")
    click(asked, "Sign the refusal")
    while await dialog(window) is asked:
        await asyncio.sleep(0)
    await give_pin(window, cast.PIN)
    await settled(window)
    await back(window)
    calm(window)
    key(window, "Ctrl+6")
    await settled(window)
    assert seen(window).count("refusal | Ada Vale") == 4
    key(window, "Ctrl+2")


async def cross_by_codes(window: OfficerWindow, story: Story) -> None:
    await next_step(window, "choose Bitcoin and show the codes")
    key(window, "Ctrl+3")
    await settled(window)
    click(window, next(name for name in names(window) if name.startswith("Bitcoin · ")))
    await settled(window)
    key(window, "Alt+1")
    click(window, "Show the codes")
    await settled(window)
    calm(window)
    assert re.search(r"Frame \d+ of", seen(window))  # the animation may have moved on already
    QTest.keyClick(named(window, "Speed"), Qt.Key.Key_End)
    shown = await film(window)
    await next_step(window, "The vault operator read your codes")
    assert {"ur_type": shown.type, "sha256": sha256(shown.cbor).hexdigest()} == story.frames["request"]
    await next_step(window, "read the pictures of the answer; they lie in the folder frames")
    key(window, "Alt+2")
    type_into(window, "Folder or file with pictures", "nowhere")
    key(window, "Ctrl+L")
    await settled(window)
    click(await dialog(window), "Close")
    await back(window)
    type_into(window, "Folder or file with pictures", "frames")
    key(window, "Ctrl+L")
    await settled(window)
    calm(window)
    assert "Everything has arrived" in seen(window)


async def cross_by_stick(window: OfficerWindow) -> None:
    click(window, next(name for name in names(window) if name.startswith("Ethereum · ")))
    await settled(window)
    await next_step(window, "write the request to the folder usb")
    key(window, "Alt+3")
    type_into(window, "Folder of the stick", "usb")
    key(window, "Ctrl+W")
    await settled(window)
    calm(window)
    assert "read back, and verified" in seen(window)
    await next_step(window, "The vault operator inserted your stick")
    await next_step(window, "read the file usb/answer.countersign")
    type_into(window, "File on the stick", "usb/answer.countersign")
    key(window, "Ctrl+O")
    await settled(window)
    calm(window)
    assert "The answer was verified and its signatures are with the desk." in seen(window)


async def look_at_the_log(window: OfficerWindow, story: Story) -> None:
    key(window, "Ctrl+6")
    await settled(window)
    type_into(window, "Search the entries", "contract affirmed")
    table = named(window, "Entries of the log", QTableView)
    assert table.model().rowCount() == 1
    QTest.keyClick(table, Qt.Key.Key_Up)
    await settled(window)
    text = seen(window)
    assert f"Entry {story.logged_at()} in the log" in text
    assert "Witnesses 2 of 2, 2 needed" in text
    assert "Hashed with its sibling" in text
    click(window, "Verify everything")
    await settled(window)
    calm(window)
    assert "entries rebuilt from their openings, every tile compared, the state replayed." in seen(window)


def names(window: OfficerWindow) -> list[str]:
    return [button.accessibleName() for button in window.carry.list.findChildren(type(window.rail.refresh))]


async def test_operations_proposes_an_order_in_one_window_and_compliance_signs_it_in_another(
    played: tuple[OfficerWindow, Story],
) -> None:
    _, story = played
    paper = Path("order.txt")
    paper.write_text("The court orders. Demonstration only.")
    operations, compliance = await windows.beside(story, story.stage, ["operations", "compliance"])  # type: ignore[arg-type]
    try:
        for each in (operations, compliance):
            each.show()
            await active(each)
            await each.refresh()
            await settled(each)
        assert "Olive Penn" in operations.windowTitle()
        click(operations, "Participants")
        click(operations, "Orders…")
        click(await dialog(operations), "New order…")
        form = await dialog(operations)
        for name, text in (("The order's number", "HC-1"), ("Its paper", str(paper)), ("Reason", "By order.")):
            type_into(form, name, text)
        click(form, "Propose the order")
        await settled(operations)
        calm(operations)
        assert not enabled(operations, "Have it logged")

        await compliance.refresh()
        await settled(compliance)
        click(compliance, "Settings, 1 waiting")
        click(compliance, "Sign the proposal")
        await settled(compliance)
        click(compliance, "Have it logged")
        await settled(compliance)
        calm(compliance)
        state = story.stage.desk.state
        assert set(state.freezes["HC-1"].officers) == {"operations", "compliance"}
        assert not compliance.review.prepare.isVisible()
    finally:
        for each in (operations, compliance):
            each.close()
            await settled(each)
