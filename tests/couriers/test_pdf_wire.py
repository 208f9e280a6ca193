"""The wire between the window's process and the one that opens PDFs, fixed."""

from countersign.couriers.pdf_wire import HEADER, OPEN, PAGE, PIXELS, WORDS, Reason


def test_a_header_is_seventeen_bytes_big_endian():
    assert HEADER.pack(PAGE, 2, 794, 1123, 0).hex() == "01000000020000031a0000046300000000"
    assert HEADER.unpack(bytes(17)) == (OPEN, 0, 0, 0, 0)


def test_an_answer_is_words_or_pixels():
    assert (WORDS, PIXELS) == (b"\0", b"\1")
    assert {str(each) for each in Reason} == {"damaged", "encrypted", "pages", "page"}
