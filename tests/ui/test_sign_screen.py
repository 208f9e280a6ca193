"""Sign: the PIN by a modal prompt, one confirmation each, progress, verified result; a bug of ours ends signing."""

import asyncio

import pytest
from PySide6.QtWidgets import QDialog

from countersign.errors import Conflict, Malformed, Refused, Unavailable
from countersign.ui.application import OfficerWindow
from countersign.ui.tasks.runner import trace
from countersign.ui.views.secret_dialog import SecretDialog
from support import window_world as world
from support.window_hands import active, click, dialog, enabled, key, no_dialog, seen, settled, type_into, words

CONFIRM = "I have compared amounts, addresses and digests. This is what we agreed."
SIGN = "Sign with the token"
PROMPT = "The PIN of the token"


async def at_sign(window: OfficerWindow) -> None:
    await window.refresh()
    window.open_review(world.CONTRACT)
    await settled(window)
    key(window, "Ctrl+S")
    assert window.screen_key == "sign"


async def unlock(window: OfficerWindow, pin: str = world.PIN) -> None:
    click(window, "Unlock token…")
    asked = await dialog(window)
    type_into(asked, PROMPT, pin)
    click(asked, "Unlock")
    await settled(window)
    await no_dialog(window)


async def test_nothing_is_signed_without_a_token_unlocked_and_a_confirmation(window: OfficerWindow) -> None:
    await at_sign(window)
    assert not enabled(window, SIGN)
    click(window, CONFIRM)
    assert not enabled(window, SIGN)
    await unlock(window)
    assert enabled(window, SIGN)
    click(window, CONFIRM)
    assert not enabled(window, SIGN)


async def test_what_is_signed_stands_in_groups_and_in_words(window: OfficerWindow) -> None:
    await at_sign(window)
    text = seen(window)
    txid = world.hashed("txid")
    assert f"Transaction id: {txid}" in text
    assert " ".join(txid[at : at + 4] for at in range(0, 64, 4)) in text
    assert world.WORDS in text
    assert "Meridian Capital pays 250.00000000 BTC to Harbour Prime" in text
    assert "The network fee is 0.00014100 BTC" in text
    click(window, "Digests of the 3 inputs, one by one")
    assert f"Digest of an input: {world.hashed('input 2')}" in seen(window)


async def test_a_batch_is_signed_one_by_one_and_half_of_it_is_called_partial(
    window: OfficerWindow, officer: world.OfficerDouble
) -> None:
    await at_sign(window)
    await unlock(window)
    click(window, CONFIRM)
    click(window, SIGN)
    await settled(window)
    text = seen(window)
    assert ("sign", world.PSBT) in officer.asked
    assert "Signed. The signature was verified under the registered key" in text
    assert "Partly signed by you: 1 of 2 transactions. Digests left: 1." in text
    click(window, "Ethereum test chain 31337: 20,000,000 USDC, to sign")
    assert "safeTxHash: " in seen(window)
    click(window, CONFIRM)
    click(window, SIGN)
    await settled(window)
    assert "Signed by you: 2 of 2 transactions." in seen(window)
    assert not enabled(window, SIGN)


async def test_progress_is_shown_and_can_be_cancelled(window: OfficerWindow, officer: world.OfficerDouble) -> None:
    await at_sign(window)
    await unlock(window)
    click(window, CONFIRM)
    officer.gate = asyncio.Event()
    click(window, SIGN)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert "The token signs 1 of 3" in seen(window)
    assert not enabled(window, SIGN)
    click(window, "Cancel")
    await settled(window)
    assert officer.signed == frozenset()
    assert "Stopped. What was already signed is recorded" in seen(window)
    assert enabled(window, SIGN)


async def test_amounts_in_base_units_keep_the_confirmation(window: OfficerWindow) -> None:
    await at_sign(window)
    click(window, CONFIRM)
    key(window, "Ctrl+B")
    text = seen(window)
    assert "Meridian Capital pays 25,000,000,000 base units of BTC to Harbour Prime" in text
    assert "The network fee is 14,100 base units of BTC" in text
    assert f"{CONFIRM} [x]" in text
    key(window, "Ctrl+B")
    assert "pays 250.00000000 BTC" in seen(window)


async def test_a_cancelled_prompt_uses_no_try(window: OfficerWindow, officer: world.OfficerDouble) -> None:
    await at_sign(window)
    click(window, "Unlock token…")
    click(await dialog(window), "Cancel")
    await settled(window)
    await no_dialog(window)
    assert not any(isinstance(asked, tuple) and asked[0] == "unlock" for asked in officer.asked)


async def test_the_prompt_hides_and_forgets_the_pin(window: OfficerWindow) -> None:
    await at_sign(window)
    click(window, "Unlock token…")
    asked = await dialog(window)
    type_into(asked, PROMPT, world.PIN)
    assert isinstance(asked, SecretDialog)
    assert world.PIN not in asked.field.displayText()
    assert asked.take() == world.PIN
    assert asked.field.text() == ""
    click(asked, "Cancel")
    await settled(window)


async def test_the_last_try_must_be_typed(
    window: OfficerWindow, officer: world.OfficerDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world, "TOKEN", world.replace(world.TOKEN, tries="last"))
    await at_sign(window)
    assert "LAST TRY" in seen(window)
    click(window, "Unlock token…")
    asked = await dialog(window)
    assert "A wrong PIN locks the token for good" in words(asked)
    type_into(asked, PROMPT, world.PIN)
    assert not enabled(asked, "Unlock")
    type_into(asked, "Confirm the last try", "LAST TRY")
    click(asked, "Unlock")
    await settled(window)
    assert officer.unlocked


async def test_what_tries_remain_is_said_before_each_one(window: OfficerWindow, officer: world.OfficerDouble) -> None:
    await at_sign(window)
    for told in ("all tries left", "few tries left"):
        click(window, "Unlock token…")
        asked = await dialog(window)
        assert f"Before this one: {told}. A token does not tell the number." in words(asked)
        type_into(asked, PROMPT, "0000")
        click(asked, "Unlock")
        await settled(window)
        problem = next(each for each in window.findChildren(QDialog) if each.isVisible() and each is not asked)
        assert "The token says that the PIN is wrong. It was tried once." in words(problem)
        click(problem, "Close")
        await no_dialog(window)
    assert "LAST TRY" in seen(window)
    click(window, "Unlock token…")
    asked = await dialog(window)
    assert "Before this one: LAST TRY." in words(asked)
    type_into(asked, PROMPT, world.PIN)
    type_into(asked, "Confirm the last try", "LAST TRY")
    click(asked, "Unlock")
    await settled(window)
    assert officer.unlocked


async def test_a_locked_pin_offers_no_prompt(window: OfficerWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world, "TOKEN", world.replace(world.TOKEN, tries="locked"))
    await at_sign(window)
    assert "PIN locked" in seen(window)
    assert not enabled(window, "Unlock token…")


@pytest.mark.parametrize(
    "error, safe",
    [
        (Malformed("B2.truncated"), "Nothing was changed and nothing was signed."),
        (Refused("signers.ask-pin"), "Nothing was signed by this."),
        (Unavailable("signers.ask-pin"), "Trying again is safe."),
        (Conflict("signers.ask-pin"), "What was recorded first stands."),
    ],
    ids=["malformed", "refused", "unavailable", "conflict"],
)
async def test_every_foreseen_error_says_what_happened_what_is_safe_and_what_next(
    window: OfficerWindow, officer: world.OfficerDouble, error: Exception, safe: str
) -> None:
    await at_sign(window)
    await unlock(window)
    click(window, CONFIRM)
    officer.error = error
    click(window, SIGN)
    asked = await dialog(window)
    text = words(asked)
    assert "What happened" in text
    assert safe in text
    assert "What to do next" in text
    click(asked, "Close")
    await no_dialog(window)
    assert enabled(window, SIGN)


async def test_a_bug_of_ours_keeps_its_evidence_and_disables_signing(
    window: OfficerWindow, officer: world.OfficerDouble, kept: list[str]
) -> None:
    await at_sign(window)
    await unlock(window)
    click(window, CONFIRM)
    officer.error = RuntimeError(f"secret {world.PIN}")
    click(window, SIGN)
    asked = await dialog(window)
    assert "evidence/1.txt" in words(asked)
    click(asked, "Close")
    await no_dialog(window)
    await settled(window)
    assert "Signing is disabled until this console is started again." in seen(window)
    assert not enabled(window, SIGN)
    await active(window)
    key(window, "Ctrl+Return")
    assert officer.signed == frozenset()
    assert kept[0].startswith("RuntimeError\n")
    assert world.PIN not in kept[0]


def test_a_trace_names_types_and_lines_and_no_values() -> None:
    with pytest.raises(ValueError) as raised:
        int("the PIN is 4711")
    assert "4711" not in trace(raised.value)
    assert __file__ in trace(raised.value)
