"""The demonstration's settlement with signing devices: Meridian's coins lie in a vault of extended keys, or in mixed slots.

table = ranged(tmp_path)                 # three devices, `…/<0;1>/*`
table = mixed(tmp_path)                  # officer D's keys in the slots are a device's, A's and C's are tokens'
await table.until("step-prepare")
receipts = await signed_on_device(table.officer, device("officer-a"), table.live("psbt").hash)
"""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from countersign.demonstration import cast
from countersign.demonstration.story import Story
from countersign.desk import ceremony
from countersign.desk.console import OfficerConsole
from countersign.desk.ports import Receipt
from countersign.keys.public_key import PublicKey
from support import settlement_world
from support.hardware_wallet import Device, described
from support.software_stage import SoftwareStage, Table

COSIGNERS = tuple(each.id for each in cast.COSIGNERS)
Alter = Callable[[dict[str, Any]], None]


@cache
def device(officer: str) -> Device:
    """The device of an officer."""
    return Device(f"stage {officer}")


class DeviceStory(Story):
    """The story with another founding."""

    alter: Alter

    def founding_body(self, cold: ceremony.Keyring) -> dict[str, object]:
        """The founding, altered."""
        body = super().founding_body(cold)
        self.alter(body)
        return body


def ranged(folder: Path) -> Table:
    """A table at which Meridian's coins lie with three devices."""
    return _table(folder, _ranged)


def mixed(folder: Path) -> Table:
    """A table at which officer D signs for Meridian's slots with a device."""
    return _table(folder, _mixed)


def _table(folder: Path, alter: Alter) -> Table:
    stage = SoftwareStage(folder)
    story = DeviceStory(stage, folder / "out")
    story.alter = alter
    return Table(stage, story)


def _ranged(body: dict[str, Any]) -> None:
    _register(body, COSIGNERS)
    (vault,) = [each for each in body["vaults"] if each["id"] == cast.SELLER.coins]
    del vault["slots"]
    vault["kind"] = "wsh-ranged"
    vault["descriptor"] = described(2, [device(each).expression for each in COSIGNERS])
    vault["keys"] = sorted(device(each).kid for each in COSIGNERS)
    settlement_world.pay_at(
        body, vault["id"], settlement_world.multisig_address(device(each).child(0, 0) for each in COSIGNERS)
    )


def _mixed(body: dict[str, Any]) -> None:
    _register(body, [cast.OFFICER_D.id])
    (vault,) = [each for each in body["vaults"] if each["id"] == cast.SELLER.coins]
    own = device(cast.OFFICER_D.id)
    gone = _kids(body, cast.OFFICER_D.id)
    for slot in vault["slots"]:
        body_text = slot["descriptor"].split("#")[0].removeprefix("wsh(sortedmulti(2,").removesuffix("))")
        kept = [(text, kid) for text, kid in zip(body_text.split(","), slot["keys"], strict=True) if kid not in gone]
        slot["descriptor"] = described(2, [*(text for text, _ in kept), f"{own.origin}/0/{slot['number']}"])
        slot["keys"] = [*(kid for _, kid in kept), own.kid]
        if slot["number"] == 0:
            keys = [bytes.fromhex(text.rpartition("]")[2]) for text, _ in kept]
            settlement_world.pay_at(body, vault["id"], settlement_world.multisig_address([*keys, own.child(0, 0)]))


def _kids(body: dict[str, Any], officer: str) -> set[str]:
    (found,) = [each for each in body["officers"] if each["id"] == officer]
    return {PublicKey.from_jwk(each["jwk"]).kid for each in found["keys"]}


def _register(body: dict[str, Any], officers: Sequence[str]) -> None:
    for entry in body["officers"]:
        if entry["id"] in officers:
            named = {"serial": f"device-{entry['id']}", "label": f"device {entry['id']}", "model": "embit"}
            key = {"purpose": "bip122", "jwk": device(entry["id"]).public.jwk(), "token": named}
            entry["keys"].append({**key, "label": "account 0", "online": entry["id"] == cast.OFFICER_A.id})


async def signed_on_device(console: OfficerConsole, signer: Device, instruction: str) -> Sequence[Receipt]:
    """Exported, signed on the device, taken back."""
    return await console.device_import(instruction, signer.sign(await console.device_export(instruction)))


async def console_of(table: Table, officer: str) -> OfficerConsole:
    """An officer's own console, synchronised, its token unlocked."""
    console = await table.stage.console(officer, table.story.people[officer])
    await console.synchronise()
    await console.unlock(table.stage.ask_pin)
    return console
