"""The air-gapped machine: clock first, four steps, the answer from the record, loud about any network interface."""

from pathlib import Path

from countersign.errors import Refused
from countersign.ui.application import VaultWindow
from support import window_world as world
from support.window_hands import click, dialog, enabled, key, no_dialog, seen, settled, type_into, words

CONFIRM = "I have compared amounts, addresses and digests. This is what we agreed."


async def confirmed(vault: VaultWindow, answer: str = "Yes, it is right") -> None:
    await vault.refresh()
    click(vault, answer)
    await settled(vault)


async def scanned(vault: VaultWindow) -> None:
    await confirmed(vault)
    vault.vault.take.scan.text.setPlainText("UR:1\nUR:2")
    click(vault, "Take the text")
    await settled(vault)


async def test_the_clock_is_asked_first(vault: VaultWindow, cold: world.VaultDouble) -> None:
    await vault.refresh()
    text = seen(vault)
    assert "Is this machine's clock right?" in text
    assert "2026-11-22 14:30:00 UTC" in text
    click(vault, "Yes, it is right")
    await settled(vault)
    assert ("clock", True) in cold.asked
    assert "Step 1 of 4: Scan or insert" in seen(vault)


async def test_an_unconfirmed_clock_is_said_at_review(vault: VaultWindow, cold: world.VaultDouble) -> None:
    await confirmed(vault, "No, or I cannot tell")
    assert ("clock", False) in cold.asked
    type_and_read(vault)
    await settled(vault)
    assert "this machine will refuse to sign" in seen(vault)


def type_and_read(vault: VaultWindow, file: str = "/media/stick/request.countersign") -> None:
    click(vault, "Insert a stick")
    type_into(vault, "File on the stick", file)
    click(vault, "Read and verify")


async def test_four_steps_from_scanned_codes_to_shown_answer(vault: VaultWindow, cold: world.VaultDouble) -> None:
    await scanned(vault)
    text = seen(vault)
    assert "Step 2 of 4: Verify and review" in text
    assert world.WORDS in text
    assert "Not attested" in text
    assert f"To, in the transaction: {world.HARBOUR}" in text
    click(vault, "Go on to sign")
    assert "Step 3 of 4: Sign" in seen(vault)
    assert f"Key 3 of 3: 02{world.hashed('psbt 2')}" in seen(vault)
    assert not enabled(vault, "Sign with the token")
    click(vault, "Unlock token…")
    asked = await dialog(vault)
    type_into(asked, "The PIN of the token", world.PIN)
    click(asked, "Unlock")
    await settled(vault)
    await no_dialog(vault)
    assert not enabled(vault, "Sign with the token")
    click(vault, CONFIRM)
    click(vault, "Sign with the token")
    await settled(vault)
    text = seen(vault)
    assert ("sign",) in cold.asked
    assert "Step 4 of 4: Show or write" in text
    assert "Frame 1 of 2" in text
    click(vault, "Take in the next request")
    assert "Step 1 of 4: Scan or insert" in seen(vault)


async def test_the_vault_shows_base_units_on_demand(vault: VaultWindow) -> None:
    await scanned(vault)
    assert "base units of" not in seen(vault)
    key(vault, "Ctrl+B")
    text = seen(vault)
    assert text.count("25,000,000,000 base units of BTC") >= 3
    assert "14,100 base units of BTC" in text
    click(vault, "Go on to sign")
    key(vault, "Ctrl+B")
    assert "Meridian Capital pays 25,000,000,000 base units of BTC to Harbour Prime" in seen(vault)


async def test_the_answer_can_be_written_to_a_stick(
    vault: VaultWindow, cold: world.VaultDouble, tmp_path: Path
) -> None:
    cold.opened = cold._view(answered=True, channel="usb")
    await confirmed(vault)
    click(vault, "Show the answer again")
    await settled(vault)
    type_into(vault, "Folder of the stick", str(tmp_path))
    click(vault, "Write and read back")
    await settled(vault)
    assert ("answer to usb", tmp_path) in cold.asked
    assert "read back, and verified" in seen(vault)


async def test_a_request_answered_before_is_answered_from_the_record(
    vault: VaultWindow, cold: world.VaultDouble
) -> None:
    cold.opened = cold._view(answered=True)
    await confirmed(vault)
    assert "nothing is signed anew" in seen(vault)
    assert not enabled(vault, "Refuse…")
    key(vault, "Ctrl+Return")
    await settled(vault)
    assert "Step 4 of 4: Show or write" in seen(vault)
    assert ("sign",) not in cold.asked


async def test_a_network_interface_turns_the_banner_into_an_alarm(vault: VaultWindow, cold: world.VaultDouble) -> None:
    await vault.refresh()
    assert vault.banner.property("mode") == "vault"
    assert "AIR-GAPPED VAULT" in seen(vault)
    cold.up = ("eth0", "wlan0")
    key(vault, "F5")
    await settled(vault)
    assert vault.banner.property("mode") == "alarm"
    assert "A NETWORK INTERFACE IS UP: eth0, wlan0." in seen(vault)


async def test_a_request_out_of_order_is_refused_in_words(vault: VaultWindow, cold: world.VaultDouble) -> None:
    await confirmed(vault)
    cold.error = Refused("T1.sequence", sequence=3)
    type_and_read(vault)
    asked = await dialog(vault)
    assert "What to do next" in words(asked)
    assert "Code T1.sequence" in words(asked)
    click(asked, "Close")
    await no_dialog(vault)
    assert "Step 1 of 4" in seen(vault)


async def test_the_operator_can_refuse(vault: VaultWindow, cold: world.VaultDouble) -> None:
    await scanned(vault)
    click(vault, "Refuse…")
    asked = await dialog(vault)
    type_into(asked, "Your reason", "The phrases differ.")
    click(asked, "Sign the refusal")
    await settled(vault)
    assert ("refuse", "The phrases differ.") in cold.asked
    assert "Step 4 of 4: Show or write" in seen(vault)
    assert "The refusal is signed with your key; hand it back like a signature." in seen(vault)


async def test_the_rail_of_a_vault_has_its_wizard_and_the_log_only(vault: VaultWindow) -> None:
    assert list(vault.rail.buttons) == ["vault", "log"]


async def test_a_request_says_by_when_it_is_signed_and_an_answer_by_when_it_is_back(
    vault: VaultWindow, cold: world.VaultDouble
) -> None:
    await scanned(vault)
    assert "Act by 2026-11-22 15:20 UTC (in 50 min): The request to sign for meridian-btc ends then." in seen(vault)
    cold.opened = cold._view(answered=True)
    await vault.refresh()
    click(vault, "Show the answer again")
    await settled(vault)
    text = seen(vault)
    assert "Act by 2026-11-22 14:35 UTC (in 5 min): The log takes what this answer holds until then" in text
    assert "Carry it back before." in text
