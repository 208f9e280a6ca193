"""A PSBT's file as bytes or base64: the same PSBT, or a name for what is wrong."""

import base64

import pytest

from countersign.bitcoin.psbt import MAGIC, binary
from countersign.errors import Malformed

DATA = MAGIC + bytes(range(251))
TEXT = base64.b64encode(DATA)
WRAPPED = base64.encodebytes(DATA)


@pytest.mark.parametrize(
    "file",
    [DATA, TEXT, TEXT + b"\n", b"\r\n  " + TEXT, WRAPPED, WRAPPED.replace(b"\n", b"\r\n")],
    ids=["binary", "one line", "with newline", "indented", "wrapped", "wrapped for Windows"],
)
def test_every_spelling_gives_the_bytes(file: bytes) -> None:
    assert binary(file) == DATA


@pytest.mark.parametrize(
    "file",
    [
        TEXT[:-1],
        TEXT + b"A",
        TEXT.replace(b"/", b"_"),
        TEXT[:40] + b"\x00" + TEXT[40:],
        TEXT + b"\n" + TEXT,
        b"cHNidP9=",
        b"cHNidP",
    ],
    ids=["padding cut", "behind the end", "URL alphabet", "a zero byte", "twice", "spare bits", "its beginning only"],
)
def test_base64_that_does_not_go_on_is_named(file: bytes) -> None:
    with pytest.raises(Malformed) as caught:
        binary(file)
    assert caught.value.code == "B2.base64"


@pytest.mark.parametrize("file", [b"", b"not a PSBT", b"70736274ff", b"\xef\xbb\xbfcHNidP8="])
def test_what_is_neither_is_left_for_the_parser(file: bytes) -> None:
    assert binary(file) == file
