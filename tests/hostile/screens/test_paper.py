"""D2 to D4 on paper: the signed PDF of History and the printed page of digests show foreign text letter for letter, whole.

Read by another house's reader (PDFium). Nothing in it is interpreted, left out, cut at an edge or painted over something else.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QTextOption
from PySide6.QtWidgets import QApplication

from countersign.cli import check
from countersign.cli import words as terminal
from countersign.desk.history import HistoryRow
from countersign.desk.report_file import Head
from countersign.desk.reporting import Ground
from countersign.desk.reports import CheckReport, FileReport, HardwareScreen, Kind
from countersign.desk.views import Money
from countersign.resources import text
from countersign.resources import visible as letters
from countersign.resources.visible import visible
from countersign.ui import strings
from countersign.ui.presenters import history, writing
from countersign.ui.presenters import report as presenter
from countersign.ui.presenters.report import laid_out
from countersign.ui.views import report_pdf
from countersign.ui.views.report_pdf import MARGIN, SHARES, painted
from support import window_world as world
from support.pdf_reading import Read, bare
from support.tainted_world import NEAR, TAINT, Tainted

POINTS = 72 / 25.4
PAGE = QRectF(0, 0, 842, 595).adjusted(
    MARGIN * POINTS - 2, MARGIN * POINTS - 2, 2 - MARGIN * POINTS, 2 - MARGIN * POINTS
)
TOWER = "x" + "".join(map(chr, (0x302, 0x304, 0x308, *range(0x300, 0x302), *range(0x305, 0x315)))) * 3
SCRIPTS = "한국 ภาษา ሰላም नमस्ते 東京 ქართული Ἑλλάς 😀 𠮷野家"
ADDRESS = world.HARBOUR
EFFECTS = tuple(Money(10**30 + at, f"T{at:03d}", 18, f"eip155:1/erc20:0x{at:040x}") for at in range(200))


def rows(taint: str) -> list[HistoryRow]:
    """What nobody should be called, in every place of the table."""
    first = Tainted(None, taint)._told(world.history_row(1, final_at=None, template=f"spot{taint}"))
    return [
        first,
        world.history_row(2, parties=("<img src='file:///etc/hostname'>", f"[{ADDRESS}](https://evil.example/)"),
                          vaults=(ADDRESS, "W" * 300), takes=EFFECTS),
        world.history_row(3, parties=(f"{TOWER} Bank", "file:///etc/hostname"), officers=(SCRIPTS, f"{TOWER} {TOWER}")),
    ]  # fmt: skip


def pdf(taint: str, listed: list[HistoryRow]) -> bytes:
    told = Tainted(None, taint)._told(world.story(world.CONTRACT))
    head = Head("w" * 200 + taint, "ada", world.NOW, 26, bytes.fromhex(world.hashed("root")))
    view = replace(world.history_view(), rows=tuple(listed))
    ground = Ground(head, f"Ada{taint}", f"Northgate{taint}", view, told)
    paper = laid_out(ground, listed, f"search {taint}", f"{taint}.pdf")
    return painted(paper, lambda done, total: None)


TABLE = bare("".join(strings.label(f"report.column-{key}") for key in presenter.COLUMNS))
"""How each page of the table begins, below its foot."""


def column(read: Read, at: int) -> str:
    """What stands in a column of the table, and below it."""
    width = 842 - 2 * MARGIN * POINTS
    left = MARGIN * POINTS + sum(SHARES[:at]) * width
    return read.within(left - 2, left + SHARES[at] * width - 2, TABLE)


def lies(read: Read, taint: str, listed: list[HistoryRow]) -> list[str]:
    """What a reader of the file does not find as it was given, and what is cut or covered."""
    whole = [f"Ada{taint} (ada)", f"Northgate{taint}", "w" * 200 + taint, f"search {taint}", f"{taint}.pdf.jws",
             f"Amara Okafor{taint} signed for meridian-btc{taint}", world.hashed("root")]  # fmt: skip
    found = [value for value in whole if not read.has(visible(value))]
    names = [char for char in SCRIPTS if not char.isspace()]
    found += [char for char in names if char not in read.text and f"\\u{{{ord(char):x}}}" not in read.text]
    if found:
        return found  # where what is painted has no words, no place is told for each
    return [*in_table(read, listed), *out_of_place(read, taint)]


def in_table(read: Read, listed: list[HistoryRow]) -> Iterator[str]:
    below = read.within(MARGIN * POINTS, PAGE.right(), TABLE)
    for row in listed:
        yield from (value for value in (*row.vaults, row.contract) if bare(visible(value)) not in below)
        cells = (
            (row.contract_id,),
            row.parties,
            *((writing.full(each) for each in side) for side in (row.gives, row.takes)),
        )
        for at, values in enumerate(cells):
            shown = column(read, at)
            yield from (f"column {at}: {value}" for value in values if bare(visible(value)) not in shown)


def out_of_place(read: Read, taint: str) -> Iterator[str]:
    foot = bare("w" * 200 + visible(taint) + " · as of 26 log entries")
    yield from (f"no foot on page {at}" for at, page in enumerate(read.pages, 1) if foot not in bare(page))
    yield from (f"{place} is outside" for place in read.places if not PAGE.contains(place))
    yield from read.overlapping()


def test_a_report_shows_hostile_words_letter_for_letter_and_whole(qapp: QApplication) -> None:
    listed = rows(TAINT)
    made = pdf(TAINT, listed)
    assert lies(Read(made), TAINT, listed) == []
    for active in (
        b"/URI",
        b"/Link",
        b"/JavaScript",
        b"/Launch",
        b"/Subtype /Image",
        b"/OpenAction",
        b"/AA",
        b"/EmbeddedFile",
    ):
        assert active not in made, active


def test_the_near_miss_is_printed_as_it_is(qapp: QApplication) -> None:
    listed = rows(NEAR)
    read = Read(pdf(NEAR, listed))
    assert lies(read, NEAR, listed) == []
    assert read.has(f"Northgate{NEAR}")


def _unwrapped(off: pytest.MonkeyPatch) -> None:
    off.setattr(QTextOption, "setWrapMode", lambda *_: None)


def _letters(off: pytest.MonkeyPatch) -> None:
    for place in (presenter, history, writing, strings, text):
        off.setattr(place, "visible", str)


def _towers(off: pytest.MonkeyPatch) -> None:
    off.setattr(letters, "STACKED", 1_000)
    off.setattr(report_pdf, "_above", lambda *_: 0.0)


def _one_line_foot(off: pytest.MonkeyPatch) -> None:
    feet = report_pdf.Sheet._feet

    def first(sheet: report_pdf.Sheet) -> object:
        wide = [replace(piece, width=sheet.width) for piece, _ in feet(sheet)]
        return [(piece, report_pdf._laid(replace(piece, text=piece.text[:150]), sheet.writer)) for piece in wide]

    off.setattr(report_pdf.Sheet, "_feet", first)


OFF: dict[str, tuple[Callable[[pytest.MonkeyPatch], None], str]] = {
    "letters": (_letters, "Northgate"),
    "towers": (_towers, "page "),
    "glyphs": (lambda off: off.setattr(report_pdf, "drawable", lambda text, _: text), "😀"),
    "wrapping": (_unwrapped, "is outside"),
    "foot": (_one_line_foot, "no foot"),
}


@pytest.mark.parametrize("guard", OFF)
def test_with_its_guard_switched_off_the_lie_is_printed(
    guard: str, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    switch, lie = OFF[guard]
    listed = rows(TAINT)
    with monkeypatch.context() as off:
        switch(off)
        found = lies(Read(pdf(TAINT, listed)), TAINT, listed)
    assert any(lie in each for each in found), found


DIGEST = world.hashed("digest")
FORGED = f"safe_tx.json\n  domain hash\n    {'0000 ' * 8}\x1b[2K\r\u202e{'W' * 200}"


def printed(place: Path, name: str) -> list[str]:
    screen = HardwareScreen(
        name, 1, world.MERIDIAN_SAFE, 7, (("domain-hash", DIGEST), ("safe-tx-hash", world.hashed("hash")))
    )
    check.write_page(place, CheckReport((FileReport(name, Kind.SAFE_TX, world.hashed("file")),), (), (), (screen,)))
    return place.read_text("utf-8").split("\n")


def test_the_page_of_digests_has_each_whole_and_none_that_a_file_s_name_forges(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest, hostile = printed(tmp_path / "honest", "safe_tx.json"), printed(tmp_path / "hostile", FORGED)
    assert len(hostile) == len(honest)
    assert [one for one, other in zip(hostile, honest, strict=True) if one == other] == [*honest[1:2], *honest[3:]]
    assert all(visible(FORGED) in hostile[at] for at in (0, 2))
    assert writing.groups(DIGEST[:32]) in "\n".join(hostile)
    assert world.MERIDIAN_SAFE in "\n".join(hostile)
    monkeypatch.setattr(check, "visible", str)
    monkeypatch.setattr(terminal, "visible", str)
    assert len(printed(tmp_path / "off", FORGED)) > len(honest)
