"""Numbers and base64 have one spelling each."""

import pytest

from countersign.audit import spelling
from countersign.errors import Malformed


@pytest.mark.parametrize("text, value", [("0", 0), ("7", 7), ("20852163", 20852163), (str(2**53 - 1), 2**53 - 1)])
def test_a_number_is_read(text: str, value: int) -> None:
    assert spelling.number(text, "L1.size") == value


@pytest.mark.parametrize("text", ["", "+5", "-1", " 1", "1 ", "1_000", "１２", "0x1", "five", "1e3", "1\n", str(2**53)])
def test_another_spelling_of_a_number_is_malformed(text: str) -> None:
    with pytest.raises(Malformed) as error:
        spelling.number(text, "L1.size")
    assert error.value.code == "L1.size"


def test_a_leading_zero_has_its_own_code() -> None:
    for text in ("00", "01", "0000000000000000000000000000000005"):
        with pytest.raises(Malformed, match=r"L1\.size-leading-zero"):
            spelling.number(text, "L1.size")


def test_base64_has_one_spelling() -> None:
    assert spelling.unbase64("AAE=", "L1.root") == b"\x00\x01"
    for text in ("AAE", "AAF=", "AA E=", "AAE=\n", "AAE==", "-_8=", "é", "A"):
        with pytest.raises(Malformed, match=r"L1\.root"):
            spelling.unbase64(text, "L1.root")


def test_a_hash_line_has_32_bytes() -> None:
    assert spelling.hash_line(spelling.base64_text(bytes(32)), "L1.root") == bytes(32)
    for size in (0, 31, 33):
        with pytest.raises(Malformed, match=r"L1\.root"):
            spelling.hash_line(spelling.base64_text(bytes(size)), "L1.root")
