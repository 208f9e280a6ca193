"""Deadlines: one reason each, the first one first, and nothing for what is over."""

import pytest

from countersign.formats import times
from countersign.settlement import deadlines
from countersign.settlement.records import ContractState
from support import settlement_world as world
from support.settlement_world import Desk, Trade

MORNING = times.parse("2026-11-22T09:30:00Z")
NOON = times.parse("2026-11-22T12:00:00Z")
CUT_OFF = times.parse("2026-11-22T16:00:00Z")
TOMORROW = CUT_OFF + 86_400
SETTLE_BY = world.terms().settle_by


def at(state: str, now: int = NOON, **sums: int) -> list[tuple[int, str]]:
    desk = world.founded(**sums)
    trade = desk.trade()
    desk.play(trade, until=state)
    return found(desk, trade, now)


def found(desk: Desk, trade: Trade, now: int) -> list[tuple[int, str]]:
    each = deadlines.deadlines(desk.state, desk.state.contract(trade.hash), now)
    first = deadlines.act_by(desk.state, desk.state.contract(trade.hash), now)
    assert first == (each[0] if each else None)
    return [(deadline.at, deadline.reason.removeprefix("settlement.act-by-")) for deadline in each]


def test_before_endorsement_certification_and_the_contract_itself_bite() -> None:
    certified = times.parse("2027-06-30T23:59:59Z")
    assert at("agreed") == [(SETTLE_BY, "settle"), (certified, "certification"), (certified, "certification")]


def test_a_certification_that_ends_first_is_named() -> None:
    desk = world.founded()
    entries = world.no_entries() | {"participants": [world.participant_entry("harbour", certified_until="2026-11-22")]}
    desk.log("roster.changed", ["compliance", "officer-d"], entries)
    trade = desk.trade()
    desk.play(trade, until="agreed")
    first = deadlines.act_by(desk.state, desk.state.contract(trade.hash), NOON)
    assert first == deadlines.Deadline(
        times.parse("2026-11-22T23:59:59Z"), "settlement.act-by-certification", {"name": "Harbour Prime"}
    )


@pytest.mark.parametrize("state", ["endorsed", "held"])
def test_what_waits_for_a_cycle_waits_for_the_next_cut_off(state: str) -> None:
    assert at(state)[0] == (CUT_OFF, "cut-off")
    assert at(state, now=CUT_OFF + 1)[0] == (TOMORROW, "cut-off")


def test_who_is_short_at_the_cut_off_may_top_up_for_an_hour() -> None:
    assert at("endorsed", now=CUT_OFF + 60, dollars=1)[0] == (CUT_OFF + 3_600, "top-up")
    assert at("endorsed", now=CUT_OFF + 3_601, dollars=1)[0] == (TOMORROW, "cut-off")
    assert at("endorsed", now=CUT_OFF + 60)[0] == (TOMORROW, "cut-off")


def test_a_prepared_request_says_what_it_keeps_waiting() -> None:
    desk = world.founded()
    trade = desk.trade()
    desk.play(trade, until="instructed")
    lifetime = {each.nonce: each.time_ms // 1_000 + 86_400 for each in desk.state.instructions.values()}
    assert sorted(found(desk, trade, NOON)) == sorted(
        [
            *((moment, "coins" if nonce is None else "nonce") for nonce, moment in lifetime.items()),
            (SETTLE_BY, "settle"),
        ]
    )


def test_a_request_with_its_quorum_no_longer_bites_and_a_release_ends_the_rest() -> None:
    assert [reason for _, reason in at("signed")] == ["settle"]
    assert at("released") == []


def test_what_is_final_may_be_disputed_until_the_window_ends() -> None:
    desk = world.founded()
    trade = desk.trade()
    desk.play(trade)
    final_ms = desk.state.contract(trade.hash).final_ms
    assert final_ms is not None
    ends = final_ms // 1_000 + 86_400
    assert found(desk, trade, ends) == [(ends, "dispute")]
    assert found(desk, trade, ends + 1) == []


@pytest.mark.parametrize("state", sorted(set(ContractState) - set(deadlines._UNTIL_RELEASE)))
def test_what_is_over_or_under_way_waits_for_nobody(state: ContractState) -> None:
    desk = world.founded()
    trade = desk.trade()
    desk.play(trade, until="agreed")
    record = world.replace(desk.state.contract(trade.hash), state=state)
    assert deadlines.deadlines(desk.state, record, NOON) == ()
