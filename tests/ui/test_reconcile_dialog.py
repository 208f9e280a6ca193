"""Reconciling from the window: what is compared, every break with its cause in words, and the report recorded in the log."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QDialog

from countersign.desk.breaks import Cause
from countersign.errors import Refused, Unavailable
from countersign.ui.application import BannerFacts, Instruments, Mode, OfficerWindow, open_officer
from countersign.ui.presenters import operations
from countersign.ui.views.line_table import LineTable
from support import operations_world as world
from support.software_stage import Table
from support.window_hands import another_dialog, click, dialog, enabled, key, named, settled, type_into, words
from support.window_world import PIN, REGTEST, OfficerDouble


async def opened(window: OfficerWindow, officer: OfficerDouble) -> QDialog:
    officer.operating.may = True
    await window.refresh()
    await settled(window)
    window.open_screen("participants")
    key(window, "Ctrl+R")
    return await dialog(window)


async def compared(window: OfficerWindow, officer: OfficerDouble) -> QDialog:
    found = await opened(window, officer)
    click(found, "Compare")
    await settled(window)
    return found


def rows(found: QDialog) -> list[str]:
    model = named(found, "Breaks", LineTable).model()
    return [" | ".join(str(model.index(at, to).data()) for to in range(5)) for at in range(model.rowCount())]


async def test_who_does_not_hold_the_role_sees_why_not(window: OfficerWindow, officer: OfficerDouble) -> None:
    await window.refresh()
    window.open_screen("participants")
    assert not enabled(window, "Reconcile…")
    assert "You do not hold the role of operations" in window.participants.reconcile.toolTip()
    officer.operating.may = True
    await window.refresh()
    assert enabled(window, "Reconcile…")
    assert "Compare the ledger with the chains" in window.participants.reconcile.toolTip()


async def test_where_nothing_is_broken_it_says_so_with_the_sums(window: OfficerWindow, officer: OfficerDouble) -> None:
    found = await opened(window, officer)
    assert not enabled(found, "Record in the log")
    click(found, "Compare")
    await settled(window)
    assert ("reconcile", None) in officer.asked
    told = words(found)
    assert "2 accounts compared with their chains, at 26 entries of the log." in told
    assert "Nothing is broken: both sides agree to the last unit." in told
    assert "BTC: ledger 268.34617890 BTC, chain 268.34617890 BTC: equal" in told
    assert not found.table.isVisibleTo(found)  # type: ignore[attr-defined]


async def test_every_break_is_a_row_and_the_chosen_one_is_explained(
    window: OfficerWindow, officer: OfficerDouble
) -> None:
    officer.operating.found = world.broken()
    found = await compared(window, officer)
    assert "Breaks: 2. Lasting: 1. Going by themselves: 1." in words(found)
    assert rows(found) == [
        "missing here | meridian-btc · Meridian Capital, book main | 0.00000000 BTC | 0.07000000 BTC | +0.07000000 BTC",
        "network fee | meridian-btc · Meridian Capital, book main | 0.00001410 BTC | 0.00000000 BTC | −0.00001410 BTC",
    ]
    assert "The vault meridian-btc holds a coin that nobody credited." in words(found)
    assert "credit the deposit" in words(found)
    assert "abab abab" in words(found)
    named(found, "Breaks", LineTable).selectRow(1)
    await settled(window)
    assert "the ledger charges it when the settlement is final" in words(found)
    assert "chain 268.41616480 BTC: +0.06998590 BTC" in words(found)


async def test_what_only_waits_is_not_called_broken(window: OfficerWindow, officer: OfficerDouble) -> None:
    officer.operating.found = world.broken(Cause.UNCONFIRMED, Cause.FEE)
    found = await compared(window, officer)
    assert "Differences that wait for confirmations and go by themselves: 2." in words(found)


async def test_a_trade_file_is_compared_instead(window: OfficerWindow, officer: OfficerDouble) -> None:
    officer.operating.found = world.of_trades()
    found = await opened(window, officer)
    click(found, "a participant's own trade file")
    assert not enabled(found, "Compare")
    type_into(found, "The trade file", "trades.csv")
    click(found, "Compare")
    await settled(window)
    assert ("reconcile", Path("trades.csv")) in officer.asked
    assert "4 trades of Meridian Capital compared with the log" in words(found)
    first, second = rows(found)
    assert first.startswith("missing there | MER-HAR-2026-11-22-0001 deliver · Meridian Capital, book main | ")
    assert first.endswith(" | 250.00000000 BTC | nothing | −250.00000000 BTC")
    assert second.endswith("MER-HAR-2026-11-22-0002 receive · Meridian Capital, book main | held | agreed | ")


async def test_a_console_without_a_node_says_which_chain_it_cannot_see(
    window: OfficerWindow, officer: OfficerDouble
) -> None:
    officer.operating.unfollowed = (REGTEST,)
    found = await opened(window, officer)
    assert "This console has no node that follows Bitcoin regtest" in words(found)
    assert not enabled(found, "every vault on its chain, by this console's own nodes")
    assert not enabled(found, "Compare")
    type_into(found, "The trade file", "trades.csv")
    assert enabled(found, "Compare")


async def test_what_was_shown_is_recorded_once_and_the_screens_are_made_anew(
    window: OfficerWindow, officer: OfficerDouble
) -> None:
    found = await compared(window, officer)
    officer.error = Unavailable("signers.locked", token="signing-a")
    click(found, "Record in the log")
    asked = await another_dialog(window, found)
    type_into(asked, "The PIN of the token", PIN)
    click(asked, "Unlock")
    await settled(window)
    assert ("record", officer.operating.found) in officer.asked
    assert ("synchronise",) in officer.asked[officer.asked.index(("record", officer.operating.found)) :]
    assert "Recorded in the log at entry 31" in words(found)
    assert not enabled(found, "Record in the log")


async def test_a_refusal_stands_in_the_dialog_with_what_to_do(window: OfficerWindow, officer: OfficerDouble) -> None:
    found = await compared(window, officer)
    officer.error = Refused("desk.reconciliation-moved", found=1, shown=0)
    click(found, "Record in the log")
    await settled(window)
    assert "The books have changed" in words(found)
    assert "Compare again" in words(found)
    assert enabled(found, "Compare")


@pytest.mark.parametrize("cause", list(Cause))
def test_every_cause_has_its_chip(cause: Cause) -> None:
    (line,) = (operations.line(each) for each in world.broken(cause).breaks)
    assert line.chip[2]
    assert line.happened != line.next


async def test_an_operations_officer_reconciles_with_real_nodes_and_the_desk_signs_beside(
    tmp_path: Path, instruments: Instruments
) -> None:
    table = Table.at(tmp_path)
    await table.until("step-found")
    console = await table.stage.console("operations", table.story.people["operations"])
    window = open_officer(console, BannerFacts(Mode.ONLINE), instruments)
    window.show()
    await window.refresh()
    await settled(window)
    window.open_screen("participants")
    key(window, "Ctrl+R")
    found = await dialog(window)
    click(found, "Compare")
    await settled(window)
    assert "Nothing is broken" in words(found)
    click(found, "Record in the log")
    await settled(window)
    assert table.desk.state.reconciled is not None
    assert f"entry {table.desk.state.size - 1:,}" in words(found)
    window.close()
    table.stage.holds.close()
