"""Loans to the custodian's pool on Participants: what is out and owed, and an operations officer recalls one."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QListWidget

from countersign.demonstration import cast
from countersign.desk import lending
from countersign.errors import Refused, Unavailable
from countersign.settlement.roster import Party
from countersign.ui.application import BannerFacts, Instruments, Mode, OfficerWindow, open_officer
from countersign.ui.presenters import loans
from countersign.ui.views.line_table import LineTable
from support import operations_world as world
from support.software_stage import Table
from support.window_hands import another_dialog, click, dialog, enabled, key, named, seen, settled, type_into, words
from support.window_world import PIN, OfficerDouble

REASON = "Why (it is logged)"


async def opened(window: OfficerWindow, officer: OfficerDouble, *, may: bool = True) -> None:
    officer.operating.may = may
    await window.refresh()
    await settled(window)
    window.open_screen("participants")
    table = named(window, "Participants", LineTable)
    table.setFocus()
    for _ in range(2):
        QTest.keyClick(table, Qt.Key.Key_Down)  # Meridian Capital, below the custodian and Harbour Prime
    seen(window)  # whose cards are laid out


async def test_every_loan_is_shown_and_who_lacks_the_role_sees_why_not(
    window: OfficerWindow, officer: OfficerDouble
) -> None:
    await opened(window, officer, may=False)
    told = seen(window)
    for expected in (
        "Loans to the custodian's pool",
        "meridian-loan-7, book main, 1.25 % a year (actual/360)",
        "5.00000000 BTC",
        "0.00034722 BTC",
        "2026-11-21",
        "meridian-loan-2, book main, 1.25 % a year (actual/360)",
    ):
        assert expected in told
    assert not enabled(window, "Recall a loan…")
    assert "You do not hold the role of operations" in named(window, "Recall a loan…").toolTip()


async def test_a_participant_without_loans_has_no_card(window: OfficerWindow, officer: OfficerDouble) -> None:
    officer.operating.lent = ()
    await opened(window, officer)
    assert "Loans to the custodian's pool" not in seen(window)


async def test_where_nothing_can_be_recalled_the_reason_is_said(window: OfficerWindow, officer: OfficerDouble) -> None:
    stopped = Refused("settlement.frozen-account", lei=world.MERIDIAN, book="lending-pool", order="HC-1", asset="BTC")
    officer.operating.lent = tuple(replace(each, objection=stopped) for each in world.lent())
    await opened(window, officer)
    assert not enabled(window, "Recall a loan…")
    assert "HC-1" in named(window, "Recall a loan…").toolTip()
    assert loans.hindrance(world.lent()[1:]).startswith("No loan of this participant can be recalled")


async def test_a_recall_says_what_it_does_wants_a_reason_and_is_logged_with_the_pin(
    window: OfficerWindow, officer: OfficerDouble
) -> None:
    await opened(window, officer)
    key(window, "Ctrl+L")
    asked = await dialog(window)
    assert named(asked, "Which loan", QListWidget).count() == 1
    told = words(asked)
    assert "5.00000000 BTC leave the pool and are available again in book main." in told
    assert "The pool pays its interest, 0.00034722 BTC by 2026-11-21 and what accrued since, all or nothing" in told
    assert not enabled(asked, "Recall it")
    type_into(asked, REASON, "Needed for a settlement.")
    officer.error = Unavailable("signers.locked", token="signing-a")
    click(asked, "Recall it")
    pin = await another_dialog(window, asked)
    type_into(pin, "The PIN of the token", PIN)
    click(pin, "Unlock")
    await settled(window)
    assert ("recall", "meridian-loan-7", "Needed for a settlement.") in officer.asked
    assert "meridian-loan-7 is recalled, and its interest is paid." in seen(window)
    assert not enabled(window, "Recall a loan…")


async def test_what_the_pool_cannot_pay_stays_owed_and_is_said(window: OfficerWindow, officer: OfficerDouble) -> None:
    officer.operating.left = world.btc(34_722)
    await opened(window, officer)
    click(window, "Recall a loan…")
    asked = await dialog(window)
    type_into(asked, REASON, "Needed.")
    click(asked, "Recall it")
    await settled(window)
    assert "The pool could not pay the 0.00034722 BTC that it owes" in seen(window)


async def test_a_refused_recall_keeps_the_reason_for_the_next_time(
    window: OfficerWindow, officer: OfficerDouble
) -> None:
    await opened(window, officer)
    click(window, "Recall a loan…")
    asked = await dialog(window)
    type_into(asked, REASON, "Needed.")
    officer.error = Refused("settlement.loan-over", loan="meridian-loan-7", claim="0")
    click(asked, "Recall it")
    problem = await another_dialog(window, asked)
    assert "meridian-loan-7" in words(problem)
    problem.reject()
    await settled(window)
    seen(window)
    click(window, "Recall a loan…")
    again = await another_dialog(window, problem)
    assert enabled(again, "Recall it")
    again.reject()
    await settled(window)


def test_what_comes_home_frozen_is_said_to_be() -> None:
    told = loans.consequence(replace(world.lent()[0], frozen=True))
    assert "where an order keeps them frozen" in told[0]


async def test_an_operations_officer_recalls_a_real_loan(tmp_path: Path, instruments: Instruments) -> None:
    table = Table.at(tmp_path)
    await table.until("step-found")
    body = lending.terms_of(table.desk.state, "loan-1", Party(cast.MERIDIAN, "main"), cast.BTC, 1_000_000_000)
    await lending.authorise(table.desk, table.author("meridian"), table.author("compliance"), body)
    console = await table.stage.console("operations", table.story.people["operations"])
    window = open_officer(console, BannerFacts(Mode.ONLINE), instruments)
    window.show()
    await window.refresh()
    await settled(window)
    window.open_screen("participants")
    type_into(window, "Search participants", cast.SELLER.name)
    assert "loan-1, book main" in seen(window)
    click(window, "Recall a loan…")
    asked = await dialog(window)
    type_into(asked, REASON, "Needed.")
    click(asked, "Recall it")
    await settled(window)
    assert table.desk.state.loans["loan-1"].principal == 0
    assert "loan-1 is recalled" in seen(window)
    window.close()
    table.stage.holds.close()
