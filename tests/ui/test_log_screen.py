"""Log: head and witnesses, search, a proof drawn, everything verified with progress, an alarm that cannot be missed."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtWidgets import QTableView

from countersign.desk.views import RefusedView
from countersign.ui.application import OfficerWindow
from support import window_world as world
from support.window_hands import click, key, named, seen, settled, type_into


async def at_log(window: OfficerWindow) -> str:
    await window.refresh()
    await settled(window)
    key(window, "Ctrl+6")
    return seen(window)


async def test_the_head_names_root_and_witnesses(window: OfficerWindow) -> None:
    text = await at_log(window)
    assert f"Root of all entries: {world.hashed('root')}" in text
    assert "26 entries" in text
    assert "witness-one.example (inside this process, demonstration only) cosigned 2026-11-22 14:28:25 UTC" in text


async def test_entries_are_searched_by_every_word(window: OfficerWindow) -> None:
    await at_log(window)
    type_into(window, "Search the entries", "contract.affirmed")
    table = named(window, "Entries of the log", QTableView)
    assert table.model().rowCount() == 2
    assert "2 of 26 entries" in seen(window)


async def test_a_chosen_entry_is_proved_and_drawn(window: OfficerWindow, officer: world.OfficerDouble) -> None:
    await at_log(window)
    named(window, "Entries of the log", QTableView).selectRow(3)
    await settled(window)
    assert ("proof", 22) in officer.asked
    text = seen(window)
    assert "Entry 22 in the log" in text
    assert f"Hash of the event (SHA-256): {world.hashed('payload 22')}" in text
    assert f"leaf: {world.hashed('leaf')}" in text


async def test_a_proof_that_is_shown_chooses_its_entry(window: OfficerWindow) -> None:
    await at_log(window)
    window.log.show_proof(world.proof(4))
    await settled(window)
    assert window.log.chosen == 4
    assert "Entry 4 in the log" in seen(window)


async def test_everything_is_verified_with_progress(window: OfficerWindow, officer: world.OfficerDouble) -> None:
    await at_log(window)
    officer.gate = asyncio.Event()
    click(window, "Verify everything")
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert "Verifying entries 1 of 26" in seen(window)
    officer.gate.set()
    await settled(window)
    assert "Verified: 26 entries rebuilt from their openings" in seen(window)


async def test_verifying_can_be_cancelled(window: OfficerWindow, officer: world.OfficerDouble) -> None:
    await at_log(window)
    officer.gate = asyncio.Event()
    click(window, "Verify everything")
    await asyncio.sleep(0)
    key(window, "Ctrl+.")
    await settled(window)
    assert "Verified:" not in seen(window)
    assert window.log.verify.isEnabled()


async def test_a_rewritten_log_is_an_alarm(window: OfficerWindow) -> None:
    await at_log(window)
    window.log.show_view(world.log_view(alarm="L4.equivocation"))
    assert "ALARM: " in seen(window)


async def test_a_fork_is_an_alarm_with_both_notes_whole_and_to_be_taken_away(window: OfficerWindow) -> None:
    await at_log(window)
    fork = world.fork()
    view = world.log_view(alarm="L4.signing-frozen")
    window.log.show_view(replace(view, alarm_values=(("evidence", fork.evidence),), fork=fork))
    text = seen(window)
    assert f"two different histories (evidence {fork.evidence})" in text
    assert "The log signed two different histories of 26 entries. One of them is a lie." in text
    assert "{" not in text
    for note in (fork.pinned, fork.offered):
        assert note.strip().replace("\n\n", "\n") in text
    assert f"Kept as (SHA-256): {fork.evidence}" in text
    type_into(window, "Folder for both notes", "/media/amara/MERIDIAN-1")
    click(window, "Write both notes")
    await settled(window)
    drives = cast(world.DrivesDouble, window.context.instruments.drives)
    place = Path("/media/amara/MERIDIAN-1")
    assert drives.kept == {place / "pinned.note": fork.pinned.encode(), place / "offered.note": fork.offered.encode()}
    assert "Written and read back: /media/amara/MERIDIAN-1/pinned.note and" in seen(window)


@pytest.mark.parametrize(
    ("kind", "logged", "subject", "words"),
    [
        ("instruction", True, "MH-1", "instruction · MH-1"),
        ("contract", False, "MH-2", "contract, not in the log · MH-2"),
        ("instruction", False, "", "instruction, not in the log"),
    ],
)
async def test_a_refusal_says_what_was_refused(
    window: OfficerWindow, kind: str, logged: bool, subject: str, words: str
) -> None:
    await at_log(window)
    view = world.log_view()
    refused = RefusedView(kind, world.hashed("refused"), logged)
    last = replace(view.entries[-1], kind="instruction.refused", subject=subject, refused=refused)
    window.log.show_view(replace(view, entries=(*view.entries[:-1], last)))
    await settled(window)
    text = seen(window)
    assert f"refusal | Northgate Trust desk | {words}" in text
    window.log.show_proof(world.proof(25))
    assert f"What was refused: bytes with this SHA-256: {refused.sha256}" in seen(window)
    type_into(window, "Search the entries", refused.sha256)
    assert "1 of 26 entries" in seen(window)


async def test_an_entry_that_the_replay_refuses_is_the_desks_fault(window: OfficerWindow) -> None:
    await at_log(window)
    view = world.log_view()
    last = replace(view.entries[-1], fault="settlement.not-held")
    window.log.show_verified(replace(view, entries=(*view.entries[:-1], last)))
    await settled(window)
    text = seen(window)
    assert "1 of them the replay refuses" in text
    assert "The desk's fault: " in text
