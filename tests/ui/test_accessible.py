"""Whoever uses a keyboard or a screen reader: every control has a name, every action its key, nothing clips, all is plain."""

from collections import Counter
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from countersign.ui.application import OfficerWindow, VaultWindow, grab, open_officer
from countersign.ui.presenters.banner import BannerFacts, Mode
from countersign.ui.presenters.instruments import Instruments
from countersign.ui.theme.dress import dress
from countersign.ui.theme.palette import DARK, LIGHT
from countersign.ui.widgets.label import BREAK, PlainLabel
from support import window_world as world
from support.window_hands import click, clipped, controls, dialog, grab_again, key, no_dialog, settled

OFFICER = ("desk", "review", "sign", "carry", "vaults", "participants", "log", "settings")


async def filled(window: OfficerWindow) -> None:
    await window.refresh()
    await window.show_settlement(world.CONTRACT)
    await settled(window)


async def vault_steps(vault: VaultWindow, visit: Callable[[QWidget], None]) -> None:
    """Every page of the wizard, in the order in which an operator sees it."""
    await vault.refresh()
    visit(vault)
    click(vault, "Yes, it is right")
    await settled(vault)
    visit(vault)
    click(vault, "Insert a stick")
    visit(vault)
    vault.vault.take.scan.read.emit("1")
    vault.vault.take.scan.read.emit("2")
    await settled(vault)
    visit(vault)
    click(vault, "Go on to sign")
    visit(vault)
    vault.console.unlocked = True  # type: ignore[attr-defined]
    key(vault, "F5")
    await settled(vault)
    vault.vault.sign.show_view(vault.view, vault.token)  # type: ignore[arg-type]
    click(vault, "I have compared amounts, addresses and digests. This is what we agreed.")
    click(vault, "Sign with the token")
    await settled(vault)
    visit(vault)


def unnamed(root: QWidget) -> list[str]:
    return [f"{type(each).__name__} in {type(each.parentWidget()).__name__}"
            for each in controls(root) if not each.accessibleName().strip()]  # fmt: skip


def keyless(root: QWidget) -> list[str]:
    """Buttons with a shortcut that their tooltip does not show, and buttons without any tooltip."""
    found = []
    for button in root.findChildren(QPushButton):
        keys = [each.key().toString() for each in button.findChildren(QShortcut)]
        if not button.toolTip() or any(each not in button.toolTip() for each in keys):
            found.append(button.accessibleName())
    return found


def marked_up(root: QWidget) -> list[str]:
    return [each.text() for each in root.findChildren(QLabel) if each.textFormat() is not Qt.TextFormat.PlainText]


async def test_every_control_of_the_officer_has_a_name_and_shows_its_key(window: OfficerWindow) -> None:
    await filled(window)
    assert unnamed(window) == []
    assert keyless(window) == []


async def test_every_control_of_the_vault_has_a_name_and_shows_its_key(vault: VaultWindow) -> None:
    missing: list[str] = []
    await vault_steps(vault, lambda root: missing.extend([*unnamed(root), *keyless(root)]))
    assert missing == []


async def test_every_control_of_the_dialogs_has_a_name_and_nothing_of_them_is_clipped(
    window: OfficerWindow, officer: world.OfficerDouble
) -> None:
    officer.operating.may = officer.operating.sent = True
    await filled(window)
    openers: list[tuple[str, Callable[[], object]]] = [
        ("review", lambda: click(window, "Refuse…")),
        ("review", lambda: click(window, "Read the legal text")),
        ("sign", lambda: click(window, "Unlock token…")),
        ("desk", lambda: click(window, "Search settlements, addresses, hashes, officers")),
        ("participants", lambda: click(window, "Reconcile…")),
        ("desk", lambda: click(window, "Import…")),
        ("desk", lambda: click(window, "Arrivals…")),
        ("review", lambda: click(window, "On the chains…")),
        ("participants", lambda: recall(window)),
    ]
    for screen, press in openers:
        window.open_screen(screen)
        press()
        asked = await dialog(window)
        assert unnamed(asked) == []
        assert keyless(asked) == []
        grab_again(asked)
        assert clipped(asked) == []
        assert marked_up(asked) == []
        asked.reject()
        await settled(window)


def recall(window: OfficerWindow) -> None:
    window.participants.table.selectRow(2)  # who has lent
    grab_again(window)
    assert clipped(window) == []
    click(window, "Recall a loan…")


async def test_the_custodians_page_and_its_statements_have_names_keys_and_room_for_their_words(
    window: OfficerWindow, officer: world.OfficerDouble
) -> None:
    officer.books = world.accounts((world.owed_dollars(),))
    await filled(window)
    window.open_screen("participants")
    for size in ((1440, 900), (1200, 760)):
        window.resize(*size)
        grab_again(window)
        assert (unnamed(window), keyless(window), clipped(window), marked_up(window)) == ([], [], [], [])
        click(window, "Statement of Northgate Trust, book suspense: USDC")
        asked = await dialog(window)
        await settled(window)
        grab_again(asked)
        assert (unnamed(asked), keyless(asked), clipped(asked), marked_up(asked)) == ([], [], [], [])
        asked.reject()
        await no_dialog(window)


async def test_every_label_is_plain_text(window: OfficerWindow, vault: VaultWindow) -> None:
    await filled(window)
    await vault_steps(vault, lambda root: None)
    assert marked_up(window) == []
    assert marked_up(vault) == []


@pytest.mark.parametrize("size", [(1440, 900), (1200, 760)], ids=["1440x900", "1200x760"])
@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
async def test_nothing_on_the_officers_screens_is_clipped(
    window: OfficerWindow, size: tuple[int, int], palette: object, qapp: QApplication
) -> None:
    await filled(window)
    dress(qapp, palette)  # type: ignore[arg-type]
    for screen in OFFICER:
        window.open_screen(screen)
        await settled(window)
        grab(window, screen, palette.name)  # type: ignore[attr-defined]
        window.resize(*size)
        grab_again(window)
        assert window.width() == size[0], screen
        assert clipped(window) == [], screen


async def test_nothing_of_the_vaults_steps_is_clipped(vault: VaultWindow) -> None:
    found: list[str] = []

    def visit(root: QWidget) -> None:
        grab_again(root)
        found.extend(clipped(root))

    await vault_steps(vault, visit)
    assert found == []


async def test_tab_reaches_the_desks_controls_and_focus_can_be_seen(window: OfficerWindow) -> None:
    await window.refresh()
    reached = set()
    for _ in range(40):
        window.focusNextChild()
        focused = QApplication.focusWidget()
        if focused is not None:
            reached.add(focused.accessibleName())
    assert {"Settlements", "Filter settlements", "Review the selected settlement", "Base units"} <= reached
    assert ":focus" in QApplication.instance().styleSheet()  # type: ignore[union-attr]


async def test_a_long_word_gets_places_to_break_and_is_read_without_them(window: OfficerWindow) -> None:
    word = PlainLabel("a" * 64)
    assert BREAK in word.text()
    assert word.shown == "a" * 64


async def test_a_label_spells_out_what_cannot_be_seen(window: OfficerWindow) -> None:
    assert PlainLabel("pay\u202eevil\x07").shown == "pay\\u{202e}evil\\u{7}"


async def test_no_key_means_two_things_on_one_screen(
    officer: world.OfficerDouble, instruments: Instruments, qapp: QApplication
) -> None:
    """Qt does nothing at all on a key that two visible controls claim; the demonstration's banner claims one as well."""

    async def others() -> str:
        return ""

    window = open_officer(officer, BannerFacts(Mode.DEMONSTRATION, (), world.PIN, others), instruments)
    window.show()
    await filled(window)
    for number in range(1, 9):
        key(window, f"Ctrl+{number}")
        await settled(window)
        claimed = Counter(
            each.key().toString()
            for each in window.findChildren(QShortcut)
            if isinstance(parent := each.parent(), QWidget) and parent.isVisible()
        )
        assert [name for name, times in claimed.items() if times > 1] == [], number
    window.close()
