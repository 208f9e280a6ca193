"""The world of `settlement_world` before Meridian has a Bitcoin vault: its cosigners hold devices and token keys, all registered.

roster = enrolment_world.roster()
record("officer-a")                     # the key record that officer A's device makes (BIP-129, round 1)
"""

from functools import cache

from countersign.bitcoin import bsms
from countersign.bitcoin.bsms_encryption import NO_TOKEN
from countersign.settlement.roster import Party, Roster
from support import mixed_world, ranged_world
from support import settlement_world as world
from support.hardware_wallet import Device, described
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


def ranged_of(*devices: Device) -> bytes:
    """A descriptor file over these devices."""
    return described(2, [each.expression for each in devices]).encode()
