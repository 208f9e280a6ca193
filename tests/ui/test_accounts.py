"""The custodian stands first among the participants: what it owes, whether the books add up, and any account's statement."""

import csv
import io
from asyncio import Event, sleep
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog

from countersign.cli.books import ledger_lines, statement_lines
from countersign.desk import mending, releasing
from countersign.desk.statement import Span
from countersign.errors import Unavailable
from countersign.formats import times
from countersign.settlement.ledger import Account, Totals
from countersign.ui.application import BannerFacts, Instruments, Mode, OfficerWindow, open_officer
from countersign.ui.views.account_block import AccountBlock
from countersign.ui.views.line_table import LineTable
from countersign.ui.views.statement_dialog import StatementDialog
from support import stopped_stage as stage
from support import window_world as world
from support.contrary_chains import Refusing, desk_over
from support.software_stage import Table, silent
from support.window_hands import (
    click,
    dialog,
    enabled,
    key,
    named,
    no_dialog,
    reach,
    seen,
    settled,
    type_into,
    words,
)

BTC = Account(world.MERIDIAN, "main", world.BTC)
SUSPENSE = Account(world.NORTHGATE.lei, "suspense", world.USDC)
TODAY = world.NOW // times.DAY


async def opened(window: OfficerWindow, needle: str = "") -> None:
    await window.refresh()
    await settled(window)
    window.open_screen("participants")
    if needle:
        type_into(window, "Search participants", needle)
    seen(window)  # whose cards are laid out


async def stated(window: OfficerWindow, name: str) -> StatementDialog:
    click(window, f"Statement of {name}")
    found = await dialog(window)
    await settled(window)
    assert isinstance(found, StatementDialog)
    return found


def rows(found: QDialog) -> list[str]:
    model = named(found, "Lines of the statement", LineTable).model()
    return [" | ".join(str(model.index(at, to).data()) for to in range(4)) for at in range(model.rowCount())]


async def test_the_custodian_stands_first_with_its_accounts_and_what_it_owes(
    window: OfficerWindow, officer: world.OfficerDouble
) -> None:
    officer.books = world.accounts((world.owed_dollars(),))
    await opened(window)
    table = named(window, "Participants", LineTable)
    assert table.picked == world.NORTHGATE.lei
    told = seen(window)
    for expected in (
        "custodian",
        "breaks open: 1",
        "Northgate Trust owes what it has not delivered. Open breaks: 1.",
        "20,000,000.000000 USDC",
        "to Meridian Capital, book main",
        "Because its leg on Ethereum test chain 31337 failed after another leg was delivered.",
        "2026-11-22 14:15:00 UTC · entry 24",
        "cycle-1",
        "MER-HAR-2026-11-22-0001",
        "no unit moves for it",
        "Network fees",
        "0.03000000 BTC",
        "Suspense",
        "Owes 20,000,000.000000 USDC to Meridian Capital, book main",
        "Lending pool",
    ):
        assert expected in told, expected
    assert {each.accessibleName() for each in window.findChildren(AccountBlock)} == {
        f"Northgate Trust, book {book}: {symbol}"
        for book in ("network-fees", "suspense", "lending-pool")
        for symbol in ("BTC", "USDC")
    }
    officer.books = world.accounts()
    await window.refresh()
    told = seen(window)
    assert "Nothing: no break is open." in told
    assert "owes" not in told.lower().replace("what the custodian owes", "")


async def test_each_asset_adds_up_or_it_is_said_in_words_and_by_how_much(
    window: OfficerWindow, officer: world.OfficerDouble
) -> None:
    await opened(window)
    told = seen(window)
    assert told.count("adds up") == 2
    for part in ("268.37646000 BTC", "0.00014050 BTC", "0.00014060 BTC", "268.37617890 BTC"):
        assert part in told
    assert "does not add up" not in told
    bitcoin, dollars = officer.books.assets
    officer.books = replace(
        officer.books, assets=(replace(bitcoin, totals=Totals(26_837_646_001, 14_050, 14_060)), dollars)
    )
    await window.refresh()
    told = seen(window)
    assert told.count("does not add up") == 1
    assert "−0.00000001 BTC" in told
    assert "The books do not add up: BTC." in told


async def test_another_page_begins_at_its_top_and_the_same_one_stays_where_it_was(
    window: OfficerWindow, officer: world.OfficerDouble
) -> None:
    await opened(window)
    window.grab()
    bar, table = window.participants.area.verticalScrollBar(), named(window, "Participants", LineTable)
    bar.setValue(120)
    await window.refresh()
    assert (table.picked, bar.value()) == (world.NORTHGATE.lei, 120)
    table.selectRow(2)
    assert bar.value() == 0


@pytest.mark.parametrize("by", ["button", "enter", "double click"])
async def test_an_account_is_opened_by_button_enter_or_double_click(
    window: OfficerWindow, officer: world.OfficerDouble, by: str
) -> None:
    await opened(window, "meridian-btc")
    name = "Meridian Capital, book main: BTC"
    block = named(window, name, AccountBlock)
    if by == "button":
        click(window, f"Statement of {name}")
    elif by == "enter":
        block.setFocus()
        QTest.keyClick(block, Qt.Key.Key_Return)
    else:
        reach(block)
        QTest.mouseDClick(block, Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
    found = await dialog(window)
    await settled(window)
    assert ("statement", BTC, Span(TODAY - 30, TODAY)) in officer.asked
    told = words(found)
    assert name in told
    assert "Lines: 3, from 2026-10-23 to 2026-11-22, at 26 entries of the log." in told
    assert "18.34617890 BTC (available 18.34617890)" in told
    assert "owed" not in told.lower()
    assert [each.split(" | ", 1)[1] for each in rows(found)] == [
        "Deposit credited · outside → available | +268.34617890 BTC | 268.34617890 BTC",
        "Held for a contract · available → held | 250.00000000 BTC | 268.34617890 BTC",
        "Delivered · held → Harbour Prime, main | −250.00000000 BTC | 18.34617890 BTC",
    ]
    named(found, "Lines of the statement", LineTable).selectRow(1)
    await settled(window)
    told = words(found)
    for part in (
        "hold.placed",
        "250.00000000 BTC",
        "MER-HAR-2026-11-22-0001",
        "cycle-1",
        "available 18.34617890, held 250.00000000",
    ):
        assert part in told
    assert named(found, "Contract hash").accessibleDescription() == world.CONTRACT


async def test_another_span_is_asked_for_and_a_wrong_one_is_refused_in_words(
    window: OfficerWindow, officer: world.OfficerDouble
) -> None:
    await opened(window, "meridian-btc")
    found = await stated(window, "Meridian Capital, book main: BTC")
    type_into(found, "First day (UTC)", "")
    type_into(found, "Last day (UTC)", "2026-11-20")
    key(found, "Ctrl+Return")
    await settled(window)
    assert officer.asked[-1] == ("statement", BTC, Span(0, times.parse_date("2026-11-20")))
    assert "from the beginning to 2026-11-20" in words(found)
    for first, said in (
        ("22.11.2026", "22.11.2026"),
        ("2026-11-21", "The span begins on 2026-11-21 and ends before it"),
    ):
        asked = len(officer.asked)
        type_into(found, "First day (UTC)", first)
        click(found, "Show")
        await settled(window)
        assert said in words(found)
        assert len(officer.asked) == asked
        assert not enabled(found, "Save as CSV…")
        assert not found.table.isVisibleTo(found)
    type_into(found, "First day (UTC)", "2026-11-20")
    QTest.keyClick(named(found, "First day (UTC)"), Qt.Key.Key_Return)
    await settled(window)
    assert enabled(found, "Save as CSV…")


async def test_the_statement_of_suspense_lists_breaks_as_lines_that_moved_nothing(
    window: OfficerWindow, officer: world.OfficerDouble
) -> None:
    await opened(window)
    found = await stated(window, "Northgate Trust, book suspense: USDC")
    debt = "Meridian Capital, book main · no unit moved | 20,000,000.000000 USDC | 0.000000 USDC"
    assert [each.split(" | ", 1)[1] for each in rows(found)] == [
        f"break opened · {debt} · owed 20,000,000.000000 USDC",
        f"break closed · {debt} · owed 0.000000 USDC",
    ]
    assert "entry 24" in rows(found)[0]
    told = words(found)
    for part in ("no unit moves for it", "Owed at the opening", "Owed at the close", "settlement.failed"):
        assert part in told
    named(found, "Lines of the statement", LineTable).selectRow(1)
    await settled(window)
    assert "entry 24" in words(found)  # since when it was owed
    found.reject()
    await no_dialog(window)
    other = await stated(window, "Northgate Trust, book suspense: BTC")
    assert "Nothing happened to this account" in words(other)
    assert not other.table.isVisibleTo(other)


async def test_it_is_saved_as_csv_and_a_full_stick_is_said(window: OfficerWindow, officer: world.OfficerDouble) -> None:
    await opened(window)
    found = await stated(window, "Northgate Trust, book suspense: USDC")
    drives = window.context.instruments.drives
    found.save_to(Path("/media/stick/suspense.csv"))
    await settled(window)
    assert "Written: /media/stick/suspense.csv" in words(found)
    data = drives.kept[Path("/media/stick/suspense.csv")]  # type: ignore[attr-defined]
    told = list(csv.DictReader(io.StringIO(data.decode(), newline="")))
    assert [each["cause"] for each in told] == ["opening", "break opened", "break closed", "closing"]
    drives.error = Unavailable("couriers.drive-not-mounted", drive="stick")  # type: ignore[attr-defined]
    found.save_to(Path("/media/stick/again.csv"))
    await settled(window)
    assert "Written" not in words(found)
    assert enabled(found, "Save as CSV…")


async def test_a_long_replay_shows_progress_and_can_be_left(
    window: OfficerWindow, officer: world.OfficerDouble
) -> None:
    officer.gate = Event()
    await opened(window)
    click(window, "Statement of Northgate Trust, book suspense: USDC")
    found = await dialog(window)
    assert isinstance(found, StatementDialog)
    while ("statement", SUSPENSE, Span(TODAY - 30, TODAY)) not in officer.asked:
        await sleep(0)
    assert "Replaying the log" in words(found)
    assert not enabled(found, "Show")
    key(found, "Ctrl+.")
    await settled(window)
    assert "Stopped. Nothing is shown." in words(found)
    assert enabled(found, "Show")
    officer.gate.set()
    click(found, "Show")
    await settled(window)
    assert len(rows(found)) == 2


async def test_a_real_failure_stands_on_the_custodians_page_and_in_the_ledger_until_it_is_delivered(
    tmp_path: Path, instruments: Instruments
) -> None:
    table = Table.at(tmp_path)
    await table.until("step-found")
    contract = await stage.agreed(table)
    cycle = await stage.instructed(table, contract)
    await stage.signed_by_both(table, cycle)
    operations = table.author("operations")
    release = await releasing.make_release(table.desk, cycle, operations, "compliance")
    await releasing.check_release(table.desk, release, table.author("compliance"))
    refusing = desk_over(table, ethereum=Refusing(table.stage.ethereum, "chains.ethereum-refused"))
    await stage.refusal(lambda: releasing.broadcast(refusing, cycle, operations))
    await releasing.observe(table.desk, cycle, operations)
    _, safe = stage.live(table, cycle)
    await mending.record_failure(table.desk, operations, safe.hash, "The node refused it.")

    window = open_officer(
        table.officer, BannerFacts(Mode.ONLINE), replace(instruments, now=lambda: table.stage.clock.seconds)
    )
    window.show()
    await opened(window)
    told = seen(window)
    [owed] = table.desk.state.breaks[cycle]
    assert "to Meridian Capital, book main" in told
    assert f"· entry {owed.opened}" in told
    assert told.count("adds up") == len(table.desk.state.ledger.sums())
    found = await stated(window, "Northgate Trust, book suspense: USDC")
    assert [each.split(" | ")[1] for each in rows(found)] == [
        "break opened · Meridian Capital, book main · no unit moved"
    ]
    found.reject()
    await no_dialog(window)
    assert f"open break, since entry {owed.opened}" in "\n".join(ledger_lines(await table.officer.accounts()))

    await mending.retry(table.desk, cycle, operations, "Sent again.")
    await releasing.observe(table.desk, cycle, operations)
    for party in ("meridian", "harbour"):
        await releasing.confirm_delivery(table.desk, contract, table.author(party))
    await releasing.make_final(table.desk, cycle)
    await window.refresh()
    await settled(window)
    assert "Nothing: no break is open." in seen(window)
    found = await stated(window, "Northgate Trust, book suspense: USDC")
    assert [each.split(" | ")[1].split(" ·")[0] for each in rows(found)] == ["break opened", "break closed"]
    assert "open break" not in "\n".join(ledger_lines(await table.officer.accounts()))
    span = Span(0, table.stage.clock.seconds // times.DAY)
    lines = "\n".join(statement_lines(await table.officer.statement(owed.account, span, silent)))
    assert f"which it did since entry {owed.opened}" in lines
    found.reject()
    await no_dialog(window)
    window.close()
    table.stage.holds.close()
