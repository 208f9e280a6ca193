"""The child alone, over its pipes: it says that it is ready, answers frames, and ends with its input."""

import json
import subprocess
import sys

from countersign.couriers import pictures
from countersign.couriers.picture_wire import FILE, GREY, HEADER
from countersign.couriers.pipes import LENGTH


def conversation(*requests: bytes) -> list[object]:
    done = subprocess.run(
        [sys.executable, "-I", "-m", "countersign.couriers.picture_child"],
        input=b"".join(requests),
        capture_output=True,
        check=True,
        timeout=60,
    )
    assert done.stderr == b""
    said, rest = [], done.stdout
    while rest:
        (length,) = LENGTH.unpack(rest[: LENGTH.size])
        said.append(json.loads(rest[LENGTH.size : LENGTH.size + length]))
        rest = rest[LENGTH.size + length :]
    return said


def test_frames_are_answered_in_turn_and_the_child_ends_with_its_input():
    picture = pictures.frame("UR:ONE")
    said = conversation(
        HEADER.pack(FILE, 0, 0, len(picture)) + picture,
        HEADER.pack(FILE, 0, 0, 4) + b"junk",
        HEADER.pack(GREY, 2, 2, 4) + bytes(4),
    )
    assert said == [[], ["UR:ONE"], {"code": "T5.picture", "values": {}}, []]


def test_half_a_header_is_the_end():
    assert conversation(b"\0\0\0") == [[]]
