"""Carry: codes that a camera can read in every theme, pictures, text, a played camera, the stick; never a dead end."""

from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDropEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSlider

from countersign.couriers import pictures
from countersign.errors import Unavailable
from countersign.ui.application import BannerFacts, Instruments, Mode, OfficerWindow, open_officer
from countersign.ui.theme.dress import dress
from countersign.ui.theme.palette import DARK, LIGHT, Palette
from countersign.ui.widgets.camera import CameraPicture
from countersign.ui.widgets.code_picture import CodePicture
from countersign.ui.widgets.drop import DropPlace
from support import window_world as world
from support.window_hands import click, dialog, enabled, key, named, seen, settled, type_into, words


def modules(text: str) -> tuple[tuple[bool, ...], ...]:
    """A real code, as bootstrap would draw it: the courier's picture at 4 pixels a module, without its quiet zone."""
    image = QImage.fromData(pictures.frame(text, pixels=4))
    side = image.width() // 4 - 8
    return tuple(tuple(QColor(image.pixel(4 * (x + 4), 4 * (y + 4))).lightness() < 128 for x in range(side))
                 for y in range(side))  # fmt: skip


def read(grey: bytes, width: int, height: int) -> list[str]:
    return pictures.read(pictures.Grey(width, height, grey))


@pytest.fixture
def instruments(kept: list[str]) -> Instruments:
    return Instruments(
        lambda: world.NOW,
        modules,
        read,
        lambda trace: "evidence",
        world.DrivesDouble(),
        lambda data: world.PdfDouble(),
        lambda _: {},
    )


def grey(image: QImage) -> tuple[bytes, int, int]:
    plain = image.convertToFormat(QImage.Format.Format_Grayscale8)
    line = plain.bytesPerLine()
    data = bytes(plain.constBits())
    rows = [data[at * line : at * line + plain.width()] for at in range(plain.height())]
    return b"".join(rows), plain.width(), plain.height()


def officer_of(window: OfficerWindow) -> world.OfficerDouble:
    return cast(world.OfficerDouble, window.console)


async def at_carry(window: OfficerWindow) -> None:
    await window.refresh()
    await settled(window)
    key(window, "Ctrl+3")
    assert window.screen_key == "carry"
    assert not any(isinstance(asked, tuple) and asked[0] == "request frames" for asked in officer_of(window).asked)
    if window.carry.show_panel.isVisible():
        click(window, "Show the codes")
        await settled(window)


@pytest.mark.parametrize("palette", [pytest.param(LIGHT, marks=pytest.mark.long), DARK], ids=["light", "dark"])
async def test_the_code_on_the_screen_is_black_on_white_with_quiet_zone_and_readable(
    window: OfficerWindow, officer: world.OfficerDouble, palette: Palette, qapp: object
) -> None:
    await at_carry(window)
    dress(qapp, palette)  # type: ignore[arg-type]
    code = named(window, "QR code to scan with the other machine", CodePicture)
    picture = code.grab().toImage()
    assert read(*grey(picture)) == [officer.parts[window.carry.show_panel.at]]
    assert code.pixels >= 3
    side = code.image.width() * code.pixels
    left, top = (code.width() - side) // 2, (code.height() - side) // 2
    for step in range(0, side, code.pixels):
        for quiet in range(0, 4 * code.pixels, code.pixels):
            assert QColor(picture.pixel(left + step, top + quiet)) == QColor("#ffffff")
            assert QColor(picture.pixel(left + quiet, top + step)) == QColor("#ffffff")
    assert QColor(picture.pixel(left + 4 * code.pixels, top + 4 * code.pixels)) == QColor("#000000")


async def test_the_frame_counter_moves_and_stops_on_pause(window: OfficerWindow) -> None:
    await at_carry(window)
    window.carry.show_panel.timer.stop()  # the test turns the pages
    window.carry.show_panel.at = 2
    window.carry.show_panel.step()
    assert "Frame 1 of 3" in seen(window)
    window.carry.show_panel.step()
    assert "Frame 2 of 3" in seen(window)
    click(window, "Pause")
    window.carry.show_panel.step()
    assert "Frame 2 of 3" in seen(window)


async def test_speed_and_size_can_be_set(window: OfficerWindow) -> None:
    await at_carry(window)
    named(window, "Speed", QAbstractSlider).setValue(2)
    assert "2 a second" in seen(window)
    assert window.carry.show_panel.timer.interval() == 500
    named(window, "Size of the code", QAbstractSlider).setValue(3)
    assert named(window, "QR code to scan with the other machine", CodePicture).pixels == 3


async def test_the_phrase_stands_beside_and_what_a_crossing_cannot_tell(window: OfficerWindow) -> None:
    await at_carry(window)
    text = seen(window)
    assert world.WORDS in text
    assert "By QR code the cold machine will refuse this: nobody has attested it." in text
    assert "Carry, 2 waiting" in text


async def test_pasted_text_is_taken_line_by_line_until_all_has_arrived(
    window: OfficerWindow, officer: world.OfficerDouble
) -> None:
    await at_carry(window)
    key(window, "Alt+2")
    window.carry.scan.text.setPlainText("UR:A\n\nUR:B\n")
    click(window, "Take the text")
    await settled(window)
    assert "2 of 3 parts read, at least 1 to come" in seen(window)
    window.carry.scan.text.setPlainText("UR:C")
    key(window, "Ctrl+T")
    await settled(window)
    assert [asked[1] for asked in officer.asked if isinstance(asked, tuple) and asked[0] == "frame"] == [
        "UR:A",
        "UR:B",
        "UR:C",
    ]
    assert "Everything has arrived" in seen(window)


async def test_pictures_from_a_folder_or_dropped_are_handed_over(
    window: OfficerWindow, officer: world.OfficerDouble, tmp_path: Path
) -> None:
    for name in ("b.png", "a.png", "notes.txt"):
        (tmp_path / name).write_bytes(b"")
    await at_carry(window)
    key(window, "Alt+2")
    type_into(window, "Folder or file with pictures", str(tmp_path))
    click(window, "Read pictures")
    await settled(window)
    assert ("pictures", (tmp_path / "a.png", tmp_path / "b.png")) in officer.asked
    dropped = QMimeData()
    dropped.setUrls([QUrl.fromLocalFile(str(tmp_path / "b.png"))])
    place = named(window, "Drop pictures of the codes here", DropPlace)
    place.dropEvent(QDropEvent(QPointF(1, 1), Qt.DropAction.CopyAction, dropped, Qt.MouseButton.LeftButton,
                               Qt.KeyboardModifier.NoModifier))  # fmt: skip
    await settled(window)
    assert ("pictures", (tmp_path / "b.png",)) in officer.asked


async def test_a_played_camera_reads_the_code_it_sees(window: OfficerWindow, officer: world.OfficerDouble) -> None:
    multimedia = pytest.importorskip("PySide6.QtMultimedia")
    await at_carry(window)
    key(window, "Alt+2")
    camera = window.carry.scan.findChild(CameraPicture)
    camera.listen(multimedia)
    seen_text = "UR:COUNTERSIGN/1-3/LPADAXCSENCYLOBEMOHSKPFPHDAEWPCAOEAEKT"
    camera.sink.setVideoFrame(multimedia.QVideoFrame(QImage.fromData(pictures.frame(seen_text)).convertToFormat(
        QImage.Format.Format_RGB32)))  # fmt: skip
    await settled(window)
    await settled(window)
    assert ("frame", seen_text) in officer.asked
    assert "1 of 3 parts read" in seen(window)


async def test_a_missing_camera_says_what_to_do_instead(window: OfficerWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    await at_carry(window)
    key(window, "Alt+2")
    monkeypatch.setattr(CameraPicture, "start", lambda self: False)
    click(window, "Start the camera")
    assert "No camera was found. Pictures, pasted text and USB on this screen do the same." in seen(window)


async def test_the_stick_is_written_and_what_comes_back_is_read(
    window: OfficerWindow, officer: world.OfficerDouble, tmp_path: Path
) -> None:
    await at_carry(window)
    click(window, "Ethereum · MER-HAR-2026-11-22-0001: waits for the answer")
    await settled(window)
    assert "nobody has attested" not in seen(window)
    assert "Attested by Conrad Lake and Dora Finch." in seen(window)
    type_into(window, "Folder of the stick", str(tmp_path))
    click(window, "Write and read back")
    await settled(window)
    assert ("request to usb", world.SAFE_TX, tmp_path) in officer.asked
    assert "read back, and verified: the same bytes." in seen(window)
    type_into(window, "File on the stick", str(tmp_path / "answer.countersign"))
    click(window, "Read and verify")
    await settled(window)
    assert ("from usb", tmp_path / "answer.countersign") in officer.asked


def test_a_window_without_a_camera_library_still_opens(qapp: object, instruments: Instruments) -> None:
    assert open_officer(world.OfficerDouble(), BannerFacts(Mode.ONLINE), instruments).screen_key == "desk"


async def test_a_thinner_code_is_asked_for_by_the_density(window: OfficerWindow, officer: world.OfficerDouble) -> None:
    """The slider asks for the message again, in parts for codes of the version wished for."""
    await at_carry(window)
    assert officer.densities[-1] == 27
    slider = named(window, "Density: data in one code", QAbstractSlider)
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_Home)
    await settled(window)
    assert officer.densities[-1] == 20


def drives_of(window: OfficerWindow) -> world.DrivesDouble:
    return cast(world.DrivesDouble, window.context.instruments.drives)


STICK = "MERIDIAN-1: /media/amara/MERIDIAN-1, 15.9 GB free"


async def at_stick(window: OfficerWindow) -> str:
    await at_carry(window)
    key(window, "Alt+3")
    await settled(window)
    return seen(window)


async def test_removable_drives_are_listed_when_the_panel_opens(window: OfficerWindow) -> None:
    assert drives_of(window).looked == 0
    text = await at_stick(window)
    assert f"{STICK} [ ]" in text
    assert "Tails: /media/amara/Tails, 0.0 MB free, read only [ ]" in text
    assert drives_of(window).looked == 1
    key(window, "Alt+1")
    drives_of(window).drives = ()
    key(window, "Alt+3")
    await settled(window)
    assert "No removable drive is mounted here" in seen(window)


async def test_a_chosen_drive_is_written_verified_and_ejected(
    window: OfficerWindow, officer: world.OfficerDouble
) -> None:
    await at_stick(window)
    assert not enabled(window, "Eject")
    click(window, STICK)
    place = Path("/media/amara/MERIDIAN-1")
    assert window.carry.usb.folder.path == place
    assert window.carry.usb.file.path == place / "answer.countersign"
    key(window, "Ctrl+W")
    await settled(window)
    assert ("request to usb", world.PSBT, place) in officer.asked
    text = seen(window)
    assert f"{place}/request.countersign, read back, and verified: the same bytes." in text
    sha256 = world.hashed("bytes of request.countersign")
    assert f"SHA-256 of the file, as the drive gave it back: {sha256}" in text
    assert " ".join(sha256[at : at + 4] for at in range(0, 64, 4)) in text
    key(window, "Ctrl+J")
    await settled(window)
    assert drives_of(window).ejected == [place]
    text = seen(window)
    assert "MERIDIAN-1 is written out and unmounted. You can pull it out." in text
    assert STICK not in text
    assert not enabled(window, "Eject")


async def test_a_drive_that_cannot_be_ejected_says_what_to_do(window: OfficerWindow) -> None:
    await at_stick(window)
    click(window, STICK)
    drives_of(window).error = Unavailable("couriers.not-ejected", folder="/media/amara/MERIDIAN-1", reason="busy")
    click(window, "Eject")
    asked = await dialog(window)
    assert "could not be unmounted: busy" in words(asked)
    click(asked, "Close")
    await settled(window)
    assert "You can pull it out" not in seen(window)
    assert enabled(window, "Eject")


async def test_where_drives_cannot_be_listed_the_path_is_still_there(window: OfficerWindow) -> None:
    await at_carry(window)
    drives_of(window).error = Unavailable("couriers.drives", reason="No such file or directory")
    key(window, "Alt+3")
    await settled(window)
    assert "Type or choose the folder of the drive instead." in seen(window)
    type_into(window, "Folder of the stick", "/media/amara/elsewhere")
    assert enabled(window, "Write and read back")
    click(window, "Look again")
    await settled(window)
    type_into(window, "Folder of the stick", "/media/amara/MERIDIAN-1/requests")
    assert f"{STICK} [x]" in seen(window)
    assert enabled(window, "Eject")
    type_into(window, "Folder of the stick", "/srv/elsewhere")
    assert not enabled(window, "Eject")


async def test_an_officer_attests_and_another_joins(window: OfficerWindow, officer: world.OfficerDouble) -> None:
    """The dialogs that choose folder and file are the system's; what follows from the choice is ours."""
    await window.refresh()
    key(window, "Ctrl+3")
    await settled(window)
    assert "nobody has attested it" in seen(window)
    assert "Attest: write your half into a folder" in seen(window)
    instruction = window.carry.instruction
    window.carry.attest_into("/media/amara/MERIDIAN-1")
    await settled(window)
    assert ("attest", instruction) in officer.asked
    drives = window.context.instruments.drives
    assert list(drives.kept.values()) == [b"half"]  # type: ignore[attr-defined]
    assert "It counts when another officer" in seen(window)
    window.carry.join_from("/media/amara/MERIDIAN-1/x.attestation")
    await settled(window)
    assert ("join attestation", Path("/media/amara/MERIDIAN-1/x.attestation")) in officer.asked
    assert "Attested by two officers, and logged." in seen(window)


async def test_a_safe_that_nobody_attested_is_named_before_it_is_written_on_a_stick(
    window: OfficerWindow, officer: world.OfficerDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    coins, safe = world.CROSSINGS
    bare = replace(safe, phase="request", channel="qr", later_cancellation_checked=False, attested_by=())
    monkeypatch.setattr(world, "CROSSINGS", (coins, bare))
    await at_carry(window)
    click(window, "Ethereum · MER-HAR-2026-11-22-0001: to be carried")
    key(window, "Alt+3")
    await settled(window)
    assert window.carry.panels.currentWidget() is window.carry.usb
    assert "it has no node, and nobody has attested what the Safe is on its chain" in seen(window)
    assert enabled(window, "Attest: write your half into a folder")


async def test_every_crossing_says_by_when_and_the_chosen_one_why_and_what_to_do(window: OfficerWindow) -> None:
    await at_carry(window)
    text = seen(window)
    assert "Act by 2026-11-22 18:30 · in 4 h 0 min · the request's head too old" in text
    assert "Act by 2026-11-22 15:20 UTC (in 50 min): The request to sign for meridian-btc ends then." in text
    assert "Sign or refuse before; after it, operations prepares it again." in text
    window.carry.choose(world.SAFE_TX)
    text = seen(window)
    assert "Act by 2026-11-22 15:20 · in 50 min · request ends" in text
    assert "make the request again: it carries the newest head then" in text
    window.carry.show_view([replace(each, act_by=None) for each in world.CROSSINGS])
    assert "Act by" not in seen(window)


async def test_a_crossing_leaves_no_more_time_than_the_last_entry_does(window: OfficerWindow) -> None:
    await at_carry(window)
    window.carry.show_view([replace(each, newest=world.NOW + 2_940) for each in world.CROSSINGS])
    assert "(in 1 min)" in seen(window)
