"""A round does what the desk may do alone, in its order, once; what is refused or cannot be had is told and stops nothing."""

import pytest

from countersign.demonstration import cast
from countersign.desk import founding, lending, rounds, stopping
from countersign.desk.due import Plan, due
from countersign.desk.rounds import Round
from countersign.errors import Unavailable
from countersign.formats import times
from countersign.resources import round_words
from countersign.settlement import builder
from countersign.settlement.permissions import Signer
from countersign.settlement.roster import Party
from countersign.settlement.state import State
from countersign.settlement.stop_bodies import CONTRACT, Scope
from support.cut_off_day import DAY, CutOffDay
from support.software_stage import Table

BITCOIN = 10**8


@pytest.fixture
async def day(table: Table) -> CutOffDay:
    return await CutOffDay.begin(table)


async def a_round(day: CutOffDay, clock: str = "", **bounds: int) -> Round:
    """A round at an hour of the day, after the last one; and the next one, planned anew, which does nothing."""
    if clock:
        day.at(clock)
    found = day.last = await rounds.make(day.table.desk, after=day.last, **bounds)
    if not bounds:
        size = day.table.desk.state.size
        again = await rounds.make(day.table.desk)
        assert (again.done, again.waits, again.more) == ((), found.waits, False)
        assert [each.error.code for each in again.not_done] == [each.error.code for each in found.not_done]
        assert day.table.desk.state.size == size
    return found


def kinds(found: Round) -> list[str]:
    return [each.due.kind for each in found.done]


def told(found: Round) -> list[str]:
    """What waits, in words."""
    return [f"{each.whom}: {round_words.said(each.why.code, each.why.values)}" for each in found.waits]


def cycles_of(day: CutOffDay) -> dict[str, tuple[str, ...]]:
    """The contracts of each cycle."""
    return {name: each.contracts for name, each in day.table.desk.state.cycles.items()}


def cut_off_of(day: CutOffDay) -> str:
    """What the cycles of the clock's day are called."""
    return f"cycle-{times.text(day.table.stage.clock.seconds)[:10]}-1600"


async def adopt(day: CutOffDay, **changes: object) -> None:
    policy = day.table.story.policy()
    policy = {**policy, "version": 2, "cycles": {**policy["cycles"], **changes}}  # type: ignore[dict-item]
    administrators = [day.table.author(each) for each in ("compliance", "officer-d")]
    await founding.adopt_policy(day.table.desk, administrators, policy)


async def test_a_desk_that_nobody_founded_does_nothing(table: Table) -> None:
    await table.stage.tokens({})
    found = await rounds.make(table.desk)
    assert (found.done, found.not_done, found.waits) == ((), (), ())


async def test_what_both_sides_cover_is_held_and_what_one_side_lacks_is_not_held_at_all(day: CutOffDay) -> None:
    covered, lacking = await day.agree("MH-1", 10 * BITCOIN), await day.agree("MH-2", 10 * BITCOIN, back=True)
    found = await a_round(day, "12:00")
    assert kinds(found) == ["hold.placed", "hold.placed"]
    assert found.done[0].due.why.values == {"contract": "MH-1"}
    assert (day.stands(covered), day.stands(lacking)) == ("held", "endorsed")
    assert not day.table.desk.state.contract(lacking).holds
    # Harbour has no bitcoin, Meridian no dollars: both are told, with how much and until when.
    assert {each.whom for each in found.waits} == {Signer.PARTY}
    assert told(found)[0] == (
        "party: Harbour Prime, book main, lacks 10.00050000 BTC for what it is to deliver; "
        f"it may come in until {DAY}T17:00:00Z."
    )


async def test_what_is_held_on_one_side_only_returns_and_whoever_is_covered_gets_it(day: CutOffDay) -> None:
    half, whole = await day.agree("MH-1", 10 * BITCOIN, back=True), await day.agree("MH-2", 10 * BITCOIN)
    desk = day.table.desk
    await day.top_up(cast.BUYER.coins, 10 * BITCOIN + cast.FEE_CAP)
    await desk.own("hold.placed", builder.hold_body(desk.state.contract(half).terms, half, 0))
    found = await a_round(day)
    assert kinds(found) == ["hold.released", "hold.placed", "hold.placed"]
    assert not desk.state.contract(half).holds
    assert day.stands(whole) == "held"


async def test_the_rest_of_a_half_held_contract_is_held_once_it_is_covered(day: CutOffDay) -> None:
    contract, desk = await day.agree("MH-1", 10 * BITCOIN), day.table.desk
    await desk.own("hold.placed", builder.hold_body(desk.state.contract(contract).terms, contract, 1))
    assert kinds(await a_round(day)) == ["hold.placed"]
    assert day.stands(contract) == "held"


async def test_a_cut_off_closes_at_its_hour_and_not_before(day: CutOffDay) -> None:
    first, second = await day.agree("MH-1", 10 * BITCOIN), await day.agree("MH-2", 20 * BITCOIN)
    assert kinds(await a_round(day, "15:59")) == ["hold.placed"] * 4
    late_at = day.at("16:00")
    found = await a_round(day)
    assert kinds(found) == ["cycle.closed"]
    (cycle,) = day.table.desk.state.cycles.values()
    assert (cycle.id, cycle.netting, set(cycle.contracts)) == (f"cycle-{DAY}-1600-1", "multilateral", {first, second})
    assert cycle.cut_off == late_at


async def test_holds_and_closing_come_in_one_round_and_what_is_late_waits_for_tomorrow(day: CutOffDay) -> None:
    first = await day.agree("MH-1", 10 * BITCOIN)
    day.at("16:00")
    late = await day.agree("MH-2", 10 * BITCOIN)
    assert kinds(await a_round(day)) == ["hold.placed"] * 4 + ["cycle.closed"]
    assert list(cycles_of(day).values()) == [(first,)]
    assert day.stands(late) == "held"
    assert kinds(await a_round(day, "23:00")) == []
    day.table.stage.clock.seconds += times.DAY
    assert kinds(await a_round(day)) == ["contract.expired", "cycle.closed"]  # nobody prepared the first
    assert cycles_of(day)[f"{cut_off_of(day)}-1"] == (late,)
    assert day.stands(first) == "expired"


async def test_a_shortfall_keeps_the_cut_off_waiting_until_the_time_to_top_up_is_over(day: CutOffDay) -> None:
    first, short = await day.agree("MH-1", 150 * BITCOIN), await day.agree("MH-2", 120 * BITCOIN)
    assert kinds(await a_round(day, "16:00")) == ["hold.placed"] * 2
    assert kinds(await a_round(day, "16:59")) == []
    found = await a_round(day, "17:00")
    assert kinds(found) == ["cycle.closed"]
    (cycle,) = day.table.desk.state.cycles.values()
    assert cycle.contracts == (first,)
    assert {each.contract for each in cycle.short} == {short}

    # What comes in later is held, and waits for the next cut-off.
    day.at("20:00")
    await day.top_up(cast.SELLER.coins, 10 * BITCOIN)
    assert kinds(await a_round(day)) == ["hold.placed"] * 2
    day.table.stage.clock.seconds += times.DAY
    assert kinds(await a_round(day, "")) == ["cycle.closed"]
    assert day.table.desk.state.contract(short).cycle is not None


async def test_once_everything_is_topped_up_nobody_waits_any_longer(day: CutOffDay) -> None:
    agreed = {await day.agree("MH-1", 150 * BITCOIN), await day.agree("MH-2", 120 * BITCOIN)}
    await a_round(day, "16:00")
    day.at("16:20")
    await day.top_up(cast.SELLER.coins, 10 * BITCOIN)
    assert kinds(await a_round(day)) == ["hold.placed", "hold.placed", "cycle.closed"]
    assert {each for found in cycles_of(day).values() for each in found} == agreed


async def test_a_desk_that_slept_through_the_cut_off_closes_it_when_it_wakes(day: CutOffDay) -> None:
    contract = await day.agree("MH-1", 10 * BITCOIN)
    assert kinds(await a_round(day, "22:00")) == ["hold.placed", "hold.placed", "cycle.closed"]
    (cycle,) = day.table.desk.state.cycles.values()
    assert (cycle.contracts, times.text(cycle.cut_off)) == ((contract,), f"{DAY}T16:00:00Z")


async def test_a_closing_that_broke_off_is_finished_and_its_parts_are_those_that_were_planned(day: CutOffDay) -> None:
    await adopt(day, cold_contracts=2)
    agreed = [await day.agree(f"MH-{number}", 3 * BITCOIN) for number in range(5)]
    await a_round(day, "15:00")
    broken = await a_round(day, "16:00", most=1)
    assert (kinds(broken), broken.more) == (["cycle.closed"], True)
    assert kinds(await a_round(day, "16:05")) == ["cycle.closed"] * 2
    assert sorted(cycles_of(day).items()) == [
        (f"cycle-{DAY}-1600-1", tuple(sorted(agreed[:2]))),
        (f"cycle-{DAY}-1600-2", tuple(sorted(agreed[2:4]))),
        (f"cycle-{DAY}-1600-3", (agreed[4],)),
    ]


async def test_what_is_left_of_a_called_off_cycle_is_closed_again_at_once(day: CutOffDay) -> None:
    disputed, other = await day.agree("MH-1", 10 * BITCOIN), await day.agree("MH-2", 10 * BITCOIN)
    await a_round(day, "16:00")
    day.at("16:30")
    await stopping.open_dispute(day.table.desk, disputed, day.table.author("harbour"), [], "Not this price.")
    assert kinds(await a_round(day)) == ["cycle.closed"]
    assert cycles_of(day)[f"cycle-{DAY}-1600-2"] == (other,)
    assert day.stands(disputed) == "disputed"


async def test_what_passed_its_time_expires_and_its_holds_return(day: CutOffDay) -> None:
    held, proposed = await day.agree("MH-1", 10 * BITCOIN), await day.agree("MH-2", 200 * BITCOIN, back=True)
    await a_round(day, "12:00")
    until = day.table.desk.state.contract(held).terms.settle_by
    day.table.stage.clock.seconds = until
    assert "contract.expired" not in kinds(await a_round(day))
    day.table.stage.clock.seconds = until + 1
    found = await a_round(day)
    assert kinds(found) == ["contract.expired"] * 2
    assert {day.stands(held), day.stands(proposed)} == {"expired"}
    assert day.table.desk.state.ledger.sums() == {
        asset: totals.inside for asset, totals in day.table.desk.state.ledger.totals.items()
    }


async def test_what_an_order_stops_is_neither_held_nor_closed_nor_ended(day: CutOffDay) -> None:
    stopped, desk = await day.agree("MH-1", 10 * BITCOIN), day.table.desk
    officers = [day.table.author(each) for each in ("compliance", "operations")]
    scope = Scope(CONTRACT, None, None, stopped, None)
    await stopping.order_freeze(desk, "HC-1", scope, b"order", "Court order.", officers)
    assert kinds(await a_round(day, "16:00")) == []
    day.table.stage.clock.seconds = desk.state.contract(stopped).terms.settle_by + 60
    assert kinds(await a_round(day)) == []
    await stopping.lift_freeze(desk, "HC-1", b"lifted", "Lifted.", officers)
    assert kinds(await a_round(day)) == ["contract.expired"]


async def test_a_loan_that_is_lacking_keeps_its_place_until_it_is_recalled(day: CutOffDay) -> None:
    table, desk = day.table, day.table.desk
    body = lending.terms_of(desk.state, "loan-1", Party(cast.MERIDIAN, "main"), cast.BTC, 30 * BITCOIN)
    await lending.authorise(desk, table.author("meridian"), table.author("compliance"), body)
    waits, later = await day.agree("MH-1", 240 * BITCOIN), await day.agree("MH-2", 10 * BITCOIN)
    found = await a_round(day, "16:00")
    assert kinds(found) == ["hold.placed"] * 2  # of the later one: 235 bitcoin are there, and 30 lent
    assert told(found) == [
        "operations: Meridian Capital lent 30.00000000 BTC (loan loan-1) that its contracts need: it has to be recalled."
    ]
    await lending.recall(desk, table.author("operations"), "loan-1", "Needed.")
    assert kinds(await a_round(day)) == ["hold.placed", "hold.placed", "cycle.closed"]
    assert {day.stands(each) for each in (waits, later)} == {"held"}


async def test_where_nobody_recalls_the_loan_the_cycle_closes_without_that_contract(day: CutOffDay) -> None:
    table, desk = day.table, day.table.desk
    body = lending.terms_of(desk.state, "loan-1", Party(cast.MERIDIAN, "main"), cast.BTC, 30 * BITCOIN)
    await lending.authorise(desk, table.author("meridian"), table.author("compliance"), body)
    waits, later = await day.agree("MH-1", 240 * BITCOIN), await day.agree("MH-2", 10 * BITCOIN)
    await a_round(day, "16:00")
    assert kinds(await a_round(day, "17:00")) == ["cycle.closed"]
    (cycle,) = desk.state.cycles.values()
    assert (cycle.contracts, {each.contract for each in cycle.short}) == ((later,), {waits})


async def test_interest_accrues_once_for_every_day_that_is_over(day: CutOffDay) -> None:
    table, desk = day.table, day.table.desk
    body = lending.terms_of(desk.state, "loan-1", Party(cast.MERIDIAN, "main"), cast.BTC, 10 * BITCOIN)
    await lending.authorise(desk, table.author("meridian"), table.author("compliance"), body)
    assert kinds(await a_round(day, "23:59")) == []
    for days in (1, 1, 3):
        table.stage.clock.seconds += days * times.DAY
        assert kinds(await a_round(day)) == ["lending.accrued"]
    assert desk.state.loans["loan-1"].claim == 10 * BITCOIN * 250 * 5 // 3_600_000


async def test_moments_are_the_logs_and_a_clock_that_lags_closes_nothing_twice(day: CutOffDay) -> None:
    await day.agree("MH-1", 10 * BITCOIN)
    await a_round(day, "16:00")
    state = day.table.desk.state
    day.at("15:58")
    assert kinds(await a_round(day)) == []
    assert day.table.desk.state is state


async def test_what_is_refused_is_told_by_name_and_the_rest_goes_on(
    day: CutOffDay, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped, other = await day.agree("MH-1", 10 * BITCOIN), await day.agree("MH-2", 10 * BITCOIN)
    desk = day.table.desk
    day.refuse_second_hold(stopped, monkeypatch)
    day.at("12:00")
    found = await rounds.make(desk)
    ((due, error),) = [(each.due, each.error) for each in found.not_done]
    assert (due.kind if due else "", error.code) == ("hold.placed", "settlement.wrong-state")
    assert kinds(found) == ["hold.placed"] * 3
    assert day.stands(other) == "held"


async def test_a_log_whose_head_is_not_witnessed_gets_nothing_of_the_desks_own(day: CutOffDay) -> None:
    contract, desk = await day.agree("MH-1", 10 * BITCOIN), day.table.desk
    watchers = desk.sequencer._watchers
    desk.sequencer._watchers = watchers[:1]
    found = await rounds.make(desk)
    ((due, error),) = [(each.due, each.error) for each in found.not_done]
    assert (due.kind if due else "", error.code) == ("hold.placed", "desk.no-quorum")  # logged, and not witnessed
    size = desk.state.size
    again = await rounds.make(desk)
    assert ([each.error.code for each in again.not_done], again.done) == (["desk.round-unwitnessed"], ())
    assert desk.state.size == size
    desk.sequencer._watchers = watchers
    assert kinds(await a_round(day)) == ["hold.placed"]
    assert day.stands(contract) == "held"


class Silent:
    """A node that does not answer."""

    async def coins(self, *_asked: object) -> None:
        raise Unavailable("desk.no-node", chain=cast.BITCOIN)


async def test_a_silent_node_keeps_the_cycle_open_and_nothing_else(
    day: CutOffDay, monkeypatch: pytest.MonkeyPatch
) -> None:
    await day.agree("MH-1", 10 * BITCOIN)
    with monkeypatch.context() as patch:
        patch.setattr(type(day.table.desk), "bitcoin", lambda _desk, _chain: Silent())
        found = await a_round(day, "16:00")
    assert kinds(found) == ["hold.placed", "hold.placed"]
    assert [(each.due, each.error.code) for each in found.not_done] == [(None, "desk.no-node")]
    assert kinds(await a_round(day)) == ["cycle.closed"]


async def test_a_round_ends_at_its_bound_and_the_next_goes_on(day: CutOffDay) -> None:
    for number in range(3):
        await day.agree(f"MH-{number}", 3 * BITCOIN)
    found = await a_round(day, "12:00", most=4)
    assert (len(found.done), found.more) == (4, True)
    assert len((await a_round(day)).done) == 2


async def test_a_round_after_one_that_found_nothing_plans_nothing_until_something_may_be_due(
    day: CutOffDay, monkeypatch: pytest.MonkeyPatch
) -> None:
    await day.agree("MH-1", 10 * BITCOIN)
    planned = list[int]()

    def counted(state: State, now_ms: int, *given: object, **more: object) -> Plan:
        planned.append(now_ms)
        return due(state, now_ms, *given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(rounds, "due", counted)

    async def again(clock: str, last: Round) -> tuple[Round, bool]:
        day.at(clock)
        planned.clear()
        return await rounds.make(day.table.desk, after=last), bool(planned)

    day.at("12:00")
    held = await rounds.make(day.table.desk)
    assert (kinds(held), held.rest is not None) == (["hold.placed"] * 2, True)
    found, anew = await again("12:09", held)
    assert (found.done, found.waits, anew) == ((), held.waits, False)
    found, anew = await again("12:10", found)  # what rules judge by the hour themselves
    assert (found.done, anew) == ((), True)
    await day.agree("MH-2", 10 * BITCOIN)
    found, anew = await again("12:11", found)  # an entry came
    assert (kinds(found), anew) == (["hold.placed"] * 2, True)
    found, anew = await again("15:59", found)
    assert (found.done, anew) == ((), True)
    found, anew = await again("15:59", found)
    assert anew is False
    assert (await again("15:58", found))[1] is True  # a clock that went back is not believed
    found, anew = await again("16:00", found)  # the cut-off
    assert (kinds(found), anew) == (["cycle.closed"], True)


async def test_what_could_not_be_done_is_tried_again_on_every_round(
    day: CutOffDay, monkeypatch: pytest.MonkeyPatch
) -> None:
    await day.agree("MH-1", 10 * BITCOIN)
    with monkeypatch.context() as patch:
        patch.setattr(type(day.table.desk), "bitcoin", lambda _desk, _chain: Silent())
        day.at("16:00")
        found = await rounds.make(day.table.desk)
    assert found.rest is None
    assert kinds(await rounds.make(day.table.desk, after=found)) == ["cycle.closed"]
