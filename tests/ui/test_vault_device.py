"""The air-gapped window where a device of the operator's signs: what to compare, out, back, one answer; beside a token both."""

from pathlib import Path

from PySide6.QtWidgets import QDialog, QPlainTextEdit

from countersign.ui.application import VaultWindow
from support import window_world as world
from support.device_window import CONFIRM, EXPORT, SIGN, TAKE, taking
from support.window_hands import click, dialog, enabled, named, no_dialog, seen, settled, type_into

HAND_BACK = "Hand back as it is"


async def at_sign(vault: VaultWindow, cold: world.VaultDouble, *wanted: str, unlocked: bool = True) -> None:
    """The request open on the signing page, and these vaults' shares still to be made."""
    cold.wanted, cold.unlocked = list(wanted), unlocked
    cold.opened = cold._view()
    await vault.refresh()
    click(vault, "Yes, it is right")
    await settled(vault)
    click(vault, "Go on to sign")


def offered(vault: VaultWindow) -> list[bool]:
    page = vault.vault.sign
    return [each.isVisibleTo(vault) for each in (page.export, page.take, page.sign, page.give)]


async def exported(vault: VaultWindow, folder: Path) -> None:
    click(vault, EXPORT)
    found = await dialog(vault)
    type_into(found, "Folder for the file", str(folder))
    click(found, "Write the file")
    await settled(vault)
    click(found, "Close")
    await no_dialog(vault)


def paste(shown: QDialog) -> None:
    named(shown, "Text of the codes, one a line", QPlainTextEdit).setPlainText("UR:PSBT/1\nUR:PSBT/2\nUR:PSBT/3")
    click(shown, "Take the text")


async def test_a_device_s_key_signs_out_and_back_and_the_answer_is_shown(
    vault: VaultWindow, cold: world.VaultDouble, tmp_path: Path
) -> None:
    await at_sign(vault, cold, "meridian-btc", unlocked=False)
    text = seen(vault)
    for expected in ("Coldcard Mk4", "Pays 250.00000000 BTC to Harbour Prime", f"Address: {world.HARBOUR}"):
        assert expected in text
    assert offered(vault) == [True, True, False, False]
    assert not enabled(vault, EXPORT)
    click(vault, CONFIRM)
    await exported(vault, tmp_path)
    drives = vault.context.instruments.drives
    assert isinstance(drives, world.DrivesDouble)
    assert drives.kept == {tmp_path / f"countersign-{world.PSBT[:8]}.psbt": b"psbt\xff"}
    assert not enabled(vault, TAKE)  # the token signs the answer
    assert "Unlock the token first" in named(vault, TAKE).toolTip()
    click(vault, "Unlock token…")
    asked = await dialog(vault)
    type_into(asked, "The PIN of the token", world.PIN)
    click(asked, "Unlock")
    await settled(vault)
    await no_dialog(vault)
    paste(await taking(vault))
    await settled(vault)
    await no_dialog(vault)
    assert ("device signed", b"psbt\xff") in cold.asked
    assert ("sign",) not in cold.asked
    assert "Step 4 of 4: Show or write" in seen(vault)


async def test_a_token_and_a_device_sign_one_after_the_other(vault: VaultWindow, cold: world.VaultDouble) -> None:
    await at_sign(vault, cold, "harbour-btc", "meridian-btc")
    assert "The token signs for one vault, this device for another." in seen(vault)
    assert offered(vault) == [True, True, True, False]
    click(vault, CONFIRM)
    click(vault, SIGN)
    await settled(vault)
    text = seen(vault)
    assert "Step 3 of 4: Sign" in text
    assert "Signed for harbour-btc. The answer waits for what is still to be signed below" in text
    assert offered(vault) == [True, True, False, True]
    paste(await taking(vault))
    await settled(vault)
    assert "Step 4 of 4: Show or write" in seen(vault)
    assert ("hand back",) not in cold.asked


async def test_what_the_token_signed_is_handed_back_where_the_device_cannot(
    vault: VaultWindow, cold: world.VaultDouble
) -> None:
    await at_sign(vault, cold, "harbour-btc", "meridian-btc")
    click(vault, CONFIRM)
    click(vault, SIGN)
    await settled(vault)
    click(vault, HAND_BACK)
    await settled(vault)
    assert ("hand back",) in cold.asked
    assert "Step 4 of 4: Show or write" in seen(vault)
