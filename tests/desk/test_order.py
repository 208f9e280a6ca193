"""What one history says of the desk's own order, and each limit of the policy beside the numbers of a case."""

import pytest

from countersign.desk.author import Scribe
from countersign.desk.order import Order
from countersign.errors import Refused
from countersign.resources.governance_words import said
from support import settlement_world as world
from support.refusals import refused
from support.settlement_world import Desk
from support.software_stage import CountedEntropy, SetClock

BOTH = ["compliance", "officer-d"]


def order(desk: Desk) -> Order:
    return Order(desk.state, desk.now_ms, Scribe(world.ORIGIN, SetClock(desk.now_ms // 1_000), CountedEntropy()))


def test_a_case_is_told_with_its_numbers_and_what_it_passes() -> None:
    desk = world.founded()
    trade = desk.trade()
    desk.play(trade, until="instructed")
    psbt, _ = desk.instructions(trade)
    assert all(each.kept for each in order(desk).case(psbt))
    caps = {"transaction_usd": "19999999", "day_usd": "20000000", "counterparty_usd": None}
    desk.log("policy.adopted", BOTH, {"policy": world.policy_document(version=2, caps=caps)})
    found = {each.rule: each for each in order(desk).case(psbt)}
    assert {rule: each.kept for rule, each in found.items()} == {
        "transaction": False,
        "day": True,
        "counterparty": True,
        "quorum": True,
    }
    one = found["transaction"]
    words = "This transaction moves 20,000,000 USD. Cap on one: 19,999,999."
    assert said(f"case.{one.rule}", one.values) == words
    day = found["day"]
    assert said(f"case.{day.rule}", day.values) == (
        "Meridian Capital gives 20,000,000 USD here and gave 0 USD in the last 24 hours. Cap on both together: 20,000,000."
    )


def test_an_instruction_that_is_not_there_has_no_case() -> None:
    with refused("settlement.unknown-instruction", Refused):
        order(world.founded()).case("ab" * 32)


@pytest.mark.parametrize("kind", ["roster.changed", "policy.adopted"])
def test_a_draft_is_looked_at_as_anybody_would(kind: str) -> None:
    desk = world.founded()
    body: dict[str, object] = {"participants": [world.participant_entry("harbour", suspended=True)]}
    if kind == "policy.adopted":
        body = {"policy": world.policy_document(version=2, four_eyes="strict")}
    view = order(desk).look(order(desk).propose(kind, body))
    assert (view.kind, view.signed, view.yours, view.wanted) == (kind, (), False, 2)
    assert [each.then.code for each in view.changes] in (["roster.suspended"], ["policy.strict-eyes"])
    with refused("desk.proposal-empty", Refused):
        order(desk).propose("roster.changed", {"participants": [world.participant_entry("harbour")]})
