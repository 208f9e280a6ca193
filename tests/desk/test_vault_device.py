"""An air-gapped machine whose operator's key lies in a device of their own: the request is shown, not signed, and why is said."""

from pathlib import Path

from countersign.demonstration import cast
from countersign.errors import Refused
from countersign.resources.text import next_step, sentence
from support import device_stage
from support.refusals import refused
from support.software_stage import Table, silent


async def carried(table: Table, folder: Path) -> None:
    """The request for operator C, open on the air-gapped machine."""
    folder.mkdir()
    await table.stage.vault.confirm_clock()
    await table.officer.unlock(table.stage.ask_pin)
    file = await table.officer.request_to_usb(table.live("psbt").hash, folder)
    view = await table.stage.vault.console.take_from_usb(file)
    assert not view.answered


async def test_a_device_s_key_is_sent_to_a_workstation(tmp_path: Path) -> None:
    table = device_stage.ranged(tmp_path)
    await table.until("step-prepare")
    await carried(table, tmp_path / "coins")
    vault = table.stage.vault.console
    with refused("desk.vault-device", Refused) as caught:
        await vault.sign(silent)
    assert table.stage.vault.token.signed == []
    view = await vault.request()
    assert view is not None
    assert not view.answered
    about = (caught.value.code, caught.value.values)
    told = f"{sentence(*about)} {next_step(*about)}"
    for expected in (cast.OFFICER_C.id, "Nothing was signed", "workstation", "device-export"):
        assert expected in told
    await table.stage.aclose()


async def test_a_token_s_key_beside_a_device_s_signs(tmp_path: Path) -> None:
    table = device_stage.mixed(tmp_path)
    await table.until("step-prepare")
    await carried(table, tmp_path / "coins")
    vault = table.stage.vault.console
    await vault.unlock(table.stage.ask_pin)
    assert (await vault.sign(silent)).answered
    await table.stage.aclose()
