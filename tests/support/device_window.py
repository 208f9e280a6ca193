"""An officer's window at Sign, on the stage of devices: officer A's key lies in a device, and the coins' PSBT waits for it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QDialog

from countersign.ui.application import BannerFacts, Instruments, Mode, OfficerWindow, open_officer
from countersign.ui.views.frame import Frame
from support import device_stage, window_world
from support.software_stage import Table
from support.window_hands import active, click, dialog, key, settled, type_into

CONFIRM = "I have compared amounts, addresses and digests. This is what we agreed."
EXPORT, TAKE, SIGN = "Export for the device…", "Take back…", "Sign with the token"


@asynccontextmanager
async def at_sign(folder: Path, instruments: Instruments) -> AsyncIterator[tuple[OfficerWindow, Table]]:
    """The window, open at Sign, and the table behind it."""
    table = device_stage.ranged(folder)
    await table.until("step-prepare")
    await table.officer.unlock(table.stage.ask_pin)
    window = open_officer(table.officer, BannerFacts(Mode.ONLINE), instruments)
    window.show()
    await active(window)
    await window.refresh()
    window.open_review(table.story.contract)
    await settled(window)
    key(window, "Ctrl+S")
    try:
        yield window, table
    finally:
        window.close()
        table.stage.holds.close()


async def taking(window: Frame) -> QDialog:
    """Press *Take back…*; the dialog."""
    click(window, TAKE)
    return await dialog(window)


async def taken(window: OfficerWindow, file: Path) -> QDialog:
    """Press *Take back…* and give this file; the dialog, which is closed unless the file was refused."""
    found = await taking(window)
    type_into(found, "File from the device", str(file))
    click(found, "Take the file")
    await settled(window)
    return found


class Both(window_world.OfficerDouble):
    """An officer whose token signs for one vault of the PSBT and whose device for another."""

    async def to_sign(self, contract: str):  # type: ignore[no-untyped-def]
        view = window_world.review_view(signed=self.signed, against=self.against)
        known = {each.instruction: each for each in view.instructions}
        found = [
            replace(each, instruction=known[each.instruction.instruction]) for each in await super().to_sign(contract)
        ]
        return [
            replace(each, devices=window_world.DEVICES) if each.instruction.kind == "psbt" else each for each in found
        ]


async def at_both(window: OfficerWindow) -> None:
    """A window of doubles, open at Sign."""
    await window.refresh()
    window.open_review(window_world.CONTRACT)
    await settled(window)
    key(window, "Ctrl+S")
