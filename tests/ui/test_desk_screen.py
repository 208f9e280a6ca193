"""The Desk: groups, deadlines first, found and sorted in Python, opened by keys; foreign text cannot forge a line."""

import asyncio
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTableView

from countersign.desk.cut_off_view import Recalling, StillOpen
from countersign.desk.views import ActBy, Action, Checked, Group, Remark, SettlementRow
from countersign.ui.application import OfficerWindow
from countersign.ui.presenters.desk import Column, arrange
from countersign.ui.widgets.cells import CELL, HEADING
from support import window_world as world
from support.window_hands import click, dialog, key, named, seen, settled, type_into, words


def table(window: OfficerWindow) -> QTableView:
    return named(window, "Settlements", QTableView)


def shown(window: OfficerWindow, column: Column) -> list[str]:
    model = table(window).model()
    role = Qt.ItemDataRole.AccessibleTextRole
    return [str(model.index(row, column).data(role)) for row in range(model.rowCount())
            if not model.index(row, 0).data(HEADING)]  # fmt: skip


async def test_groups_stand_in_order_and_deadlines_sort_each(window: OfficerWindow) -> None:
    await window.refresh()
    model = table(window).model()
    headings = [words for row in range(model.rowCount()) if (words := model.index(row, 0).data(HEADING))]
    assert headings == ["Needs you · 2", "Waiting for others · 2", "Ready to release · 1", "Settled today · 1"]
    assert shown(window, Column.ACT_BY)[0].startswith("2026-11-22 14:55 · in 25 min · settle-by")


async def test_every_reason_has_its_words_in_the_column_and_what_passed_stands_first(
    window: OfficerWindow, officer: world.OfficerDouble
) -> None:
    at = {
        "request": 7_200,
        "coins": -600,
        "nonce": -60,
        "attestation": 3_600,
        "failed": 9_000,
        "send": 9_001,
        "observe": 9_002,
    }
    rows = [world.row(number, act_by=ActBy(world.NOW + after, f"settlement.act-by-{name}"))
            for number, (name, after) in enumerate(at.items(), 1)]  # fmt: skip
    officer.rows = world.desk_view(
        [*rows, world.row(9, state="disputed", act_by=None, unbounded="settlement.no-deadline-dispute")]
    )
    await window.refresh()
    assert [words.partition(" · ")[2] for words in shown(window, Column.ACT_BY)] == [
        "overdue by 10 min · a coin is gone",
        "overdue by 1 min · Safe number used",
        "in 1 h 0 min · attestation too old",
        "in 2 h 0 min · request ends",
        "in 2 h 30 min · a leg failed, settle-by",
        "in 2 h 30 min · not sent, settle-by",
        "in 2 h 30 min · in no block, settle-by",
        "the dispute has none",
    ]


@pytest.mark.parametrize(("ahead", "left"), [(0, "in 25 min"), (1_499, "in 1 s"), (1_560, "overdue by 1 min")])
async def test_a_clock_behind_the_last_entry_leaves_no_more_time_than_there_is(
    window: OfficerWindow, officer: world.OfficerDouble, ahead: int, left: str
) -> None:
    officer.rows = replace(officer.rows, newest=world.NOW + ahead)
    await window.refresh()
    assert f"· {left} ·" in shown(window, Column.ACT_BY)[0]


async def test_a_row_says_who_has_signed_and_what_fails(window: OfficerWindow) -> None:
    await window.refresh()
    assert shown(window, Column.CHECKS)[0] == "B8 fails Outputs equal the contract"
    assert "Bitcoin regtest, 2 needed: Amara Okafor has signed" in shown(window, Column.SIGNATURES)[2]
    assert shown(window, Column.EXCHANGE)[1] == "250 BTC ⇄ 20,000,000 USDC · MER-HAR-2026-11-22-0001"


async def test_the_filter_keeps_rows_that_hold_every_word(window: OfficerWindow) -> None:
    await window.refresh()
    key(window, "Ctrl+F")
    type_into(window, "Filter settlements", "0003 meridian")
    assert len(shown(window, Column.STATE)) == 1
    assert "1 of 6 settlements" in seen(window)
    type_into(window, "Filter settlements", "nobody")
    assert "No settlement holds these words." in seen(window)


async def test_a_click_on_a_header_sorts_and_a_second_turns_round(window: OfficerWindow) -> None:
    await window.refresh()
    header = table(window).horizontalHeader()

    def press(column: Column) -> None:
        at = header.viewport().rect().topLeft()
        at.setX(header.sectionViewportPosition(int(column)) + 20)
        at.setY(header.height() // 2)
        QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)

    press(Column.EXCHANGE)
    assert shown(window, Column.EXCHANGE)[0].startswith("250 BTC")
    press(Column.EXCHANGE)
    assert shown(window, Column.EXCHANGE)[0].startswith("250.01 BTC")


async def test_base_units_on_demand(window: OfficerWindow) -> None:
    await window.refresh()
    click(window, "Base units")
    assert "25,000,000,000 base units of BTC" in shown(window, Column.EXCHANGE)[1]


async def test_enter_opens_the_review_of_the_chosen_row(window: OfficerWindow, officer: world.OfficerDouble) -> None:
    await window.refresh()
    table(window).setFocus()
    QTest.keyClick(table(window), Qt.Key.Key_Down)
    QTest.keyClick(table(window), Qt.Key.Key_Return)
    await settled(window)
    assert window.screen_key == "review"
    assert ("review", world.CONTRACT) in officer.asked


async def test_an_empty_desk_says_what_will_come(window: OfficerWindow, officer: world.OfficerDouble) -> None:
    officer.rows = world.desk_view(())
    await window.refresh()
    assert "Nothing needs you." in seen(window)


async def test_control_and_direction_characters_are_spelt_out(
    window: OfficerWindow, officer: world.OfficerDouble
) -> None:
    forged = world.row(1, parties=("Meridian\u202elatipaC", "Harbour\nPrime"))
    officer.rows = world.desk_view((forged,))
    await window.refresh()
    assert shown(window, Column.PARTIES) == ["Meridian\\u{202e}latipaC → Harbour\\u{a}Prime"]


@pytest.mark.parametrize("count", [20_000, pytest.param(100_000, marks=pytest.mark.long)])
async def test_many_thousand_rows_are_sorted_and_searched(
    window: OfficerWindow, officer: world.OfficerDouble, count: int
) -> None:
    rows = tuple(replace(world.row(1), contract=f"{at:064x}", contract_id=f"C-{at:06d}", notional_usd=at * 7919 % 100_003)
                 for at in range(count))  # fmt: skip
    officer.rows = world.desk_view(rows)
    await window.refresh()
    await settled(window)
    assert table(window).model().rowCount() == count + 1
    table(window).scrollToBottom()
    window.desk.sort(int(Column.NOTIONAL))
    type_into(window, "Filter settlements", "C-01999")
    await settled(window)
    notionals = [int(text.removeprefix("USD ").replace(",", "")) for text in shown(window, Column.NOTIONAL)]
    assert len(notionals) == 10
    assert notionals == sorted(notionals)


def test_rows_are_arranged_without_a_proxy_and_none_is_lost() -> None:
    rows = world.busy_desk().rows
    places = arrange(rows)
    assert sorted(place for place in places if isinstance(place, int)) == list(range(len(rows)))
    assert [place for place in places if isinstance(place, Group)] == list(Group)


async def test_a_row_says_what_stands_in_its_way_and_what_is_no_sale(
    window: OfficerWindow, officer: world.OfficerDouble
) -> None:
    officer.rows = world.hindered_desk()
    await window.refresh()
    assert shown(window, Column.ACTION)[:5] == [
        "Wait for others. Allegement: Meridian Capital has signed, Harbour Prime has not.",
        "Wait for others. Harbour Prime lacks 1,200,000 USDC for this settlement.",
        (
            "Wait for others. The Safe harbour-safe waits for an instruction of MER-HAR-2026-11-21-0009, "
            "not executed since 2026-11-22 03:23 UTC."
        ),
        "Wait for others. Frozen by order HC-2026-114: High Court, claim HC-2026-114",
        "Wait for others. Disputed by Harbour Prime: Paid twice.",
    ]
    assert shown(window, Column.STATE)[3:5] == ["frozen", "disputed"]
    assert shown(window, Column.EXCHANGE)[5:7] == [
        "250.05 BTC → outside · withdrawal · MER-HAR-2026-11-22-0006",
        "250.06 BTC ⇄ 20,480,000 USDC · award · MER-HAR-2026-11-22-0007",
    ]
    type_into(window, "Filter settlements", "hc-2026-114")
    assert shown(window, Column.STATE) == ["frozen"]


async def test_the_next_cut_off_stands_gross_beside_net(window: OfficerWindow) -> None:
    await window.refresh()
    await settled(window)
    for told in (
        "16:00 UTC, in 1 h 30 min · contracts: 40 · cycles: 1",
        "80 transactions gross, 4 netted: 76 saved",
        "Harbour Prime (main) lacks 1,200,000 USDC until 17:00 UTC",
        "The Safe harbour-safe waits for MER-HAR-2026-11-21-0009, not executed since 03:23 UTC",
        "Harbour Prime: 100,800,000 USDC",
    ):
        assert told in seen(window)


async def test_what_is_still_open_and_what_is_recalled_stand_with_the_next_cut_off(
    window: OfficerWindow, officer: world.OfficerDouble
) -> None:
    recall = Recalling("Meridian Capital", "meridian-loan-7", world.btc(500_000_000))
    still = StillOpen(world.NOW - 6 * 3_600, 3)
    officer.ahead = replace(officer.ahead, blocks=(), lacking=(), recalls=(recall,), still_open=still)
    await window.refresh()
    await settled(window)
    for told in (
        "The cut-off of 08:30 UTC is still open: short: 3. It closes as soon as one is covered",
        "To recall first: Meridian Capital's loan meridian-loan-7, 5 BTC",
        "16:00 UTC, in 1 h 30 min",
    ):
        assert told in seen(window)
    officer.ahead = replace(officer.ahead, at=world.NOW - 5_400, still_open=None, recalls=(), due=True)
    await window.refresh()
    await settled(window)
    assert "13:00 UTC has passed, the desk closes it now" in seen(window)


async def test_what_is_released_is_operations_to_send_and_others_see_for_whom_it_waits(
    window: OfficerWindow, officer: world.OfficerDouble
) -> None:
    waiting = {"group": Group.WAITING, "instructions": (), "checked": None, "state": "released"}
    officer.rows = world.desk_view((
        world.row(1, **{**waiting, "group": Group.NEEDS_YOU}, action=Action.SEND),
        world.row(2, **waiting, action=Action.OBSERVE),
        world.row(3, **waiting, action=Action.WAIT, remark=Remark("unsent")),
        world.row(4, **waiting, action=Action.WAIT, remark=Remark("young")),
    ))  # fmt: skip
    await window.refresh()
    await settled(window)
    assert shown(window, Column.ACTION) == [
        "Send",
        "Log its blocks",
        "Wait for others. It is released and not sent: an operations officer sends it.",
        "Wait for others. Its transactions wait for confirmations; an operations officer logs them.",
    ]


async def test_all_totals_open_by_a_key_with_every_place(window: OfficerWindow) -> None:
    await window.refresh()
    await settled(window)
    key(window, "Ctrl+T")
    asked = await dialog(window)
    told = words(asked)
    assert "USD 812,000,000 gross, USD 61,500,000 netted" in told
    assert "10,150 BTC gross, 768 BTC netted" in told
    assert "1,250.00000000 BTC" in told
    click(asked, "Close")


async def test_more_than_has_room_says_how_many_more(window: OfficerWindow, officer: world.OfficerDouble) -> None:
    parties = ("Alder", "Birch", "Cedar", "Doum", "Elm")
    officer.rows = world.desk_view(
        tuple(world.row(at, parties=(name, "Zelkova")) for at, name in enumerate(parties, 1))
    )
    officer.ahead = replace(officer.ahead, lacking=officer.ahead.lacking * 4)
    await window.refresh()
    await settled(window)
    assert "and 4 more: Ctrl+T shows all" in seen(window)
    assert "and 3 more: Ctrl+T shows all" in seen(window)


async def test_where_there_is_little_room_notional_and_parties_stand_with_the_exchange(window: OfficerWindow) -> None:
    await window.refresh()
    window.resize(1200, 760)
    assert table(window).isColumnHidden(int(Column.NOTIONAL))
    assert (
        "Meridian Capital → Harbour Prime · MER-HAR-2026-11-22-0001 · USD 20,000,000"
        in shown(window, Column.EXCHANGE)[1]
    )
    window.resize(1440, 900)
    assert not table(window).isColumnHidden(int(Column.NOTIONAL))


async def test_rows_keep_their_height_when_headings_move(window: OfficerWindow, officer: world.OfficerDouble) -> None:
    await window.refresh()
    officer.rows = world.hindered_desk()
    await window.refresh()
    heights = {table(window).rowHeight(at) for at in range(1, table(window).model().rowCount())}
    assert heights == {64}


async def test_many_instructions_are_summed_by_chain_in_a_row_and_named_whole(
    window: OfficerWindow, officer: world.OfficerDouble
) -> None:
    row = world.row(1)
    bitcoin, safe = row.instructions
    signed = replace(safe, dots=(replace(safe.dots[0], there=True), *safe.dots[1:]))
    officer.rows = world.desk_view((replace(row, instructions=(bitcoin, safe, signed, safe)),))
    await window.refresh()
    (cell,) = shown(window, Column.SIGNATURES)
    model = table(window).model()
    painted = model.index(1, Column.SIGNATURES).data(CELL)
    assert painted.lines == ("Bitcoin ×1: 0 of 2", "Ethereum ×3: 1 of 6")
    assert cell.count("2 needed") == 4


def unjudged(count: int) -> tuple[SettlementRow, ...]:
    return tuple(world.row(at, to_check=True, checked=None) for at in range(1, count + 1))


async def test_checks_run_on_what_is_on_screen_and_say_so_until_they_have(
    window: OfficerWindow, officer: world.OfficerDouble
) -> None:
    rows = unjudged(60)
    officer.rows = world.desk_view(rows)
    officer.verdicts[rows[1].contract] = Checked(40, "B8")
    officer.verdicts[rows[2].contract] = Checked(0, trouble=("store.no-artefact", {"sha256": "00"}))
    officer.judging = asyncio.Event()
    window.show()
    await window.refresh()
    assert set(shown(window, Column.CHECKS)) == {"checking…"}
    officer.judging.set()
    await settled(window)
    assert shown(window, Column.CHECKS)[:2] == ["63 pass", "B8 fails Outputs equal the contract"]
    assert shown(window, Column.CHECKS)[2].startswith("cannot run ")
    asked = {each for what in officer.asked if isinstance(what, tuple) and what[0] == "checked" for each in what[1:]}
    assert asked < {row.contract for row in rows}
    assert shown(window, Column.CHECKS)[-1] == "checking…"
    table(window).scrollToBottom()
    await settled(window)
    assert shown(window, Column.CHECKS)[-1] == "63 pass"
    assert shown(window, Column.CHECKS)[0] == "checking…"  # it left the screen: what it said then is not said again


async def test_what_is_on_screen_is_judged_again_as_time_goes_on(
    window: OfficerWindow, officer: world.OfficerDouble
) -> None:
    officer.rows = world.desk_view(unjudged(2))
    window.show()
    await window.refresh()
    await settled(window)
    officer.verdicts[officer.rows.rows[0].contract] = Checked(62, "C4")
    window.desk.tick()
    await settled(window)
    assert shown(window, Column.CHECKS) == ["C4 fails Within its time window", "63 pass"]


async def test_sorted_by_checks_everything_is_judged_and_what_fails_stands_first(
    window: OfficerWindow, officer: world.OfficerDouble
) -> None:
    rows = unjudged(60)
    officer.rows = world.desk_view(rows)
    officer.verdicts[rows[57].contract] = Checked(40, "B8")
    window.show()
    await window.refresh()
    await settled(window)
    officer.judging = asyncio.Event()
    window.desk.sort(int(Column.CHECKS))
    assert "checking: 0 of 60" in seen(window)
    officer.judging.set()
    await settled(window)
    assert "60 of 60 settlements" in seen(window)
    assert shown(window, Column.CHECKS)[:2] == ["B8 fails Outputs equal the contract", "63 pass"]
    assert rows[57].contract_id in shown(window, Column.EXCHANGE)[0]


async def test_where_the_log_has_grown_the_desk_is_looked_at_anew(
    window: OfficerWindow, officer: world.OfficerDouble
) -> None:
    officer.rows = world.desk_view(unjudged(1))
    window.show()
    await window.refresh()
    await settled(window)
    officer.rows = replace(world.desk_view(unjudged(2)), size=27)
    window.desk.tick()
    await settled(window)
    assert shown(window, Column.CHECKS) == ["63 pass", "63 pass"]


async def test_what_is_not_counted_yet_is_not_shown_as_a_sum(
    window: OfficerWindow, officer: world.OfficerDouble
) -> None:
    officer.counting = asyncio.Event()
    window.show()
    window.begin()
    while table(window).model().rowCount() == 0:
        await asyncio.sleep(0)
    assert seen(window).count("counting…") == 2
    assert "1,250 BTC" not in seen(window)
    officer.counting.set()
    await settled(window)
    assert "counting…" not in seen(window)
    assert "1,250 BTC" in seen(window)


async def test_among_many_a_search_opens_nothing_but_what_stands_in_the_field(
    window: OfficerWindow, officer: world.OfficerDouble
) -> None:
    rows = tuple(replace(world.row(1), contract=f"{at:064x}", contract_id=f"C-{at:06d}") for at in range(2_100))
    officer.rows = world.desk_view(rows)
    await window.refresh()
    await settled(window)
    key(window, "Ctrl+K")
    asked = await dialog(window)
    await settled(window)
    type_into(asked, "Search settlements, addresses, hashes, officers", "C-002042")
    click(asked, "Open")
    assert asked.isVisible()  # the hits of an empty field are not what was typed
    await settled(window)
    click(asked, "Open")
    await settled(window)
    assert ("review", f"{2_042:064x}") in officer.asked
