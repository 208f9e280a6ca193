"""Participants: who may trade until when, what is open with whom, balances, vaults, destinations whole, keys; found by any word."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from countersign.ui.application import OfficerWindow
from countersign.ui.views.line_table import LineTable
from support import window_world as world
from support.window_hands import click, key, named, seen, settled, type_into


async def opened(window: OfficerWindow) -> LineTable:
    await window.refresh()
    await settled(window)
    click(window, "Participants")
    return named(window, "Participants", LineTable)


def institutions(table: LineTable) -> list[str]:
    model = table.model()
    role = Qt.ItemDataRole.AccessibleTextRole
    return [" | ".join(str(model.index(row, at).data(role)) for at in range(3)) for row in range(model.rowCount())]


async def test_each_says_whether_it_may_trade_and_what_is_open_with_it(window: OfficerWindow) -> None:
    assert institutions(await opened(window)) == [
        "Northgate Trust · 5493000SAXJ78U0B0E42 | custodian | no break open",
        "Harbour Prime · 5493001KJTIIGC8Y1R12 | suspended | 3 open · USD 60,000,000",
        "Meridian Capital · 5299000J2N45DDNE4Y28 | certified | 3 open · USD 60,000,000",
        "Quay Street · 213800QILIUD4ROSUO03 | expired | nothing open",
        "Tidewater Bank · 529900T8BM49AURSDO55 | ends in 10 d | nothing open",
    ]


async def test_what_is_open_with_who_may_trade_no_more_is_said_first(window: OfficerWindow) -> None:
    await opened(window)
    assert "Harbour Prime is suspended and has 3 settlements open, worth USD 60,000,000." in seen(window)


def choose(table: LineTable, down: int) -> None:
    table.setFocus()
    for _ in range(down):
        QTest.keyClick(table, Qt.Key.Key_Down)


async def test_the_chosen_one_is_shown_whole(window: OfficerWindow) -> None:
    choose(await opened(window), 2)
    told = seen(window)
    for words in (
        "May enter new contracts. Certified until 2027-11-22, that day included.",
        "LEI: 5299000J2N45DDNE4Y28",
        "This book holds nothing.",
        "268.34617890 BTC",
        "12.34567890",
        "250.00050000",
        "0.00007000",
        "20,000,000.000000 USDC",
        "meridian-btc: 2 signatures of Amara Okafor, Dora Finch, Bitcoin regtest, book main",
        f"Destination: {world.REGTEST}:{world.HARBOUR}",
        "counts from 2026-11-23 15:30 UTC",
        "Bitcoin regtest · Book main, in the vault meridian-btc",
        "Ethereum test chain 31337 · Book main, outside this custody",
        "Key: dYJ3kq8mT4xPz0cV",
    ):
        assert words in told


async def test_any_word_finds_and_the_chosen_one_stays_chosen(window: OfficerWindow) -> None:
    table = await opened(window)
    choose(table, 2)
    key(window, "Ctrl+F")
    type_into(window, "Search participants", "meridian-btc main")
    assert [each.split(" ·")[0] for each in institutions(table)] == ["Meridian Capital"]
    type_into(window, "Search participants", "expired")
    assert [each.split(" ·")[0] for each in institutions(table)] == ["Quay Street"]
    type_into(window, "Search participants", "custodian suspense")
    assert [each.split(" ·")[0] for each in institutions(table)] == ["Northgate Trust"]
    assert "1 of 5" in seen(window)
    type_into(window, "Search participants", "nobody at all")
    assert "No participant holds these words." in seen(window)
    type_into(window, "Search participants", "")
    await window.refresh()
    assert len(institutions(table)) == 5


async def test_an_open_settlement_is_reviewed_from_here(window: OfficerWindow, officer: world.OfficerDouble) -> None:
    choose(await opened(window), 1)
    seen(window)  # whose cards are laid out
    click(window, "Review MER-HAR-2026-11-22-0001")
    await settled(window)
    assert window.screen_key == "review"
    assert ("review", world.CONTRACT) in officer.asked
