"""The record of a screen: a picture of 1440 × 900 in either theme, and its accessible texts in reading order."""

from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QScrollArea

from countersign.ui.application import OfficerWindow, VaultWindow, grab, texts
from countersign.ui.theme.dress import worn
from countersign.ui.theme.palette import DARK, LIGHT
from support import window_world as world
from support.window_hands import settled


async def test_a_picture_in_either_theme_and_the_theme_of_before_stays(window: OfficerWindow) -> None:
    await window.refresh()
    for theme, palette in (("light", LIGHT), ("dark", DARK)):
        image = QImage.fromData(grab(window, "desk", theme))  # type: ignore[arg-type]
        assert (image.width(), image.height()) == (1440, 900)
        assert QColor(image.pixel(150, 480)).name() == palette.window
    assert worn() is LIGHT


async def test_every_screen_can_be_grabbed(window: OfficerWindow, vault: VaultWindow) -> None:
    await window.refresh()
    await window.show_settlement(world.CONTRACT)
    await settled(window)
    pictures = {
        screen: grab(window, screen, "light")
        for screen in ("desk", "review", "sign", "carry", "log", "history", "vaults", "participants", "settings")
    }
    await vault.refresh()
    pictures["vault"] = grab(vault, "vault", "light")
    assert len(set(pictures.values())) == 10
    assert all(picture.startswith(b"\x89PNG") for picture in pictures.values())


async def test_what_is_scrolled_ends_where_its_last_words_end(window: OfficerWindow) -> None:
    await window.refresh()
    await window.show_settlement(world.CONTRACT)
    await settled(window)
    window.vaults.choose("harbour-safe")
    await settled(window)
    empty, seen = [], 0
    for screen in ("review", "sign", "carry", "log", "history", "vaults", "participants", "settings"):
        grab(window, screen, "light")
        for area in window.findChildren(QScrollArea):
            held = area.widget()
            if not area.isVisibleTo(window) or held is None or (layout := held.layout()) is None:
                continue
            needed = layout.totalHeightForWidth(held.width())
            seen += needed > area.viewport().height()
            if held.height() > max(area.viewport().height(), needed):
                empty.append((screen, area.accessibleName(), held.height(), needed))
    assert seen
    assert empty == []


async def test_a_window_at_rest_has_nothing_still_to_come(window: OfficerWindow) -> None:
    await window.refresh()
    await window.at_rest()
    assert not window.context.runner.running
    assert "Looking ahead" not in texts(window)


async def test_texts_stand_in_reading_order(window: OfficerWindow) -> None:
    await window.refresh()
    lines = texts(window).split("\n")
    order = ["ONLINE WORKSTATION", "Signed in", "Desk: what needs me, by when?", "Needs you · 2", "Open, by asset"]
    assert [lines.index(each) for each in order] == sorted(lines.index(each) for each in order)


async def test_a_window_that_was_never_shown_can_be_grabbed(window: OfficerWindow) -> None:
    window.hide()
    await window.refresh()
    assert QImage.fromData(grab(window, "desk", "dark")).width() == 1440


async def test_every_step_of_the_vault_fits_its_window(vault: VaultWindow) -> None:
    for step in range(5):
        vault.vault.go(step)
        image = QImage.fromData(grab(vault, "vault", "light"))
        assert (image.width(), image.height()) == (1440, 900), step
        vault.resize(1200, 760)
        assert (vault.width(), vault.height()) == (1200, 760), step
