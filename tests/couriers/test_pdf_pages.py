"""PDFs as pictures: real ones are shown as they look, hostile ones do nothing, and what cannot be shown is refused by name."""

import os
import resource
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from countersign.couriers import pdf_pages
from countersign.couriers.pdf_pages import PagePicture, PageSize, PdfPages, fitting
from countersign.errors import CountersignError, Malformed, Unavailable
from support import pdfs

PROGRAM = (sys.executable, "-I", "-m", "countersign.bootstrap.pdf_child")
BLUE = b"\xff\0\0\xff"
GOOD = pdfs.small(["The first page.", "The second page.\nIt has two lines."])
QT = """
import sys
from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QFont, QGuiApplication, QPageSize, QPainter, QPdfWriter
application = QGuiApplication(["-platform", "offscreen"])
data = QByteArray()
buffer = QBuffer(data)
buffer.open(QIODevice.OpenModeFlag.WriteOnly)
writer = QPdfWriter(buffer)
writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
painter = QPainter(writer)
painter.setFont(QFont("DejaVu Sans", 40))
for number in range(3):
    if number:
        writer.newPage()
    painter.fillRect(0, 0, 2000, 2000 * (number + 1), "#0000ff")
    painter.drawText(500, 9000, "Sale of 250 BTC")
painter.end()
buffer.close()
sys.stdout.buffer.write(bytes(data))
"""


@pytest.fixture(scope="module")
def written() -> bytes:
    """Three pages of QPdfWriter, with an embedded font and a blue bar that grows from page to page."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    return subprocess.run([sys.executable, "-c", QT], capture_output=True, check=True, env=environment).stdout


@pytest.fixture
def opened() -> Iterator[list[PdfPages]]:
    """What a test opened is closed after it."""
    found: list[PdfPages] = []
    yield found
    for each in found:
        each.close()


def pages(opened: list[PdfPages], pdf: bytes, command: tuple[str, ...] = PROGRAM) -> PdfPages:
    made = PdfPages(pdf, command)
    opened.append(made)
    return made


def refusal(act: object, *arguments: object) -> CountersignError:
    with pytest.raises(CountersignError) as refused:
        act(*arguments)  # type: ignore[operator]
    return refused.value


def outcome(act: Callable[[], object]) -> str:
    """The code of its refusal, or nothing."""
    try:
        act()
    except Malformed as refused:
        return refused.code
    return ""


def count(picture: PagePicture, pixel: bytes) -> int:
    rows = (picture.pixels[at : at + 4] for at in range(0, len(picture.pixels), 4))
    return sum(each == pixel for each in rows)


def test_a_real_document_is_shown_page_by_page(opened, written):
    document = pages(opened, written)
    sizes = document.open()
    assert [(round(size.width), round(size.height)) for size in sizes] == [(595, 842)] * 3
    shown = [document.paint(page, 300) for page in range(3)]
    assert {(picture.width, picture.height, len(picture.pixels)) for picture in shown} == {(300, 425, 300 * 425 * 4)}
    blue = [count(picture, BLUE) for picture in shown]
    assert 0 < blue[0] < blue[1] < blue[2]
    assert document.restarts == 0


def test_letters_are_drawn_from_fonts_the_document_carries_and_from_built_in_ones(opened, written):
    for pdf in (written, GOOD):
        picture = pages(opened, pdf).paint(0, 1_200)
        inked = sum(alpha > 128 for alpha in picture.pixels[3::4]) - count(picture, BLUE)
        assert 500 < inked < 50_000


def test_a_page_is_painted_as_wide_as_asked(opened):
    document = pages(opened, GOOD)
    assert [document.paint(1, width).width for width in (1, 300, 1_000)] == [1, 300, 1_000]


@pytest.mark.parametrize("name", sorted(pdfs.ACTIVE))
def test_what_wants_something_done_is_a_plain_picture(opened, name):
    document = pages(opened, pdfs.ACTIVE[name])
    assert len(document.open()) == 1
    picture = document.paint(0, 595)
    assert count(picture, BLUE) > 9_000 or name == "contents elsewhere"
    assert document.restarts == 0


def test_what_lies_on_the_page_as_an_annotation_is_seen(opened):
    stamp = b"<< /Type /Annot /Subtype /Stamp /Rect [100 100 200 200] /F 4 /AP << /N 6 0 R >> >>"
    drawn = pdfs.stream(b"0 0 1 rg 0 0 100 100 re f", "/Type /XObject /Subtype /Form /BBox [0 0 100 100]")
    pdf = pdfs.document(contents=[b""], page="/Annots [5 0 R]", more=[stamp, drawn])
    assert count(pages(opened, pdf).paint(0, 595), BLUE) > 9_000


HEAVY = pdfs.heavy()
SLOW = {"pattern of points", "a million strokes", "pages within themselves"}
ENDS = {"couriers.pdf-fault", "couriers.pdf-page", "couriers.pdf-damaged"}
REFUSALS = {*ENDS, "couriers.pdf-time", "couriers.pdf-encrypted", "couriers.pdf-pages", "couriers.pdf-page-size"}


EACH = [pytest.param(name, marks=[pytest.mark.long] * (name in SLOW - {"pattern of points"})) for name in sorted(HEAVY)]
"""Each slow one takes the painter's whole time: one of them everyday."""


@pytest.mark.parametrize("name", EACH)
def test_what_wants_more_than_there_is_ends_by_name_or_stays_a_picture(opened, name):
    document = pages(opened, HEAVY[name]())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    ended = outcome(lambda: document.paint(0, 600))
    if name in SLOW:
        assert ended == "couriers.pdf-time"
    assert ended in {"couriers.pdf-time", "", *ENDS}
    assert document.restarts == bool(ended)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000


@pytest.mark.long
def test_after_a_page_that_broke_the_process_the_others_are_painted_by_a_new_one(opened):
    strokes = b"0 0 m " + b"595 842 l 3 7 l " * 500_000 + b"S"
    document = pages(opened, pdfs.document(contents=[strokes, pdfs.BLUE_SQUARE]))
    assert refusal(document.paint, 0, 600).code == "couriers.pdf-time"
    assert count(document.paint(1, 595), BLUE) > 9_000
    assert document.restarts == 1


@pytest.mark.parametrize(
    ("pdf", "code"),
    [
        (b"", "couriers.pdf-damaged"),
        (b"not a PDF at all", "couriers.pdf-damaged"),
        (bytes(range(256)) * 40, "couriers.pdf-damaged"),
        (b"%PDF-1.7\n" + b"1 0 obj <<" * 100_000, "couriers.pdf-damaged"),
        (pdfs.document(count=1_000_000), "couriers.pdf-damaged"),
        (pdfs.document(contents=[]), "couriers.pdf-damaged"),
        (pdfs.encrypted(b"secret"), "couriers.pdf-encrypted"),
        (pdfs.document(trailer="/Encrypt << /Filter /Foo /V 1 >> /ID [<00> <00>]"), "couriers.pdf-encrypted"),
        (pdfs.document(contents=[b""] * 501), "couriers.pdf-pages"),
        (pdfs.document(box="[0 0 14401 842]"), "couriers.pdf-page-size"),
        (pdfs.document(box="[0 0 595 0.5]"), "couriers.pdf-page-size"),
        (pdfs.document(contents=[b""] * 70, box="[0 0 595 14400]"), "couriers.pdf-page-size"),
        (b"%PDF-1.7\n" + bytes(pdf_pages.FILE_LIMIT), "couriers.pdf-size"),
    ],
)  # fmt: skip
def test_what_cannot_be_shown_is_refused_by_name(opened, pdf, code):
    assert refusal(pages(opened, pdf).open).code == code


@pytest.mark.parametrize(
    ("pdf", "expected"),
    [
        (pdfs.document(contents=[b""] * 500), 500),
        (pdfs.document(box="[0 0 14400 14400]"), 1),
        (pdfs.document(box="[0 0 595 1]"), 1),
        (pdfs.encrypted(b""), 1),
        (pdfs.document(contents=[b""] * 69, box="[0 0 595 14400]"), 69),
    ],
)
def test_the_near_misses_are_shown(opened, pdf, expected):
    document = pages(opened, pdf)
    assert len(document.open()) == expected
    assert document.paint(expected - 1, 100).width == 100


def test_a_document_encrypted_without_a_password_is_readable(opened):
    assert count(pages(opened, pdfs.encrypted(b"")).paint(0, 595), BLUE) > 9_000


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damage_anywhere_is_a_refusal_by_name_or_a_picture(opened, data):
    damaged_is_refused_or_shown(opened, data)


@pytest.mark.long
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_much_damage_anywhere_is_a_refusal_by_name_or_a_picture(opened, data):
    damaged_is_refused_or_shown(opened, data)


def damaged_is_refused_or_shown(opened, data):
    """Cut, flipped, doubled or filled with something else: never another error, never a hang."""
    pdf = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(pdf)))
        new = data.draw(
            st.one_of(st.binary(max_size=30), st.sampled_from([b"obj", b"stream", b"[", b"<<", b"/Kids [2 0 R]"]))
        )
        pdf[at : at + data.draw(st.integers(0, 40))] = new
    document = pages(opened, bytes(pdf[: data.draw(st.sampled_from([len(pdf), len(pdf) // 2]))]))
    assert outcome(lambda: [document.paint(page, 50) for page in range(min(2, len(document.open())))]) in {
        "",
        *REFUSALS,
    }
    document.close()


@given(st.floats(1, 14_400), st.floats(1, 14_400), st.integers(1, 100_000))
def test_a_picture_keeps_to_its_limits_whatever_the_page(width, height, wanted):
    across, down = fitting(PageSize(width, height), wanted)
    assert 1 <= across <= min(wanted, pdf_pages.SIDE_PIXELS)
    assert 1 <= down <= pdf_pages.SIDE_PIXELS
    assert across * down <= pdf_pages.PICTURE_PIXELS + pdf_pages.SIDE_PIXELS


READY = """
import os, struct, time
def say(said): os.write(1, struct.pack('>I', len(said)) + said)
def hear(count):
    while count:
        count -= len(os.read(0, count))
say(b'')
hear(17 + LENGTH)
""".replace("LENGTH", str(len(GOOD)))
OPENED = "say(b'\\x00{\"pages\":[[59500,84200]]}'); hear(17)\n"


def scripted(after: str) -> tuple[str, ...]:
    """A process that says it is ready, takes the document, and then does `after`."""
    return sys.executable, "-I", "-c", READY + after


@pytest.mark.parametrize(
    "after",
    [
        "os.abort()",
        "os._exit(0)",
        "os.write(1, b'\\xff\\xff\\xff\\xff')",
        "say(b''); hear(1)",
        "say(b'\\x00'); hear(1)",
        "say(b'\\x01pixels'); hear(1)",
        "say(b'\\x00not json'); hear(1)",
        "say(b'\\x00{}'); hear(1)",
        "say(b'\\x00[]'); hear(1)",
        "say(b'\\x00{\"pages\":[]}'); hear(1)",
        "say(b'\\x00{\"pages\":[[1]]}'); hear(1)",
        'say(b\'\\x00{"pages":[[100,"a"]]}\'); hear(1)',
        "say(b'\\x00{\"pages\":[[true,true]]}'); hear(1)",
        "say(b'\\x00{\"pages\":[7]}'); hear(1)",
        "say(b'\\x00{\"pages\":[' + b','.join([b'[100,100]'] * 501) + b']}'); hear(1)",
        'say(b\'\\x00{"refused":"B8.fine","count":0}\'); hear(1)',
        'say(b\'\\x00{"refused":"pages","count":"many"}\'); hear(1)',
    ],
)
def test_a_process_that_crashes_or_lies_of_the_document_is_not_believed(opened, after):
    document = pages(opened, GOOD, scripted(after))
    assert refusal(document.open).code == "couriers.pdf-fault"
    assert document.restarts == 1


@pytest.mark.parametrize(
    "after",
    [
        "os.abort()",
        "say(b'\\x01' + bytes(4 * 10 * 14 - 1)); hear(1)",
        "say(b'\\x01' + bytes(4 * 10 * 14 + 1)); hear(1)",
        "say(b'\\x00{\"pages\":[[100,100]]}'); hear(1)",
        "say(b'\\x02'); hear(1)",
    ],
)
def test_a_process_that_crashes_or_lies_of_a_page_is_not_believed(opened, after):
    document = pages(opened, GOOD, scripted(OPENED + after))
    assert refusal(document.paint, 0, 10).code == "couriers.pdf-fault"


def test_the_near_miss_of_a_lie_is_believed(opened):
    document = pages(opened, GOOD, scripted(OPENED + "say(b'\\x01' + bytes(4 * 10 * 14)); hear(1)"))
    assert document.paint(0, 10) == PagePicture(10, 14, bytes(560))


def test_a_process_that_neither_works_nor_answers_is_killed(opened, monkeypatch):
    monkeypatch.setattr(pdf_pages, "CLOCK_SECONDS", 0.05)
    assert refusal(pages(opened, GOOD, scripted("time.sleep(600)")).open).code == "couriers.pdf-time"


@pytest.mark.parametrize("command", [("/nonexistent",), (sys.executable, "-I", "-c", "")])
def test_no_process_at_all_is_unavailable(opened, command):
    error = refusal(pages(opened, GOOD, command).open)
    assert isinstance(error, Unavailable)
    assert error.code == "couriers.pdf-painter"


def test_closing_ends_what_another_thread_waits_for(opened):
    document = pages(opened, GOOD, scripted(OPENED + "time.sleep(600)"))
    document.open()
    ended: list[CountersignError] = []
    waiting = threading.Thread(target=lambda: ended.append(refusal(document.paint, 0, 2_000)))
    child = document._child
    assert child is not None
    waiting.start()
    document.close()
    waiting.join(30)
    assert [error.code for error in ended] == ["couriers.pdf-closed"]
    assert child.process.returncode is not None
    assert refusal(document.open).code == "couriers.pdf-closed"
