"""An unlocked token can be locked from the strip of either window, by a press or a key; then nothing is signed without the PIN."""

import pytest
from PySide6.QtWidgets import QAbstractButton

from countersign.errors import Unavailable
from countersign.ui.application import OfficerWindow, VaultWindow
from support import window_world as world
from support.window_hands import click, dialog, enabled, key, named, seen, settled, type_into, words


async def unlock(window: OfficerWindow | VaultWindow) -> None:
    click(window, "Unlock token…")
    asked = await dialog(window)
    type_into(asked, "The PIN of the token", world.PIN)
    click(asked, "Unlock")
    await settled(window)


async def test_the_officer_locks_the_token_by_key(window: OfficerWindow, officer: world.OfficerDouble) -> None:
    await window.refresh()
    assert "\nLock\n" not in seen(window)
    officer.unlocked = True
    await window.refresh()
    window.open_review(world.CONTRACT)
    await settled(window)
    key(window, "Ctrl+S")
    assert "Ctrl+Shift+U" in named(window, "Lock", QAbstractButton).toolTip()
    click(window, "I have compared amounts, addresses and digests. This is what we agreed.")
    assert enabled(window, "Sign with the token")
    key(window, "Ctrl+Shift+U")
    await settled(window)
    assert ("lock",) in officer.asked
    text = seen(window)
    assert "signing-a · locked · all tries left" in text
    assert "\nLock\n" not in text
    assert not enabled(window, "Sign with the token")
    assert enabled(window, "Unlock token…")


async def test_the_vault_operator_locks_the_token(vault: VaultWindow, cold: world.VaultDouble) -> None:
    await vault.refresh()
    click(vault, "Yes, it is right")
    await settled(vault)
    vault.vault.take.scan.text.setPlainText("UR:1\nUR:2")
    click(vault, "Take the text")
    await settled(vault)
    click(vault, "Go on to sign")
    await unlock(vault)
    click(vault, "Lock")
    await settled(vault)
    assert ("lock",) in cold.asked
    assert "vault-c · locked" in seen(vault)
    assert not enabled(vault, "Sign with the token")


async def test_a_token_that_cannot_be_locked_says_so(
    window: OfficerWindow, officer: world.OfficerDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer.unlocked = True
    await window.refresh()
    officer.error = Unavailable("H2.token-absent", serial="7c1e", label="signing-a")
    click(window, "Lock")
    asked = await dialog(window)
    assert "What to do next" in words(asked)
    click(asked, "Close")
