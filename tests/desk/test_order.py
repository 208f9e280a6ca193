"""What one history says of the desk's own order."""

import pytest

from countersign.desk.author import Scribe
from countersign.desk.order import Order
from countersign.errors import Refused
from support import settlement_world as world
from support.refusals import refused
from support.settlement_world import Desk
from support.software_stage import CountedEntropy, SetClock

BOTH = ["compliance", "officer-d"]


def order(desk: Desk) -> Order:
    return Order(desk.state, desk.now_ms, Scribe(world.ORIGIN, SetClock(desk.now_ms // 1_000), CountedEntropy()))


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
