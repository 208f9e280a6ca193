"""Vaults: keys and descriptors whole, holdings beside the ledger in words, addresses to compare, whose a typed one is."""

import asyncio
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QProgressBar

from countersign.errors import Refused, Unavailable
from countersign.ui.application import OfficerWindow, grab
from countersign.ui.presenters import vaults as words_of
from countersign.ui.views.line_table import LineTable
from countersign.ui.widgets.code_picture import CodePicture
from countersign.ui.widgets.label import WholeValue
from support import ranged_world, vaults_world
from support import settlement_world as small
from support import window_world as world
from support.window_hands import click, dialog, enabled, key, named, no_dialog, seen, settled, type_into, words
from ui.test_accessible import clipped, grab_again, keyless, marked_up, unnamed

FIRST = {"harbour-btc": 0, "harbour-safe": 1, "meridian-btc": 2, "meridian-safe": 3}


async def opened(window: OfficerWindow, vault: str) -> None:
    await window.refresh()
    await settled(window)
    click(window, "Vaults")
    table = named(window, "Vaults", LineTable)
    table.setFocus()
    for _ in range(FIRST[vault]):
        QTest.keyClick(table, Qt.Key.Key_Down)
    await settled(window)


def address(window: OfficerWindow) -> WholeValue:
    return named(window, "Address", WholeValue)


async def test_the_rail_has_it_between_carry_and_participants_by_its_own_key(window: OfficerWindow) -> None:
    assert list(window.rail.buttons) == [
        "desk", "sign", "carry", "vaults", "participants", "log", "history", "settings",
    ]  # fmt: skip
    key(window, "Ctrl+4")
    assert window.screen_key == "vaults"


async def test_a_vault_of_extended_keys_is_shown_whole(window: OfficerWindow) -> None:
    await opened(window, "meridian-btc")
    told = seen(window)
    for line in (
        "2 of 3 sign · extended keys, one descriptor for all places",
        "Meridian Capital, book main",
        "cold",
        "can spend",
        f"Descriptor of meridian-btc: {ranged_world.descriptor()}",
        "1 key in device officer-d (embit, serial device-officer-d)",
        f"Key of Dora Finch: {ranged_world.device('officer-d').kid}",
        "Next that the log has not used: receive 0/1, change 1/0. Deposits tell their place only on chain.",
        "A Bitcoin vault is enrolled under “Enrol a vault…” by every cosigner at their own console",
    ):
        assert line in told, line


def test_a_descriptor_spread_over_lines_loses_no_character() -> None:
    for text in (ranged_world.descriptor(), vaults_world.slot_descriptor(), "tr(odd)#abcd"):
        shown = words_of.spread(text)
        assert "".join(shown.split()) == text
    assert len(words_of.spread(ranged_world.descriptor()).split("\n")) == 8


async def test_slots_are_numbered_and_each_opens_to_its_descriptor(window: OfficerWindow) -> None:
    await opened(window, "harbour-btc")
    assert seen(window).count("Descriptor of harbour-btc: ") == 1
    click(window, "Slot 3 · Ada Vale, Cyrus Holt, Dora Finch")
    told = seen(window)
    for slot in vaults_world.state().roster.vault("harbour-btc").slots[::3]:  # type: ignore[union-attr]
        assert f"Descriptor of harbour-btc: {slot.descriptor}" in told


async def test_a_safes_owners_are_named_with_their_addresses(window: OfficerWindow) -> None:
    await opened(window, "meridian-safe")
    told = seen(window)
    for officer, name in small.NAMES.items():
        if officer in small.COSIGNERS:
            owner = small.vault_key(officer, "eip155", "meridian").public.ethereum_address().hex()
            assert f"owner {name}: 0x{owner}".lower() in told.lower()
    for line in (
        "2 of 3 owners",
        f"Singleton: {small.SAFE_SINGLETON}",
        f"Fallback handler: {small.SAFE_HANDLER}",
        "1.4.1",
    ):
        assert line in told
    assert address(window).value == small.safe_address("meridian")


async def test_a_change_of_a_safes_owners_under_way_is_told(
    window: OfficerWindow, officer: world.OfficerDouble
) -> None:
    officer.vaults.state = vaults_world.with_order()
    await opened(window, "harbour-safe")
    told = seen(window)
    for line in (
        "A change of its owners is under way",
        "Afterwards 3 of 3 owners sign.",
        "Ordered by Conrad Lake, Dora Finch.",
        "Nobody has signed it yet.",
        "It lacks 2 more signatures of its owners of today.",
    ):
        assert line in told, line
    await opened(window, "meridian-safe")
    assert "under way" not in seen(window)


async def test_a_withdrawn_key_and_a_vault_that_cannot_sign_are_said(
    window: OfficerWindow, officer: world.OfficerDouble
) -> None:
    officer.vaults.altered = vaults_world.withdrawn
    await opened(window, "harbour-btc")
    told = seen(window)
    assert "too few keys" in told
    assert "So many keys are withdrawn that it cannot reach 2 signatures any more." in told
    assert "1 key is withdrawn: it signs nothing any more." in told
    assert "Slot 0 · Ada Vale (withdrawn), Cyrus Holt, Dora Finch" in told


async def test_what_lies_on_chain_is_not_asked_before_the_officer_asks(
    window: OfficerWindow, officer: world.OfficerDouble
) -> None:
    await opened(window, "meridian-btc")
    told = seen(window)
    assert "What lies on chain is not asked yet." in told
    assert "300.00000000 BTC" in told
    assert ("holdings",) not in officer.asked


async def test_a_break_is_said_in_words_with_its_cause_and_its_coin(window: OfficerWindow) -> None:
    await opened(window, "meridian-btc")
    key(window, "Ctrl+R")
    await settled(window)
    told = seen(window)
    for line in (
        "300.50000000 BTC",
        "0.5 BTC more on chain than in the ledger.",
        "+0.50000000 BTC: missing here.",
        "The vault meridian-btc holds a coin that nobody credited.",
        f"Transaction or coin: {vaults_world.STRAY}",
        "By this console's node at 2026-11-22 14:30 UTC, beside the log of 26 entries.",
    ):
        assert line in told, line
    QTest.keyClick(named(window, "Vaults", LineTable), Qt.Key.Key_Down)
    await settled(window)
    assert "the books agree" in seen(window)


async def test_books_that_agree_say_so_and_an_older_answer_says_that_too(
    window: OfficerWindow, officer: world.OfficerDouble
) -> None:
    officer.vaults.seen = vaults_world.seen(stray=0)
    await opened(window, "meridian-btc")
    click(window, "Ask my node")
    await settled(window)
    told = seen(window)
    assert "the books agree" in told
    assert "more on chain" not in told
    officer.vaults.size = 31
    await window.refresh()
    assert "beside the log of 26 entries: it has 31 now. Ask again." in seen(window)


async def test_a_chain_without_a_node_is_said_and_the_others_are_shown(
    window: OfficerWindow, officer: world.OfficerDouble
) -> None:
    officer.vaults.silent = {small.ETHEREUM: Unavailable("desk.no-node", chain=small.ETHEREUM)}
    await opened(window, "harbour-safe")
    click(window, "Ask my node")
    await settled(window)
    told = seen(window)
    assert "The chain does not answer:" in told
    assert "the books agree" not in told
    assert "25,000,000.000000 USDC" in told
    QTest.keyClick(named(window, "Vaults", LineTable), Qt.Key.Key_Down)
    await settled(window)
    assert "0.5 BTC more on chain" in seen(window)


async def test_asking_shows_progress_and_can_be_cancelled(window: OfficerWindow, officer: world.OfficerDouble) -> None:
    officer.vaults.gate = asyncio.Event()
    await opened(window, "meridian-btc")
    click(window, "Ask my node")
    while ("holdings",) not in officer.asked:
        await asyncio.sleep(0)
    assert named(window, "Asking this console's nodes…", QProgressBar).isVisibleTo(window)
    assert not enabled(window, "Ask my node")
    click(window, "Cancel")
    await settled(window)
    assert enabled(window, "Ask my node")
    assert "The nodes were not asked to the end." in seen(window)
    assert "What lies on chain is not asked yet." in seen(window)


async def test_places_are_walked_through_by_key_and_by_number(window: OfficerWindow) -> None:
    await opened(window, "meridian-btc")
    first = address(window).value
    key(window, "Alt+Right")
    await settled(window)
    assert "Path ends in 0/2" in seen(window)
    key(window, "Alt+2")
    await settled(window)
    assert "Path ends in 1/2" in seen(window)
    type_into(window, "Index", "7")
    QTest.keyClick(named(window, "Index", QLineEdit), Qt.Key.Key_Return)
    await settled(window)
    assert "Path ends in 1/7" in seen(window)
    pages = (await window.console.vaults.view()).pages
    assert address(window).value == pages[2].addresses[15] != first
    await window.refresh()
    await settled(window)
    assert "Path ends in 1/7" in seen(window)
    type_into(window, "Index", "201")
    QTest.keyClick(named(window, "Index", QLineEdit), Qt.Key.Key_Return)
    await settled(window)
    assert "There is no such place: 0 to 200." in seen(window)
    assert "Path ends in 1/7" in seen(window)


async def test_the_last_slot_has_none_after_it(window: OfficerWindow) -> None:
    await opened(window, "harbour-btc")
    assert not enabled(window, "Previous address")
    for _ in range(3):
        click(window, "Next address")
        await settled(window)
    assert address(window).value == small.bitcoin_address("harbour", 3)
    assert "used before" in seen(window)  # the registered destination
    assert not enabled(window, "Next address")


async def test_the_code_is_black_on_white_in_the_dark_theme_too(window: OfficerWindow) -> None:
    await opened(window, "harbour-safe")
    code = named(window, "The address as a code", CodePicture)
    painted = QImage.fromData(grab(window, "vaults", "dark"))
    place = code.mapTo(window, QPoint(0, 0))
    middle = place.y() + code.height() // 2
    inks = [painted.pixelColor(place.x() + x, middle).name() for x in range(code.width())]
    assert set(inks) == {"#000000", "#ffffff"}
    assert set(inks[:12]) == {"#ffffff"}


async def check(window: OfficerWindow, text: str) -> str:
    asked = await dialog(window)
    named(asked, "Address to check", QLineEdit).setText(text)  # pasted
    click(asked, "Check")
    await settled(window)
    return words(asked)


async def test_a_typed_address_is_told_apart_and_never_paid(
    window: OfficerWindow, officer: world.OfficerDouble
) -> None:
    await opened(window, "harbour-btc")
    key(window, "Ctrl+Shift+A")
    ours = small.bitcoin_address("harbour", 3)
    grouped = " ".join(ours[at : at + 4] for at in range(0, len(ours), 4))
    assert "Belongs to harbour-btc, slot 3. Owner: Harbour Prime." in await check(window, grouped)
    extended = (await window.console.vaults.view()).pages[2].addresses[3]
    assert "Belongs to meridian-btc, path 1/1. Owner: Meridian Capital." in await check(window, extended)
    near = f"{ours[:30]}{'q' if ours[30] != 'q' else 'p'}{ours[31:]}"
    told = await check(window, near)
    assert "NOT ours: it looks like harbour-btc, slot 3, but 1 of 64 characters differ." in told
    assert f"Group 8: typed {near[28:32]}, registered {ours[28:32]}" in told
    assert "Is the Safe meridian-safe." in await check(window, small.safe_address("meridian"))
    assert "Not ours: no vault" in await check(window, "bcrt1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqfrx4jg")
    asked = await dialog(window)
    asked.reject()
    await no_dialog(window)
    kinds = {each[0] for each in officer.asked if isinstance(each, tuple)}
    assert kinds <= {"synchronise", "checked", "proof", "check address"}


async def test_a_vault_is_found_by_any_word_and_by_any_of_its_addresses(window: OfficerWindow) -> None:
    await opened(window, "harbour-btc")
    table = named(window, "Vaults", LineTable)
    for needle, count in (
        ("dora ethereum", 2),
        ("extended", 1),
        ("nobody at all", 0),
        (small.safe_address("harbour"), 1),
    ):
        type_into(window, "Search vaults", needle)
        assert table.model().rowCount() == count, needle
    await settled(window)


async def test_ctrl_k_finds_vaults_and_goes_to_the_address(window: OfficerWindow) -> None:
    await window.refresh()
    pages = (await window.console.vaults.view()).pages
    key(window, "Ctrl+K")
    asked = await dialog(window)
    named(asked, "Search settlements, addresses, hashes, officers", QLineEdit).setText(pages[2].addresses[25])
    click(asked, "Open")
    await settled(window)
    assert window.screen_key == "vaults"
    assert "Path ends in 1/12" in seen(window)
    assert address(window).value == pages[2].addresses[25]


async def test_a_vault_that_cannot_be_read_says_why_and_offers_no_address(
    window: OfficerWindow, officer: world.OfficerDouble
) -> None:
    fault = Refused("B6.threshold", vault="harbour-btc", registered=2, found=1)
    officer.vaults.altered = lambda page: replace(page, places=(), addresses=(), receive=None, fault=fault)
    await opened(window, "harbour-btc")
    told = seen(window)
    assert "Its descriptors cannot be read here:" in told
    assert "Address verification" not in told


async def test_every_kind_of_vault_has_room_names_and_keys(window: OfficerWindow) -> None:
    await opened(window, "harbour-btc")
    click(window, "Ask my node")
    await settled(window)
    for vault in FIRST:
        window.vaults.choose(vault)
        await settled(window)
        window.resize(1200, 760)
        grab_again(window)
        assert (unnamed(window), keyless(window), clipped(window), marked_up(window)) == ([], [], [], []), vault
    click(window, "Check an address…")
    assert "NOT ours" in await check(window, small.safe_address("harbour")[:-1] + "0")
    asked = await dialog(window)
    grab_again(asked)
    assert (unnamed(asked), keyless(asked), clipped(asked), marked_up(asked)) == ([], [], [], [])


@pytest.mark.parametrize(
    ("stuck", "chip", "sentence"),
    [
        (("1", "3"), "not all slots", "these slots cannot reach 2 signatures any more: 1, 3."),
        (("0", "1", "2", "3"), "too few keys", "it cannot reach 2 signatures any more."),
    ],
)
async def test_slots_that_cannot_be_spent_from_any_more_are_named(
    window: OfficerWindow, officer: world.OfficerDouble, stuck: tuple[str, ...], chip: str, sentence: str
) -> None:
    officer.vaults.altered = lambda page: replace(page, able=False, stuck=stuck) if page.id == "harbour-btc" else page
    await opened(window, "harbour-btc")
    assert chip in seen(window)
    assert sentence in seen(window)
