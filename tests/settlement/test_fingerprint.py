"""The state's hash: the same for equal states, another for any change that rules decide by."""

from dataclasses import replace

from countersign.settlement.fingerprint import state_hash
from support import settlement_world as world


def test_every_event_changes_it() -> None:
    desk = world.founded()
    seen = [state_hash(desk.state)]
    trade = desk.trade()
    for step in desk.story(trade):
        desk.log(*step)
        seen.append(state_hash(desk.state))
    assert len(set(seen)) == len(seen)
    assert {len(each) for each in seen} == {32}


def test_faults_and_entries_looked_at_do_not_count() -> None:
    state = world.founded().state
    assert state_hash(replace(state, size=99)) == state_hash(state)
    assert state_hash(replace(state, time_ms=99)) != state_hash(state)
