"""Sign where the officer's key lies in a device of their own: what to compare, the file or code out, the signed file back."""

from base64 import b64encode
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QDialog

from countersign.bitcoin import psbt as psbts
from countersign.demonstration import cast
from countersign.review.finding import failed
from countersign.ui.application import Instruments, OfficerWindow
from countersign.ui.views.device_dialog import DeviceDialog
from support import device_window, window_world
from support.device_stage import device
from support.device_window import CONFIRM, EXPORT, SIGN, TAKE, taken
from support.software_stage import Table
from support.window_hands import (
    another_dialog,
    click,
    dialog,
    enabled,
    key,
    named,
    no_dialog,
    seen,
    settled,
    type_into,
    words,
)

A = cast.OFFICER_A.id
FOLDER = Path("/media/amara/MERIDIAN-1")


@pytest.fixture
async def at_sign(tmp_path: Path, instruments: Instruments) -> AsyncIterator[tuple[OfficerWindow, Table]]:
    async with device_window.at_sign(tmp_path, instruments) as found:
        yield found


def kept(window: OfficerWindow) -> dict[Path, bytes]:
    drives = window.context.instruments.drives
    assert isinstance(drives, window_world.DrivesDouble)
    return drives.kept


async def exported(window: OfficerWindow, *presses: str) -> tuple[QDialog, bytes]:
    """Open the dialog, press these, write the file; the dialog and the file."""
    click(window, EXPORT)
    found = await dialog(window)
    for each in presses:
        click(found, each)
    assert not enabled(found, "Write the file")
    type_into(found, "Folder for the file", str(FOLDER))
    click(found, "Write the file")
    await settled(window)
    (path,) = kept(window)
    assert f"Written and read back: {path}" in words(found)
    return found, kept(window)[path]


async def goes_out_for_devices_that_ask(window: OfficerWindow) -> None:
    """In version 2, and as codes of either type; a choice made anew takes the shown codes away."""
    found, data = await exported(window, "2: if the device asks for it")
    assert psbts.parse(data).version == 2
    for choice, kind in (("crypto-psbt: older devices", "UR:CRYPTO-PSBT/"), ("psbt: newer devices", "UR:PSBT/")):
        click(found, choice)
        assert isinstance(found, DeviceDialog)
        assert found.panel.texts == ()
        click(found, "Show the codes")
        await settled(window)
        assert found.panel.texts[0].startswith(kind)
    click(found, "Close")
    await no_dialog(window)


async def test_the_screen_says_what_the_device_must_show_and_its_file_goes_to_and_fro(
    at_sign: tuple[OfficerWindow, Table], tmp_path: Path
) -> None:
    window, table = at_sign
    text = seen(window)
    psbt = psbts.parse(table.artefact("psbt"))
    assert f"Transaction id, where the device shows it: {bytes(reversed(psbt.txid)).hex()}" in text
    (view,) = [each for each in await table.officer.to_sign(table.story.contract) if each.devices]
    outputs = [each for each in view.instruction.flows if each.side == "out" and each.address]
    assert len(outputs) == len(psbt.outputs)
    for each in outputs:
        assert f"Address: {each.address}" in text
    for expected in (
        f"device {A}",
        f"device-{A}",
        "account 0",
        "Pays 250.00000000 BTC to Harbour Prime",
        "Network fee 0.",
    ):
        assert expected in text
    assert not [each for each in (window.sign.sign, window.sign.unlock) if each.isVisibleTo(window)]
    assert not enabled(window, EXPORT)
    assert "Confirm first what you compared" in named(window, EXPORT).toolTip()
    click(window, CONFIRM)
    found, data = await exported(window)
    assert data == table.artefact("psbt")
    click(found, "Close")
    await no_dialog(window)
    await goes_out_for_devices_that_ask(window)
    file = tmp_path / "signed.txt"
    file.write_bytes(b64encode(device(A).sign(data)))
    await taken(window, file)
    assert [each.officer for each in table.live("psbt").shares] == [A]
    assert "Signed. The signature was verified under the registered key" in seen(window)
    assert not [each for each in (window.sign.export, window.sign.take) if each.isVisibleTo(window)]


async def test_what_did_not_go_out_here_or_is_another_s_is_named_and_files_nothing(
    at_sign: tuple[OfficerWindow, Table], tmp_path: Path
) -> None:
    window, table = at_sign
    click(window, CONFIRM)
    signed, unsigned, torn = (tmp_path / name for name in ("signed.psbt", "unsigned.psbt", "torn.psbt"))
    signed.write_bytes(device(A).sign(table.artefact("psbt")))
    unsigned.write_bytes(table.artefact("psbt"))
    torn.write_bytes(b"cHNidP8*")

    async def refused(file: Path, code: str) -> None:
        open_still = await taken(window, file)
        problem = await another_dialog(window, open_still)
        assert f"Code {code}" in words(problem)
        click(problem, "Close")
        click(open_still, "Close")
        await no_dialog(window)
        assert not table.live("psbt").shares

    await refused(signed, "desk.device-not-asked")
    found, _ = await exported(window)
    click(found, "Close")
    await no_dialog(window)
    await refused(unsigned, "bitcoin.share-incomplete")
    await refused(torn, "B2.base64")
    await taken(window, signed)
    assert [each.officer for each in table.live("psbt").shares] == [A]


@pytest.fixture
def officer() -> window_world.OfficerDouble:
    return device_window.Both()


async def test_token_and_device_are_offered_side_by_side(
    window: OfficerWindow, officer: window_world.OfficerDouble
) -> None:
    officer.unlocked = True
    await window.refresh()
    window.open_review(window_world.CONTRACT)
    await settled(window)
    key(window, "Ctrl+S")
    assert "The token signs for one vault, this device for another." in seen(window)
    click(window, CONFIRM)
    assert [enabled(window, each) for each in (EXPORT, TAKE, SIGN)] == [True, True, True]
    click(window, "Ethereum test chain 31337: 20,000,000 USDC, to sign")
    assert not [each for each in (window.sign.export, window.sign.take) if each.isVisibleTo(window)]


async def test_what_a_check_forbids_goes_to_no_device(
    window: OfficerWindow, officer: window_world.OfficerDouble
) -> None:
    officer.against = failed("B8", "outputs-differ", "the outputs", "one", "two")
    await window.refresh()
    window.open_review(window_world.CONTRACT)
    await settled(window)
    click(window, "Sign")
    click(window, CONFIRM)
    for each in (EXPORT, TAKE):
        assert not enabled(window, each)
        assert "B8 forbids it: nothing goes to the device" in named(window, each).toolTip()
