"""History: every settlement found by any word, one told entry by entry, the sums, and a file to take away."""

import csv
import json
from pathlib import Path

import pytest
from PySide6.QtWidgets import QTableView

from countersign.ui.application import OfficerWindow, grab
from countersign.ui.presenters import history
from countersign.ui.widgets.bars import Bars
from support import window_world as world
from support.window_hands import key, named, seen, settled, type_into


async def at_history(window: OfficerWindow) -> str:
    await window.refresh()
    await settled(window)
    key(window, "Ctrl+7")
    return seen(window)


def shown(window: OfficerWindow) -> list[str]:
    model = named(window, "Settlements, the newest first", QTableView).model()
    return [str(model.data(model.index(line, 0))) for line in range(model.rowCount())]


async def test_every_settlement_stands_there_with_its_sides_and_state(window: OfficerWindow) -> None:
    text = await at_history(window)
    assert "6 of 6 settlements" in text
    for part in ("250 BTC ⇄ 20,000,000 USDC", "3 assets ⇄ 20,000,000 USDC", "250 BTC → outside", "outside custody",
                 "partly signed", "disputed", "voided", "Basket", "Withdrawal", "version 2"):  # fmt: skip
        assert part in text, part


@pytest.mark.parametrize(
    ("needle", "count"),
    [("dora", 1), ("2026-11-21", 1), ("basket", 1), ("harbour final", 3), ("cycle-5", 1), ("usdc", 5), ("nobody", 0)],
)
async def test_any_word_finds_it(window: OfficerWindow, needle: str, count: int) -> None:
    await at_history(window)
    type_into(window, "Search the history", needle)
    assert len(shown(window)) == count
    assert f"{count} of 6 settlements" in seen(window)


async def test_a_chosen_settlement_is_told_entry_by_entry(window: OfficerWindow, officer: world.OfficerDouble) -> None:
    await at_history(window)
    named(window, "Settlements, the newest first", QTableView).selectRow(0)
    await settled(window)
    assert ("story", world.CONTRACT) in officer.asked
    text = seen(window)
    parts = ["entry 7", "Olive Penn filed it", "Conrad Lake endorsed it", "at most 0.00050000 BTC", "1 of 2", "entry 15",
             "The desk logged this although the rules refuse it (settlement.share-twice)"]  # fmt: skip
    places = [text.index(part) for part in parts]
    assert places == sorted(places)
    assert world.CONTRACT in text


async def test_a_refresh_keeps_the_settlement_that_is_read(window: OfficerWindow) -> None:
    await at_history(window)
    named(window, "Settlements, the newest first", QTableView).selectRow(0)
    await settled(window)
    await window.refresh()
    await settled(window)
    assert "Olive Penn filed it" in seen(window)
    assert named(window, "Settlements, the newest first", QTableView).currentIndex().row() == 0


async def test_the_sums_are_said_and_drawn(window: OfficerWindow) -> None:
    text = await at_history(window)
    assert "1 h 30 min" in text
    assert "9 transactions instead of 71" in text
    bars = named(window, "Settled by day, in US dollars", Bars)
    assert [size for _, size, _ in bars.bars] == [20_000_000, 143_000_000, 61_000_000, 20_000_000]
    assert "2026-11-18" in bars.accessibleDescription()


async def test_what_is_shown_is_written_as_a_table(window: OfficerWindow) -> None:
    await at_history(window)
    type_into(window, "Search the history", "harbour final")
    drives = window.context.instruments.drives
    for name in ("history.csv", "history.json"):
        window.history.export_to(Path("/media/stick") / name)
        await settled(window)
    kept = {path.name: data for path, data in drives.kept.items()}  # type: ignore[attr-defined]
    rows = list(csv.DictReader(kept["history.csv"].decode().splitlines()))
    assert rows == json.loads(kept["history.json"])
    assert [row["state"] for row in rows] == ["final"] * 3
    assert rows[0]["gives"].startswith("25000000000 bip122:")
    assert "Written to" in seen(window)


def test_a_spreadsheet_finds_no_formula_in_a_name() -> None:
    rows = [world.history_row(1, parties=("=HYPERLINK(1)", "@x"), cycle="+1")]
    [row] = csv.DictReader(history.exported(rows, as_json=False).decode().splitlines())
    assert (row["parties"], row["cycle"]) == ("'=HYPERLINK(1) / @x", "'+1")


async def test_the_screen_can_be_grabbed_in_both_themes(window: OfficerWindow) -> None:
    await at_history(window)
    named(window, "Settlements, the newest first", QTableView).selectRow(0)
    await settled(window)
    assert grab(window, "history", "light") != grab(window, "history", "dark")
