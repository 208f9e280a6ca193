"""What takes two officers, from the window: offered as the rules let it, proposed, shown beside the other proposals."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QLineEdit, QRadioButton, QWidget

from countersign.desk.deed_views import LIFT, Offer, TargetView, Way
from countersign.desk.fee_rates import FeeRate
from countersign.errors import Refused, Unavailable
from countersign.settlement.stop_bodies import BOOK, CONTRACT, Scope
from countersign.ui.application import Instruments, OfficerWindow
from countersign.ui.views.line_table import LineTable
from support import window_world as world
from support.window_hands import (
    another_dialog,
    click,
    dialog,
    enabled,
    key,
    named,
    seen,
    settled,
    type_into,
    words,
)


async def reviewed(window: OfficerWindow) -> None:
    await window.refresh()
    window.open_review(world.CONTRACT)
    await settled(window)


async def asked(window: OfficerWindow) -> QWidget:
    await reviewed(window)
    key(window, "Ctrl+T")
    return await dialog(window)


def last(officer: world.OfficerDouble, word: str) -> object:
    return next(each for each in reversed(officer.asked) if isinstance(each, tuple) and each[0] == word)


async def test_what_cannot_be_proposed_says_why(window: OfficerWindow) -> None:
    found = await asked(window)
    told = words(found)
    for expected in (
        "For MER-HAR-2026-11-22-0001",
        "Every transaction is finished and tried at this console's own nodes before you sign.",
        "Not while the settlement is signed.",
        "Nothing happens yet.",
    ):
        assert expected in told
    options = {each.accessibleName(): each.isEnabled() for each in found.findChildren(QRadioButton)}
    assert list(options.values()) == [
        True,
        True,
        False,
        False,
        False,
        True,
        True,
        True,
    ]  # the last two may check a release


async def test_a_release_names_its_checker_and_becomes_a_proposal(
    window: OfficerWindow, officer: world.OfficerDouble
) -> None:
    found = await asked(window)
    click(found, "Eva Sund")
    click(found, "Propose")
    await settled(window)
    assert last(officer, "release") == ("release", world.CONTRACT, "officer-e")
    told = seen(window)
    assert "Proposed. Hand it on to the second officer" in told
    assert "Meridian Capital (main) pays Harbour Prime (main) 250.00000000 BTC." in told
    assert "Release" in told


APART = Refused("desk.no-atomic-contract", chain=world.ANVIL, contract=world.MERIDIAN_SAFE)


@pytest.mark.parametrize(
    ("way", "expected"),
    [
        ((), None),
        ((Way(world.ANVIL, 2, None),), "in one call that executes all of them or none"),
        ((Way(world.ANVIL, 2, APART),), "one after the other, each by itself"),
        (Unavailable("desk.no-node", chain=world.ANVIL), "cannot be said now: No node of"),
    ],
    ids=["one Safe", "together", "apart", "no node"],
)
async def test_a_release_says_whether_its_legs_go_out_in_one_call_or_why_not(
    window: OfficerWindow, officer: world.OfficerDouble, way: object, expected: str | None
) -> None:
    officer.deeds.way = way  # type: ignore[assignment]
    found = await asked(window)
    told = words(found)
    assert ("go out" in told) is (expected is not None)
    assert expected is None or expected in told
    click(found, "End it without delivery: void what was signed")
    assert "go out" not in words(found)  # it is a release's


async def test_nobody_else_to_check_means_no_release(window: OfficerWindow, officer: world.OfficerDouble) -> None:
    officer.deeds.checkers = lambda: ()  # type: ignore[method-assign]
    found = await asked(window)
    assert "nobody else is a compliance officer" in words(found)
    assert not enabled(found, "Propose")
    click(found, "End it without delivery: void what was signed")
    assert enabled(found, "Propose")


async def test_a_child_is_asked_for_at_a_rate_that_both_pay(
    window: OfficerWindow, officer: world.OfficerDouble
) -> None:
    lift = Offer(LIFT, ("aa" * 32,), None)
    officer.deeds.offered = tuple(lift if each.kind == LIFT else each for each in officer.deeds.offered)
    found = await asked(window)
    click(found, "Lift the bitcoin transaction into a block by a child")
    assert "Its change comes home once more, at a fee for both." in words(found)
    type_into(found, "Fee rate, satoshis a virtual byte", "25")
    click(found, "Propose")
    await settled(window)
    assert last(officer, "child") == ("child", "aa" * 32, 25)


async def test_a_void_takes_a_fee_rate_and_asks_for_the_pin_of_a_locked_token(
    window: OfficerWindow, officer: world.OfficerDouble
) -> None:
    found = await asked(window)
    click(found, "End it without delivery: void what was signed")
    for text, right in (
        ("0", False),
        ("-3", False),
        ("many", False),
        ("100001", False),
        ("100000", True),
        ("12", True),
    ):
        named(found, "Fee rate, satoshis a virtual byte", QLineEdit).setText(text)
        assert enabled(found, "Propose") is right, text
    officer.error = Unavailable("signers.locked", token="signing-a")
    click(found, "Propose")
    pin = await dialog(window)
    type_into(pin, "The PIN of the token", world.PIN)
    click(pin, "Unlock")
    await settled(window)
    assert last(officer, "void") == ("void", world.CONTRACT, 12)


async def test_what_the_rules_refuse_after_all_is_said_and_nothing_is_proposed(
    window: OfficerWindow, officer: world.OfficerDouble
) -> None:
    found = await asked(window)
    officer.error = Refused("desk.chain-would-refuse", chain=world.REGTEST, reason="txn-mempool-conflict")
    click(found, "Propose")
    told = await dialog(window)
    assert "txn-mempool-conflict" in words(told)
    assert len(officer.governing.open) == 3


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    found = tmp_path / "order.pdf"
    found.write_bytes(b"%PDF-")
    return found


async def test_a_contract_is_stopped_from_its_review_with_the_scope_already_chosen(
    window: OfficerWindow, officer: world.OfficerDouble, paper: Path
) -> None:
    officer.deeds.targets = lambda: (*type(officer.deeds).targets(officer.deeds)[:-1], _contract())  # type: ignore[method-assign]
    found = await asked(window)
    click(found, "Stop it by an order")
    click(found, "Propose")
    form = await dialog(window)
    assert not enabled(form, "Propose the order")
    type_into(form, "The order's number", "HC-1")
    type_into(form, "Its paper", str(paper))
    assert not enabled(form, "Propose the order")
    type_into(form, "Reason", "By order.")
    click(form, "Propose the order")
    await settled(window)
    wanted = ("freeze", "HC-1", Scope(CONTRACT, contract=world.CONTRACT), paper, "By order.")
    assert last(officer, "freeze") == wanted


def _contract() -> TargetView:
    return TargetView(Scope(CONTRACT, contract=world.CONTRACT), "MER-HAR-2026-11-22-0001, 1")


async def orders(window: OfficerWindow) -> QWidget:
    await window.refresh()
    await settled(window)
    click(window, "Participants")
    key(window, "Ctrl+Shift+O")
    return await dialog(window)


async def test_orders_are_shown_with_what_they_stop_and_only_a_standing_one_can_be_lifted(
    window: OfficerWindow, officer: world.OfficerDouble, paper: Path
) -> None:
    found = await orders(window)
    told = words(found)
    assert "Order HC-2026-114 stops everything in the book main of Harbour Prime (5493001KJTIIGC8Y1R12)." in told
    assert "since 2026-11-22 12:30 UTC, entry 24; stops 3 settlements" in told
    table = named(found, "Orders", LineTable)
    table.selectRow(1)
    assert not enabled(found, "Lift it…")
    table.selectRow(0)
    click(found, "Lift it…")
    form = await dialog(window)
    type_into(form, "Its paper", str(paper))
    type_into(form, "Reason", "Discharged.")
    click(form, "Propose to lift it")
    await settled(window)
    assert last(officer, "lift") == ("lift", "HC-2026-114", paper, "Discharged.")


async def test_a_new_order_names_its_scope(window: OfficerWindow, officer: world.OfficerDouble, paper: Path) -> None:
    click(await orders(window), "New order…")
    form = await dialog(window)
    click(form, "a book")
    for name, text in (("The order's number", "HC-2"), ("Its paper", str(paper)), ("Reason", "By order.")):
        type_into(form, name, text)
    click(form, "Propose the order")
    await settled(window)
    wanted = ("freeze", "HC-2", Scope(BOOK, "5493001KJTIIGC8Y1R12", "main"), paper, "By order.")
    assert last(officer, "freeze") == wanted
    assert "Proposed." in seen(window)


async def test_the_first_officer_of_an_award_keeps_the_signed_terms(
    window: OfficerWindow, officer: world.OfficerDouble, instruments: Instruments, paper: Path, tmp_path: Path
) -> None:
    officer.half_award = b"signed terms"
    officer.deeds.offered = tuple(
        each if each.kind != "award" else type(each)("award", (), None) for each in officer.deeds.offered
    )
    found = await asked(window)
    click(found, "Carry out an award on it")
    assert not enabled(found, "Propose")
    type_into(found, "The award's terms", str(paper))
    type_into(found, "The ruling", str(paper))
    click(found, "Propose")
    shown = await another_dialog(window, found)
    assert "The award AWARD-1 carries out a ruling on MER-HAR-1, version 1." in words(shown)
    assert "Nobody has signed the terms yet." in words(shown)
    click(shown, "Sign the terms")
    await settled(window)
    save = next(each for each in window.findChildren(QFileDialog) if each.isVisible())
    save.fileSelected.emit(str(tmp_path / "order.award"))
    save.close()
    await settled(window)
    assert instruments.drives.kept == {tmp_path / "order.award": b"signed terms"}  # type: ignore[attr-defined]
    assert "to the second officer" in seen(window)


async def test_a_closed_cycle_is_prepared_by_operations_and_by_nobody_else(
    window: OfficerWindow, officer: world.OfficerDouble
) -> None:
    officer.operating.lacking = True
    await reviewed(window)
    await window.refresh()
    await settled(window)
    assert not enabled(window, "Prepare…")
    assert not window.review.sign.isVisible()
    officer.operating.may = True
    await window.refresh()
    await settled(window)
    click(window, "Prepare…")
    form = await dialog(window)
    assert named(form, "Fee rate, satoshis a virtual byte", QLineEdit).text() == "12"
    assert "At 12 your node expects it in one of the next 6 blocks." in words(form)
    assert enabled(form, "Prepare")
    named(form, "Fee rate, satoshis a virtual byte", QLineEdit).setText("0")
    assert not enabled(form, "Prepare")
    named(form, "Fee rate, satoshis a virtual byte", QLineEdit).setText("25")
    click(form, "Prepare")
    await settled(window)
    assert last(officer, "prepare") == ("prepare", world.CONTRACT, 25)
    assert "Prepared: 2 instructions wait for signatures." in seen(window)
    assert window.review.sign.isVisible()


@pytest.mark.parametrize(
    ("estimate", "text", "said"),
    [
        (None, "", "Your node has no estimate"),
        (700, "500", "Your node estimates 700 for 6 blocks; the policy admits 500"),
    ],
)
async def test_a_rate_is_said_where_the_node_has_none_and_never_begins_above_the_policys_most(
    window: OfficerWindow, officer: world.OfficerDouble, estimate: int | None, text: str, said: str
) -> None:
    officer.operating.lacking = officer.operating.may = True
    officer.operating.rate = FeeRate("bip122:x", estimate, 500)
    await reviewed(window)
    await window.refresh()
    await settled(window)
    click(window, "Prepare…")
    form = await dialog(window)
    assert named(form, "Fee rate, satoshis a virtual byte", QLineEdit).text() == text
    assert said in words(form)
    assert enabled(form, "Prepare") is bool(text)


async def test_a_void_begins_with_the_nodes_estimate_too(window: OfficerWindow, officer: world.OfficerDouble) -> None:
    officer.operating.rate = FeeRate("bip122:x", 700, 500)
    found = await asked(window)
    click(found, "End it without delivery: void what was signed")
    assert named(found, "Fee rate, satoshis a virtual byte", QLineEdit).text() == "500"
    assert "the policy admits 500 at most" in words(found)


async def test_the_second_officer_of_an_award_reads_what_it_does_before_signing_it(
    window: OfficerWindow, officer: world.OfficerDouble, paper: Path
) -> None:
    officer.deeds.offered = tuple(
        each if each.kind != "award" else type(each)("award", (), None) for each in officer.deeds.offered
    )
    found = await asked(window)
    click(found, "Carry out an award on it")
    type_into(found, "The award's terms", str(paper))
    type_into(found, "The ruling", str(paper))
    click(found, "Propose")
    shown = await another_dialog(window, found)
    assert "The award AWARD-1 carries out a ruling on MER-HAR-1, version 1." in words(shown)
    assert "Signed so far: Conrad Lake" in words(shown)
    click(shown, "Sign the terms")
    await settled(window)
    assert "Both have signed the terms. Read what the award does, sign it" in seen(window)
