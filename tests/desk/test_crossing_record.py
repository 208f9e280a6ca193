"""What the online machine remembers of a crossing: one spelling, refused by name where it is none."""

import pytest

from countersign.desk.crossing_record import Carried
from countersign.errors import Malformed
from countersign.review.case import Channel

CARRIED = Carried("3f", "officer-c", Channel.QR)


def test_a_record_comes_back_as_it_was() -> None:
    again = Carried.parse(CARRIED.serialise())
    assert again == CARRIED
    assert isinstance(again.channel, Channel)


def test_another_channel_is_malformed() -> None:
    """It was a ValueError."""
    with pytest.raises(Malformed, match=r"C2\.not-allowed"):
        Carried.parse(CARRIED.serialise().replace(b'"qr"', b'"post"'))
