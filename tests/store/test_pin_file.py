"""`pin.json` has one spelling; anything else is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.audit.pin import Pin
from countersign.errors import Malformed, Refused
from countersign.store import pin_file
from countersign.store.pin_file import Head, PinFile
from support.small_log import NOW, filled_log, signed

WHOLE = PinFile(b"s" * 32, Head(7, b"m" * 32), (Pin(signed(filled_log(3).checkpoint(), (0, 1)), NOW, {}),))


def test_what_was_written_is_read_back(tmp_path):
    pin_file.write(tmp_path / "pin.json", WHOLE)
    assert pin_file.read(tmp_path / "pin.json") == WHOLE
    assert pin_file.serialise(pin_file.parse(pin_file.serialise(WHOLE))) == pin_file.serialise(WHOLE)


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_anything_else_is_malformed(data):
    with pytest.raises(Malformed):
        pin_file.parse(data)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"sequence":7', b'"sequence":0'),
        (b'"sequence":7', b'"sequence":"7"'),
        (b'"sequence":7', b'"sequence":7,"x":1'),
        (b"countersign-pin/1", b"countersign-pin/2"),
        (b"6d6d", b"6D6D"),
        (b"}", b"}\n"),
    ],
)
def test_a_near_miss_is_malformed(old, new):
    with pytest.raises(Malformed) as refusal:
        pin_file.parse(pin_file.serialise(WHOLE).replace(old, new))
    assert refusal.value.code == "L6.pin-file"


def test_a_missing_pin_is_refused_and_not_made_anew(tmp_path):
    with pytest.raises(Refused) as refusal:
        pin_file.read(tmp_path / "pin.json")
    assert refusal.value.code == "L6.pin-missing"
