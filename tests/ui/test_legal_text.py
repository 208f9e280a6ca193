"""The legal text in the window: its hash whole, whether it was checked, read as pictures or plain text, taken in from a file."""

import asyncio
import sys
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QFileDialog

from countersign.couriers.pdf_pages import PdfPages
from countersign.desk.legal_text import LegalText
from countersign.desk.views import KeptLegalText, LegalKind
from countersign.errors import Malformed, Refused
from countersign.ui.application import Instruments, OfficerWindow, open_officer
from countersign.ui.presenters.banner import BannerFacts, Mode
from countersign.ui.presenters.legal_text import COLUMNS, LINES, pages
from countersign.ui.views.legal_dialog import LegalDialog
from countersign.ui.widgets.drop import DropPlace
from countersign.ui.widgets.label import PlainLabel
from countersign.ui.widgets.paper import Paper
from support import pdfs
from support import window_world as world
from support.window_hands import click, dialog, enabled, key, named, no_dialog, seen, settled, words

READ, TAKE = "Read the legal text", "Take in the file…"


async def opened(window: OfficerWindow) -> str:
    await window.refresh()
    window.open_review(world.CONTRACT)
    await settled(window)
    return seen(window)


async def reading(window: OfficerWindow) -> LegalDialog:
    await opened(window)
    click(window, READ)
    shown = await dialog(window)
    await settled(window)
    assert isinstance(shown, LegalDialog)
    return shown


def paper(shown: LegalDialog) -> Paper:
    (found,) = shown.findChildren(Paper)
    return found


async def begun(pdf: world.PdfDouble) -> None:
    """Until a page is being painted."""
    while not pdf.painted:
        await asyncio.sleep(0)


def text_of(officer: world.OfficerDouble, text: str) -> None:
    data = text.encode()
    officer.legal = LegalText(sha256(data).hexdigest(), LegalKind.TEXT, data)
    officer.legal_kind = LegalKind.TEXT


async def test_the_hash_stands_whole_and_says_whether_it_was_checked(
    window: OfficerWindow, officer: world.OfficerDouble
) -> None:
    text = await opened(window)
    assert f"Legal text (SHA-256): {world.LEGAL}" in text
    assert " ".join(world.LEGAL[at : at + 4] for at in range(0, 64, 4)) in text
    assert "at hand, hash checked: PDF" in text
    for kind, said in (
        (LegalKind.TEXT, "at hand, hash checked: plain text"),
        (LegalKind.OTHER, "at hand, hash checked: neither PDF nor plain text"),
        (LegalKind.ABSENT, "not at hand"),
        (LegalKind.ALTERED, "the bytes kept here have another hash"),
    ):
        officer.legal_kind = kind
        text = await opened(window)
        assert said in text
        assert (READ in text) == (kind is LegalKind.TEXT)
        assert (TAKE in text) == (kind is LegalKind.ABSENT)


async def test_a_pdf_is_read_page_by_page_with_keys(window: OfficerWindow, pdf: world.PdfDouble) -> None:
    await opened(window)
    key(window, "Ctrl+G")
    shown = await dialog(window)
    await settled(window)
    assert isinstance(shown, LegalDialog)
    assert "Page 1 of 3" in words(shown)
    assert named(shown, "hash checked").isVisible()
    assert [page for page, _ in pdf.painted] == [0]
    key(shown, "Ctrl+PgDown")
    await settled(window)
    key(shown, "End")
    key(shown, "Ctrl+PgDown")
    await settled(window)
    assert "Page 3 of 3" in words(shown)
    assert not enabled(shown, "Next page")
    assert paper(shown).accessibleName() == "Page 3 of 3"
    assert paper(shown).image.pixelColor(5, 5).red() == 80
    key(shown, "Home")
    await settled(window)
    assert "Page 1 of 3" in words(shown)
    assert not enabled(shown, "Previous page")


async def test_page_down_scrolls_and_turns_at_the_end(window: OfficerWindow, pdf: world.PdfDouble) -> None:
    shown = await reading(window)
    bar = shown.area.verticalScrollBar()
    assert bar.maximum() > 0
    presses = 0
    while shown.at == 0:
        key(shown, "PgDown")
        presses += 1
        assert presses < 20
    await settled(window)
    assert presses == -(-bar.maximum() // bar.pageStep()) + 1
    assert (shown.at, bar.value()) == (1, 0)
    key(shown, "PgUp")
    await settled(window)
    assert (shown.at, bar.value()) == (0, bar.maximum())


async def test_the_wheel_goes_on_to_the_next_page_and_back(window: OfficerWindow, pdf: world.PdfDouble) -> None:
    shown = await reading(window)

    def roll(delta: int) -> None:
        place = QPointF(20, 20)
        no = Qt.KeyboardModifier.NoModifier
        turn = QWheelEvent(
            place, place, QPoint(), QPoint(0, delta), Qt.MouseButton.NoButton, no, Qt.ScrollPhase.NoScrollPhase, False
        )
        QApplication.sendEvent(shown.area.viewport(), turn)

    roll(120)
    assert shown.at == 0
    shown.area.rest(at_end=True)
    roll(-120)
    await settled(window)
    assert (shown.at, shown.area.verticalScrollBar().value()) == (1, 0)
    roll(120)
    await settled(window)
    assert shown.at == 0
    assert shown.area.verticalScrollBar().value() == shown.area.verticalScrollBar().maximum()


async def test_zoom_asks_for_more_pixels_and_fit_takes_the_room_there_is(
    window: OfficerWindow, pdf: world.PdfDouble
) -> None:
    shown = await reading(window)
    fitted = paper(shown).width()
    assert fitted == min(shown.area.viewport().width(), 1_100)
    click(shown, "Larger")
    await settled(window)
    larger = paper(shown).width()
    assert larger > fitted
    assert pdf.painted[-1] == (0, larger)
    key(shown, "Ctrl+-")
    key(shown, "Ctrl+-")
    key(shown, "Ctrl+-")
    await settled(window)
    assert paper(shown).width() < fitted
    assert "100 %" in words(shown) or "75 %" in words(shown)
    key(shown, "Ctrl+0")
    await settled(window)
    assert paper(shown).width() == fitted


async def test_while_a_page_is_drawn_the_window_goes_on_and_says_so(
    window: OfficerWindow, pdf: world.PdfDouble
) -> None:
    pdf.gate.clear()
    await opened(window)
    click(window, READ)
    shown = await dialog(window)
    assert isinstance(shown, LegalDialog)
    await begun(pdf)
    assert "Drawing page 1 of 3…" in words(shown)
    for _ in range(2):
        click(shown, "Next page")
    assert "Drawing page 3 of 3…" in words(shown)
    pdf.gate.set()
    await settled(window)
    assert "Page 3 of 3" in words(shown)
    assert [page for page, _ in pdf.painted] == [0, 2], "what was turned past is not drawn"


async def test_closing_ends_the_document_even_while_it_is_drawn(window: OfficerWindow, pdf: world.PdfDouble) -> None:
    pdf.gate.clear()
    await opened(window)
    click(window, READ)
    shown = await dialog(window)
    await begun(pdf)
    key(shown, "Esc")
    await no_dialog(window)
    await settled(window)
    assert pdf.closed == 1
    assert window.context.runner.sound


async def test_a_document_that_cannot_be_opened_is_refused_by_name_in_its_place(
    window: OfficerWindow, pdf: world.PdfDouble
) -> None:
    pdf.errors[None] = Malformed("couriers.pdf-encrypted")
    shown = await reading(window)
    text = words(shown)
    assert "This PDF is encrypted." in text
    assert "Code couriers.pdf-encrypted" in text
    assert not enabled(shown, "Next page")
    assert pdf.painted == []


async def test_a_page_that_cannot_be_drawn_leaves_the_others(window: OfficerWindow, pdf: world.PdfDouble) -> None:
    pdf.errors[1] = Malformed("couriers.pdf-time")
    shown = await reading(window)
    click(shown, "Next page")
    await settled(window)
    assert "Drawing this PDF took too long and was stopped." in words(shown)
    assert "Page 2 of 3" in words(shown)
    click(shown, "Next page")
    await settled(window)
    assert "took too long" not in words(shown)
    assert paper(shown).image.pixelColor(5, 5).red() == 80


async def test_a_plain_text_is_shown_as_it_stands_and_nothing_in_it_is_markup(
    window: OfficerWindow, officer: world.OfficerDouble, pdf: world.PdfDouble
) -> None:
    text_of(officer, "<b>1.</b> Sale of 250 BTC\r\n\t<img src='http://192.0.2.1/'>\nby \u202eevil\u202c")
    shown = await reading(window)
    page = named(shown, "Page 1 of 1", PlainLabel)
    assert page.textFormat() is Qt.TextFormat.PlainText
    assert page.text() == "<b>1.</b> Sale of 250 BTC\n        <img src='http://192.0.2.1/'>\nby \\u{202e}evil\\u{202c}"
    assert "Plain text as it stands in the file." in words(shown)
    assert pdf.painted == []
    before = page.font().pixelSize()
    key(shown, "Ctrl++")
    assert named(shown, "Page 1 of 1", PlainLabel).font().pixelSize() > before


async def test_a_long_plain_text_has_pages(window: OfficerWindow, officer: world.OfficerDouble) -> None:
    text_of(officer, "\n".join(f"clause {number}" for number in range(150)))
    shown = await reading(window)
    assert "Page 1 of 3" in words(shown)
    key(shown, "End")
    assert "clause 149" in words(shown)
    assert "clause 119\n" not in words(shown)


@pytest.mark.parametrize(
    "text",
    ["", "\n", "a\n", "\f\f", "x" * 1_000, "word " * 1_000, "汉" * 500, "\u202e" * 200, "a\tb\n" * 200, " " * 500],
)
def test_a_page_of_text_keeps_to_its_lines_and_columns_and_loses_no_letter(text: str) -> None:
    laid = pages(text)
    assert laid
    for sheet in laid:
        assert sheet.count("\n") < LINES
        assert all(len(line) <= COLUMNS for line in sheet.split("\n"))
    left = "".join("".join(laid).split())
    assert left == "".join(text.replace("\u202e", "\\u{202e}").split())


async def test_a_file_is_taken_in_by_dialog_and_by_drop(
    window: OfficerWindow, officer: world.OfficerDouble, tmp_path: Path
) -> None:
    officer.legal_kind = LegalKind.ABSENT
    await opened(window)
    key(window, "Ctrl+I")
    chooser = await dialog(window)
    assert isinstance(chooser, QFileDialog)
    chooser.fileSelected.emit(str(tmp_path / "Sale (final).pdf"))
    chooser.reject()
    await settled(window)
    assert ("take legal text", tmp_path / "Sale (final).pdf") in officer.asked
    assert "The legal text was taken in and its hash checked." in seen(window)
    assert "at hand, hash checked: PDF" in seen(window)

    officer.legal_kind, officer.kept = LegalKind.ABSENT, KeptLegalText(("MER-HAR-2026-11-22-0001",), False)
    await opened(window)
    (place,) = (each for each in window.review.findChildren(DropPlace) if each.isVisible())
    files = QMimeData()
    files.setUrls([QUrl.fromLocalFile(str(tmp_path / "a.txt"))])
    copy, button, no = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    place.dropEvent(QDropEvent(QPointF(4, 4), copy, files, button, no))
    await settled(window)
    assert ("take legal text", tmp_path / "a.txt") in officer.asked
    assert "only this console has it" in seen(window)


async def test_another_contracts_text_is_said_to_be_another_contracts(
    window: OfficerWindow, officer: world.OfficerDouble, tmp_path: Path
) -> None:
    officer.legal_kind, officer.kept = LegalKind.ABSENT, KeptLegalText(("MER-HAR-7", "MER-HAR-8"), True)
    await opened(window)
    window.review.taking.emit(world.CONTRACT, tmp_path / "a.txt")
    await settled(window)
    assert "the legal text of MER-HAR-7, MER-HAR-8, not of this contract" in seen(window)


async def test_a_file_that_is_no_contracts_text_is_refused_by_name(
    window: OfficerWindow, officer: world.OfficerDouble, tmp_path: Path
) -> None:
    officer.legal_kind = LegalKind.ABSENT
    await opened(window)
    officer.error = Refused("desk.legal-text-unknown", sha256=world.hashed("other"))
    window.review.taking.emit(world.CONTRACT, tmp_path / "a.txt")
    told = await dialog(window)
    assert "no contract in the log names its hash" in words(told)
    assert world.hashed("other") in words(told).replace("\u200b", "")
    assert "Code desk.legal-text-unknown" in words(told)


@pytest.fixture
def real(qapp: QApplication, officer: world.OfficerDouble, instruments: Instruments) -> OfficerWindow:
    """A window whose PDFs are opened by the real confined process."""
    program = (sys.executable, "-I", "-m", "countersign.bootstrap.pdf_child")
    window = open_officer(
        officer, BannerFacts(Mode.ONLINE), replace(instruments, open_pdf=lambda data: PdfPages(data, program))
    )
    window.show()
    return window


async def test_a_real_pdf_is_seen_on_white_paper(real: OfficerWindow, officer: world.OfficerDouble) -> None:
    data = pdfs.document(contents=[pdfs.BLUE_SQUARE, b""])
    officer.legal = LegalText(sha256(data).hexdigest(), LegalKind.PDF, data)
    shown = await reading(real)
    sheet = paper(shown)
    seen_as = sheet.grab().toImage()
    middle = QPoint(sheet.width() * 150 // 595, sheet.height() * (842 - 650) // 842)
    assert seen_as.pixelColor(middle).name() == "#0000ff"
    assert seen_as.pixelColor(5, 5).name() == "#ffffff"
    key(shown, "Esc")
    await settled(real)
    assert shown.document is not None
    assert shown.document._child is None  # type: ignore[attr-defined]
    real.close()
