"""Settings: what is in force in sentences; every change ends in a proposal, signed, handed on, logged or withdrawn."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QListWidget, QRadioButton

from countersign.errors import Unavailable
from countersign.ui.application import BannerFacts, Instruments, Mode, OfficerWindow, open_officer
from countersign.ui.presenters.instruments import Part
from countersign.ui.theme.dress import dress, wear, worn
from countersign.ui.theme.palette import DARK, LIGHT
from countersign.ui.views.line_table import LineTable
from support import window_world as world
from support.window_hands import click, dialog, enabled, key, named, seen, settled, type_into, words


async def opened(window: OfficerWindow) -> LineTable:
    await window.refresh()
    await settled(window)
    window.open_screen("settings")
    return named(window, "Proposals", LineTable)


def spoken(table: LineTable, row: int) -> str:
    return str(table.model().index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole))


def choose(table: LineTable, row: int) -> None:
    table.setFocus()
    table.selectRow(row)


async def test_a_proposal_says_what_it_changes_and_who_is_missing(window: OfficerWindow) -> None:
    table = await opened(window)
    told = seen(window)
    for expected in (
        "Harbour Prime (5493001KJTIIGC8Y1R12) is suspended: it enters no new contract.",
        "1 of 2 signatures",
        "Dora Finch",
        "Amara Okafor, Conrad Lake",
        f"Proposal: {world.hashed('suspension')}",
        "Act by 2026-11-29 13:30 UTC (in 6 d 23 h): The proposal ends then.",
        "Have it signed and logged before, or draft it again.",
    ):
        assert expected in told
    assert "By 2026-11-29 13:30 · in 6 d 23 h" in spoken(table, 0)
    assert "By " not in spoken(table, 2), "what cannot go on waits for nobody"
    choose(table, 1)
    assert "instead of: A contract is worth at least 100,000 USD; there is no maximum." in seen(window)
    assert "Settings, 1 waiting" in seen(window)


async def test_a_proposal_has_no_more_time_than_the_last_entry_leaves(
    window: OfficerWindow, officer: world.OfficerDouble
) -> None:
    officer.governing.open = tuple(replace(each, newest=world.NOW + 601_140) for each in officer.governing.open)
    table = await opened(window)
    assert "By 2026-11-29 13:30 · in 1 min" in spoken(table, 0)
    assert "(in 1 min): The proposal ends then." in seen(window)


async def test_only_what_can_be_done_is_offered(window: OfficerWindow) -> None:
    table = await opened(window)
    offered = ("Sign the proposal", "Have it logged", "Hand it on…", "Withdraw…")
    for row, expected in ((0, "1011"), (1, "0111"), (2, "0011")):
        choose(table, row)
        assert "".join("01"[enabled(window, each)] for each in offered) == expected, row
    assert "cannot go on" in seen(window)
    assert "drafted 217 hours ago" in seen(window)


async def test_signing_asks_for_the_pin_of_a_locked_token_and_goes_on(
    window: OfficerWindow, officer: world.OfficerDouble
) -> None:
    await opened(window)
    officer.error = Unavailable("signers.locked", token="signing-a")
    key(window, "Ctrl+S")
    asked = await dialog(window)
    type_into(asked, "The PIN of the token", world.PIN)
    click(asked, "Unlock")
    await settled(window)
    assert ("sign proposal", world.hashed("suspension")) in officer.asked
    assert "Signed." in seen(window)
    assert "ready to log" in seen(window)


async def test_a_complete_one_is_logged_and_everything_is_read_anew(
    window: OfficerWindow, officer: world.OfficerDouble
) -> None:
    table = await opened(window)
    choose(table, 1)
    key(window, "Ctrl+L")
    await settled(window)
    asked = officer.asked[officer.asked.index(("append", world.hashed("policy"))) :]
    assert ("synchronise",) in asked
    assert "Logged. It counts from entry 31 on." in seen(window)
    assert table.model().rowCount() == 2


async def test_withdrawing_is_asked_for_and_can_be_left(window: OfficerWindow, officer: world.OfficerDouble) -> None:
    table = await opened(window)
    click(window, "Withdraw…")
    asked = await dialog(window)
    assert "forgotten here" in words(asked)
    click(asked, "Cancel")
    await settled(window)
    assert table.model().rowCount() == 3
    click(window, "Withdraw…")
    click(await dialog(window), "Withdraw it")
    await settled(window)
    assert ("withdraw", world.hashed("suspension")) in officer.asked
    assert table.model().rowCount() == 2


async def test_a_proposal_is_handed_on_as_a_file(
    window: OfficerWindow, officer: world.OfficerDouble, instruments: Instruments
) -> None:
    await opened(window)
    window.settings.proposals.keeping.emit(world.hashed("suspension"), Path("/media/a.proposal"))
    await settled(window)
    assert instruments.drives.kept == {Path("/media/a.proposal"): b"a proposal"}  # type: ignore[attr-defined]
    assert "Written: /media/a.proposal" in seen(window)


async def test_a_dropped_file_becomes_a_proposal(window: OfficerWindow, officer: world.OfficerDouble) -> None:
    await opened(window)
    window.settings.proposals.files.emit([Path("/media/new.json")])
    await settled(window)
    assert ("take change", Path("/media/new.json")) in officer.asked
    assert "Taken in. Read what it does before you sign it." in seen(window)


@pytest.mark.parametrize(
    ("what", "row", "text", "expected"),
    [
        ("Suspend a participant", 0, None, ("suspend", "5299000J2N45DDNE4Y28", True)),
        ("Reinstate a participant", 0, None, ("suspend", "5493001KJTIIGC8Y1R12", False)),
        ("Certify a participant until another day", 0, "2031-06-30", ("certify", "5493001KJTIIGC8Y1R12", "2031-06-30")),
        ("Withdraw a lost key", 1, None, ("withdraw key", world.hashed("signing-a")[:43])),
        ("Change one number of the policy", 1, "5000000", ("number", "caps.day_usd", "5000000")),
    ],
)
async def test_a_small_form_ends_in_a_proposal(
    window: OfficerWindow,
    officer: world.OfficerDouble,
    what: str,
    row: int,
    text: str | None,
    expected: tuple[object, ...],
) -> None:
    await opened(window)
    key(window, "Ctrl+P")
    asked = await dialog(window)
    option = named(asked, what, QRadioButton)
    option.click()
    named(asked, "Which one", QListWidget).setCurrentRow(row)
    if text is not None:
        assert not enabled(asked, "Propose")
        type_into(asked, "New value", text)
    click(asked, "Propose")
    await settled(window)
    assert expected in officer.asked
    assert "Proposed." in seen(window)
    assert window.settings.proposals.table.picked == world.hashed("a new one")


async def test_nothing_to_choose_is_nothing_to_propose(window: OfficerWindow, officer: world.OfficerDouble) -> None:
    officer.governing.numbers = lambda: ()  # type: ignore[method-assign]
    await opened(window)
    key(window, "Ctrl+P")
    asked = await dialog(window)
    named(asked, "Change one number of the policy", QRadioButton).click()
    assert not enabled(asked, "Propose")
    click(asked, "Cancel")
    await settled(window)


async def test_the_policy_is_told_in_sentences(window: OfficerWindow) -> None:
    await opened(window)
    key(window, "Alt+2")
    told = seen(window)
    assert "Version 3, adopted by entry 4" in told
    assert "A contract is worth at least 100,000 USD; there is no maximum." in told
    assert "Nothing may be lent." in told


async def test_the_roster_names_people_keys_tokens_vaults_assets_and_ceremonies(window: OfficerWindow) -> None:
    await opened(window)
    key(window, "Alt+3")
    told = seen(window)
    for expected in (
        "2 of 2 sign changes: Amara Okafor, Dora Finch",
        "Amara Okafor (officer-a): signing officer, administrator",
        "Bitcoin vaults: bip122, on token signing-a (SoftHSM v2, 7c1e1b6a2f90d3c4)",
        f"Withdrawn key: {world.hashed('lost')[:43]}",
        "too few keys",
        world.USDC,
        "founding · with Amara Okafor, Dora Finch · entry 0",
    ):
        assert expected in told


async def test_the_theme_is_chosen_worn_and_remembered(
    window: OfficerWindow, instruments: Instruments, qapp: QApplication
) -> None:
    await opened(window)
    key(window, "Alt+4")
    assert named(window, "As the system", QRadioButton).isChecked()
    try:
        named(window, "Dark", QRadioButton).click()
        assert worn() is DARK
        assert instruments.preferences.get("theme", "") == "dark"
        qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Light)
        assert worn() is DARK
        again = open_officer(world.OfficerDouble(), BannerFacts(Mode.ONLINE), instruments)
        assert again.settings.console.options["dark"].isChecked()
        again.close()
    finally:
        wear("system")
        dress(qapp, LIGHT)


async def test_the_token_and_what_the_program_is_made_of(
    officer: world.OfficerDouble, instruments: Instruments, qapp: QApplication
) -> None:
    made = replace(instruments, parts=(Part("countersign", "0.1.0", "Apache-2.0"), Part("qasync", "0.28.0", "BSD")))
    window = open_officer(officer, BannerFacts(Mode.ONLINE), made)
    window.show()
    try:
        await opened(window)
        window.settings.open_part("console")
        told = seen(window)
        assert "7c1e1b6a2f90d3c4" in told
        assert "Identity: identity, on token signing-a" in told
        assert "countersign | 0.1.0 | Apache-2.0" in told
    finally:
        window.close()


async def test_a_broken_console_signs_no_proposal(window: OfficerWindow, officer: world.OfficerDouble) -> None:
    await opened(window)
    officer.error = ZeroDivisionError("bug")
    click(window, "Sign the proposal")
    await settled(window)
    (await dialog(window)).reject()
    assert not enabled(window, "Sign the proposal")


async def test_this_console_shows_the_twelve_words_of_the_desk_that_it_trusts(window: OfficerWindow) -> None:
    await opened(window)
    click(window, "This console")
    told = seen(window)
    assert "northgate.example/desk, of Northgate Trust" in told
    assert world.WORDS in told
