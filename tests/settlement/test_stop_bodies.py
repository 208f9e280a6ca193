"""The bodies of disputes and freezes: one scope, whole transfers, nothing else."""

from typing import Any

import pytest

from countersign.errors import CountersignError
from countersign.settlement.body_readers import READERS
from countersign.settlement.stop_bodies import DisputeOpened, FreezeOrdered, Scope
from support import settlement_world as world

WHOLE: dict[str, Any] = {"kind": "book", "lei": world.HARBOUR, "book": "main", "contract": None, "asset": None}
ORDER: dict[str, Any] = {"order": "HC-1", "document_sha256": "ab" * 32, "reason": "Court order."}


def test_a_scope_names_one_thing() -> None:
    found = READERS["freeze.ordered"]({**ORDER, "scope": WHOLE}, "body")
    assert isinstance(found, FreezeOrdered)
    assert found.scope == Scope("book", world.HARBOUR, "main")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"book": None}, "settlement.scope"),
        ({"asset": world.BTC}, "settlement.scope"),
        ({"kind": "participant"}, "settlement.scope"),
        ({"kind": "contract"}, "settlement.scope"),
        ({"kind": "everything"}, "C2.not-allowed"),
        ({"lei": world.HARBOUR[:-2] + "00"}, "formats.lei"),
        ({"contract": "AB" * 32}, "settlement.not-sha256"),
    ],
)
def test_any_other_scope_is_malformed(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(CountersignError) as caught:
        READERS["freeze.ordered"]({**ORDER, "scope": WHOLE | changes}, "body")
    assert caught.value.code == code


def test_a_dispute_may_expect_that_nothing_moves() -> None:
    found = READERS["dispute.opened"]({"contract": "ab" * 32, "expected": [], "reason": "Fraud."}, "body")
    assert isinstance(found, DisputeOpened)
    assert found.expected == ()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount": "0"}, "settlement.amount-zero"),
        ({"amount": "1e3"}, "C2.amount"),
        ({"asset": "BTC"}, "formats.asset"),
        ({"receiver": {"lei": world.MERIDIAN, "book": "main"}}, "settlement.transfer-to-self"),
    ],
)
def test_a_transfer_is_whole(changes: dict[str, Any], code: str) -> None:
    transfer = world.transfer("meridian", "harbour", world.BTC, 5) | changes
    with pytest.raises(CountersignError) as caught:
        READERS["dispute.opened"]({"contract": "ab" * 32, "expected": [transfer], "reason": "x"}, "body")
    assert caught.value.code == code
