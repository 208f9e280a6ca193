"""Closing a cut-off on a whole desk: what is refused, what was half held, and the coins that a transaction would need."""

import pytest

from countersign.desk import cycle_limits, cycles
from countersign.settlement import builder, netting
from support.cut_off_day import CutOffDay
from support.software_stage import Table

BITCOIN = 10**8


@pytest.fixture
async def day(table: Table) -> CutOffDay:
    return await CutOffDay.begin(table)


async def test_what_was_held_in_part_is_held_whole_and_closed(day: CutOffDay) -> None:
    contract = await day.agree("MH-1", 10 * BITCOIN)
    desk = day.table.desk
    await desk.own("hold.placed", builder.hold_body(desk.state.contract(contract).terms, contract, 1))
    closed = await day.close_at("16:00")
    assert desk.state.cycle(closed.cycles[0]).contracts == (contract,)
    assert desk.state.cycle(closed.cycles[0]).netting == netting.GROSS


async def test_nothing_to_close_closes_nothing(day: CutOffDay) -> None:
    size = day.table.desk.state.size
    closed = await day.close_at("16:00")
    assert (closed.cycles, closed.short, closed.waiting_until, closed.refused) == ((), (), None, ())
    assert day.table.desk.state.size == size


async def test_what_the_machine_refuses_is_named_and_the_rest_goes_on(
    day: CutOffDay, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped, other = await day.agree("MH-1", 10 * BITCOIN), await day.agree("MH-2", 10 * BITCOIN)
    desk = day.table.desk
    day.refuse_second_hold(stopped, monkeypatch)
    closed = await day.close_at("16:00")
    assert [(contract, refusal.code) for contract, refusal in closed.refused] == [(stopped, "settlement.wrong-state")]
    assert desk.state.cycle(closed.cycles[0]).contracts == (other,)
    assert not desk.state.contract(stopped).holds
    assert day.stands(stopped) == "endorsed"


async def test_many_small_coins_make_several_cycles(day: CutOffDay, monkeypatch: pytest.MonkeyPatch) -> None:
    agreed = [await day.agree(f"MH-{number}", amount * BITCOIN) for number, amount in ((1, 40), (2, 40), (3, 80))]
    # Of coins of 100, 90 and 75 bitcoin the first covers 80, and an exact match may take one more; 160 may take three.
    # A chain that takes two inputs only makes two cycles of it.
    monkeypatch.setattr(cycle_limits, "MAX_WEIGHT", 386 + 2 * 418)  # two outputs and two inputs
    looked = await cycles.look(day.table.desk)
    assert [each.contracts for each in looked.cycles] == [tuple(agreed[:2]), tuple(agreed[2:])]
    closed = await day.close_at("16:00")
    found = [day.table.desk.state.cycle(each).contracts for each in closed.cycles]
    assert found == [tuple(sorted(agreed[:2])), (agreed[2],)]
