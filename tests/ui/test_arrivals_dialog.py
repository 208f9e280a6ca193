"""Arrivals from the window: what the nodes see and the log has not, logged as it was shown; an old payment by its reference."""

import asyncio
from pathlib import Path

from PySide6.QtWidgets import QDialog

from countersign.demonstration import cast
from countersign.desk import ceremony, deposits
from countersign.desk.arrivals import TakenIn
from countersign.errors import Refused, Unavailable
from countersign.ui.application import BannerFacts, Instruments, Mode, OfficerWindow, open_officer
from countersign.ui.views.line_table import LineTable
from support import operations_world as world
from support.software_stage import Table
from support.window_hands import another_dialog, click, dialog, enabled, key, named, settled, type_into, words
from support.window_world import PIN, OfficerDouble

REFERENCE = "The payment's reference"


async def opened(window: OfficerWindow, officer: OfficerDouble) -> QDialog:
    officer.operating.may = True
    await window.refresh()
    await settled(window)
    window.open_screen("desk")
    key(window, "Ctrl+D")
    found = await dialog(window)
    await settled(window)
    return found


def rows(found: QDialog) -> list[str]:
    model = named(found, "What came in", LineTable).model()
    return [" | ".join(str(model.index(at, to).data()) for to in range(4)) for at in range(model.rowCount())]


async def pick(window: OfficerWindow, found: QDialog, row: int) -> None:
    named(found, "What came in", LineTable).selectRow(row)
    await settled(window)


async def test_who_does_not_hold_the_role_sees_why_not(window: OfficerWindow, officer: OfficerDouble) -> None:
    await window.refresh()
    assert not enabled(window, "Arrivals…")
    assert "You do not hold the role of operations" in window.desk.arrivals.toolTip()
    officer.operating.may = True
    await window.refresh()
    assert enabled(window, "Arrivals…")


async def test_what_can_be_logged_stands_before_what_waits_with_its_confirmations(
    window: OfficerWindow, officer: OfficerDouble
) -> None:
    found = await opened(window, officer)
    assert rows(found) == [
        "can be logged | on its way, cycle-2026-11-22-1600-1 |  | 3 of 12",
        "can be credited | into meridian-btc | 1,250.00000000 BTC | 6 of 6",
        "waits for its chain | into meridian-btc | 0.50000000 BTC | 2 of 6",
        "not explained | into harbour-safe | 2,500,000.000000 USDC | ",
    ]
    assert "Can be logged now: 2. Waiting for confirmations: 1. Beyond the books: 1." in words(found)
    await pick(window, found, 2)
    assert "with 2 of the 6 confirmations that the policy asks for" in words(found)
    assert "eeee eeee" in words(found)
    assert not any(isinstance(each, tuple) and each[0] == "take in" for each in officer.asked)


async def test_what_was_shown_is_logged_after_the_pin_and_the_screens_follow(
    window: OfficerWindow, officer: OfficerDouble
) -> None:
    found = await opened(window, officer)
    officer.error = Unavailable("signers.locked", token="signing-a")
    click(found, "Log these 2")
    asked = await another_dialog(window, found)
    type_into(asked, "The PIN of the token", PIN)
    click(asked, "Unlock")
    await settled(window)
    assert ("take in", frozenset({"news", "coin"})) in officer.asked
    assert ("synchronise",) in officer.asked[officer.asked.index(("take in", frozenset({"news", "coin"}))) :]
    assert "Logged: 2. Refused or not to be had: 0." in words(found)
    assert [each.split(" | ")[0] for each in rows(found)] == ["logged"] * 2 + ["waits for its chain", "not explained"]
    assert not enabled(found, "Nothing to log")
    await pick(window, found, 1)
    assert "It is entry 32 of the log." in words(found)


async def test_what_was_refused_stands_by_name_beside_what_was_logged(
    window: OfficerWindow, officer: OfficerDouble
) -> None:
    officer.operating.refused = [Refused("desk.deposit-not-seen", reference=world.OUTPOINT, vault="meridian-btc")]
    found = await opened(window, officer)
    click(found, "Log these 2")
    await settled(window)
    assert "Logged: 1. Refused or not to be had: 1." in words(found)
    assert rows(found)[1].startswith("refused | meridian-btc")
    await pick(window, found, 1)
    assert "The node does not see the deposit" in words(found)
    assert "abab abab" in words(found)


async def test_a_node_that_is_silent_is_named_and_does_not_hide_the_rest(
    window: OfficerWindow, officer: OfficerDouble
) -> None:
    officer.operating.came.not_done.append(Unavailable("desk.no-node", chain="eip155:1"))
    found = await opened(window, officer)
    assert "Not all could be seen: 1." in words(found)
    assert [each.split(" | ")[0] for each in rows(found)][:2] == ["not to be had", "can be logged"]
    assert enabled(found, "Log these 2")


async def test_where_the_log_has_everything_it_says_so(window: OfficerWindow, officer: OfficerDouble) -> None:
    officer.operating.came = TakenIn()
    found = await opened(window, officer)
    assert "The log has everything" in words(found)
    assert not enabled(found, "Nothing to log")
    officer.operating.came = world.arrived()
    click(found, "Look again")
    await settled(window)
    assert enabled(found, "Log these 2")


async def test_a_payment_is_looked_up_by_its_reference_before_it_can_be_credited(
    window: OfficerWindow, officer: OfficerDouble
) -> None:
    found = await opened(window, officer)
    assert not named(found, "The chosen line").findChild(type(window.desk.filter)).isVisible()  # type: ignore[union-attr]
    await pick(window, found, 3)
    assert not enabled(found, "Look it up")
    type_into(found, REFERENCE, world.SAFE_PAYMENT)
    assert not enabled(found, "Credit it")
    officer.operating.paid = world.payment(ripe=False)
    click(found, "Look it up")
    await settled(window)
    assert "It cannot be credited yet: 4 of 12 confirmations." in words(found)
    assert not enabled(found, "Credit it")
    officer.operating.paid = world.payment()
    click(found, "Look it up")
    await settled(window)
    assert (
        f"2,500,000.000000 USDC came into the vault harbour-safe and is not credited ({world.SAFE_PAYMENT})"
        in words(found)
    )
    type_into(found, REFERENCE, world.SAFE_PAYMENT[:-1] + "4")
    assert not enabled(found, "Credit it")  # what is credited is what was looked up
    type_into(found, REFERENCE, world.SAFE_PAYMENT)
    click(found, "Look it up")
    await settled(window)
    click(found, "Credit it")
    await settled(window)
    assert ("credit", "harbour-safe", world.USDC, world.SAFE_PAYMENT) in officer.asked
    assert "Credited: it is entry 35 of the log." in words(found)
    assert len(rows(found)) == 3


async def test_a_reference_that_names_nothing_is_refused_in_the_dialog(
    window: OfficerWindow, officer: OfficerDouble
) -> None:
    found = await opened(window, officer)
    await pick(window, found, 3)
    type_into(found, REFERENCE, world.SAFE_PAYMENT)
    officer.error = Refused("desk.deposit-from-custody", reference=world.SAFE_PAYMENT, payer="meridian-safe")
    click(found, "Look it up")
    await settled(window)
    assert "it is a delivery, not a deposit" in words(found)
    assert not enabled(found, "Credit it")
    assert enabled(found, "Look it up")


async def test_stopping_leaves_what_was_logged_and_asks_for_a_new_look(
    window: OfficerWindow, officer: OfficerDouble
) -> None:
    found = await opened(window, officer)
    officer.operating.gate = asyncio.Event()
    click(found, "Log these 2")
    while not any(isinstance(each, tuple) and each[0] == "take in" for each in officer.asked):
        await asyncio.sleep(0)
    click(found, "Cancel")
    await settled(window)
    assert "Stopped. What was logged stays in the log" in words(found)
    assert not enabled(found, "Nothing to log")
    assert enabled(found, "Look again")


async def test_an_operations_officer_takes_in_what_came(tmp_path: Path, instruments: Instruments) -> None:
    table = Table.at(tmp_path)
    await table.until("step-found")
    roster = table.desk.state.roster
    coins, safe = (ceremony.registered_address(roster.vault(each), 0) for each in (cast.SELLER.coins, cast.BUYER.safe))
    table.stage.outside.pay_coins(coins, 200_000_000)
    old = table.stage.outside.pay_tokens(safe, 7_000_000)
    for _ in range(deposits.DEEPEST):
        table.stage.ethereum.height += 1
    table.stage.outside.pay_tokens(safe, 5_000_000)
    console = await table.stage.console("operations", table.story.people["operations"])
    window = open_officer(console, BannerFacts(Mode.ONLINE), instruments)
    window.show()
    await window.refresh()
    await settled(window)
    before = table.desk.state.size
    key(window, "Ctrl+D")
    found = await dialog(window)
    await settled(window)
    assert [each.split(" | ")[0] for each in rows(found)] == ["can be credited"] * 2 + ["not explained"]
    click(found, "Log these 2")
    await settled(window)
    assert table.desk.state.size == before + 2
    await pick(window, found, 2)
    type_into(found, REFERENCE, old)
    click(found, "Look it up")
    await settled(window)
    click(found, "Credit it")
    await settled(window)
    assert table.desk.state.size == before + 3
    assert "The log has everything" in words(found)
    window.close()
    table.stage.holds.close()
