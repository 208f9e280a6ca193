"""The signed PDF of History: what it says, that nothing of it is clipped, and how an officer comes by it."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QApplication, QTableView

from countersign.desk.history import HistoryRow
from countersign.desk.report_file import Claim, Head
from countersign.desk.reporting import Ground
from countersign.desk.views import Money
from countersign.ui.application import OfficerWindow
from countersign.ui.presenters.report import Paper, laid_out
from countersign.ui.views.report_pdf import MARGIN, painted
from support import window_world as world
from support.pdf_reading import Read
from support.window_hands import enabled, key, named, seen, settled, type_into, words

PAGE = QRectF(0, 0, 842, 595)
"""A4 across, in points."""
HEAD = Head("northgate.example/desk", "ada", world.NOW, 26, bytes.fromhex(world.hashed("root")))


def paper(rows: list[HistoryRow], search: str = "", told: str = "") -> Paper:
    view = replace(world.history_view(), rows=tuple(rows))
    ground = Ground(HEAD, "Ada Vale", "Northgate Trust", view, world.story(told) if told else None)
    return laid_out(ground, rows, search, "history.pdf")


def silent(_done: int, _total: int) -> None:
    """Nobody watches."""


def test_it_says_everything_that_an_auditor_asks(qapp: QApplication) -> None:
    rows = list(world.history_view().rows)
    read = Read(painted(paper(rows, "harbour final", world.CONTRACT), silent))
    for value in (
        "History of settlements", "northgate.example/desk", "Northgate Trust", "Ada Vale (ada)", "2026-11-22 14:30:00 UTC",
        "26 log entries", world.hashed("root"), "every word of “harbour final”: 6 of 6", "partly signed", "Basket",
        "10.00000000 BTC", "5.000000 USDC", "0.00000007 BTC", "USD 143,200,000", "version 2", "outside custody",
        "Totals of what is listed", "9 transactions instead of 71", "What happened to", "Conrad Lake endorsed it",
        "settlement.share-twice", "history.pdf.jws", "countersign audit report history.pdf",
    ):  # fmt: skip
        assert read.has(value), value
    for row in rows:
        assert read.has(row.contract), row.contract_id
    assert [f"Page {at} of {len(read.pages)}" in text for at, text in enumerate(read.pages, 1)] == [True] * len(
        read.pages
    )


def test_without_a_search_or_a_story_it_says_so_and_nothing_where_nothing_fits(qapp: QApplication) -> None:
    whole = Read(painted(paper(list(world.history_view().rows)), silent))
    assert whole.has("Every settlement: 6")
    assert not whole.has("What happened to")
    none = Read(painted(paper([], "nobody"), silent))
    assert none.has("every word of “nobody”: 0 of 0")
    assert none.has("Nothing fits.")


def monstrous(number: int) -> HistoryRow:
    """Names, ids and amounts as long as they may be, and more assets than a page has lines."""

    def money(at: int) -> Money:
        return Money(10**77 + at, f"TOKEN{at:03d}", 36, f"eip155:1/erc20:0x{at:040x}")

    sides = tuple(money(at) for at in range(70))
    return world.history_row(
        number, contract_id="X" * 64, parties=("W" * 128, "中文机构名称" * 8), gives=sides, takes=sides[:3],
        vaults=tuple(f"vault-{at:04d}-{'v' * 40}" for at in range(60)), officers=("O" * 128,), cycle="c" * 64,
    )  # fmt: skip


def test_however_long_values_are_all_of_them_stand_on_the_pages(qapp: QApplication) -> None:
    """Within the margins on every page, whole; the table's heading stands again where the table goes on."""
    rows = [*world.history_view().rows, monstrous(7), monstrous(8)]
    read = Read(painted(paper(rows, "w" * 500), silent))
    margin = MARGIN / 25.4 * 72 - 2
    room = PAGE.adjusted(margin, margin, -margin, -margin)
    for place in read.places:
        assert room.contains(place), place
        assert place.width() > 600
    big = rows[-1]
    for value in ("w" * 500, *big.vaults, big.officers[0], big.cycle):
        assert read.has(value), value
    for letter, times in (
        ("X", 64),
        ("W", 128),
        ("机", 8),
        ("称", 8),
    ):  # in cells, whose lines stand beside each other's
        assert read.text.count(letter) >= 2 * times, letter
    for at in range(70):
        assert read.text.count(f"TOKEN{at:03d}") >= 2, at
    bare = [re.sub(r"\s", "", text) for text in read.pages]
    totals = next(at for at, text in enumerate(bare) if "Totalsofwhatislisted" in text)
    assert totals > 6
    assert all("Counterparties" in text for text in bare[:totals])
    assert not any("Counterparties" in text for text in bare[totals + 1 :])


def test_fonts_are_embedded_and_the_file_is_of_the_archives_kind(qapp: QApplication) -> None:
    pdf = painted(paper(list(world.history_view().rows), told=world.CONTRACT), silent)
    fonts = pdf.count(b"/Type /FontDescriptor")
    assert fonts == pdf.count(b"/FontFile2") + pdf.count(b"/FontFile3")
    assert fonts >= 3, "plain, strong, and of one pitch"
    assert b"pdfaid" in pdf
    assert b"/Encrypt" not in pdf


def test_painting_stops_when_it_is_told_to(qapp: QApplication) -> None:
    class Enough(Exception):
        pass

    seen: list[tuple[int, int]] = []

    def going(done: int, total: int) -> None:
        seen.append((done, total))
        if done == 8:
            raise Enough

    with pytest.raises(Enough):
        painted(paper(list(world.history_view().rows)), going)
    assert seen == [(at, 12) for at in range(9)]


async def at_history(window: OfficerWindow) -> None:
    await window.refresh()
    await settled(window)
    key(window, "Ctrl+7")


async def test_a_locked_token_signs_nothing_and_says_why(window: OfficerWindow, officer: world.OfficerDouble) -> None:
    await at_history(window)
    assert not enabled(window, "Signed PDF…")
    assert "Your token is locked: unlock it to sign a report." in seen(window)
    officer.tries = "locked"
    await window.refresh()
    assert "PIN is locked" in seen(window)
    assert not enabled(window, "Signed PDF…")
    officer.tries, officer.unlocked = "ok", True
    await window.refresh()
    assert enabled(window, "Signed PDF…")
    assert "unlock it" not in seen(window)


async def test_what_is_shown_is_painted_signed_and_written(window: OfficerWindow, officer: world.OfficerDouble) -> None:
    officer.unlocked = True
    await at_history(window)
    named(window, "Settlements, the newest first", QTableView).selectRow(1)
    await settled(window)
    told = window.history.told
    type_into(window, "Search the history", "harbour final")
    window.history.reporting.emit(Path("/media/stick/history.pdf"))
    assert not enabled(window, "Signed PDF…"), "one at a time"
    await settled(window)
    kept = {path.name: data for path, data in window.context.instruments.drives.kept.items()}  # type: ignore[attr-defined]
    claim = next(what[1] for what in officer.asked if what[0] == "sign report")  # type: ignore[index]
    assert claim == Claim.of(HEAD, kept["history.pdf"], "harbour final", 3, told)
    assert kept["history.pdf.jws"] == b"signature of " + claim.sha256.hex().encode()
    read = Read(kept["history.pdf"])
    assert read.has("every word of “harbour final”: 3 of 6")
    assert read.has("What happened to")
    assert read.text.count("disputed") == 0
    assert "Written to /media/stick/history.pdf, its signature to history.pdf.jws." in words(window.history)
    assert enabled(window, "Signed PDF…")


async def test_the_key_opens_the_place_to_write_to(window: OfficerWindow, officer: world.OfficerDouble) -> None:
    officer.unlocked = True
    await at_history(window)
    opened: list[bool] = []
    window.history.report.clicked.disconnect()
    window.history.report.clicked.connect(lambda: opened.append(True))
    key(window, "Ctrl+S")
    assert opened == [True]
