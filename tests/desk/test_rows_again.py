"""The Desk looked at again: rows are made anew only where something changed, and say what stands in the way."""

from dataclasses import replace

import pytest

from countersign.desk import rows as module
from countersign.desk.rows import Rows
from countersign.desk.views import Action, DeskView, Group
from countersign.settlement import builder, stops
from countersign.settlement.records import ContractState
from countersign.settlement.state import State
from support import settlement_world as world
from support import trouble_world as trouble

DAY = 86_400


def looking(desk: world.Desk) -> tuple[Rows, list[world.machine.Entry]]:
    return Rows("officer-a", lambda index: desk.entries[index].time_ms), desk.entries


def look(rows: Rows, desk: world.Desk, now: int = world.START + 60) -> DeskView:
    return rows.view(desk.state, now)


def test_a_second_look_makes_only_the_rows_of_what_changed() -> None:
    desk = world.founded()
    trades = [desk.trade() for _ in range(5)]
    for each in trades:
        desk.play(each, "agreed")
    rows, _ = looking(desk)
    first = look(rows, desk)
    assert rows.renewed == 5
    assert look(rows, desk) == first
    assert rows.renewed == 0
    desk.log("contract.endorsed", ["compliance"], {"contract": trades[2].hash})
    second = look(rows, desk)
    assert rows.renewed == 1
    assert [each.state for each in second.rows].count("endorsed") == 1
    assert second == Rows("officer-a", lambda index: desk.entries[index].time_ms).view(desk.state, world.START + 60)


def test_a_deposit_is_seen_by_what_waits_for_it() -> None:
    desk = world.founded(bitcoin=1)
    trade = desk.trade()
    desk.play(trade, "endorsed")
    rows, _ = looking(desk)
    (found,) = look(rows, desk).rows
    assert found.remark is not None
    assert (found.remark.code, found.remark.names) == ("short", ("Meridian Capital",))
    assert found.remark.money is not None
    assert found.remark.money.units == world.BTC_UNITS + world.FEE_CAP - 1
    desk.deposit("meridian", world.BTC, 30_000_000_000, 7)
    (found,) = look(rows, desk).rows
    assert found.remark is None


def test_deadlines_move_on_with_the_cut_offs() -> None:
    desk = world.founded()
    desk.play(desk.trade(), "endorsed")
    rows, _ = looking(desk)
    early = look(rows, desk).rows[0].act_by
    late = look(rows, desk, world.START + DAY).rows[0].act_by
    assert early is not None
    assert late is not None
    assert early.at < late.at


def test_what_ended_is_shown_on_its_day_only() -> None:
    desk = world.founded()
    trade = desk.trade()
    desk.play(trade)
    rows, _ = looking(desk)
    assert [each.group for each in look(rows, desk).rows] == [Group.SETTLED]
    assert look(rows, desk, world.START + DAY).rows[:] == []


def test_who_has_signed_and_who_has_not() -> None:
    desk = world.founded()
    half = world.signed_contract(world.terms(), ["meridian"])
    desk.log("contract.proposed", ["meridian"], builder.contract_body(half))
    (found,) = look(looking(desk)[0], desk).rows
    assert found.remark is not None
    assert (found.remark.code, found.remark.names) == ("allegement", ("Meridian Capital", "Harbour Prime"))


def test_an_order_is_named_and_lifting_it_is_seen() -> None:
    desk = world.founded()
    trade = desk.trade()
    desk.play(trade, "instructed")
    rows, _ = looking(desk)
    assert look(rows, desk).rows[0].group is Group.NEEDS_YOU
    desk.log(*world.freeze_step(kind="contract", contract=trade.hash))
    (found,) = look(rows, desk).rows
    assert (found.state, found.group) == ("frozen", Group.WAITING)
    assert found.remark is not None
    assert found.remark.names == ("HC-2026-114",)
    desk.log(*world.lift_step())
    (found,) = look(rows, desk).rows
    assert (found.state, found.remark, found.group) == ("instructed", None, Group.NEEDS_YOU)


def test_a_dispute_names_who_opened_it() -> None:
    desk = world.founded()
    trade = desk.trade()
    desk.play(trade, "held")
    desk.log(*world.dispute_step(trade.hash))
    (found,) = look(looking(desk)[0], desk).rows
    assert found.remark is not None
    assert (found.state, found.remark.code, found.remark.names) == ("disputed", "disputed", ("Harbour Prime",))


def test_a_dispute_over_what_is_final_stands_on_the_desk() -> None:
    desk = world.founded()
    trade = desk.trade()
    desk.play(trade, "final")
    desk.log(*world.dispute_step(trade.hash))
    (found,) = look(looking(desk)[0], desk).rows
    assert found.remark is not None
    assert (found.state, found.remark.code, found.remark.names) == ("final", "disputed", ("Harbour Prime",))


def test_a_safe_that_waits_names_the_settlement_that_keeps_it() -> None:
    desk = world.founded(bitcoin=60_000_000_000, dollars=50_000_000_000_000)
    first, second = desk.trade(), desk.trade()
    desk.play(first, "instructed")
    for step in desk.story(second):
        if step[0] == "instruction.prepared":
            break
        desk.log(*step)
    found = {each.contract: each.remark for each in look(looking(desk)[0], desk).rows}
    assert found[first.hash] is None
    blocked = found[second.hash]
    assert blocked is not None
    assert (blocked.code, blocked.names) == ("blocked", ("harbour-safe", first.contract.terms.id))
    assert blocked.at is not None


def test_a_withdrawal_is_named_as_one() -> None:
    desk = world.founded()
    trade = desk.trade()
    desk.play(trade, "agreed")
    row = look(looking(desk)[0], desk).rows[0]
    assert row.template == "bilateral-spot"
    state = desk.state
    record = state.contract(trade.hash)
    other = replace(state, contracts=state.contracts.set(trade.hash, replace(record, terms=world.withdrawal())))
    assert Rows("officer-a", lambda _: 0).view(other, world.START + 60).rows[0].template == "withdrawal"


def netted(count: int) -> tuple[State, tuple[str, ...]]:
    """A prepared settlement of so many contracts, all alike."""
    desk = world.founded()
    trade = desk.trade()
    desk.play(trade, "instructed")
    state, record = desk.state, desk.state.contract(trade.hash)
    names = (trade.hash, *(world.digest(f"beside {number}") for number in range(count - 1)))
    copies = {name: replace(record, hash=name) for name in names}
    cycle = replace(state.cycles[record.cycle or ""], contracts=names)
    return replace(state, contracts=state.contracts.update(copies), cycles=state.cycles.set(cycle.id, cycle)), names


def test_what_stops_a_cycle_is_looked_for_once_however_many_are_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    state, names = netted(40)
    asked: list[str] = []
    running = stops.running
    monkeypatch.setattr(stops, "running", lambda at, of: asked.append(of.id) or running(at, of))
    view = Rows("officer-a", lambda _: 0).view(state, world.START + 60)
    assert [row.group for row in view.rows] == [Group.NEEDS_YOU] * len(names)
    assert len(asked) == 1


def test_a_dispute_of_one_contract_stops_its_siblings_at_the_next_look() -> None:
    state, names = netted(3)
    rows = Rows("officer-a", lambda _: 0)
    assert {row.group for row in rows.view(state, world.START + 60).rows} == {Group.NEEDS_YOU}
    disputed = replace(state.contract(names[0]), state=ContractState.DISPUTED)
    state = replace(state, contracts=state.contracts.set(names[0], disputed))
    assert {row.group for row in rows.view(state, world.START + 60).rows} == {Group.WAITING}


def test_another_deposit_makes_only_the_rows_anew_whose_accounts_it_moves() -> None:
    desk = world.founded()
    trades = [desk.trade() for _ in range(3)]
    for each in trades:
        desk.play(each, "endorsed")
    rows, _ = looking(desk)
    look(rows, desk)
    empty = replace(
        desk.state.ledger, balances=desk.state.ledger.balances.delete(next(iter(desk.state.ledger.balances)))
    )
    elsewhere = replace(desk.state, ledger=replace(desk.state.ledger))
    rows.view(elsewhere, world.START + 60)
    assert rows.renewed == 0
    assert rows.view(replace(desk.state, ledger=empty), world.START + 60).rows[0].remark is not None
    assert rows.renewed == 3


def test_much_that_is_new_is_shown_before_it_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MUCH", 2)
    desk = world.founded()
    trades = [desk.trade() for _ in range(3)]
    for each in trades:
        desk.play(each, "agreed")
    rows, _ = looking(desk)
    begun = look(rows, desk)
    assert begun.totals is None
    assert len(begun.rows) == 3
    counted = rows.counted()
    assert counted.rows == begun.rows
    assert {money.symbol: money.units for money in counted.totals or ()} == {
        "BTC": 3 * world.BTC_UNITS, "USDC": 3 * world.USDC_UNITS,
    }  # fmt: skip
    assert [(party, sums[0].symbol) for party, sums in counted.by_party] == [
        ("Harbour Prime", "USDC"), ("Meridian Capital", "BTC"),
    ]  # fmt: skip
    desk.log("contract.endorsed", ["compliance"], {"contract": trades[0].hash})
    assert look(rows, desk).totals == counted.totals


def test_a_dispute_window_that_ends_within_the_day_bites_no_more() -> None:
    desk = world.founded()
    trade = desk.trade(dispute=replace(world.terms().dispute, window_seconds=3_600))
    desk.play(trade)
    rows, _ = looking(desk)
    ends = (desk.state.contract(trade.hash).final_ms or 0) // 1_000 + 3_600
    assert [look(rows, desk, at).rows[0].act_by is None for at in (ends, ends + 1, ends)] == [False, True, False]


def test_a_safe_that_is_free_again_blocks_nothing_any_more() -> None:
    desk = world.founded(bitcoin=60_000_000_000, dollars=50_000_000_000_000)
    first, second = desk.trade(), desk.trade()
    desk.play(first, "released")
    for step in desk.story(second):
        if step[0] == "instruction.prepared":
            break
        desk.log(*step)
    rows, _ = looking(desk)
    assert {each.contract: each.remark and each.remark.code for each in look(rows, desk).rows} == {
        first.hash: "unsent",
        second.hash: "blocked",
    }
    desk.play(first)
    assert [each.remark for each in look(rows, desk).rows] == [None, None]


def reasons(view: DeskView) -> list[tuple[str, str]]:
    """Of each row its contract's id, and why it must be acted on, or why not."""
    return [(row.contract_id, row.act_by.reason if row.act_by else row.unbounded) for row in view.rows]


def test_what_others_say_of_a_coin_and_a_safe_is_seen_by_the_row_that_rests_on_them() -> None:
    desk = world.founded(bitcoin=60_000_000_000, dollars=50_000_000_000_000)
    first, second = desk.trade(), desk.trade()
    desk.play(first)
    maker = trouble.live(desk, first, "psbt")
    desk.log(*trouble.observed(maker, 6))
    for kind, names, body in desk.story(second):
        if kind == "instruction.prepared" and body["kind"] == "psbt":
            body = {**body, "spends": [{"outpoint": f"{maker.transaction}:1", "vault": "meridian-btc", "slot": 0}]}
        desk.log(kind, names, body)
        if kind == "instruction.prepared" and body["kind"] == "safe-tx":
            break
    id = second.contract.terms.id
    rows, _ = looking(desk)
    assert (id, "settlement.act-by-request") in reasons(look(rows, desk))
    assert rows.renewed == 2
    look(rows, desk)
    assert rows.renewed == 0, "nothing changed"
    desk.log(*trouble.observed(desk.state.instruction(maker.hash), 0))
    view = look(rows, desk)
    assert reasons(view)[0] == (id, "settlement.act-by-coins"), "what has passed stands first"
    assert view == looking(desk)[0].view(desk.state, world.START + 60)
    desk.log(*trouble.observed(desk.state.instruction(maker.hash), 1))
    assert (id, "settlement.act-by-request") in reasons(look(rows, desk))


def test_a_disputed_row_says_that_its_dispute_has_no_deadline() -> None:
    desk, trade = trouble.begun("held")
    rows, _ = looking(desk)
    assert [reason for _, reason in reasons(look(rows, desk))] == ["settlement.act-by-cut-off"]
    desk.log(*world.dispute_step(trade.hash))
    assert [reason for _, reason in reasons(look(rows, desk))] == ["settlement.no-deadline-dispute"]


def test_a_view_says_when_its_last_entry_was_logged_whatever_the_clock_here_says() -> None:
    desk, _ = trouble.begun("held")
    assert look(looking(desk)[0], desk).newest == desk.state.time_ms // 1_000


def test_what_waits_for_operations_on_the_chains_is_theirs_to_do_and_told_to_everybody_else() -> None:
    desk = world.founded()
    trade, seen = desk.trade(), []
    desk.play(trade, "released")
    rows = {
        officer: Rows(officer, lambda index: desk.entries[index].time_ms) for officer in ("operations", "officer-a")
    }

    def note() -> None:
        found = {officer: look(each, desk).rows[0] for officer, each in rows.items()}
        mine, other = found["operations"], found["officer-a"]
        assert mine.remark is None
        assert (other.action, other.group) == (Action.WAIT, Group.WAITING)
        told = (mine.action.value, mine.group.value, other.remark and other.remark.code)
        if told not in seen:
            seen.append(told)

    note()
    for step in desk.story(trade):
        if desk.attempt(*step) is None and step[0].startswith("transaction."):
            desk.log(*step)
            note()
    deep = desk.state.adopted().confirmations_on(world.BITCOIN)
    for name, transaction, fee in zip(
        desk.instructions(trade), (trade.bitcoin_transaction, trade.ethereum_transaction), (1_410, None), strict=True
    ):
        desk.log("transaction.observed", ["desk", "operations"], world.observed_body(name, transaction, deep, fee))
    note()
    assert seen == [
        ("send", "needs you", "unsent"),
        ("observe", "waiting for others", "young"),
        ("wait", "waiting for others", None),
    ]


def test_what_an_order_stops_is_not_to_be_sent() -> None:
    desk = world.founded()
    trade = desk.trade()
    desk.play(trade, "released")
    desk.log(*world.freeze_step(kind="contract", contract=trade.hash))
    (found,) = look(Rows("operations", lambda index: desk.entries[index].time_ms), desk).rows
    assert (found.action, found.group) == (Action.WAIT, Group.WAITING)
    assert found.remark is not None
    assert found.remark.code == "frozen"
