"""A Safe's change of owners in the officer's window: from Vaults, shown whole, confirmed, signed, sent, looked for."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from countersign.desk.owner_views import GOES
from countersign.errors import Refused
from countersign.ui.application import OfficerWindow
from countersign.ui.views.line_table import LineTable
from countersign.ui.views.owners_dialog import OwnersDialog
from countersign.ui.widgets.button import Button
from countersign.ui.widgets.label import WholeValue
from support import vaults_world
from support import window_world as world
from support.window_hands import another_dialog, click, dialog, enabled, named, seen, settled, type_into, words
from ui.test_accessible import clipped, grab_again, keyless, marked_up, unnamed

CONFIRM = "I have compared amounts, addresses and digests. This is what we agreed."


@pytest.fixture
def ordered(officer: world.OfficerDouble) -> world.OfficerDouble:
    officer.vaults.state = vaults_world.with_order()
    return officer


def told(shown: OwnersDialog) -> str:
    values = (f"{each.accessibleName()}: {each.accessibleDescription()}" for each in shown.findChildren(WholeValue))
    return "\n".join((words(shown), *values))


async def opened(window: OfficerWindow) -> OwnersDialog:
    await window.refresh()
    await settled(window)
    click(window, "Vaults")
    table = named(window, "Vaults", LineTable)
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Down)
    await settled(window)
    click(window, "The change under way…")
    found = await dialog(window)
    await settled(window)
    assert isinstance(found, OwnersDialog)
    return found


async def test_it_is_read_whole_before_anything_can_be_signed(
    window: OfficerWindow, ordered: world.OfficerDouble
) -> None:
    shown = await opened(window)
    text = told(shown)
    change = ordered.owner_changes.shown.change
    for each in change.owners:
        assert f"Address of {each.name}: {each.address}" in text
    (gone,) = (each for each in change.owners if each.fate == GOES)
    assert f"Goes: {gone.name}, {gone.address}" in text
    assert change.in_front is not None
    assert f"Before the one who goes, in the Safe's own list: {change.in_front.address}" in text
    assert "Nobody has signed yet. 2 must sign." in text
    assert not enabled(shown, "Sign with the token")
    assert not enabled(shown, "Send it…")
    assert (keyless(shown), unnamed(shown), marked_up(shown)) == ([], [], [])


async def test_a_locked_token_asks_for_the_pin_and_what_was_shown_is_what_is_signed(
    window: OfficerWindow, ordered: world.OfficerDouble
) -> None:
    shown = await opened(window)
    before = ordered.owner_changes.shown.instruction
    click(shown, CONFIRM)
    click(shown, "Sign with the token")
    asked = await another_dialog(window, shown)
    type_into(asked, "The PIN of the token", world.PIN)
    click(asked, "Unlock")
    await settled(window)
    assert ("owners sign", "harbour-safe", before) in ordered.asked
    text = told(shown)
    assert "Signed by Ada Vale. 1 more must sign." in text
    assert "The signature was verified under the registered key" in text
    assert not enabled(shown, "Sign with the token")


async def test_with_its_quorum_it_is_sent_and_looked_for(window: OfficerWindow, ordered: world.OfficerDouble) -> None:
    acts = ordered.owner_changes
    acts.shown = replace(acts.shown, signed=("Ada Vale", "Cyrus Holt"), missing=0)
    shown = await opened(window)
    assert "Signed by Ada Vale, Cyrus Holt. It can be sent." in told(shown)
    assert enabled(shown, "Look for it")  # whoever has seen it may have sent it
    click(shown, "Send it…")
    await settled(window)
    assert ("owners send", "harbour-safe") in ordered.asked
    assert "Sent as 0xabab" in told(shown)
    assert not enabled(shown, "Send it…")
    click(shown, "Look for it")
    await settled(window)
    assert "Nothing new on the chain." in told(shown)


async def test_a_refusal_is_said_in_the_dialog_and_nothing_was_signed(
    window: OfficerWindow, ordered: world.OfficerDouble
) -> None:
    shown = await opened(window)
    ordered.unlocked, ordered.error = True, Refused("D1.other-than-shown", instruction="ab" * 32)
    click(shown, CONFIRM)
    click(shown, "Sign with the token")
    await settled(window)
    assert "Nobody has signed yet." in told(shown)
    assert not enabled(shown, "Look for it")
    assert any("D1" in each or "shown" in each for each in told(shown).splitlines())


async def test_a_vault_without_such_a_change_offers_none(window: OfficerWindow) -> None:
    await window.refresh()
    await settled(window)
    click(window, "Vaults")
    await settled(window)
    assert "The change under way…" not in seen(window)
    assert not [each for each in window.vaults.findChildren(Button) if each.accessibleName() == "The change under way…"]


@pytest.mark.parametrize("size", [(1440, 900), (1200, 760)], ids=str)
async def test_nothing_is_clipped(window: OfficerWindow, ordered: world.OfficerDouble, size: tuple[int, int]) -> None:
    window.resize(*size)
    shown = await opened(window)
    grab_again(shown)
    assert clipped(shown) == []
