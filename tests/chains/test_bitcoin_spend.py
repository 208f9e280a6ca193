"""A transaction as the rules read it: places, sequences, outputs and weight agree with the product's own types."""

from random import Random

import pytest

from countersign.bitcoin import transaction
from countersign.chains.bitcoin_spend import read
from countersign.errors import Malformed
from support.bitcoin_mutations import finished, plain
from support.embedded_world import embedded_world


def test_it_agrees_with_the_parsed_transaction() -> None:
    _, world = embedded_world()
    raw = finished(plain(world, Random(1)), world)
    spend, tx = read(raw), transaction.parse(raw)
    assert spend.txid == transaction.txid(tx)
    assert list(spend.places) == [transaction.outpoint(tx, index) for index in range(len(tx.vin))]
    assert list(spend.sequences) == [one.nSequence for one in tx.vin]
    assert list(spend.outputs) == [(bytes(out.scriptPubKey), out.nValue) for out in tx.vout]
    assert spend.weight == transaction.weight(tx)
    assert spend.virtual_size == transaction.virtual_size(spend.weight)


def test_a_negative_amount_is_read_as_it_is_written() -> None:
    body = b"\x01" + bytes(36) + b"\x00" + b"\xff" * 4 + b"\x01" + b"\xfe" + b"\xff" * 7 + b"\x00"
    assert read(b"\x02\0\0\0" + body + bytes(4)).outputs == ((b"", -2),)


@pytest.mark.parametrize("raw", [b"", bytes(9), bytes(11)])
def test_what_is_no_transaction_is_malformed(raw: bytes) -> None:
    with pytest.raises(Malformed, match="B2"):
        read(raw)
