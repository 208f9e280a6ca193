"""Readers: one spelling each, and the place named in the error."""

import pytest

from countersign.errors import Malformed
from countersign.settlement import readers


@pytest.mark.parametrize(
    ("reader", "value", "code"),
    [
        (readers.sha256, "AB" * 32, "settlement.not-sha256"),
        (readers.sha256, "ab" * 32 + "\n", "settlement.not-sha256"),
        (readers.outpoint, "ab" * 32 + ":00", "settlement.not-outpoint"),
        (readers.transaction, "ab" * 31, "settlement.not-transaction"),
        (readers.amount, "007", "C2.amount"),
        (readers.amount, "１２３", "C2.amount"),
        (readers.positive_amount, "0", "settlement.amount-zero"),
        (readers.price, "0.0", "settlement.price-zero"),
        (readers.prose, "", "settlement.prose-length"),
        (readers.prose, "a\u202eb", "settlement.prose-characters"),
        (readers.prose, "a\u3164b", "settlement.prose-characters"),
        (readers.prose, "a\ufe0fb", "settlement.prose-characters"),
        (readers.prose, "e\u0301", "settlement.prose-characters"),
        (readers.ascending(readers.identifier), ["b", "a"], "settlement.not-ascending"),
        (readers.ascending(readers.identifier), ["a", "a"], "settlement.not-ascending"),
        (readers.distinct(readers.identifier), ["b", "a", "b"], "settlement.listed-twice"),
        (readers.date, "2026-02-30", "formats.date"),
        (readers.ethereum_address, "0x" + "ab" * 20, "E6.checksum"),
    ],
)
def test_another_spelling_is_malformed(reader: readers.Reader[object], value: object, code: str) -> None:
    with pytest.raises(Malformed) as caught:
        reader(value, "body.field")
    assert caught.value.code == code
    assert caught.value.values["where"] == "body.field"


def test_what_a_history_repeats_is_held_once() -> None:
    def parsed(text: str) -> str:
        return "".join(text)  # another object each time, as JSON gives them

    for reader, text in ((readers.asset, "eip155:1/slip44:60"), (readers.identifier, "vault-1"), (readers.word, "x.y")):
        assert reader(parsed(text), "here") is reader(parsed(text), "there")


def test_what_is_refused_is_refused_again() -> None:
    for _ in range(2):
        with pytest.raises(Malformed) as refused:
            readers.lei("not a lei", "body.lei")
        assert refused.value.values["where"] == "body.lei"


def test_what_stands_in_an_order_of_its_own_keeps_it() -> None:
    assert readers.distinct(readers.identifier)(["b", "a"], "here") == ("b", "a")
