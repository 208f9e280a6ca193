"""The plan of a round over states of the log alone: what a void and what confirmations bring, in which order, and nothing twice."""

import pytest

from countersign.desk.author import Scribe
from countersign.desk.cycle_plan import everything_fits
from countersign.desk.due import Plan, due
from countersign.resources import round_words
from countersign.settlement import machine
from countersign.settlement.permissions import Signer
from support import settlement_world as world
from support import trouble_world as trouble
from support.settlement_world import Desk
from support.software_stage import CountedEntropy, SetClock


def planned(desk: Desk, now: int = 0, **more: object) -> Plan:
    """What is due in a desk's state at `now` (unix seconds), or at its last entry's moment."""
    moments = [each.time_ms for each in desk.entries]
    scribe = Scribe(world.ORIGIN, SetClock(max(now, moments[-1] // 1_000)), CountedEntropy())
    return due(desk.state, now * 1_000, moments.__getitem__, scribe, everything_fits, **more)  # type: ignore[arg-type]


def steps(plan: Plan) -> list[tuple[str, object]]:
    return [(each.kind, each.body.get("cycle")) for each in plan.steps]


def test_a_void_ends_once_its_confirmations_are_there() -> None:
    desk, trade = trouble.begun("partly signed")
    trouble.void_all(desk, trade, confirmations=1)
    assert steps(planned(desk)) == []
    assert [(each.whom, each.why.code) for each in planned(desk).waits] == [(Signer.OPERATIONS, "wait.observe")]
    for each in desk.state.live(desk.state.cycle(trade.cycle)):
        desk.log(*trouble.observed(each, 3))
    assert steps(planned(desk)) == [("settlement.voided", trade.cycle)]
    assert planned(desk).waits == ()
    desk.log("settlement.voided", ["desk"], {"cycle": trade.cycle})
    assert steps(planned(desk)) == []


def test_both_parties_word_makes_it_final_and_nobody_elses() -> None:
    desk, trade = trouble.begun("signed")
    desk.log(*trouble.release(desk, trade, *desk.state.live(desk.state.cycle(trade.cycle))))
    for kind in ("psbt", "safe-tx"):
        desk.log(*trouble.broadcast(trouble.live(desk, trade, kind)))
        desk.log(*trouble.observed(trouble.live(desk, trade, kind), 1))
    assert steps(planned(desk)) == []
    desk.log("delivery.confirmed", ["meridian"], {"contract": trade.hash})
    assert steps(planned(desk)) == []
    desk.log("delivery.confirmed", ["harbour"], {"contract": trade.hash})
    assert steps(planned(desk)) == [("settlement.final", trade.cycle)]
    desk.log("settlement.final", ["desk"], {"cycle": trade.cycle})
    assert [each.why.code for each in planned(desk).waits] == ["wait.observe"]  # delivered, not yet confirmed on chain


def test_what_was_released_and_not_sent_waits_for_operations() -> None:
    desk, trade = trouble.begun("signed")
    live = desk.state.live(desk.state.cycle(trade.cycle))
    desk.log(*trouble.release(desk, trade, *live))
    (wait,) = planned(desk).waits
    assert (wait.whom, wait.why.code, wait.why.values["count"]) == (Signer.OPERATIONS, "wait.send", len(live))


@pytest.mark.parametrize(
    ("until", "told"),
    [
        ("agreed", [(Signer.COMPLIANCE, "wait.endorse", 1)]),
        ("endorsed", []),
        ("held", []),
        ("instructed", [(Signer.SIGNING, "wait.sign", 2)]),
        ("partly signed", [(Signer.SIGNING, "wait.sign", 2)]),
        ("signed", [(Signer.OPERATIONS, "wait.release", 2)]),
    ],
)
def test_what_waits_for_an_officers_own_hand_is_told_with_whose(until: str, told: list[object]) -> None:
    """ "Nothing waits" is said of nothing that an officer has to do."""
    desk, _trade = trouble.begun(until)
    assert [(each.whom, each.why.code, each.why.values["count"]) for each in planned(desk).waits] == told


def test_a_void_is_signed_and_released_like_the_rest_and_what_was_not_released_in_time_wants_one() -> None:
    desk, trade = trouble.begun("partly signed")
    over = desk.state.contract(trade.hash).terms.settle_by
    assert _codes(desk) == ["wait.sign"]
    desk.now_ms = (over + 1) * 1_000
    desk.log("price.published", ["desk"], {"asset": world.BTC, "price": "80000", "source": "late"})
    assert _codes(desk) == ["wait.void"]
    assert round_words.said("wait.void", planned(desk).waits[0].why.values)


def _codes(desk: Desk) -> list[str]:
    return [each.why.code for each in planned(desk).waits]


@pytest.mark.parametrize("until", ["agreed", "endorsed", "held", "instructed", "partly signed", "signed", "settling"])
def test_what_passed_its_time_expires_as_long_as_nobody_signed(until: str) -> None:
    desk, trade = trouble.begun(until)
    over = desk.state.contract(trade.hash).terms.settle_by
    assert "contract.expired" not in dict(steps(planned(desk, over)))
    expires = "contract.expired" in dict(steps(planned(desk, over + 1)))
    assert expires == (until not in ("partly signed", "signed", "settling"))


def test_planning_changes_nothing_and_says_the_same_again() -> None:
    desk, _trade = trouble.begun("endorsed")
    before = desk.state
    assert planned(desk) == planned(desk)
    assert desk.state is before
    assert machine.replay(desk.entries) == before
