"""Importing from the window: what each item is before anything is filed, then what became of each; stopping undoes nothing."""

import asyncio
from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QDialog

from countersign.desk import deals
from countersign.desk.batch import Outcome
from countersign.desk.operations_views import BatchView
from countersign.errors import Unavailable
from countersign.ui.application import BannerFacts, Instruments, Mode, OfficerWindow, open_officer
from countersign.ui.presenters import batch
from countersign.ui.views.line_table import LineTable
from support import operations_world as world
from support.software_stage import Table
from support.window_hands import another_dialog, click, dialog, enabled, key, named, settled, type_into, words
from support.window_world import PIN, OfficerDouble

SALE = "250 BTC ⇄ 20,000,000 USDC · Meridian Capital and Harbour Prime"


async def opened(window: OfficerWindow, officer: OfficerDouble) -> QDialog:
    officer.operating.may = True
    await window.refresh()
    await settled(window)
    window.open_screen("desk")
    key(window, "Ctrl+I")
    return await dialog(window)


async def checked(window: OfficerWindow, officer: OfficerDouble, place: Path) -> QDialog:
    found = await opened(window, officer)
    type_into(found, "A file or a folder", str(place))
    click(found, "Check the batch")
    await settled(window)
    return found


def rows(found: QDialog) -> list[str]:
    model = named(found, "Items of the batch", LineTable).model()
    return [" | ".join(str(model.index(at, to).data()) for to in range(3)) for at in range(model.rowCount())]


def folder(tmp_path: Path) -> Path:
    (tmp_path / "trades.jsonl").write_bytes(b"seven lines")
    return tmp_path


async def test_who_does_not_hold_the_role_sees_why_not(window: OfficerWindow, officer: OfficerDouble) -> None:
    await window.refresh()
    assert not enabled(window, "Import…")
    assert "You do not hold the role of operations" in window.desk.imports.toolTip()
    officer.operating.may = True
    await window.refresh()
    assert enabled(window, "Import…")


async def test_a_preview_names_conflicts_refusals_and_duplicates_first(
    window: OfficerWindow, officer: OfficerDouble, tmp_path: Path
) -> None:
    found = await checked(window, officer, folder(tmp_path))
    assert ("judge batch", {str(tmp_path / "trades.jsonl"): b"seven lines"}) in officer.asked
    assert rows(found) == [
        "conflict | MER-HAR-2026-11-23-0003 v1 · trades.jsonl:5 | " + SALE,
        "refused | MER-HAR-2026-11-23-0004 v1 · trades.jsonl:6 | " + SALE,
        "not readable | what this is cannot be read · trades.jsonl:7 | ",
        "twice | MER-HAR-2026-11-23-0001 v1 · trades.jsonl:4 | " + SALE,
        "joined | MER-HAR-2026-11-23-0002 v1 · trades.jsonl:8 | " + SALE,
        "already here | MER-HAR-2026-11-22-0001 v1 · trades.jsonl:3 | " + SALE,
        "new | MER-HAR-2026-11-23-0001 v1 · trades.jsonl:1 | " + SALE,
        "new | MER-HAR-2026-11-23-0002 v1 · trades.jsonl:2 | " + SALE,
    ]
    counts = "1 in conflict, 1 refused, 1 not readable, 1 twice in the batch, 1 joined, 1 already here, 2 new"
    assert f"Items: 10 ({counts}, 2 passed over)." in words(found)
    assert "Passed over, neither contracts nor events: 1 PSBT, 1 unknown." in words(found)
    assert "trades.jsonl:5 and x.json give different terms for MER-HAR-2026-11-23-0003 v1." in words(found)
    assert "Neither is filed." in words(found)
    assert not any(isinstance(each, tuple) and each[0] == "file batch" for each in officer.asked)


async def test_what_is_new_is_filed_and_the_result_stands_beside_each(
    window: OfficerWindow, officer: OfficerDouble, tmp_path: Path
) -> None:
    found = await checked(window, officer, folder(tmp_path))
    click(found, "File 2 items")
    await settled(window)
    assert [each.split(" | ")[0] for each in rows(found)].count("filed") == 2
    assert "2 filed" in words(found)
    assert not enabled(found, "Nothing to file")
    named(found, "Items of the batch", LineTable).selectRow(7)
    await settled(window)
    assert "Filed: it is entry 32 of the log." in words(found)
    asked = [each for each in officer.asked if isinstance(each, tuple)]
    at = next(at for at, each in enumerate(asked) if each[0] == "file batch")
    assert ("synchronise",) in asked[at:]


async def test_a_locked_token_asks_for_the_pin_and_goes_on(
    window: OfficerWindow, officer: OfficerDouble, tmp_path: Path
) -> None:
    found = await checked(window, officer, folder(tmp_path))
    officer.error = Unavailable("signers.locked", token="signing-a")
    click(found, "File 2 items")
    asked = await another_dialog(window, found)
    type_into(asked, "The PIN of the token", PIN)
    click(asked, "Unlock")
    await settled(window)
    assert "2 filed" in words(found)


async def test_stopping_leaves_what_was_filed_and_asks_for_a_new_look(
    window: OfficerWindow, officer: OfficerDouble, tmp_path: Path
) -> None:
    found = await checked(window, officer, folder(tmp_path))
    officer.operating.gate = asyncio.Event()
    click(found, "File 2 items")
    while not any(isinstance(each, tuple) and each[0] == "file batch" for each in officer.asked):
        await asyncio.sleep(0)
    click(found, "Cancel")
    await settled(window)
    assert "Stopped. What was filed stays in the log" in words(found)
    assert not enabled(found, "Nothing to file")
    assert enabled(found, "Check the batch")


async def test_a_place_that_cannot_be_read_is_named_in_the_dialog(
    window: OfficerWindow, officer: OfficerDouble, tmp_path: Path
) -> None:
    found = await opened(window, officer)
    assert not enabled(found, "Check the batch")
    type_into(found, "A file or a folder", str(tmp_path / "nothing"))
    click(found, "Check the batch")
    await settled(window)
    assert "cannot be read" in words(found)
    assert "Give the path of a file that you can read." in words(found)
    (tmp_path / "link").symlink_to(tmp_path / "nothing")
    type_into(found, "A file or a folder", str(tmp_path))
    click(found, "Check the batch")
    await settled(window)
    assert "is not a regular file" in words(found)


async def test_an_empty_folder_holds_nothing(window: OfficerWindow, officer: OfficerDouble, tmp_path: Path) -> None:
    officer.operating.batch = BatchView({}, ())
    found = await checked(window, officer, tmp_path)
    assert "There is nothing in it." in words(found)


def test_what_was_passed_over_is_said_only_where_something_was() -> None:
    view = world.batch()
    less = replace(view, items=view.items[:2])
    assert (batch.passed(less), batch.headline(less)[2]) == ("", "Items: 2 (2 new).")
    assert {batch.key(each.item) for each in world.filed(view).items} >= {"filed", "conflict"}
    assert {each.item.outcome for each in view.items} == set(Outcome)


async def test_an_operations_officer_files_a_real_batch(tmp_path: Path, instruments: Instruments) -> None:
    table = Table.at(tmp_path / "stage")
    await table.until("step-found")
    trades = tmp_path / "trades"
    trades.mkdir()
    for number in (1, 2):
        terms = deals.spot_terms(table.desk.state.desk, table.story.sale(f"MH-2026-{number:04d}"))
        signers = [table.author(each) for each in ("meridian", "harbour")]
        (trades / f"{number}.json").write_bytes(await deals.sign_contract(terms, signers))
    (trades / "3.json").write_bytes((trades / "1.json").read_bytes())
    console = await table.stage.console("operations", table.story.people["operations"])
    window = open_officer(console, BannerFacts(Mode.ONLINE), instruments)
    window.show()
    await window.refresh()
    await settled(window)
    key(window, "Ctrl+I")
    found = await dialog(window)
    type_into(found, "A file or a folder", str(trades))
    click(found, "Check the batch")
    await settled(window)
    assert [each.split(" | ")[0] for each in rows(found)] == ["twice", "new", "new"]
    click(found, "File 2 contracts")
    await settled(window)
    assert [each.split(" | ")[0] for each in rows(found)] == ["twice", "filed", "filed"]
    assert len(table.desk.state.contracts) == 2
    assert len(window.desk.view.rows) == 2
    window.close()
    table.stage.holds.close()
