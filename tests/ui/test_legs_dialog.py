"""A released settlement seen through from Review: where each leg is, what a failure will mean, recorded, sent again."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QDialog, QLineEdit, QPlainTextEdit

from countersign.desk import releasing
from countersign.desk.legs import LegsView, Where
from countersign.errors import Refused, Unavailable
from countersign.ui.application import BannerFacts, Instruments, Mode, OfficerWindow, open_officer
from countersign.ui.views.secret_dialog import asking
from support import operations_world as world
from support.contrary_chains import Dropping, desk_over
from support.software_stage import Table
from support.window_hands import another_dialog, click, dialog, enabled, key, named, settled, type_into, words
from support.window_world import CONTRACT, PIN, OfficerDouble

REASON = "Why (it is logged)"


async def opened(window: OfficerWindow, officer: OfficerDouble, **changes: object) -> QDialog:
    officer.operating.may = officer.operating.sent = True
    officer.operating.legs = world.one_sided(**changes)
    await window.refresh()
    window.open_review(CONTRACT)
    await settled(window)
    key(window, "Ctrl+H")
    found = await dialog(window)
    await settled(window)
    return found


async def test_the_verb_is_there_only_on_the_way_and_only_for_operations(
    window: OfficerWindow, officer: OfficerDouble
) -> None:
    await window.refresh()
    window.open_review(CONTRACT)
    await settled(window)
    assert not window.review.follow.isVisible()
    officer.operating.sent = True
    await window.refresh()
    assert not enabled(window, "On the chains…")
    assert "You do not hold the role of operations" in window.review.follow.toolTip()
    officer.operating.may = True
    await window.refresh()
    assert enabled(window, "On the chains…")


async def test_each_leg_says_where_it_is_and_what_its_failure_would_mean(
    window: OfficerWindow, officer: OfficerDouble
) -> None:
    told = words(await opened(window, officer))
    assert ("look", CONTRACT) in officer.asked
    for expected in (
        "1 of 2 legs have taken effect in a block: one side has delivered and the other has not.",
        "250.00000000 BTC, from Meridian Capital (main) to Harbour Prime (main)",
        "In block 871,234, confirmations: 3.",
        "0x cdcd cdcd",
        "It was sent, and the node has it no more: neither in a block nor waiting.",
        "It can still execute: its coins or its nonce are unused.",
        "20,000,000.000000 USDC of Harbour Prime (main) stay held; the custodian owes them to Meridian Capital (main)",
    ):
        assert expected in told


async def test_what_can_never_execute_is_said_and_is_not_sent_again(
    window: OfficerWindow, officer: OfficerDouble
) -> None:
    found = await opened(window, officer, executable=False, for_good=True)
    assert "It can never execute: its Safe has gone past its nonce." in words(found)
    assert "this leg is prepared anew, and needs a quorum and a release" in words(found)
    type_into(found, REASON, "Used by hand.")
    assert not enabled(found, "Send")
    assert enabled(found, "Record the failure")


async def test_what_its_chain_may_bring_back_is_said_and_what_may_be_prepared_meanwhile(
    window: OfficerWindow, officer: OfficerDouble
) -> None:
    view = world.one_sided(executable=False)
    coins = replace(view.legs[0], where=Where.NOWHERE, executable=False, objection=None)
    officer.operating.may = officer.operating.sent = True
    officer.operating.legs = replace(
        view, legs=(coins, view.legs[1], replace(coins, instruction="33" * 32, earlier=True))
    )
    await window.refresh()
    window.open_review(CONTRACT)
    await settled(window)
    key(window, "Ctrl+H")
    found = await dialog(window)
    await settled(window)
    told = words(found)
    for expected in (
        "No leg has taken effect in a block yet (0 of 2).",
        "It cannot execute: a coin that it spends is gone from its vault. Its chain may undo that",
        "It cannot execute: its Safe has gone past its nonce. Its chain may undo that",
        "This leg is prepared anew over a coin of it that is left, so that only one of the two can ever pay",
        "Nothing can be prepared in its place yet",
        "Another instruction took the place of this one. It might still pay if its chain goes back.",
    ):
        assert expected in told
    assert not enabled(found, "Send")


async def test_a_failure_wants_a_reason_and_is_recorded_with_the_pin(
    window: OfficerWindow, officer: OfficerDouble
) -> None:
    found = await opened(window, officer)
    assert not enabled(found, "Record the failure")
    type_into(found, REASON, "The node refused it: too little gas.")
    officer.error = Unavailable("signers.locked", token="signing-a")
    click(found, "Record the failure")
    asked = await another_dialog(window, found)
    type_into(asked, "The PIN of the token", PIN)
    click(asked, "Unlock")
    await settled(window)
    assert ("record failure", CONTRACT, "22" * 32, "The node refused it: too little gas.") in officer.asked
    assert "The failure is recorded." in words(found)
    assert "the custodian owes this delivery until it is made good" in words(found)
    assert not enabled(found, "Record the failure")
    assert ("synchronise",) in officer.asked[-8:]


async def test_what_was_sent_before_is_sent_again_with_a_reason_and_the_first_time_without(
    window: OfficerWindow, officer: OfficerDouble
) -> None:
    found = await opened(window, officer)
    assert not enabled(found, "Send again")
    type_into(found, REASON, "The first was dropped.")
    click(found, "Send again")
    await settled(window)
    assert ("send", CONTRACT, "The first was dropped.") in officer.asked
    assert "Sent, and logged." in words(found)
    type_into(found, REASON, "")
    officer.operating.legs = world.one_sided(where=Where.UNSENT, transaction="")
    click(found, "Look again")
    await settled(window)
    click(found, "Send")
    await settled(window)
    assert ("send", CONTRACT, "") in officer.asked


async def test_what_a_chain_refuses_stands_in_the_dialog_and_the_reason_stays(
    window: OfficerWindow, officer: OfficerDouble
) -> None:
    found = await opened(window, officer)
    type_into(found, REASON, "Again.")
    officer.error = Refused("chains.ethereum-refused", reason="nonce too low")
    click(found, "Send again")
    await settled(window)
    assert "The Ethereum node refuses the transaction: nonce too low." in words(found)
    assert named(found, REASON, QPlainTextEdit).toPlainText() == "Again."
    assert enabled(found, "Look again")


async def test_what_the_log_lacks_is_said_and_can_be_logged(window: OfficerWindow, officer: OfficerDouble) -> None:
    found = await opened(window, officer)
    assert not enabled(found, "Log what they say")
    officer.operating.legs = world.one_sided(where=Where.BLOCK, height=9, confirmations=1, same=False)
    click(found, "Look again")
    await settled(window)
    assert "The log does not have this block yet." in words(found)
    assert "Every leg has taken effect in a block (2 of 2)." in words(found)
    click(found, "Log what they say")
    await settled(window)
    assert ("observe", CONTRACT) in officer.asked


async def test_an_operations_officer_brings_a_dropped_leg_home_over_real_nodes(
    tmp_path: Path, instruments: Instruments
) -> None:
    table = Table.at(tmp_path)
    await table.until("step-usb")
    release = await releasing.make_release(table.desk, table.story.cycle, table.author("operations"), "compliance")
    await releasing.check_release(table.desk, release, table.author("compliance"))
    dropping = Dropping(table.stage.ethereum)
    await releasing.broadcast(desk_over(table, ethereum=dropping), table.story.cycle, table.author("operations"))
    dropping.dropped = True
    console = await table.stage.console("operations", table.story.people["operations"])
    window = open_officer(console, BannerFacts(Mode.ONLINE), instruments)
    window.show()
    await window.refresh()
    window.open_review(table.story.contract)
    await settled(window)
    key(window, "Ctrl+H")
    found = await dialog(window)
    await settled(window)
    click(found, "Log what they say")
    await settled(window)
    type_into(found, REASON, "No node has it any more.")
    click(found, "Record the failure")
    await settled(window)
    assert table.contract_state == "failed"
    click(found, "Send again")
    await settled(window)
    click(found, "Log what they say")
    await settled(window)
    assert table.contract_state == "settling"
    assert "Every leg has taken effect in a block (2 of 2)." in words(found)
    assert table.live("safe-tx").others == (Dropping.NAME,)
    window.close()
    table.stage.holds.close()


async def test_what_waits_on_ethereum_can_be_given_a_higher_fee_with_a_reason(
    window: OfficerWindow, officer: OfficerDouble
) -> None:
    found = await opened(window, officer)
    assert "Raise the fee" not in words(found)  # nowhere: there is nothing to replace
    officer.operating.legs = world.one_sided(where=Where.WAITING)
    click(found, "Look again")
    await settled(window)
    assert not enabled(found, "Raise the fee")
    type_into(found, REASON, "The block is full.")
    click(found, "Raise the fee")
    await settled(window)
    assert ("raise fees", CONTRACT, "The block is full.") in officer.asked
    assert "Replaced with a higher fee, and logged." in words(found)
    officer.error = Refused("relaying.fee-cap", wanted=300 * 10**9, cap=200 * 10**9)
    click(found, "Raise the fee")
    await settled(window)
    assert "200" in words(found)
    assert named(found, REASON, QPlainTextEdit).toPlainText() == "The block is full."


async def test_a_call_that_did_nothing_in_its_block_is_named_and_sent_again_with_a_reason(
    window: OfficerWindow, officer: OfficerDouble
) -> None:
    found = await opened(window, officer, where=Where.REVERTED)
    assert "did nothing there: the chain took the whole call back" in words(found)
    assert "Raise the fee" not in words(found)
    assert not enabled(found, "Send again")
    type_into(found, REASON, "The Safe holds its dollars again.")
    click(found, "Send again")
    await settled(window)
    assert ("send", CONTRACT, "The Safe holds its dollars again.") in officer.asked


async def test_a_leg_that_was_executed_and_did_not_pay_says_what_moved_and_can_only_fail(
    window: OfficerWindow, officer: OfficerDouble
) -> None:
    differs = f"what is owed does not move: 20000000000000 base units of {world.USDC.rsplit(':', 1)[1]}"
    found = await opened(window, officer, where=Where.OTHERWISE, executable=False, for_good=True, differs=differs)
    assert f"it does not count as paid: {differs}" in words(found)
    assert (
        "1 of 2 legs are delivered. Executed without moving what is owed: 1. That does not count as paid: record the failure."
        in words(found)
    )
    assert "one side has delivered" not in words(found)
    assert "It can never execute" not in words(found)
    assert not enabled(found, "Send")
    type_into(found, REASON, "The token answered false.")
    assert enabled(found, "Record the failure")


async def test_a_bitcoin_transaction_that_waits_has_no_fee_to_raise_here(
    window: OfficerWindow, officer: OfficerDouble
) -> None:
    found = await opened(window, officer, kind="psbt", where=Where.WAITING)
    assert "Raise the fee" not in words(found)


@pytest.mark.parametrize("tries", ["ok", "low"])
async def test_the_relayers_pin_is_asked_for_in_a_dialog_of_its_own_over_the_legs(
    window: OfficerWindow, officer: OfficerDouble, tries: str
) -> None:
    """As a workstation's window has it: `Relayers.ask` is `asking` over that window."""
    given: list[str] = []

    async def send(_contract: str, _reason: str) -> LegsView:
        given.append(await asking(window, tries)("desk.ask-relayer-pin"))
        return officer.operating.legs

    officer.operating.send = send  # type: ignore[method-assign]
    found = await opened(window, officer, where=Where.UNSENT, transaction="")
    click(found, "Send")
    asked = await another_dialog(window, found)
    told = words(asked)
    assert "The PIN of the relayer's token" in told
    assert "the relayer pays for the transaction" in told
    assert ("few tries" in told) is (tries == "low")
    assert not enabled(asked, "Unlock")
    assert named(asked, "The PIN of the relayer's token", QLineEdit).echoMode() is QLineEdit.EchoMode.Password
    key(asked, "Esc")
    await settled(window)
    assert given == []
    assert "Sent, and logged." not in words(found)
    click(found, "Send")
    asked = await another_dialog(window, found)
    type_into(asked, "The PIN of the relayer's token", PIN)
    click(asked, "Unlock")
    await settled(window)
    assert given == [PIN]
    assert "Sent, and logged." in words(found)
