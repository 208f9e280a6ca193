"""What a log says came into a Safe, and what looks like it and says nothing."""

from dataclasses import replace

import pytest

from countersign.ethereum.abi import Address, address_word, word
from countersign.ethereum.arrivals import RECEIVED_TOPIC, TRANSFER_TOPIC, Arrival, read
from countersign.ethereum.views import LogEntry

TOKEN, PAYER, SAFE = Address(b"\x01" * 20), Address(b"\x02" * 20), Address(b"\x03" * 20)
TRANSFER = LogEntry(TOKEN, (TRANSFER_TOPIC, address_word(PAYER), address_word(SAFE)), word(5))
RECEIVED = LogEntry(SAFE, (RECEIVED_TOPIC, address_word(PAYER)), word(5))


def test_the_topics_are_the_published_ones() -> None:
    assert TRANSFER_TOPIC.hex() == "ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"
    assert RECEIVED_TOPIC.hex() == "3d0ce9bfc3ed7d6862dbb28b2dea94561fe714a1b4d019aa8af39730d1ad7c3d"


def test_a_transfer_and_a_safes_own_word_are_read() -> None:
    assert read(TRANSFER) == Arrival(TOKEN, PAYER, SAFE, 5)
    assert read(RECEIVED) == Arrival(None, PAYER, SAFE, 5)


@pytest.mark.parametrize(
    "entry",
    [
        replace(TRANSFER, topics=()),
        replace(TRANSFER, topics=TRANSFER.topics[:2]),
        replace(TRANSFER, topics=(*TRANSFER.topics, word(7))),
        replace(TRANSFER, data=b""),
        replace(TRANSFER, data=word(5) + word(6)),
        replace(TRANSFER, topics=(TRANSFER_TOPIC, b"\x01" + address_word(PAYER)[1:], address_word(SAFE))),
        replace(TRANSFER, topics=(word(1), *TRANSFER.topics[1:])),
        replace(RECEIVED, topics=RECEIVED.topics[:1]),
        replace(RECEIVED, topics=(*RECEIVED.topics, address_word(SAFE))),
        replace(RECEIVED, data=b""),
    ],
    ids=["no topic", "two topics", "a token that is one of a kind", "no amount", "two amounts", "padding", "another event",
         "nobody paid", "three topics", "nothing paid"],
)  # fmt: skip
def test_a_log_of_another_shape_says_nothing(entry: LogEntry) -> None:
    assert read(entry) is None
