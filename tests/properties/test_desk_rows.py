"""The Desk remembered from look to look is the Desk made anew, after every step of random histories; so is the History.

- Compared is everything that is shown: rows, their order, groups, totals, counts. A row that was made at an earlier look
  is compared as it was made then.
- One Desk is looked at whole after each step, one only now and then (its rows are made late), one after a count of its own.
- The clock runs ahead of the log, and now and then back.
"""

from random import Random

import pytest

from countersign.desk import rows
from countersign.desk.history import Histories
from countersign.desk.rows import Rows
from countersign.desk.views import DeskView
from countersign.desk.waiting import in_flight
from countersign.settlement.ending import signed
from countersign.settlement.records import OVER
from support.model_world import Signed
from support.random_history import Author
from support.reference_model import Model

STEPS = 160
OFFICERS = ("officer-a", "officer-c", "operations")


def fresh(desk: Signed, officer: str, now: int) -> DeskView:
    return Rows(officer, lambda index: desk.entries[index].time_ms).view(desk.state, now)


@pytest.mark.parametrize("seed", range(5_000, 5_008))
def test_a_remembered_desk_is_a_fresh_one_after_every_step(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    desk, random, officer = Signed(), Random(seed), OFFICERS[seed % len(OFFICERS)]

    def moment_of(index: int) -> int:
        return desk.entries[index].time_ms

    whole, seldom, apart = (Rows(officer, moment_of) for _ in range(3))
    histories = Histories()
    model, groups = Model(desk.now), set()
    for number, command in enumerate(Author(seed, model).write(STEPS)):
        accepted = desk.plays(command) is None
        model.does(command, accepted)
        now = max(desk.now + random.choice((0, 0, 1, 600, 40_000)), desk.state.time_ms // 1_000)
        expected = fresh(desk, officer, now)
        groups |= {row.group for row in expected.rows}
        assert whole.view(desk.state, now) == expected, (number, command)
        late = seldom.view(desk.state, now)
        if number % 7 == 0:
            assert late == expected, (number, command)
        assert histories.view(desk.state, moment_of) == Histories().view(desk.state, moment_of), (number, command)
        monkeypatch.setattr(rows, "MUCH", 0)
        begun = apart.view(desk.state, now)
        assert [begun.rows.line(at).contract for at in range(len(begun.rows))] == [
            row.contract for row in expected.rows
        ]
        assert begun.totals in (None, expected.totals)
        if number % 3 == 0:
            assert apart.counted() == expected, (number, command)
        monkeypatch.undo()
    assert len(groups) > 1


def test_what_has_not_ended_is_known_without_looking_at_what_has() -> None:
    """The state's own indexes say what a look at everything says, after every step."""
    desk, seen = Signed(), set()
    model = Model(desk.now)
    for command in Author(5_102, model).write(STEPS * 2):
        model.does(command, desk.plays(command) is None)
        state = desk.state
        running = {each.hash: each.terms.settle_by for each in state.contracts.values() if each.state not in OVER}
        assert dict(state.unended) == running
        cycles = sorted(state.cycles.values(), key=lambda each: each.index)
        first: dict[int, int] = {}
        for each in cycles:
            first.setdefault(each.cut_off, each.index)
        assert dict(state.cut_offs) == first
        late = {state.instruction(each).cycle for each in state.receipts}
        under_way = [
            each
            for each in cycles
            if each.id in late or (each.final is None and each.voided is None and signed(state, each))
        ]
        assert in_flight(state) == under_way
        ends = [
            each
            for each in cycles
            if each.released and each.final is None and each.voided is None and not each.called_off
        ]
        assert set(map(id, ends)) <= set(map(id, state.open_cycles()))
        seen |= {len(running) < len(state.contracts), bool(under_way), bool(ends)}
    assert seen == {False, True}


def test_a_line_says_of_a_row_what_the_row_says() -> None:
    desk = Signed()
    model = Model(desk.now)
    for command in Author(5_100, model).write(STEPS):
        model.does(command, desk.plays(command) is None)
        view = fresh(desk, "officer-a", desk.now)
        for at, row in enumerate(view.rows):
            line = view.rows.line(at)
            assert (line.contract, line.contract_id, line.group) == (row.contract, row.contract_id, row.group)
            assert (line.due, line.to_check) == (None if row.act_by is None else row.act_by.at, row.to_check)
        assert view.needs_you == sum(row.group.value == "needs you" for row in view.rows)


def test_the_history_makes_again_only_what_changed() -> None:
    desk, histories = Signed(), Histories()
    model = Model(desk.now)
    for command in Author(5_102, model).write(60):
        model.does(command, desk.plays(command) is None)
    histories.view(desk.state, lambda index: desk.entries[index].time_ms)
    assert histories.made == len(desk.state.contracts) > 3
    histories.view(desk.state, lambda index: desk.entries[index].time_ms)
    assert histories.made == 0
