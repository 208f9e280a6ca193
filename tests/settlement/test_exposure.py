"""Suspension and expiry stop new contracts and surface the open ones (rule 8)."""

from countersign.settlement.exposure import Exposed, exposed
from countersign.settlement.records import ContractState
from support import settlement_world as world

BOTH = ["compliance", "officer-d"]


def test_nobody_is_surfaced_while_all_are_certified() -> None:
    desk = world.founded()
    desk.play(desk.trade(), until="held")
    assert exposed(desk.state, desk.now_ms // 1_000) == ()


def test_a_suspended_participants_open_contracts_are_surfaced_in_order_and_ended_ones_are_not() -> None:
    desk = world.founded(bitcoin=90_000_000_000, dollars=75_000_000_000_000)
    done, early, late = desk.trade(), desk.trade(), desk.trade()
    desk.play(done)
    desk.play(early, until="held")
    desk.play(late, until="agreed")
    suspended = world.participant_entry("harbour", suspended=True)
    desk.log("roster.changed", BOTH, {**world.no_entries(), "participants": [suspended]})
    assert exposed(desk.state, desk.now_ms // 1_000) == (
        Exposed(world.HARBOUR, "suspended", early.hash, ContractState.HELD),
        Exposed(world.HARBOUR, "suspended", late.hash, ContractState.AGREED),
    )
    assert desk.attempt("contract.endorsed", ["compliance"], {"contract": late.hash}) == "settlement.suspended"
    desk.play(early, until="signed")  # what was agreed and held is settled


def test_certification_runs_out_by_itself() -> None:
    desk = world.founded()
    trade = desk.trade()
    desk.play(trade, until="held")
    last = world.times.parse("2027-06-30T23:59:59Z")
    assert exposed(desk.state, last) == ()
    assert {each.why for each in exposed(desk.state, last + 1)} == {"expired"}
    assert {each.lei for each in exposed(desk.state, last + 1)} == {world.HARBOUR, world.MERIDIAN}
