"""base64url has one spelling here."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.formats import base64url
from support.refusals import refused


@given(st.binary(max_size=100))
def test_round_trip(data: bytes) -> None:
    assert base64url.decode(base64url.encode(data)) == data


@pytest.mark.parametrize("text", ["AA==", "A", "AB", "A+__", "A/__", "AA\n", " AA", "AA AA", "é", "AAAA=", "\ud800"])
def test_refuses_other_spellings(text: str) -> None:
    with refused("formats.base64url"):
        base64url.decode(text)


def test_rfc_7515_appendix_c() -> None:
    assert base64url.encode(bytes([3, 236, 255, 224, 193])) == "A-z_4ME"
