"""The process that opens PDFs, over its pipes: it answers in turn, and holds its limits whatever paints."""

import json
import subprocess
import sys

from countersign.couriers.pdf_wire import HEADER, OPEN, PAGE, PIXELS, WORDS
from countersign.couriers.pipes import LENGTH
from support import pdfs

PROGRAM = (sys.executable, "-I", "-m", "countersign.bootstrap.pdf_child")
STAND_IN = """
import os
from countersign.couriers.pdf_child import serve
class Painter:
    def open(self, pdf): {open}
    def pages(self): return 1
    def size(self, page): return 72.0, 72.0
    def paint(self, page, width, height): return b"p" * (4 * width * height)
serve(Painter())
"""


def run(command: tuple[str, ...], *requests: bytes) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(command, input=b"".join(requests), capture_output=True, check=False, timeout=60)


def answers(said: bytes) -> list[bytes]:
    found = []
    while said:
        (length,) = LENGTH.unpack(said[: LENGTH.size])
        found.append(said[LENGTH.size : LENGTH.size + length])
        said = said[LENGTH.size + length :]
    return found


def open_(pdf: bytes) -> bytes:
    return HEADER.pack(OPEN, 0, 0, 0, len(pdf)) + pdf


def words(answer: bytes) -> object:
    assert answer[:1] == WORDS
    return json.loads(answer[1:])


def stand_in(opening: str) -> tuple[str, ...]:
    return sys.executable, "-I", "-c", STAND_IN.format(open=opening)


def test_a_document_and_its_pages_are_answered_in_turn_and_the_process_ends_with_its_input():
    done = run(
        PROGRAM, open_(pdfs.small(["one", "two"])), HEADER.pack(PAGE, 1, 20, 28, 0), HEADER.pack(PAGE, 9, 20, 28, 0)
    )
    assert (done.returncode, done.stderr) == (0, b"")
    ready, opened, page, none = answers(done.stdout)
    assert ready == b""
    assert words(opened) == {"pages": [[59500, 84200], [59500, 84200]]}
    assert page[:1] == PIXELS
    assert len(page) == 1 + 4 * 20 * 28
    assert words(none) == {"refused": "page", "count": 9}


def test_what_opens_instead_of_the_first_document_is_the_second():
    done = run(PROGRAM, open_(pdfs.small(["one", "two"])), open_(b"junk"), open_(pdfs.small()))
    _, first, junk, last = answers(done.stdout)
    assert len(words(first)["pages"]) == 2
    assert words(junk) == {"refused": "damaged", "count": 0}
    assert len(words(last)["pages"]) == 1


def test_the_painter_is_confined_before_it_sees_the_document():
    """The same attempts, first unconfined over the warm-up's document, then over the stranger's."""
    tried = "os.close(os.open('/etc/hostname', os.O_RDONLY))"
    caught = f"""
        try:
            {tried}
        except OSError:
            return 'encrypted'
        return ''"""
    done = run(stand_in(caught), open_(b"%PDF-"))
    assert words(answers(done.stdout)[1]) == {"refused": "encrypted", "count": 0}
    assert run((sys.executable, "-I", "-c", f"import os; {tried}")).returncode == 0


def test_a_painter_that_computes_for_ever_is_ended_by_its_own_clock():
    forever = "return '' if b'rg' in pdf else max(iter(int, 1))"
    assert run(stand_in(forever), open_(b"%PDF-")).returncode == -27  # SIGPROF


def test_a_painter_that_takes_more_memory_than_it_has_gets_none():
    greedy = "return '' if b'rg' in pdf else str(len(bytearray(600 << 20)))"
    done = run(stand_in(greedy), open_(b"%PDF-"))
    assert done.returncode == 1
    assert b"MemoryError" in done.stderr
    modest = greedy.replace("600 << 20", "100 << 20").replace("str(len(", "'' if (len(") + " else ''"
    assert run(stand_in(modest), open_(b"%PDF-")).returncode == 0


def test_half_a_header_is_the_end():
    assert answers(run(PROGRAM, b"\0" * 16).stdout) == [b""]
