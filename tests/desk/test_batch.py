"""What lies in a batch: its limit, and what is an item of it, what a broken one, what something else."""

import pytest

from countersign.desk import batch
from countersign.desk.batch import Item, Outcome
from countersign.desk.reports import Kind
from countersign.errors import Malformed


def test_a_batch_has_a_limit() -> None:
    with pytest.raises(Malformed):
        batch.items_of({"x": b"{}\n" * (batch.MOST_ITEMS + 1)})
    assert len(batch.items_of({"x": b"{}\n" * batch.MOST_ITEMS})) == batch.MOST_ITEMS


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n", Kind.UNKNOWN),
        (b"2026-11-22 a log\n", Kind.UNKNOWN),
        (b'{"schema":"other/1"}', Kind.UNKNOWN),
        (b"psbt\xff", Kind.PSBT),
        (b'{"salt":""}', Kind.OPENING),
        (b"PK\3\4", Kind.PACK),
        (b'a log that quotes "payload"', Kind.UNKNOWN),
    ],
)
def test_what_is_something_else_is_passed_over(data: bytes, kind: Kind) -> None:
    item = batch.read("a", data)
    assert (item.outcome, item.kind) == (Outcome.PASSED, kind)
    assert item.error is not None


@pytest.mark.parametrize(
    "data", [b"", b"{", b'{"schema":', b'{"payload":""}', b'{"payload":"","signatures":[]}', b'{"protected":1}']
)
def test_what_may_have_been_meant_for_an_item_is_malformed(data: bytes) -> None:
    assert batch.read("a", data).outcome is Outcome.MALFORMED


def test_what_was_passed_over_is_counted_by_its_kind() -> None:
    items = [batch.read(str(at), data) for at, data in enumerate((b"x", b"psbt\xff", b"psbt", b"{"))]
    assert batch.passed_over([*items, Item("b", Outcome.NEW)]) == [("PSBT", 2), ("unknown", 1)]
