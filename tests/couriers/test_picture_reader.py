"""The confined reader: files and camera alike; a hostile picture costs a frame and nothing more (T5)."""

import io
import sys

import pytest
from PIL import Image

from countersign.couriers import picture_reader, pictures
from countersign.couriers.picture_reader import PictureReader
from countersign.couriers.pictures import Grey
from countersign.errors import Malformed, Unavailable

TEXT = "UR:PSBT/FEADAOAXAAAHJLKBGHMD"
GOOD = pictures.frame(TEXT)


@pytest.fixture(scope="module")
def reader():
    with PictureReader() as reader:
        yield reader


def refusal(reader: PictureReader, frame: bytes | Grey) -> str:
    with pytest.raises(Malformed) as refused:
        reader.decode(frame)
    return refused.value.code


def full_of_finder_patterns(width: int, height: int) -> bytes:
    """A few kilobytes that keep a decoder looking for corners among a hundred thousand of them."""
    tile = Image.new("L", (9, 9), 255)
    tile.paste(0, (0, 0, 7, 7))
    tile.paste(255, (1, 1, 6, 6))
    tile.paste(0, (2, 2, 5, 5))
    picture = Image.new("L", (width, height), 255)
    for top in range(0, height, 9):
        for left in range(0, width, 9):
            picture.paste(tile, (left, top))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def test_a_file_and_a_camera_frame_give_the_same_texts(reader):
    image = Image.open(io.BytesIO(GOOD)).convert("L")
    assert reader.decode(GOOD) == [TEXT]
    assert reader.decode(Grey(image.width, image.height, image.tobytes())) == [TEXT]


def test_a_picture_without_code_gives_no_text(reader):
    assert reader.decode(Grey(64, 64, bytes(64 * 64))) == []


def test_all_codes_of_a_picture_are_read(reader):
    one, two = (Image.open(io.BytesIO(pictures.frame(text))).convert("L") for text in ("ONE", "TWO"))
    both = Image.new("L", (one.width * 2, one.height), 255)
    both.paste(one, (0, 0))
    both.paste(two, (one.width, 0))
    assert sorted(reader.decode(Grey(both.width, both.height, both.tobytes()))) == ["ONE", "TWO"]


def test_what_is_no_picture_is_refused_and_the_child_lives(reader):
    for junk in (b"", b"junk", GOOD[:-100]):
        assert refusal(reader, junk) == "T5.picture"
    assert reader.decode(GOOD) == [TEXT]


def test_a_frame_larger_than_4k_never_reaches_the_child(reader):
    assert refusal(reader, Grey(4097, 1, bytes(4097))) == "T5.frame-size"
    assert refusal(reader, bytes(picture_reader.FILE_LIMIT + 1)) == "T5.file-size"
    assert reader.decode(Grey(4096, 2160, bytes([255]) * (4096 * 2160))) == []


def test_a_file_that_unpacks_to_more_than_4k_is_refused_by_the_child(reader):
    out = io.BytesIO()
    Image.new("1", (4097, 8), 1).save(out, "PNG")
    assert refusal(reader, out.getvalue()) == "T5.frame-size"
    assert reader.decode(GOOD) == [TEXT]


def test_a_picture_that_takes_too_long_costs_its_frame_and_a_new_child(reader):
    before = reader.restarts
    assert refusal(reader, full_of_finder_patterns(3840, 2160)) == "T5.time"
    assert reader.restarts == before + 1
    assert reader.decode(GOOD) == [TEXT]
    assert reader.decode(full_of_finder_patterns(320, 240)) == []


def test_a_killed_child_costs_its_frame_and_a_new_child():
    with PictureReader() as reader:
        assert reader.decode(GOOD) == [TEXT]
        reader._child.kill()
        reader._child.process.wait()
        assert refusal(reader, GOOD) == "T5.decoder-fault"
        assert reader.decode(GOOD) == [TEXT]


def test_a_closed_reader_starts_again():
    reader = PictureReader()
    assert reader.decode(GOOD) == [TEXT]
    reader.close()
    assert reader.decode(GOOD) == [TEXT]
    reader.close()


READY = """
import os, struct, time
def say(said): os.write(1, struct.pack('>I', len(said)) + said)
say(b'[]')
os.read(0, 13)
"""


def scripted(after: str) -> PictureReader:
    """A child that says it is ready and then does `after`."""
    return PictureReader((sys.executable, "-I", "-c", READY + after))


@pytest.mark.parametrize(
    "after",
    [
        "os.abort()",
        "os._exit(0)",
        "os.write(1, b'\\xff\\xff\\xff\\xff')",
        "say(b'not json'); os.read(0, 1)",
        "say(b'[1]')",
        "say(b'\"text\"')",
        "say(b'[\"' + b'a' * 8193 + b'\"]')",
        "say(b'[' + b','.join([b'\"a\"'] * 65) + b']')",
        "say(b'[' * 100000)",
    ],
)
def test_a_child_that_crashes_or_lies_is_not_believed(after):
    with scripted(after) as reader:
        assert refusal(reader, GOOD) == "T5.decoder-fault"


def test_a_deep_answer_is_refused_even_where_a_library_has_raised_the_recursion_limit():
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(100_000)  # as importing eth-account does
    try:
        with scripted("say(b'[' * 60000)") as reader:
            assert refusal(reader, GOOD) == "T5.decoder-fault"
    finally:
        sys.setrecursionlimit(before)


def test_a_refusal_that_the_child_invents_becomes_a_plain_one():
    with scripted('say(b\'{"code": "B8.fine", "values": {}}\'); os.read(0, 1)') as reader:
        assert refusal(reader, GOOD) == "T5.picture"


def test_a_child_that_neither_works_nor_answers_is_killed(monkeypatch):
    monkeypatch.setattr(picture_reader, "CLOCK_SECONDS", 0.05)
    with scripted("time.sleep(600)") as reader:
        assert refusal(reader, GOOD) == "T5.time"
        assert reader._child is None


@pytest.mark.parametrize("command", [("/nonexistent",), (sys.executable, "-I", "-c", "")])
def test_no_child_at_all_is_unavailable(command):
    with PictureReader(command) as reader, pytest.raises(Unavailable) as refused:
        reader.decode(GOOD)
    assert refused.value.code == "couriers.picture-reader"
