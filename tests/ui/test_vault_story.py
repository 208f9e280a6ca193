"""The cold vault as operator C plays it: a real token, profile and request, one session by clicks and keys after another.

The machine is in this process, so that its window can be reached; that it is another process without network is proved in
tests/journeys. Whatever comes from the online side is made by the story of the demonstration.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from countersign.bootstrap.instruments import instruments
from countersign.bootstrap.stage import DemonstrationStage
from countersign.demonstration.story import Story
from countersign.desk.vault_console import Vault
from countersign.ui.application import BannerFacts, Mode, VaultWindow, open_vault
from support.codes import film
from support.near_vault import PIN, NearVault
from support.parts import softhsm_module
from support.window_hands import active, click, dialog, enabled, key, named, no_dialog, seen, settled, type_into, words

CONFIRM = "I have compared amounts, addresses and digests. This is what we agreed."


class Table:
    """The story up to officer A's requests, and the cold machine."""

    def __init__(self, story: Story, vault: NearVault) -> None:
        self.story, self.vault = story, vault

    async def codes(self) -> Path:
        """A folder of pictures of the Bitcoin request, attested by two officers."""
        if not self.story.attested:
            await self.story.attest()
        folder = self.story.folder / "filmed"
        folder.mkdir(exist_ok=True)
        texts = await self.story.console().request_frames(self.story.live("psbt"))
        self.story.stage.pictures.write(folder, "request", texts)
        return folder

    async def stick(self) -> Path:
        """A stick with the Ethereum request."""
        self.story.stick.mkdir(exist_ok=True)
        return await self.story.console().request_to_usb(self.story.live("safe-tx"), self.story.stick)


@pytest.fixture
async def table(tmp_path: Path, qapp: QApplication) -> AsyncIterator[Table]:
    softhsm_module()
    for folder in ("stage", "cold", "hands"):
        (tmp_path / folder).mkdir()
    stage = DemonstrationStage(tmp_path / "stage")
    story = Story(stage, tmp_path / "hands")
    vault = NearVault(tmp_path / "cold", lambda: story.officer)
    stage.vault = vault  # type: ignore[assignment]  # as its protocol in demonstration.stage, in this process
    await stage.open()
    try:
        for step in (story.found, story.agree, story.prepare, story.sign):
            await step()
        yield Table(story, vault)
    finally:
        await stage.aclose()


@asynccontextmanager
async def session(table: Table, clock: str) -> AsyncIterator[tuple[VaultWindow, Vault]]:
    """The machine switched on, its clock answered."""
    console = table.vault.session()
    window = open_vault(console, BannerFacts(Mode.VAULT), instruments(table.vault.carrier))
    window.show()
    await active(window)
    await window.refresh()
    assert "Is this machine's clock right?" in seen(window)
    click(window, clock)
    await settled(window)
    assert "Step 1 of 4: Scan or insert" in seen(window)
    yield window, console
    window.close()
    await settled(window)


async def take_pictures(window: VaultWindow, folder: Path) -> None:
    type_into(window, "Folder or file with pictures", str(folder))
    key(window, "Ctrl+L")
    await settled(window)


async def insert(window: VaultWindow, file: Path) -> None:
    click(window, "Insert a stick")
    type_into(window, "File on the stick", str(file))
    click(window, "Read and verify")
    await settled(window)


async def test_an_operator_verifies_signs_and_refuses_by_clicks(table: Table) -> None:
    folder, file = await table.codes(), await table.stick()
    async with session(table, "No, or I cannot tell") as (window, _):
        await unconfirmed_refuses(window, folder)
    async with session(table, "Yes, it is right") as (window, console):
        await review_and_sign(window, table, folder)
        await show_the_answer(window, console)
        await write_the_answer(window, table)
        click(window, "Take in the next request")
        await insert(window, file)
        await refuse(window, file)
    assert await table.story.console().take_from_usb(table.story.folder / "out" / "answer.countersign")
    assert "psbt" in table.story.signed_by("officer-c")


async def unconfirmed_refuses(window: VaultWindow, folder: Path) -> None:
    """Nothing can be signed by a machine that cannot tell the time; refusing is all that is left."""
    await take_pictures(window, folder)
    text = seen(window)
    assert "Step 2 of 4: Verify and review" in text
    assert "this machine will refuse to sign" in text
    assert "C4" in text
    assert not enabled(window, "Go on to sign")
    assert enabled(window, "Refuse…")


async def review_and_sign(window: VaultWindow, table: Table, folder: Path) -> None:
    await take_pictures(window, folder)
    text = seen(window)
    assert f"Contract hash (SHA-256): {table.story.contract}" in text
    assert "Extra effects: none" in text
    assert "Attested by Conrad Lake and Dora Finch." in text
    assert "This machine does not prove it" in text
    click(window, "Go on to sign")
    assert not enabled(window, "Sign with the token")
    click(window, CONFIRM)
    click(window, "Unlock token…")
    asked = await dialog(window)
    type_into(asked, "The PIN of the token", "135790")
    click(asked, "Unlock")
    await settled(window)
    shown = await dialog(window)
    assert "Code H5.pin-incorrect" in words(shown)
    click(shown, "Close")
    await no_dialog(window)
    click(window, "Unlock token…")
    asked = await dialog(window)
    type_into(asked, "The PIN of the token", PIN)
    click(asked, "Unlock")
    await settled(window)
    await no_dialog(window)
    click(window, "Sign with the token")
    await settled(window)
    assert "Step 4 of 4: Show or write" in seen(window)


async def show_the_answer(window: VaultWindow, console: Vault) -> None:
    """The codes are the recorded answer, byte for byte."""
    QTest.keyClick(named(window, "Speed"), Qt.Key.Key_End)
    shown = await film(window)
    assert {"ur_type": shown.type, "sha256": sha256(shown.cbor).hexdigest()} == console.answer_facts()


async def write_the_answer(window: VaultWindow, table: Table) -> None:
    out = table.story.folder / "out"
    out.mkdir()
    click(window, "Write to a stick")
    type_into(window, "Folder of the stick", str(out))
    click(window, "Write and read back")
    await settled(window)
    assert "read back, and verified" in seen(window)


async def refuse(window: VaultWindow, file: Path) -> None:
    """A request that passes every check may be refused all the same; inserted again it is answered from the record."""
    assert "Step 2 of 4: Verify and review" in seen(window)
    assert enabled(window, "Go on to sign")
    click(window, "Refuse…")
    asked = await dialog(window)
    assert "No check fails. You may still refuse; say why." in words(asked)
    type_into(asked, "Your reason", "The telephone number was not the registered one.")
    click(asked, "Sign the refusal")
    await settled(window)
    await no_dialog(window)
    assert "Step 4 of 4: Show or write" in seen(window)
    assert "The refusal is signed with your key; hand it back like a signature." in seen(window)
    click(window, "Take in the next request")
    await insert(window, file)
    assert "nothing is signed anew" in seen(window)
    assert "not signed by you" in seen(window)
    assert not enabled(window, "Refuse…")
    click(window, "Show the answer again")
    await settled(window)
    assert "Step 4 of 4: Show or write" in seen(window)
