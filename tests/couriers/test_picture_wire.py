"""The wire between reader and child, fixed."""

from countersign.couriers.picture_wire import FILE, GREY, HEADER
from countersign.couriers.pipes import LENGTH


def test_a_header_is_thirteen_bytes_big_endian():
    assert HEADER.pack(GREY, 1280, 720, 921600).hex() == "0100000500000002d0000e1000"
    assert HEADER.unpack(bytes(13)) == (FILE, 0, 0, 0)


def test_a_length_is_four_bytes_big_endian():
    assert LENGTH.pack(258).hex() == "00000102"
