"""The demonstration's desk, founded and no further, before Meridian's trading book has a Bitcoin vault.

Officers A, C and D hold registered devices; A, D and E hold token keys that no vault uses yet.

table = await founded(tmp_path)
(folder / "vault.bsms").write_bytes(round_two())
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from countersign.bitcoin import bsms, descriptor
from countersign.bitcoin.bsms_encryption import NO_TOKEN
from countersign.demonstration import cast
from countersign.demonstration.stage import Bearer
from countersign.desk.author import Author
from countersign.desk.ceremony import Keyring
from countersign.desk.console import OfficerConsole
from countersign.signers.provision import Provisioner
from support import device_stage, softhsm
from support.device_stage import COSIGNERS, device
from support.hardware_wallet import Device, described
from support.software_keys import Curve, SoftwareKey
from support.software_stage import Table

BOOK, NAME = cast.TRADING, cast.BOOKS[0].coins
SIGNERS = tuple(each.id for each in cast.MARKET_COSIGNERS)
"""Whose tokens hold the keys of the slots."""
HELD = cast.OFFICER_E.id
SLOTS = 3
LABELS = tuple(f"btc {NAME} {slot}" for slot in range(SLOTS))


def _alter(body: dict[str, Any]) -> None:
    device_stage._register(body, COSIGNERS)
    body["vaults"] = [each for each in body["vaults"] if each["id"] != NAME]
    body["destinations"] = [each for each in body["destinations"] if each["vault"] != NAME]


async def founded(folder: Path, hsm: Provisioner | None = None) -> Table:
    """The desk with its people; nothing is traded. With an `hsm` officer E's identity and keys of the slots lie in it."""
    table = device_stage._table(folder, _alter)
    if hsm is not None:
        software = table.stage.tokens

        async def tokens(people: Mapping[str, Sequence[str]]) -> Mapping[str, Bearer]:
            found = dict(await software(people))
            return {**found, HELD: await _in_hsm(hsm, found[HELD].ring)}

        table.stage.tokens = tokens  # type: ignore[method-assign]
    return await table.until("step-found")


async def _in_hsm(hsm: Provisioner, ring: Keyring) -> Bearer:
    """A real token that stays locked, and whatever of the ring no test here signs with."""
    token = await hsm.initialise(HELD, softhsm.ask)
    curves = {"identity": Curve.P256, **dict.fromkeys(LABELS, Curve.SECP256K1)}
    made = [await hsm.generate(token.identity, label, curve, softhsm.ask) for label, curve in curves.items()]
    keys = {**ring.keys, **{each.label: each.public for each in made}}
    signer = hsm.signer(token.identity)
    await signer.lock()
    held = Keyring(token.serial, token.label, token.model, keys, online=True)
    return Bearer(Author(HELD, held.key("identity"), signer), held, signer)


def record(officer: str, held: Device | None = None) -> bytes:
    """Round 1: the key record of an officer's device."""
    found = held or device(officer)
    message = bsms.signed_text(NO_TOKEN, found.origin, f"device of {officer}")
    signature = SoftwareKey(Curve.SECP256K1, found.account_secret()).sign_digest(bsms.signed_message.digest(message))
    return bsms.key_record(NO_TOKEN, found.origin, f"device of {officer}", signature).serialise()


def round_two(officers: Sequence[str] = COSIGNERS) -> bytes:
    """Round 2 of these officers' devices."""
    keys = [bsms.parse_key_record(record(each)) for each in officers]
    return bsms.descriptor_record(bsms.assemble(2, keys), "bcrt").serialise()


def ranged_file(devices: Sequence[Device]) -> bytes:
    """A descriptor file over these devices."""
    return f"{described(2, [each.expression for each in devices])}\n".encode()


def slots_file(table: Table, officers: Sequence[str] = SIGNERS) -> bytes:
    """A descriptor file of the officers' token keys, a slot a line."""
    rings = [table.story.people[each].ring for each in officers]
    lines = [descriptor.of_keys(2, [ring.key(label).data for ring in rings]).text for label in LABELS]
    return "".join(f"{line}\n" for line in lines).encode()


async def console_of(table: Table, officer: str) -> OfficerConsole:
    """An officer's own console at this desk, its token unlocked; officer A's is the story's."""
    if officer == cast.OFFICER_A.id:
        await table.officer.unlock(table.stage.ask_pin)
        return table.officer
    return await device_stage.console_of(table, officer)
