"""The world of `settlement_world` before Meridian has a Bitcoin vault: its cosigners hold devices and token keys, all registered.

roster = enrolment_world.roster()
change(descriptor_record(), devices)    # the vault, and its cosigners' tests
record("officer-a")                     # the key record that officer A's device makes (BIP-129, round 1)
"""

import asyncio
from collections.abc import Mapping
from functools import cache

from countersign.bitcoin import bsms
from countersign.bitcoin.bsms_encryption import NO_TOKEN
from countersign.bitcoin.described import Described
from countersign.bitcoin.described import read as read_described
from countersign.desk import vault_enrolment, vault_proof, vault_trying
from countersign.desk.vault_enrolment import Planned
from countersign.settlement.roster import Party, Roster
from support import mixed_world, ranged_world
from support import settlement_world as world
from support.hardware_wallet import Device, described
from support.r_register import journal
from support.software_keys import Curve, SoftwareKey

NAME = "meridian-btc"
OWNER = Party(world.MERIDIAN, "main")


def put_in(body: dict[str, object]) -> None:
    """Change the body of a founding: no Bitcoin vault of Meridian's, and both kinds of devices registered."""
    ranged_world.put_in(body)
    mixed_world.put_in(body)
    body["vaults"] = [each for each in ranged_world._list(body["vaults"]) if each["id"] != NAME]
    body["destinations"] = [each for each in ranged_world._list(body["destinations"]) if each["vault"] != NAME]


@cache
def desk() -> world.Desk:
    """The desk of this world; copy it before you log anything."""
    body = world.founding_body()
    put_in(body)
    return world.founded_by(body)


def roster() -> Roster:
    """Its roster."""
    return desk().state.roster


def record(officer: str, token: bytes = NO_TOKEN, device: Device | None = None) -> bytes:
    """The key record of an officer's device."""
    held = device or ranged_world.device(officer)
    message = bsms.signed_text(token, held.origin, f"device of {officer}")
    key = SoftwareKey(Curve.SECP256K1, held.account_secret())
    signature = key.sign_digest(bsms.signed_message.digest(message))
    return bsms.key_record(token, held.origin, f"device of {officer}", signature).serialise()


def descriptor_record() -> bytes:
    """Round 2 of the three devices."""
    keys = [bsms.parse_key_record(record(each)) for each in world.COSIGNERS]
    return bsms.descriptor_record(bsms.assemble(2, keys), "bcrt").serialise()


def slots() -> bytes:
    """A descriptor file of token keys alone, a slot a line."""
    return "".join(f"{world._descriptor('meridian', slot)}\n" for slot in range(world.SLOTS)).encode()


def mixed_slots() -> bytes:
    """A descriptor file of two token keys and a device's child in each slot."""
    return "".join(f"{mixed_world._slot(slot)['descriptor']}\n" for slot in range(world.SLOTS)).encode()


def planned(data: bytes, **changes: object) -> Planned:
    """The vault of a file, as Meridian's on the test chain."""
    found = read_described(data)
    assert isinstance(found, Described)
    wanted = {"name": NAME, "owner": OWNER, "chain": world.BITCOIN} | changes
    return vault_enrolment.plan(roster(), found, **wanted)  # type: ignore[arg-type]


def change(data: bytes, devices: Mapping[str, Device], untested: str | None = None) -> dict[str, object]:
    """A change of the roster that enters the vault of a file, with the tests of these cosigners' devices and of all other tokens.

    `untested`: why nobody else has tried it; then the tokens have not.
    """
    vault = planned(data)
    tests = [_by_device(vault, officer, device) for officer, device in devices.items()]
    if untested is None:
        return vault_enrolment.entry(vault, [*tests, *(by_token(vault, each) for each in _others(devices))])
    told = [vault_proof.told(vault.trial, roster(), *each) for each in zip(devices, tests, strict=True)]
    return {"vaults": [vault_proof.vault_entry(vault.vault)], "tests": told, "untested": untested}


def _others(devices: Mapping[str, Device]) -> list[str]:
    return [each for each in world.COSIGNERS if each not in devices]


def _by_device(vault: Planned, officer: str, device: Device) -> bytes:
    return vault_enrolment.take_test(vault, officer, device.sign(vault_enrolment.test(vault)))


def by_token(vault: Planned, officer: str) -> bytes:
    """An officer's token keys sign the test."""
    return asyncio.run(vault_trying.sign(journal(), vault, officer, Tokens(officer)))


class Tokens:
    """An officer's token keys of Meridian's slots."""

    def __init__(self, officer: str) -> None:
        keys = [world.vault_key(officer, "bip122", "meridian", slot) for slot in range(world.SLOTS)]
        self._keys: dict[object, SoftwareKey] = {key.public: key for key in keys}

    async def sign_digest(self, key: object, digest: bytes) -> bytes:
        """The signature of a digest."""
        return self._keys[key].sign_digest(digest)

    async def sign_message(self, key: object, message: bytes) -> bytes:
        """A token signs no message here."""
        raise NotImplementedError


def ranged_of(*devices: Device) -> bytes:
    """A descriptor file over these devices."""
    return described(2, [each.expression for each in devices]).encode()
