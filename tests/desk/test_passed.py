"""An earlier state is replayed from near by: the same state, and few entries."""

from collections.abc import Iterator
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countersign.desk import passed
from countersign.desk.passed import Passed
from countersign.settlement import machine
from countersign.settlement.machine import Entry
from countersign.settlement.state import EMPTY, State
from support import settlement_world as world


@cache
def history() -> tuple[tuple[Entry, ...], tuple[State, ...]]:
    """The entries of two settlements, and the state before each of them and after the last."""
    desk = world.founded(bitcoin=10**12, dollars=10**15)
    for _ in range(2):
        desk.play(desk.trade())
    states = [EMPTY]
    for entry in desk.entries:
        states.append(machine.replay([entry], states[-1]))
    return tuple(desk.entries), tuple(states)


class Counted:
    """Entries, and how many of them were asked for."""

    def __init__(self) -> None:
        self.asked = 0

    def entries(self, start: int, stop: int) -> Iterator[Entry]:
        self.asked += stop - start
        return iter(history()[0][start:stop])


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counted:
    monkeypatch.setattr(passed, "STEP", 4)
    monkeypatch.setattr(passed, "PLACES", 5)
    monkeypatch.setattr(passed, "LATELY", 0)
    return Counted()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 40), max_size=12), st.integers(1, 9), st.integers(1, 4), st.integers(0, 3))
def test_whatever_is_asked_for_in_whatever_order_is_what_a_whole_replay_gives(
    places: list[int], step: int, remembered: int, lately: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passed, "STEP", step)
        patch.setattr(passed, "PLACES", remembered)
        patch.setattr(passed, "LATELY", lately)
        found = Passed(Counted().entries)
        assert [found.before(each) for each in places] == [history()[1][each] for each in places]


def test_going_forward_replays_every_entry_once_and_a_little_back_only_a_little(counted: Counted) -> None:
    found, size = Passed(counted.entries), len(history()[0])
    for place in range(0, size, 2):
        found.before(place)
    assert counted.asked < 2 * size
    for back in range(2, 12, 3):
        counted.asked = 0
        assert found.before(size - back) == history()[1][size - back]
        assert counted.asked < 4


def test_a_state_reached_otherwise_is_a_place_to_begin(counted: Counted) -> None:
    found = Passed(counted.entries)
    found.remember(history()[1][20])
    assert found.before(23) == history()[1][23]
    assert counted.asked == 3


def test_only_a_few_places_are_remembered_the_latest_used(counted: Counted) -> None:
    found = Passed(counted.entries)
    found.remember(history()[1][1])
    for place in (8, 12, 16, 20):
        found.remember(history()[1][place])
    found.before(2)
    found.remember(history()[1][24])
    counted.asked = 0
    found.before(3)
    assert counted.asked == 2, "the place after the first entry was used last but one"
    found.before(11)
    assert counted.asked == 2 + 10, "the place after eight entries was used longest ago"


def test_what_was_asked_for_lately_is_not_replayed_again_and_pushes_out_nothing(
    counted: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passed, "LATELY", 2)
    found = Passed(counted.entries)
    for place in (4, 21, 22, 23):
        found.before(place)
    counted.asked = 0
    assert (found.before(22), found.before(23)) == history()[1][22:24]
    assert counted.asked == 0, "the two asked for last are still there"
    found.before(5)
    assert counted.asked == 1, "the place after four entries was not pushed out by them"
