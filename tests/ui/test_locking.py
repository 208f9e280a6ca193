"""An unlocked token can be locked from the strip of either window, by a press or a key; then nothing is signed without the PIN."""

import pytest
from PySide6.QtWidgets import QAbstractButton

from countersign.errors import Unavailable
from countersign.ui.application import OfficerWindow, VaultWindow
from support import window_world as world
from support.window_hands import click, dialog, enabled, key, named, no_dialog, seen, settled, type_into, words


async def unlock(window: OfficerWindow | VaultWindow) -> None:
    click(window, "Unlock token…")
    asked = await dialog(window)
    assert "The PIN" in words(asked), words(asked)
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


async def type_pin(window: OfficerWindow) -> None:
    asked = await dialog(window)
    assert "The PIN" in words(asked), words(asked)
    type_into(asked, "The PIN of the token", world.PIN)
    click(asked, "Unlock")
    await settled(window)


def locked() -> Unavailable:
    return Unavailable("signers.locked", token="signing-a")


async def refuse(window: OfficerWindow, reason: str) -> None:
    click(window, "Refuse…")
    asked = await dialog(window)
    if reason:
        type_into(asked, "Your reason", reason)
    click(asked, "Sign the refusal")


async def test_refusing_with_a_locked_token_asks_for_the_pin(
    window: OfficerWindow, officer: world.OfficerDouble
) -> None:
    await window.refresh()
    window.open_review(world.CONTRACT)
    await settled(window)
    officer.error = locked()
    await refuse(window, "Never agreed.")
    await type_pin(window)
    refusal = ("refuse", world.CONTRACT, world.PSBT, "Never agreed.")
    at = officer.asked.index(refusal)
    assert officer.asked[at : at + 3] == [refusal, ("unlock", True), refusal]
    assert "The refusal is signed and logged." in seen(window)


async def test_a_reason_typed_for_a_refusal_that_failed_is_kept(
    window: OfficerWindow, officer: world.OfficerDouble
) -> None:
    await window.refresh()
    window.open_review(world.CONTRACT)
    await settled(window)
    officer.error = Unavailable("desk.nothing-pinned")
    await refuse(window, "Never agreed.")
    click(await dialog(window), "Close")
    await no_dialog(window)
    assert ("unlock", True) not in officer.asked
    assert "The refusal is signed and logged." not in seen(window)
    await refuse(window, "")
    await settled(window)
    assert officer.asked.count(("refuse", world.CONTRACT, world.PSBT, "Never agreed.")) == 2
    assert "The refusal is signed and logged." in seen(window)


async def test_a_request_made_with_a_locked_token_asks_for_the_pin(
    window: OfficerWindow, officer: world.OfficerDouble
) -> None:
    await window.refresh()
    await settled(window)
    key(window, "Ctrl+3")
    await settled(window)
    officer.error = locked()
    click(window, "Show the codes")
    await type_pin(window)
    request = ("request frames", world.PSBT)
    at = officer.asked.index(request)
    assert officer.asked[at : at + 3] == [request, ("unlock", True), request]
