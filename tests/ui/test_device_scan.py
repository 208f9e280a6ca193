"""What an officer's device signed, taken back by camera, from picture files and from pasted text: verified as a file is."""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QDialog, QPlainTextEdit

from countersign.airgap import psbt_ur, ur
from countersign.couriers import frames, pictures
from countersign.couriers.carrier import Carrier
from countersign.couriers.pictures import Grey
from countersign.demonstration import cast
from countersign.ui.application import Instruments, OfficerWindow
from countersign.ui.views.device_take import TakeBackDialog
from countersign.ui.widgets.camera import CameraPicture
from support import device_window, window_world
from support.device_stage import device
from support.device_window import taking
from support.software_stage import Table
from support.window_hands import another_dialog, click, named, no_dialog, seen, settled, type_into, words

A, D = cast.OFFICER_A.id, cast.OFFICER_D.id
Sitting = tuple[OfficerWindow, Table]


@pytest.fixture
def carrier() -> Iterator[Carrier]:
    found = Carrier()
    yield found
    found.close()


@pytest.fixture
async def at_sign(tmp_path: Path, instruments: Instruments, carrier: Carrier) -> AsyncIterator[Sitting]:
    def read(grey: bytes, width: int, height: int) -> list[str]:
        return carrier.read_grey(Grey(width, height, grey))

    async with device_window.at_sign(tmp_path, replace(instruments, read_picture=read)) as (window, table):
        table.officer._courier = carrier
        yield window, table


async def signed(table: Table, *, out: bool = True) -> bytes:
    """What officer A's device makes of the PSBT; `out`: it was exported here first."""
    if out:
        return device(A).sign(await table.officer.device_export(table.live("psbt").hash))
    return device(A).sign(table.artefact("psbt"))


def parts(message: ur.Message) -> Sequence[str]:
    """The codes of a device's small screen: a few hundred bytes in each, and some to spare."""
    made = ur.Parts(message, 250)
    return [made.text(number).upper() for number in range(1, 2 * made.seq_len)]


async def play(window: OfficerWindow, shown: QDialog, texts: Sequence[str]) -> None:
    """Hold codes before the camera, one after another, until the dialog is content."""
    multimedia = pytest.importorskip("PySide6.QtMultimedia")
    camera = shown.findChild(CameraPicture)
    assert camera is not None
    camera.listen(multimedia)
    for text in texts:
        image = QImage.fromData(pictures.frame(text)).convertToFormat(QImage.Format.Format_RGB32)
        camera.sink.setVideoFrame(multimedia.QVideoFrame(image))
        await settled(window)
        await settled(window)
        if not window.findChildren(TakeBackDialog):
            return


def paste(shown: QDialog, texts: Sequence[str]) -> None:
    named(shown, "Text of the codes, one a line", QPlainTextEdit).setPlainText("\n".join(texts))
    click(shown, "Take the text")


async def refused(window: OfficerWindow, shown: QDialog, code: str) -> None:
    """The problem of this code, closed; the dialog stays and waits for other codes."""
    problem = await another_dialog(window, shown)
    assert f"Code {code}" in words(problem)
    click(problem, "Close")
    await settled(window)
    assert shown.isVisible()
    assert "No part has been read yet." in words(shown)


async def test_what_a_scan_brings_is_judged_as_a_file_is(at_sign: Sitting, tmp_path: Path) -> None:
    """Pictures of what was not exported here; text unsigned, another officer's, no PSBT: each is named and files nothing.
    Then the camera sees the device's codes, one of them lost, and they are the officer's share."""
    window, table = at_sign
    folder = tmp_path / "pictures"
    folder.mkdir()
    frames.write_folder(folder, "signed", frames.texts(psbt_ur.encode(await signed(table, out=False))))
    shown = await taking(window)
    type_into(shown, "Folder or file with pictures", str(folder))
    click(shown, "Read pictures")
    await settled(window)
    await refused(window, shown, "desk.device-not-asked")
    good = await signed(table)
    for bad, code in (
        (table.artefact("psbt"), "bitcoin.share-incomplete"),
        (device(D).sign(table.artefact("psbt")), "bitcoin.share-incomplete"),
        (b"psbt\xff", "B2.truncated"),
    ):
        paste(shown, parts(psbt_ur.encode(bad)))
        await refused(window, shown, code)
    texts = parts(psbt_ur.encode(good, version=1))
    await play(window, shown, texts[:1])
    assert "1 of" in words(shown)
    assert not table.live("psbt").shares
    await play(window, shown, texts[2:])
    await no_dialog(window)
    assert [each.officer for each in table.live("psbt").shares] == [A]
    assert "Signed. The signature was verified under the registered key" in seen(window)


@pytest.fixture
def officer() -> device_window.Both:
    return device_window.Both()


async def test_a_dialog_opened_anew_knows_nothing_of_the_scan_before(
    window: OfficerWindow, officer: device_window.Both
) -> None:
    await device_window.at_both(window)
    shown = await taking(window)
    paste(shown, ["UR:PSBT/1", "UR:PSBT/2"])
    await settled(window)
    assert "2 of 3 parts read" in words(shown)
    click(shown, "Close")
    await no_dialog(window)
    paste(await taking(window), ["UR:PSBT/3"])
    await settled(window)
    assert not [each for each in officer.asked if each[0] == "device signed"]


async def test_codes_that_end_as_the_dialog_closes_count_for_nothing(
    window: OfficerWindow, officer: device_window.Both
) -> None:
    await device_window.at_both(window)
    shown = await taking(window)
    paste(shown, ["UR:PSBT/1", "UR:PSBT/2", "UR:PSBT/3"])
    click(shown, "Close")
    await settled(window)
    await no_dialog(window)
    assert window.context.runner.sound
    assert not [each for each in officer.asked if each[0] == "device signed"]
    paste(await taking(window), ["UR:PSBT/1", "UR:PSBT/2", "UR:PSBT/3"])
    await settled(window)
    await no_dialog(window)
    assert ("device signed", window_world.PSBT, b"psbt\xff") in officer.asked
