"""A failed leg asked for again over the same bytes: what the chain then takes is observed, whoever signed which request."""

import pytest

from countersign.settlement.records import ContractState
from support import settlement_world as world
from support import trouble_world as trouble

LIFETIME = 24 * 60 * 60


@pytest.mark.parametrize("first", [("officer-a", "officer-c"), ("officer-a",)])
def test_a_safes_call_signed_for_the_request_before_may_execute_and_is_observed(first: tuple[str, ...]) -> None:
    desk, trade = trouble.begun("signed")
    _, safe = trouble.half_delivered(desk, trade)
    desk.log(*trouble.failed(trade, safe, executable=False))
    body = desk.safe_body(trade) | {"nonce": 1, "artefact": world.digest("anew")}
    desk.log("instruction.prepared", ["operations"], body)
    old = trouble.live(desk, trade, "safe-tx")
    trouble.signed(desk, old, *first)
    desk.now_ms = old.time_ms + (LIFETIME + 1) * 1_000
    desk.log("instruction.prepared", ["operations"], body)
    anew = trouble.live(desk, trade, "safe-tx")
    if len(first) == 1:
        trouble.signed(desk, anew, "officer-c")
    # The quorum's signatures over these bytes exist; somebody executes them, and no console signs a used number again (E8).
    step = trouble.observed(anew, 12, transaction=trouble.transaction_of(anew, 7))
    desk.log(*step)
    assert desk.stands(trade) is ContractState.SETTLING
    assert trouble.live(desk, trade, "safe-tx").delivers
